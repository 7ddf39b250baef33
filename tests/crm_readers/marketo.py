"""Marketo Engage, bulk lead import, by its developer documentation.

"Bulk Lead Import": comma separated, the header holds REST API field names, a file totals less than 10 MB; `lookupField`
names the key, `id` among others. "Field Types": a string has at most 255 characters, a text area 30,000 bytes; times by
ISO 8601 with their zone, dates as 2010-05-07; a score and a percentage are whole numbers.
"""

import json
import re
from collections.abc import Mapping

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Field, Imported, Rules, need


def _string(cell: str, field: Field) -> None:
    sheet.text(cell, Field("string", length=min(field.length or 255, 255)))


def _text(cell: str, field: Field) -> None:
    need(len(cell.encode()) <= 30_000, f"{len(cell.encode())} bytes in a text area of 30,000")


def _id(cell: str, field: Field) -> None:
    need(re.fullmatch(r"[1-9][0-9]{0,9}", cell) is not None, f"{cell!r} is no lead id")


RULES = Rules(
    most_bytes=9_999_999,
    ends=("\n", "\r\n"),
    header=re.compile(r"[A-Za-z][A-Za-z0-9_]*"),
    kinds={
        "id": _id,
        "string": _string,
        "text": _text,
        "float": sheet.number,
        "currency": sheet.number,
        "integer": sheet.whole_number,
        "score": sheet.whole_number,
        "percent": sheet.whole_number,
        "date": sheet.day,
        "datetime": sheet.moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+\d\d:\d\d)"),
    },
)


def read(file: bytes, fields: Mapping[str, Field], key: str = "id") -> Imported:
    """Read a file as the job would, with `lookupField` set to `key`."""
    return sheet.read_sheet(file, RULES, fields, key)


def defined(*definitions: bytes) -> dict[str, Field]:
    """The fields of a request to "Create Lead Fields", by REST API name."""
    found = {}
    for item in [item for file in definitions for item in json.loads(file)["input"]]:
        need(not {"displayName", "name", "dataType"} - item.keys(), f"{item} lacks what is required")
        need(item["dataType"] in RULES.kinds, f"{item['name']}: there is no type {item['dataType']}")
        found[item["name"]] = Field(item["dataType"])
    return found
