"""The notebook under docs/: its code runs, and it was committed executed, without what differs between machines."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"
#: A backtest of seconds. The market stays: of a smaller one less is learned than the notebook shows.
SMALL = {"replicates=100": "replicates=20", "cut_offs=2": "cut_offs=1"}


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def code() -> list[str]:
    return ["".join(cell["source"]) for cell in cells()]


def test_its_code_runs(tmp_path: Path) -> None:
    text = "\n\n".join(code())
    for large, small in SMALL.items():
        assert large in text
        text = text.replace(large, small)
    script = tmp_path / "notebook.py"
    script.write_text(text, encoding="utf-8")
    names = runpy.run_path(str(script))
    assert {"serious_interest", "home_market"} <= {f.name for f in names["mine"].config.features.declared}
    assert list(names["after"].against(names["before"]).columns) == ["this", "other", "difference", "low", "high"]


def test_it_was_executed_and_holds_nothing_of_one_machine() -> None:
    assert [cell["execution_count"] for cell in cells()] == list(range(1, len(cells()) + 1))
    outputs = [output for cell in cells() for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} == {"execute_result"}
    kinds = {kind for output in outputs for kind in output["data"]}
    assert kinds == {"text/plain", "text/html", "image/svg+xml"}
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 150_000
    assert re.findall(r"(?<![\w.<>}])/(?:tmp|home|root|work|Users)\b|\"iopub|\d\d:\d\d:\d\d", text) == []
