"""Zoho CRM, "Download Bulk Write Result": the first three mapped columns, then STATUS, RECORD_ID and ERRORS, in a zip.

STATUS says added, skipped, updated or unprocessed; ERRORS is the code, a hyphen and the column.
"""

from collections.abc import Mapping, Sequence

from tests.crm_answers.rows import Row, as_csv


def result(rows: Sequence[Row], refused: Mapping[int, str]) -> str:
    """The CSV in the zip."""
    first = list(rows[0])[:3]
    lines = [
        [*[row[name] for name in first], *(["SKIPPED", "", refused[n]] if n in refused else ["UPDATED", row["id"], ""])]
        for n, row in enumerate(rows)
    ]
    return as_csv([*first, "STATUS", "RECORD_ID", "ERRORS"], lines)
