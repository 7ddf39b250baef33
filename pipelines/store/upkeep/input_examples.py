"""The input examples that MLflow keeps with a model. Earlier releases took them from the rows of an export."""

import json
from pathlib import Path
from typing import Any

from pipelines.disk import write_text
from pipelines.store.tracking import served_input
from scoring.scorecard.example import example_rows
from scoring.scorecard.scorecard import Scorecard

EXAMPLE, SERVED, SCORECARD = "input_example.json", "serving_input_example.json", "artifacts/scorecard.json"


def examples(artifacts: Path) -> list[Path]:
    """The files of examples among the files of all models.

    Parameters
    ----------
    artifacts : Path
        The folder of the store's artifacts.
    """
    return sorted(path for name in (EXAMPLE, SERVED) for path in artifacts.rglob(name) if path.is_file())


def made_up(file: Path) -> bool:
    """Replace an example by rows made up from the scorecard beside it; tells whether it was another one.

    Without a scorecard beside it, a file of that name is somebody's, and stays.

    Parameters
    ----------
    file : Path
        One of `examples`; it is replaced in one step.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError
        If the scorecard cannot be read.
    """
    beside = file.parent / SCORECARD
    if not beside.is_file():
        return False
    scorecard = Scorecard.from_json(json.loads(beside.read_text(encoding="utf-8")))
    frame = served_input(scorecard, example_rows(scorecard))
    split: dict[str, Any] = {"columns": list(frame.columns), "data": frame.to_numpy(object).tolist()}
    content, indent = (split, None) if file.name == EXAMPLE else ({"dataframe_split": split}, 2)
    # As MLflow writes it, where a missing value is NaN.
    text = json.dumps(content, indent=indent)
    try:
        before = json.dumps(json.loads(file.read_text(encoding="utf-8")), indent=indent)
    except ValueError:
        before = ""
    if before == text:
        return False
    write_text(file, text)
    return True
