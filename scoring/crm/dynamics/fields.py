"""The definitions of Dataverse's columns: bodies for its Web API.

Microsoft Learn, "Create and update column definitions using the Web API".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.crm.fields import FieldType, as_json, custom_columns, description, field_type
from scoring.crm.profile import Profile


def definitions(profile: Profile) -> dict[str, str]:
    """Give a body for each column, for ``EntityDefinitions(LogicalName='<table>')/Attributes``.

    Parameters
    ----------
    profile : Profile
        That of Dynamics, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of each file by its name in the folder.
    """
    types: dict[FieldType, tuple[str, dict[str, Any]]] = {
        "percent": ("Decimal", {"MinValue": 0, "MaxValue": 100, "Precision": 4}),
        "decimal": ("Decimal", {"MinValue": 0, "MaxValue": 100_000_000_000, "Precision": 2}),
        "integer": ("Integer", {"Format": "None", "MinValue": 0, "MaxValue": 2_147_483_647}),
        "date": ("DateTime", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}),
        "datetime": ("DateTime", {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}}),
    }
    files = {}
    for entity, table in profile.objects.items():
        for column in custom_columns(profile, entity):
            kind, more = types.get(
                field_type(column), ("String", {"MaxLength": column.length, "FormatName": {"Value": "Text"}})
            )
            body = {
                "@odata.type": f"Microsoft.Dynamics.CRM.{kind}AttributeMetadata",
                "SchemaName": f"new_closedwon_{column.source}",
                "DisplayName": _label(column.header),
                "Description": _label(description(column)),
                "RequiredLevel": {"Value": "None"},
            }
            files[f"{table}/{column.source}.json"] = as_json(body | more)
    return files


def _label(text: str) -> Mapping[str, Any]:
    """A text in English (language 1033), as the Web API takes it."""
    kind = "Microsoft.Dynamics.CRM"
    local = {"@odata.type": f"{kind}.LocalizedLabel", "Label": text, "LanguageCode": 1033}
    return {"@odata.type": f"{kind}.Label", "LocalizedLabels": [local]}
