"""The requests that import a file, as each CRM's maker describes them: which field each column of a file goes to.

HubSpot, "Imports" API: name, importOperations by object type id (contacts 0-1, companies 0-2), dateFormat, and for each
file its fileName, fileFormat and a mapping of each column; columnType HUBSPOT_OBJECT_ID for hs_object_id, and
HUBSPOT_ALTERNATE_ID for another unique property. Zoho, "Create Bulk Write Job": operation, find_by, and field_mappings
by index. Marketo, "Bulk Lead Import": format, lookupField and file. Salesforce, "Create a Job": object, operation,
externalIdFieldName for an upsert, contentType, columnDelimiter, lineEnding; Data Loader, "Map Columns". Dataverse,
"ImportMap" and "ColumnMapping".
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.crm_readers.sheet import need


@dataclass(frozen=True)
class Read:
    """What a request says: the record type, the field of each column in order, and the field that finds records."""

    kind: str
    fields: tuple[str, ...]
    key: str
    creates: bool = False


def hubspot(text: str, file: str, header: Sequence[str]) -> Read:
    request = json.loads(text)
    need(bool(request["name"]) and request["dateFormat"] == "YEAR_MONTH_DAY", "a name, and how dates are written")
    (content,) = request["files"]
    need((content["fileName"], content["fileFormat"]) == (file, "CSV"), f"the file is {content['fileName']}")
    need(content["fileImportPage"]["hasHeader"] is True, "a header")
    mappings = content["fileImportPage"]["columnMappings"]
    need([mapping["columnName"] for mapping in mappings] == list(header), "the columns of the file, in order")
    ((kind, operation),) = request["importOperations"].items()
    need({mapping["columnObjectTypeId"] for mapping in mappings} == {kind}, "one record type")
    keys = [mapping for mapping in mappings if "columnType" in mapping]
    need(len(keys) == 1, "one column finds records")
    own = keys[0]["columnType"] == "HUBSPOT_OBJECT_ID"
    need(own == (keys[0]["propertyName"] == "hs_object_id"), "HUBSPOT_OBJECT_ID is hs_object_id")
    need(own or keys[0]["columnType"] == "HUBSPOT_ALTERNATE_ID", f"{keys[0]['columnType']} is no type of a column")
    fields = tuple(mapping["propertyName"] for mapping in mappings)
    return Read({"0-1": "contacts", "0-2": "companies"}[kind], fields, keys[0]["propertyName"], operation != "UPDATE")


def zoho(text: str, file: str, header: Sequence[str]) -> Read:
    request = json.loads(text)
    (resource,) = request["resource"]
    need(resource["type"] == "data" and resource["file_id"] == "FILE_ID", "data, of the file that was uploaded")
    mappings = resource["field_mappings"]
    need([mapping["index"] for mapping in mappings] == list(range(len(header))), "every column by its place")
    fields = tuple(mapping["api_name"] for mapping in mappings)
    return Read(resource["module"]["api_name"], fields, resource["find_by"], request["operation"] != "update")


def marketo(text: str, file: str, header: Sequence[str]) -> Read:
    form = dict(re.fullmatch(r'form = "(\w+)=(.*)"', line).groups() for line in text.splitlines())  # type: ignore[union-attr]
    need(form["format"] == "csv" and form["file"] == f"@{file};type=text/csv", "a CSV, and the file itself")
    return Read("leads", tuple(header), form["lookupField"], creates=True)


def salesforce(text: str, file: str, header: Sequence[str]) -> Read:
    job = json.loads(text)
    need((job["contentType"], job["columnDelimiter"], job["lineEnding"]) == ("CSV", "COMMA", "LF"), "as the file is")
    upsert = job["operation"] == "upsert"
    need(
        upsert == ("externalIdFieldName" in job) and job["operation"] in ("upsert", "update"), "an external id, or none"
    )
    return Read(job["object"], tuple(header), job.get("externalIdFieldName", "Id"), creates=upsert)


def data_loader(text: str) -> dict[str, str]:
    """The mapping of Data Loader: Java properties."""
    pairs = [re.fullmatch(r"((?:[^=\\]|\\.)+)=(.*)", line) for line in text.splitlines()]
    return {re.sub(r"\\(.)", r"\1", pair[1]): pair[2] for pair in pairs if pair}


def dynamics(text: str, file: str, header: Sequence[str]) -> Read:
    data_map = json.loads(text)
    mappings = data_map["ColumnMapping_ImportMap"]
    need(
        bool(data_map["name"]) and all(mapping["processcode"] == 1 for mapping in mappings), "a name; all are processed"
    )
    need([mapping["sourceattributename"] for mapping in mappings] == list(header), "the columns of the file, in order")
    (table,) = {mapping["targetentityname"] for mapping in mappings}
    (source,) = {mapping["sourceentityname"] for mapping in mappings}
    need(bool(source), "the name of the file's rows")
    fields = tuple(mapping["targetattributename"] for mapping in mappings)
    need(all(re.fullmatch(r"[a-z][a-z0-9_]*", field) for field in fields), "logical names")
    return Read(table, fields, fields[0])


READERS: Mapping[str, Callable[[str, str, Sequence[str]], Read]] = {
    "hubspot": hubspot, "zoho": zoho, "marketo": marketo, "salesforce": salesforce, "dynamics": dynamics,
}  # fmt: skip
