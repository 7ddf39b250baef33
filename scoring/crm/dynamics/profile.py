"""Dynamics 365 and every other Dataverse: a CSV for each of Account and Lead, and rows for Predictive Score.

The header of a column is its display name, which the import wizard maps by itself. Records are found by their
primary key, the GUID in the column "Account" or "Lead"; where the ids come from another system, define an
alternate key and rename ``id`` to its column. The columns are made once (``closedwon fields --crm dynamics``):
Single line of text, Decimal number, Whole number, Date only, Date and time. The grade is a text, so that no choice
column has to be defined first; 12.5 stands for 12.5 %.

A second file, ``<entity>_predictive_scores.csv``, is for the table msdyn_predictivescore, which lead and opportunity
scoring show on forms. Its alternate key is Entity ID with Entity type; Grade and Score trend are choices, written as
their labels; Score is a whole number.

Rules of the format: comma; UTF-8 with a byte order mark, without which the wizard assumes another encoding; 8 MB a
CSV; days and times in the format of the user who imports, or ISO. An empty cell empties a field or leaves it as it
is, depending on the import.
Microsoft Learn, "Import data" (Power Apps, users), "Import data from Excel and export data to CSV" (Dataverse) and
"msdyn_predictivescore table/entity reference".
"""

from __future__ import annotations

from dataclasses import replace

from scoring.crm.profile import GUID, Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return f"closedwon {score.replace('_', ' ').title()}"


_SCORES = scores_as(field_name)

#: The words of msdyn_predictivescore, by ours.
_GRADES = {grade: f"Grade {grade}" for grade in "ABCD"}
_TRENDS = {"rising": "Improving", "steady": "Steady", "falling": "Declining", "new": "Not enough info"}


def _predictive(entity: str) -> tuple[Column, ...]:
    return (
        Column(f"{entity}_id", "Entity ID", "id", length=256, pattern=GUID),
        Column("", "Entity type", "fixed", words={"": entity}),
        Column("win_probability", "Score", "percent"),
        Column("grade", "Grade", "choice", words={**_GRADES, "": "Grade D"}),
        Column("trend", "Score trend", "choice", words={**_TRENDS, "": "Not enough info"}),
        Column("reason_1", "Score reasons", "text", length=10_000),
        Column("as_of", "Scored on", "date"),
    )


_PREDICTIVE = Profile(
    name="dynamics",
    columns={"account": _predictive("account"), "lead": _predictive("lead")},
    objects={"account": "msdyn_predictivescore", "lead": "msdyn_predictivescore"},
    empty="none",
    max_bytes=8_000_000,
    max_rows=1_000_000,
    bom=True,
    prefix="predictive_",
)

DYNAMICS = replace(
    _PREDICTIVE,
    columns={
        "account": (Column("account_id", "Account", "id", length=36, pattern=GUID), *_SCORES),
        "lead": (Column("lead_id", "Lead", "id", length=36, pattern=GUID), *_SCORES),
    },
    objects={"account": "account", "lead": "lead"},
    prefix="",
    beside=(_PREDICTIVE,),
)
