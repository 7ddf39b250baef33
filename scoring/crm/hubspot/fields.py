"""The definitions of HubSpot's fields: bodies for the properties API. "CRM API: Properties"."""

from __future__ import annotations

from scoring.crm.fields import FieldType, as_json, custom_columns, description, field_type, label
from scoring.crm.profile import Profile


def definitions(profile: Profile) -> dict[str, str]:
    """Give a group and its properties, for ``/crm/v3/properties/<object>/groups`` and then ``/batch/create``.

    Parameters
    ----------
    profile : Profile
        HubSpot's, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of each file by its name in the folder.
    """
    types: dict[FieldType, tuple[str, str]] = {
        "percent": ("number", "number"),
        "decimal": ("number", "number"),
        "integer": ("number", "number"),
        "date": ("date", "date"),
    }  # a time is a text: the import asks the user only once, for all columns, how to read times
    files = {}
    for entity, name in profile.objects.items():
        group = {"name": "closedwon", "label": "closedwon", "displayOrder": -1}
        inputs = [
            {
                "name": column.header,
                "label": label(column),
                "description": description(column),
                "groupName": group["name"],
                "type": types.get(field_type(column), ("string", "text"))[0],
                "fieldType": types.get(field_type(column), ("string", "text"))[1],
            }
            for column in custom_columns(profile, entity)
        ]
        files[f"{name}_group.json"] = as_json(group)
        files[f"{name}_properties.json"] = as_json({"inputs": inputs})
    return files
