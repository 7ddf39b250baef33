"""The definitions of a CRM's fields, in the form that its maker's tools create fields from.

The id is not among them: it is the record's own. Sources: Salesforce Metadata API, "CustomField" and
"PermissionSet"; HubSpot, "CRM API: Properties"; Microsoft Learn, "Create and update column definitions using the
Web API"; Zoho CRM API, "Create Custom Fields"; Marketo, "Leads: Create Lead Fields"; Odoo, ir.model.fields.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal
from xml.sax.saxutils import escape

from scoring.crm.profile import Column, Profile

Type = Literal["text", "percent", "decimal", "integer", "date", "datetime"]

#: What each field says, for those who see it in the CRM.
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

#: Zoho takes so many fields a call.
ZOHO_CALL = 5


def definitions(profile: Profile) -> dict[str, str]:
    """Give the files that create the fields of a CRM: their content by name.

    Raises
    ------
    KeyError
        If the CRM is none of those that `known` names.
    """
    return {
        "salesforce": _salesforce,
        "hubspot": _hubspot,
        "dynamics": _dynamics,
        "zoho": _zoho,
        "marketo": _marketo,
        "odoo": _odoo,
    }[profile.name](profile)


def _type(column: Column) -> Type:
    if column.kind == "percent":
        return "percent"
    if column.kind == "number":
        return "decimal" if column.decimals else "integer"
    return column.kind if column.kind in ("date", "datetime") else "text"


def _label(column: Column) -> str:
    return f"closedwon {column.source.replace('_', ' ').title()}"


def _made(profile: Profile, entity: str) -> tuple[Column, ...]:
    return profile.columns[entity][1:]


def _salesforce(profile: Profile) -> dict[str, str]:
    """Give a metadata package: the fields, and who may see and who may write them; fields are hidden otherwise."""
    files = {}
    members = []
    for entity, name in profile.objects.items():
        custom = [column for column in _made(profile, entity) if column.header.endswith("__c")]
        members += [f"{name}.{column.header}" for column in custom]
        body = "".join(_salesforce_field(column) for column in custom)
        files[f"objects/{name}.object"] = _xml("CustomObject", body)
    sets = {"closedwon_Read": "closedwon: read scores", "closedwon_Import": "closedwon: import scores"}
    for name, label in sets.items():
        allowed = (
            _tag("fieldPermissions", _tags(editable=name == "closedwon_Import", field=member, readable=True))
            for member in members
        )
        body = "".join(allowed) + _tags(hasActivationRequired=False, label=label)
        files[f"permissionsets/{name}.permissionset"] = _xml("PermissionSet", body)
    types = _members(members, "CustomField") + _members(sets, "PermissionSet")
    files["package.xml"] = _xml("Package", types + _tags(version="62.0"))
    return files


def _salesforce_field(column: Column) -> str:
    types: dict[Type, dict[str, Any]] = {
        "text": {"length": column.length, "type": "Text"},
        "percent": {"precision": 3 + column.decimals, "scale": column.decimals, "type": "Percent"},
        "decimal": {"precision": 18, "scale": column.decimals, "type": "Number"},
        "integer": {"precision": 18, "scale": 0, "type": "Number"},
        "date": {"type": "Date"},
        "datetime": {"type": "DateTime"},
    }
    told = {"fullName": column.header, "inlineHelpText": ABOUT[column.source], "label": _label(column)}
    return _tag("fields", _tags(**dict(sorted((told | {"required": False} | types[_type(column)]).items()))))


def _xml(root: str, body: str) -> str:
    namespace = "http://soap.sforce.com/2006/04/metadata"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">\n{body}</{root}>\n'


def _tags(**values: object) -> str:
    return "".join(
        f"<{name}>{escape(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>\n"
        for name, value in values.items()
    )


def _tag(name: str, body: str) -> str:
    return f"<{name}>\n{body}</{name}>\n"


def _members(names: Iterable[str], kind: str) -> str:
    return _tag("types", "".join(_tags(members=name) for name in names) + _tags(name=kind))


def _hubspot(profile: Profile) -> dict[str, str]:
    """Give the group and its properties for ``/crm/v3/properties/<object>/groups`` and ``/batch/create``."""
    types: dict[Type, tuple[str, str]] = {
        "percent": ("number", "number"),
        "decimal": ("number", "number"),
        "integer": ("number", "number"),
        "date": ("date", "date"),
    }  # a time is a text: how the import reads times is asked of the user once for all columns
    files = {}
    for entity, name in profile.objects.items():
        group = {"name": "closedwon", "label": "closedwon", "displayOrder": -1}
        inputs = [
            {
                "name": column.header,
                "label": _label(column),
                "description": ABOUT[column.source],
                "groupName": group["name"],
                "type": types.get(_type(column), ("string", "text"))[0],
                "fieldType": types.get(_type(column), ("string", "text"))[1],
            }
            for column in _made(profile, entity)
        ]
        files[f"{name}_group.json"] = _json(group)
        files[f"{name}_properties.json"] = _json({"inputs": inputs})
    return files


def _dynamics(profile: Profile) -> dict[str, str]:
    """Give a body for each column, for ``EntityDefinitions(LogicalName='<table>')/Attributes``."""
    types: dict[Type, tuple[str, dict[str, Any]]] = {
        "percent": ("Decimal", {"MinValue": 0, "MaxValue": 100, "Precision": 4}),
        "decimal": ("Decimal", {"MinValue": 0, "MaxValue": 100_000_000_000, "Precision": 2}),
        "integer": ("Integer", {"Format": "None", "MinValue": 0, "MaxValue": 2_147_483_647}),
        "date": ("DateTime", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}),
        "datetime": ("DateTime", {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}}),
    }
    files = {}
    for entity, table in profile.objects.items():
        for column in _made(profile, entity):
            kind, more = types.get(
                _type(column), ("String", {"MaxLength": column.length, "FormatName": {"Value": "Text"}})
            )
            body = {
                "@odata.type": f"Microsoft.Dynamics.CRM.{kind}AttributeMetadata",
                "SchemaName": f"new_closedwon_{column.source}",
                "DisplayName": _dynamics_label(column.header),
                "Description": _dynamics_label(ABOUT[column.source]),
                "RequiredLevel": {"Value": "None"},
            }
            files[f"{table}/{column.source}.json"] = _json(body | more)
    return files


def _dynamics_label(text: str) -> Mapping[str, Any]:
    kind = "Microsoft.Dynamics.CRM"
    local = {"@odata.type": f"{kind}.LocalizedLabel", "Label": text, "LanguageCode": 1033}
    return {"@odata.type": f"{kind}.Label", "LocalizedLabels": [local]}


def _zoho(profile: Profile) -> dict[str, str]:
    """Give bodies for ``/crm/v8/settings/fields?module=<module>``, which makes API names from labels."""
    types: dict[Type, dict[str, Any]] = {
        "percent": {"data_type": "double", "length": 16, "decimal_place": 4},
        "decimal": {"data_type": "double", "length": 16, "decimal_place": 2},
        "integer": {"data_type": "integer", "length": 9},
        "date": {"data_type": "date"},
        "datetime": {"data_type": "datetime"},
    }
    files = {}
    for entity, module in profile.objects.items():
        made = [
            {"field_label": column.header.replace("_", " ")}
            | types.get(_type(column), {"data_type": "text", "length": column.length})
            for column in _made(profile, entity)
        ]
        for start in range(0, len(made), ZOHO_CALL):
            call = start // ZOHO_CALL + 1
            files[f"{module}_fields_{call}.json"] = _json({"fields": made[start : start + ZOHO_CALL]})
    return files


def _marketo(profile: Profile) -> dict[str, str]:
    """Give the body for ``/rest/v1/leads/schema/fields.json``."""
    types: dict[Type, str] = {
        "text": "string",
        "percent": "float",
        "decimal": "float",
        "integer": "integer",
        "date": "date",
        "datetime": "datetime",
    }
    inputs = [
        {
            "displayName": _label(column),
            "name": column.header,
            "description": ABOUT[column.source],
            "dataType": types[_type(column)],
        }
        for column in _made(profile, "lead")
    ]
    return {"leads_fields.json": _json({"input": inputs})}


def _odoo(profile: Profile) -> dict[str, str]:
    """Give a CSV for the import of ir.model.fields, which is open to the settings' administrator."""
    types: dict[Type, str] = {
        "text": "char",
        "percent": "float",
        "decimal": "float",
        "integer": "integer",
        "date": "date",
        "datetime": "datetime",
    }
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("id", "model_id/id", "name", "field_description", "ttype", "help"))
    models = {"res.partner": "base.model_res_partner", "crm.lead": "crm.model_crm_lead"}
    for entity, model in profile.objects.items():
        for column in _made(profile, entity):
            key = f"closedwon_{entity}_{column.source}"
            rows.writerow(
                (key, models[model], column.header, _label(column), types[_type(column)], ABOUT[column.source])
            )
    return {"ir.model.fields.csv": text.getvalue()}


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
