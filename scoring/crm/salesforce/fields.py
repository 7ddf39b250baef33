"""The definitions of Salesforce's fields: a metadata package. Metadata API, "CustomField" and "PermissionSet"."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from scoring.crm.fields import FieldType, custom_columns, description, field_type, label
from scoring.crm.profile import Column, Profile


def definitions(profile: Profile) -> dict[str, str]:
    """Give a metadata package: the fields, and permission sets to read and to import them.

    Without a permission set, new fields are hidden from everybody. It deploys with `sf project deploy start
    --metadata-dir fields/salesforce`.

    Parameters
    ----------
    profile : Profile
        Salesforce's, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of each file by its name in the folder.
    """
    files = {}
    members = []
    for entity, name in profile.objects.items():
        custom = [column for column in custom_columns(profile, entity) if column.header.endswith("__c")]
        members += [f"{name}.{column.header}" for column in custom]
        body = "".join(_field(column) for column in custom)
        files[f"objects/{name}.object"] = _xml("CustomObject", body)
    sets = {"closedwon_Read": "closedwon: read scores", "closedwon_Import": "closedwon: import scores"}
    for name, title in sets.items():
        allowed = (
            _tag("fieldPermissions", _tags(editable=name == "closedwon_Import", field=member, readable=True))
            for member in members
        )
        body = "".join(allowed) + _tags(hasActivationRequired=False, label=title)
        files[f"permissionsets/{name}.permissionset"] = _xml("PermissionSet", body)
    types = _members(members, "CustomField") + _members(sets, "PermissionSet")
    files["package.xml"] = _xml("Package", types + _tags(version="62.0"))
    return files


def _field(column: Column) -> str:
    types: dict[FieldType, dict[str, Any]] = {
        "text": {"length": column.length, "type": "Text"},
        "percent": {"precision": 3 + column.decimals, "scale": column.decimals, "type": "Percent"},
        "decimal": {"precision": 18, "scale": column.decimals, "type": "Number"},
        "integer": {"precision": 18, "scale": 0, "type": "Number"},
        "date": {"type": "Date"},
        "datetime": {"type": "DateTime"},
    }
    settings = {"fullName": column.header, "inlineHelpText": description(column), "label": label(column)}
    return _tag("fields", _tags(**dict(sorted((settings | {"required": False} | types[field_type(column)]).items()))))


def _xml(root: str, body: str) -> str:
    namespace = "http://soap.sforce.com/2006/04/metadata"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">\n{body}</{root}>\n'


def _tags(**values: object) -> str:
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}
    return "".join(f"<{name}>{escape(text, quote=False)}</{name}>\n" for name, text in texts.items())


def _tag(name: str, body: str) -> str:
    return f"<{name}>\n{body}</{name}>\n"


def _members(names: Iterable[str], kind: str) -> str:
    return _tag("types", "".join(_tags(members=name) for name in names) + _tags(name=kind))
