"""HubSpot, by its knowledge base and its developers' pages.

"Set up import files": a .csv with a header, fewer than 1,000 columns, UTF-8, at most 512 MB and 1,048,576 rows a file.
"Property field types": text of at most 65,536 characters; a dropdown takes one of its options. "Properties" API: names
are internal names, lower case, and a number is plain. "Imports" API: dates are year, month, day if the import says so;
`hs_object_id` (in files: Record ID) is the key that every record has.
"""

import json
import re
from collections.abc import Mapping

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Field, Imported, Rules, need

ROWS = 1_048_576
TEXT = 65_536


def _text(cell: str, field: Field) -> None:
    need(len(cell) <= TEXT, f"{len(cell)} characters in a property of {TEXT}")


def _record_id(cell: str, field: Field) -> None:
    need(re.fullmatch(r"[1-9][0-9]{0,19}", cell) is not None, f"{cell!r} is no Record ID")


RULES = Rules(
    most_bytes=512_000_000,
    bom=None,
    ends=("\n", "\r\n"),
    most_rows=ROWS - 1,
    most_columns=999,
    header=re.compile(r"[a-z][a-z0-9_]{0,99}|Record ID"),
    kinds={
        "record id": _record_id,
        "string": _text,
        "number": sheet.number,
        "enumeration": sheet.choice,
        "date": sheet.day,
        "datetime": sheet.moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z"),
    },
)


def read(file: bytes, fields: Mapping[str, Field], key: str = "Record ID") -> Imported:
    """Read a file as the import tool would, for an update by Record ID or by a property with unique values."""
    return sheet.read_sheet(file, RULES, fields, key)


#: "Properties" API, "Property type and fieldType values": which fieldType each type may have.
SHOWN_AS = {
    "string": {"text", "textarea", "html", "phonenumber", "file", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "enumeration": {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
}


def defined(*definitions: bytes) -> dict[str, Field]:
    """The properties of a request body for batch creation ("Properties" API)."""
    found = {}
    for item in [item for file in definitions for item in json.loads(file)["inputs"]]:
        need(not {"name", "label", "type", "fieldType", "groupName"} - item.keys(), f"{item} lacks what is required")
        need(item["fieldType"] in SHOWN_AS[item["type"]], f"{item['type']} cannot be shown as {item['fieldType']}")
        options = item.get("options", [])
        need(bool(options) == (item["type"] == "enumeration"), f"{item['name']}: options belong to an enumeration")
        found[item["name"]] = Field(item["type"], choices=tuple(option["value"] for option in options))
    return found
