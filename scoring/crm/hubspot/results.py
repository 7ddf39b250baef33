"""The errors of a HubSpot import: the answer of the imports API, and the file of the import tool.

"CRM API: Imports", "Retrieve errors for a specific import": pages of `results`, each with `errorType`, `errorMessage`
and, in `sourceData`, the cells of the row and its number. Whether the header counts as a line is not said, so rows are
found by their cells. Knowledge Base, "Review and troubleshoot import errors": the file, a CSV in a zip, has Error code,
Object type and Reason before the columns of the row. A row with an error may have been imported without the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.crm.results import Answer, AnswerFile, Answers, ResultsFile

#: The entities by HubSpot's names and ids of objects.
ENTITIES = {"CONTACT": "lead", "0-1": "lead", "COMPANY": "account", "0-2": "account"}

RESULTS = (
    ResultsFile(
        "the error file of an import",
        ("Error code", "Object type", "Reason"),
        error="Reason",
        rest=True,
        loose=True,
    ),
)


def _errors(pages: Sequence[Any]) -> Answers | None:
    """Read the pages of an answer; without the last page, it is not known who else had an error."""
    errors: list[Any] = []
    for page in pages:
        if not isinstance(page, Mapping) or not isinstance(page.get("results"), list):
            return None
        errors += page["results"]
    if not pages or not all(isinstance(error, Mapping) and "errorType" in error for error in errors):
        return None
    rows = [_row(error) for error in errors]
    whole = any(not (page.get("paging") or {}).get("next") for page in pages)
    located = all(row.cells or row.rows for row in rows)
    return Answers(rows, rest=True if whole and located else None)


def _row(error: Mapping[str, Any]) -> Answer:
    source = error.get("sourceData") or {}
    line = source.get("lineNumber")
    cells = tuple("" if cell is None else str(cell) for cell in source.get("rowData") or ())
    message = ": ".join(str(error[name]) for name in ("errorType", "errorMessage") if error.get(name))
    return Answer(
        error=message,
        rows=tuple(row for row in (line - 2, line - 1) if row >= 0) if isinstance(line, int) else (),
        cells=cells,
        entity=ENTITIES.get(str(error.get("objectTypeId")), "") or ENTITIES.get(str(error.get("objectType")), ""),
    )


ANSWERS = (AnswerFile("errors of an import", _errors),)

#: A record's id, a long number.
RECORD_ID = "[0-9]{9,}"
