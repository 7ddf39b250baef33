"""What Dataverse says of an import: error rows, import logs, import data, and the answer to a batch.

Microsoft Learn, "Import data" (Power Apps): the error rows that can be exported, to be corrected and imported again,
have the columns of the file. "ImportLog table/entity reference" and "ImportData table/entity reference": rows of the
Web API with `errordescription`, `errornumber` and `linenumber`, and with `data`, the row of the file, and `haserror`.
Whether the header counts as a line is not said, so ask for the logs with ``$expand=importdataid($select=data)``.
"Execute batch operations using the Web API": a response for each request, in their order; a change set that fails has
one response.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.crm.results import Answer, AnswerFile, Answers, ResultsFile

RESULTS = (
    ResultsFile(
        "error rows of an import",
        (),
        ("Error Code", "Error Description", "Description", "Row Number", "Original Row Number", "Line Number"),
        error="Error Description",
        reason="refused",
        rest=True,
    ),
)

_RESPONSE = re.compile(r"^HTTP/1\.[01] (?P<status>\d{3})[^\n]*\n(?P<headers>(?:[^\n]+\n)*)\s*(?P<body>\{.*)?", re.M)
_ENTITY_ID = re.compile(r"^OData-EntityId:[^\n]*\((?P<id>[0-9a-f-]{36})\)", re.IGNORECASE | re.MULTILINE)


def _log(pages: Sequence[Any]) -> Answers | None:
    """Read import logs: a row for each failure, with the row of the file if it was asked for."""
    rows = _rows(pages, "errordescription", "errornumber", table="importlogs")
    return None if rows is None else _answers(pages, [_failed(row) for row in rows])


def _data(pages: Sequence[Any]) -> Answers | None:
    """Read import data: a row for each row of the file."""
    rows = _rows(pages, "data", "haserror", table="importdataset")
    if rows is None:
        return None
    return _answers(pages, [Answer(took=not row["haserror"], error=_message(row), cells=_cells(row)) for row in rows])


def _batch(pages: Sequence[Any]) -> Answers | None:
    """Read the answer to a batch, or several one below the other."""
    if len(pages) != 1 or not isinstance(pages[0], str) or not pages[0].lstrip().startswith("--"):
        return None
    text = pages[0].replace("\r\n", "\n")
    parts = re.split(r"^--(?:batch|changeset)[^\n]*\n?", text, flags=re.MULTILINE)
    found = [match for part in parts if (match := _RESPONSE.search(part))]
    rows = [
        Answer(
            took=match["status"].startswith("2"),
            error="" if match["status"].startswith("2") else _problem(match["status"], match["body"] or ""),
            rows=(number,),
            cells=(entity["id"],) if (entity := _ENTITY_ID.search(match["headers"])) else (),
        )
        for number, match in enumerate(found)
    ]
    return Answers(rows, each=True) if rows else None


def _rows(pages: Sequence[Any], *marks: str, table: str) -> list[Mapping[str, Any]] | None:
    """The rows of all pages; None if they lack one of the marks, or if there are none and they are of another table."""
    rows: list[Any] = []
    for page in pages:
        if not isinstance(page, Mapping) or not isinstance(page.get("value"), list):
            return None
        rows += page["value"]
    named = any(f"#{table}" in str(page.get("@odata.context", "")) for page in pages)
    fits = all(isinstance(row, Mapping) and all(mark in row for mark in marks) for row in rows)
    return rows if fits and (rows or named) else None


def _answers(pages: Sequence[Any], rows: Sequence[Answer]) -> Answers:
    whole = any("@odata.nextLink" not in page for page in pages)
    return Answers(rows, rest=True if whole and all(row.cells or row.rows for row in rows) else None)


def _failed(row: Mapping[str, Any]) -> Answer:
    line, data = row.get("linenumber"), row.get("importdataid")
    return Answer(
        error=_message(row),
        rows=tuple(number for number in (line - 2, line - 1) if number >= 0) if isinstance(line, int) else (),
        cells=_cells(data if isinstance(data, Mapping) else {}),
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(next(csv.reader([str(row["data"])]), ())) if row.get("data") else ()


def _message(row: Mapping[str, Any]) -> str:
    return str(row.get("errordescription") or row.get("additionalinfo") or "")


def _problem(status: str, body: str) -> str:
    """What a response says of its error: code and message, in JSON."""
    try:
        error = json.JSONDecoder().raw_decode(body)[0]["error"]
        return f"{error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status}"


ANSWERS = (
    AnswerFile("import data", _data),
    AnswerFile("import logs", _log),
    AnswerFile("the answer to a batch", _batch),
)

#: A record's id.
RECORD_ID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
