"""HubSpot: a CSV for companies and one for contacts, for the import tool and the imports API alike.

The header of a column is its property's internal name. Records are found by "Record ID", HubSpot's own number of a
record, because our files hold no e-mail address and no domain; where the ids are in a property of your own that
requires unique values, rename ``id`` to it. The properties are made once (``closedwon fields --crm hubspot``),
as texts and numbers; a percentage is written as 12.5 for 12.5 %.

Rules of the format: UTF-8, a header, less than 1000 columns; 512 MB and 1,048,576 rows a file, the header
included; dates as year, month, day. An empty cell changes nothing, and no mark empties a number.
HubSpot Knowledge Base, "Set up import files"; developer documentation, "CRM API: Imports" and "Properties".
"""

from __future__ import annotations

from scoring.crm.profile import NUMBER, Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return f"closedwon_{score}"


_SCORES = scores_as(field_name)

HUBSPOT = Profile(
    name="hubspot",
    columns={
        "account": (Column("account_id", "Record ID", "id", length=19, pattern=NUMBER), *_SCORES),
        "lead": (Column("lead_id", "Record ID", "id", length=19, pattern=NUMBER), *_SCORES),
    },
    objects={"account": "companies", "lead": "contacts"},
    empty="none",
    max_bytes=512_000_000,
    max_rows=1_048_575,
)
