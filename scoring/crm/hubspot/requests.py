"""The requests that import files into HubSpot: the form field `importRequest`, one for each file.

"CRM API: Imports", "Start an import": a mapping for each column, `columnType` for the one that records are found by,
and the object type ids. Without `importOperations`, an id that is not found would make a new record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoring.crm.fields import as_json
from scoring.crm.hubspot.profile import HUBSPOT
from scoring.crm.profile import Column, Profile

#: "Understand object type IDs": contacts and companies.
TYPES = {"account": "0-2", "lead": "0-1"}


def requests(profile: Profile, entity: str, files: Sequence[str]) -> dict[str, str]:
    """Give a body for each file, for ``POST /crm/v3/imports``.

    Parameters
    ----------
    profile : Profile
        HubSpot's, with the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    files : sequence of str
        The names of the files.

    Returns
    -------
    dict
        The content of each request by its name in the folder.
    """
    mappings = [_mapping(column, entity) for column in profile.columns[entity]]
    return {f"{file.rpartition('.')[0]}_request.json": as_json(_body(file, entity, mappings)) for file in files}


def _body(file: str, entity: str, mappings: Sequence[Any]) -> dict[str, Any]:
    page = {"hasHeader": True, "columnMappings": mappings}
    return {
        "name": f"closedwon {file}",
        "importOperations": {TYPES[entity]: "UPDATE"},
        "dateFormat": "YEAR_MONTH_DAY",
        "files": [{"fileName": file, "fileFormat": "CSV", "fileImportPage": page}],
    }


def _mapping(column: Column, entity: str) -> dict[str, str]:
    mapped = {"columnObjectTypeId": TYPES[entity], "columnName": column.header, "propertyName": column.header}
    if column.kind != "id":
        return mapped
    if column.header == HUBSPOT.columns[entity][0].header:
        return mapped | {"propertyName": "hs_object_id", "columnType": "HUBSPOT_OBJECT_ID"}
    return mapped | {"columnType": "HUBSPOT_ALTERNATE_ID"}
