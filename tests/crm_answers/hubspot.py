"""HubSpot: errors of an import.

Developers' pages, "Imports", "Retrieve errors for a specific import": results with createdAt, errorType, errorMessage,
id, objectType, objectTypeId and sourceData (fileId, lineNumber, pageName, rowData), and paging.next.after for the next
page. Knowledge Base, "Review and troubleshoot import errors": the file, in a zip, has the error code under Error code,
the record under Object type, why under Reason, and the details of the row in the columns after these.
"""

import json
from collections.abc import Mapping, Sequence

from tests.crm_answers.rows import Row, as_csv, split

#: "Understand object type IDs": contacts and companies.
TYPES = {"contacts": ("CONTACT", "0-1"), "companies": ("COMPANY", "0-2")}


def errors(rows: Sequence[Row], refused: Mapping[int, str], kind: str, *, page: int = 100, cells: bool = True) -> str:
    """The pages of the answer, one after the other."""
    next_ = {"paging": {"next": {"after": "2", "link": "https://api.hubapi.com/"}}}
    found = [_error(number, rows[number], reason, kind, cells) for number, reason in refused.items()]
    starts = range(0, max(len(found), 1), page)
    pages = [{"results": found[start : start + page]} for start in starts]
    return "\n".join(json.dumps(content | next_ if content is not pages[-1] else content) for content in pages)


def _error(number: int, row: Row, reason: str, kind: str, cells: bool) -> dict[str, object]:
    name, id_ = TYPES[kind]
    source: dict[str, object] = {"fileId": 7, "lineNumber": number + 2, "pageName": "lead_scores.csv"}
    if cells:
        source |= {"rowData": list(row.values()), "containsEncryptedProperties": False}
    return {
        "createdAt": 1_766_974_449_000, "errorType": "INVALID_RECORD_ID", "errorMessage": reason, "id": str(number),
        "objectType": name, "objectTypeId": id_, "sourceData": source,
    }  # fmt: skip


def error_file(rows: Sequence[Row], refused: Mapping[int, str], kind: str) -> str:
    """The CSV in the zip of the import tool."""
    header = ["Error code", "Object type", "Reason", *rows[0]]
    found = [["INVALID_RECORD_ID", kind, reason, *row.values()] for row, reason in split(rows, refused)[1]]
    return as_csv(header, found)
