"""The definitions of Marketo's fields: a body for the lead schema. Marketo, "Leads: Create Lead Fields"."""

from __future__ import annotations

from scoring.crm.fields import FieldType, as_json, custom_columns, description, field_type, label
from scoring.crm.profile import Profile


def definitions(profile: Profile) -> dict[str, str]:
    """Give the body for ``/rest/v1/leads/schema/fields.json``.

    Parameters
    ----------
    profile : Profile
        Marketo's, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of each file by its name in the folder.
    """
    types: dict[FieldType, str] = {
        "text": "string",
        "percent": "float",
        "decimal": "float",
        "integer": "integer",
        "date": "date",
        "datetime": "datetime",
    }
    inputs = [
        {
            "displayName": label(column),
            "name": column.header,
            "description": description(column),
            "dataType": types[field_type(column)],
        }
        for column in custom_columns(profile, "lead")
    ]
    return {"leads_fields.json": as_json({"input": inputs})}
