"""Zoho CRM: a CSV in a zip for each of Accounts and Leads, for the Bulk Write API.

The header of a column is its field's API name, and records are found by ``id`` (``"operation": "update"``,
``"find_by": "id"``). The fields are custom fields, made once (``closedwon fields --crm zoho``): Single Line (255),
Decimal, Percent (12.5 for 12.5 %), Number (9 digits), Date, Date/Time.

Rules of the format: one CSV a zip, 25,000 records and 25 MB a CSV, 200 columns; comma; dates yyyy-MM-dd, times
ISO 8601 with an offset. With ``"ignore_empty": true`` an empty cell changes nothing, without it an empty cell
empties the field; no cell is empty here, so both settings do the same.
Zoho CRM API, "Bulk Write API: Limitations" and "Create Bulk Write Job"; Kaizen 13, "Bulk Write API" (types).
"""

from __future__ import annotations

from scoring.crm.profile import NUMBER, Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return f"closedwon_{score.title()}"


_NAMED = scores_as(field_name)
# The result of a job has only the first three columns: with the time among them it says which night it is of.
_SCORES = tuple(sorted(_NAMED, key=lambda column: column.source != "scored_at"))

ZOHO = Profile(
    name="zoho",
    columns={
        "account": (Column("account_id", "id", "id", length=20, pattern=NUMBER), *_SCORES),
        "lead": (Column("lead_id", "id", "id", length=20, pattern=NUMBER), *_SCORES),
    },
    objects={"account": "Accounts", "lead": "Leads"},
    empty="none",
    max_bytes=25_000_000,
    max_rows=25_000,
    time="%Y-%m-%dT%H:%M:%S+00:00",
    zipped=True,
)
