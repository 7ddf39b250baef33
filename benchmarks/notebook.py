"""Execute docs/notebook.ipynb in place: `python -m benchmarks.notebook`. Needs nbclient and ipykernel beside the lock.

What differs from run to run and from machine to machine (times, ids) is left out, so that a change of the file is one
of its content.
"""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook.ipynb"


def main() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=900, record_timing=False, resources={"metadata": {"path": "."}}).execute()
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for i, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{i:02}", {}
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):  # the picture says it all
                output["data"]["text/plain"] = str(output["data"]["text/plain"]).splitlines()[0]
    NOTEBOOK.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
