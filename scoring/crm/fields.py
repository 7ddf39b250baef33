"""What the definitions of fields have in common, whatever the CRM: types, labels, descriptions, JSON.

Each CRM's own definitions are in its folder. The id is not among them: it is the record's own field.
"""

from __future__ import annotations

import json
from typing import Literal

from scoring.crm.call_fields import CALL_FIELDS
from scoring.crm.profile import Column, Profile
from scoring.scores.columns import CRM_FIELDS

FieldType = Literal["text", "percent", "decimal", "integer", "date", "datetime"]

#: The description of each field, for those who see it in the CRM.
ABOUT = {
    "status": "scored, or retired: no longer scored",
    **{name: crm.about for name, crm in CRM_FIELDS},
}


def description(column: Column) -> str:
    """Give the description of the field for a column, of a score or of a call."""
    described = ABOUT | {name: crm.about for name, crm in CALL_FIELDS}
    return described[column.source]


def custom_columns(profile: Profile, entity: str) -> tuple[Column, ...]:
    """List the columns for which a field has to be made: all but the id.

    Parameters
    ----------
    profile : Profile
    entity : {'account', 'lead'}
    """
    return profile.columns[entity][1:]


def field_type(column: Column) -> FieldType:
    """Give the type of the field for a column."""
    if column.kind == "percent":
        return "percent"
    if column.kind == "number":
        return "decimal" if column.decimals else "integer"
    return column.kind if column.kind in ("date", "datetime") else "text"


def label(column: Column) -> str:
    """Give the label of the field for a column, such as "closedwon Win Probability"."""
    return f"closedwon {column.source.replace('_', ' ').title()}"


def as_json(content: object) -> str:
    """Write a request's body as JSON: one key a line, and characters beyond ASCII as they are."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
