"""What the definitions of fields have in common, whatever the CRM: types, labels, descriptions, JSON.

Each CRM's own definitions are in its folder. The id is not among them: it is the record's own field.
"""

from __future__ import annotations

import json
from typing import Literal

from scoring.crm.profile import Column, Profile

FieldType = Literal["text", "percent", "decimal", "integer", "date", "datetime"]

#: The description of each field, for those who see it in the CRM.
ABOUT = {
    "status": "scored, or retired: no longer scored",
    "win_probability": "Chance of a first won deal within the horizon, in percent",
    "expected_amount": "What a won deal would bring",
    "expected_revenue": "Win probability times expected amount",
    "fit_score": "0 to 100: who they are",
    "intent_score": "0 to 100: what they do",
    "grade": "A to D, by win probability",
    "rank": "1 is the first to call",
    "trend": "new, rising, steady or falling",
    "reason_1": "What speaks most for them",
    "reason_2": "What speaks for them, second",
    "reason_3": "What speaks for them, third",
    "concern_1": "What speaks most against them",
    "why_now": "The buying signal that is new",
    "as_of": "The score was made from what was known before this day, UTC",
    "scored_at": "When it was scored, UTC",
    "model_version": "The model that scored it",
}


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
