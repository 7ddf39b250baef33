"""Dataverse: error rows, import logs, import data, and the answer to a batch.

Microsoft Learn, "Import data" (Power Apps): "Export error rows" gives the rows that failed, in the columns of the file.
"ImportLog table/entity reference": errordescription, errornumber, linenumber, headercolumn, columnvalue,
additionalinfo. "ImportData table/entity reference": data (the row), haserror, errortype, linenumber. "Execute batch
operations using the Web API": multipart/mixed; a part for each request, in their order, 204 with OData-EntityId, or an
error as JSON.
"""

import json
from collections.abc import Mapping, Sequence

from tests.crm_answers.rows import Row, as_csv, split


def error_rows(rows: Sequence[Row], refused: Mapping[int, str]) -> str:
    """The rows that failed."""
    return as_csv(list(rows[0]), [list(row.values()) for row, _ in split(rows, refused)[1]])


def logs(rows: Sequence[Row], refused: Mapping[int, str], *, data: bool) -> str:
    """The import logs of a file; `data`: with ``$expand=importdataid($select=data)``."""
    found = [
        {
            "errordescription": reason, "errornumber": -2147220969, "linenumber": number + 1, "headercolumn": None,
            "columnvalue": None, "additionalinfo": None, "importlogid": f"00000000-0000-0000-0000-{number:012}",
        } | ({"importdataid": {"data": _line(rows[number])}} if data else {})
        for number, reason in refused.items()
    ]  # fmt: skip
    return json.dumps(
        {"@odata.context": "https://org.crm.dynamics.com/api/data/v9.2/$metadata#importlogs", "value": found}
    )


def data(rows: Sequence[Row], refused: Mapping[int, str]) -> str:
    """The import data of a file: a row for each of its rows."""
    found = [
        {"data": _line(row), "haserror": number in refused, "errortype": 0, "linenumber": number + 1}
        for number, row in enumerate(rows)
    ]
    return json.dumps({"value": found})


def _line(row: Row) -> str:
    return as_csv(list(row.values()), []).strip("\n")


def batch(rows: Sequence[Row], refused: Mapping[int, str], ids: Sequence[str]) -> str:
    """The answer to a request for each row, with ``Prefer: odata.continue-on-error``."""
    parts = []
    for number in range(len(rows)):
        if number in refused:
            body = json.dumps({"error": {"code": "0x80040217", "message": refused[number]}})
            head = [
                "HTTP/1.1 404 Not Found",
                "Content-Type: application/json; odata.metadata=minimal",
                "OData-Version: 4.0",
            ]
        else:
            url = f"https://org.crm.dynamics.com/api/data/v9.2/leads({ids[number]})"
            body, head = (
                "",
                ["HTTP/1.1 204 No Content", "OData-Version: 4.0", f"Location: {url}", f"OData-EntityId: {url}"],
            )
        lines = ["--batchresponse_1a2b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
        parts.append("\r\n".join([*lines, *head, "", body]))
    return "\r\n".join([*parts, "--batchresponse_1a2b--", ""])
