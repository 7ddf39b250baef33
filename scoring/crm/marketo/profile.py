"""Marketo: a CSV of leads for Bulk Lead Import. Accounts have no such import, so there is no file for them.

The header of a column is its field's REST API name, and people are found by ``id`` (``lookupField=id``), because
our files hold no e-mail address. The fields are custom fields, made once (``closedwon fields --crm
marketo``): String (255), Float, Integer, Date, Datetime. The type Percent holds whole numbers only, so percentages
are Float: 12.5 for 12.5 %.

Rules of the format: comma, a header, any number of rows, less than 10 MB; dates and times in W3C's form with an
offset. Companies are updated through the Companies API, record by record, or not at all where a CRM is connected.
Marketo developer documentation, "Bulk Lead Import", "Field Types" and "Companies".
"""

from __future__ import annotations

from scoring.crm.profile import NUMBER, Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return "closedwon" + "".join(word.capitalize() for word in score.split("_"))


MARKETO = Profile(
    name="marketo",
    columns={"lead": (Column("lead_id", "id", "id", length=10, pattern=NUMBER), *scores_as(field_name))},
    objects={"lead": "leads"},
    empty="none",
    max_bytes=9_999_999,
    max_rows=10_000_000,
    time="%Y-%m-%dT%H:%M:%S+00:00",
)
