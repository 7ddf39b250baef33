"""Zoho CRM, Bulk Write API, by its developer guide.

"Limitations": a zip with one CSV of at most 25 MB, 25,000 records and 200 columns; the delimiter is guessed from the
header. "Bulk Write APIs - An Overview": the header holds the fields' API names. "Create Bulk Write Job": an empty cell
empties the field unless `ignore_empty` is set; dates in the formats of its table, `yyyy-MM-dd` among them. "Custom
Field Types": text of at most 255 characters, a decimal of at most 16 digits. Record ids are whole numbers.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Broken, Field, Imported, Rules, need


def _text(cell: str, field: Field) -> None:
    sheet.text(cell, Field("text", length=min(field.length or 255, 255)))


def _decimal(cell: str, field: Field) -> None:
    sheet.number(cell, Field("double", digits=min(field.digits or 16, 16), decimals=field.decimals))


def _record_id(cell: str, field: Field) -> None:
    need(re.fullmatch(r"[1-9][0-9]{0,19}", cell) is not None, f"{cell!r} is no record id")


def _integer(cell: str, field: Field) -> None:
    sheet.whole_number(cell, field)
    need(len(cell) <= 9, f"{cell!r}: an integer has at most 9 digits")


RULES = Rules(
    most_bytes=25_000_000,
    most_rows=25_000,
    most_columns=200,
    ends=("\n", "\r\n"),
    header=re.compile(r"id|[A-Za-z][A-Za-z0-9_]{0,49}"),
    kinds={
        "id": _record_id,
        "text": _text,
        "textarea": sheet.text,
        "double": _decimal,
        "currency": _decimal,
        "integer": _integer,
        "bigint": sheet.whole_number,
        "picklist": sheet.choice,
        "date": sheet.day,
        "datetime": sheet.moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+\d\d:\d\d)"),
    },
)


def read(file: bytes, fields: Mapping[str, Field], key: str = "id") -> Imported:
    """Read an uploaded zip as the job would, for an update found by `key`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file))
    except zipfile.BadZipFile:
        raise Broken("not a zip") from None
    names = archive.namelist()
    need(len(names) == 1, f"{len(names)} files in the zip: one is taken")
    need(names[0].endswith(".csv") and "/" not in names[0], f"{names[0]} is not a CSV file")
    return sheet.read_sheet(archive.read(names[0]), RULES, fields, key)


def defined(*definitions: bytes) -> dict[str, Field]:
    """The fields of requests to "Create Custom Fields", at most 5 each, by API name: the label with underscores."""
    found = {}
    for body in map(json.loads, definitions):
        need(len(body["fields"]) <= 5, "more than 5 fields in a call")
        for item in body["fields"]:
            label, kind = item["field_label"], item["data_type"]
            need(kind in RULES.kinds, f"{label}: there is no type {kind}")
            length, decimals = item.get("length"), item.get("decimal_place")
            sized = {"digits": length} if kind in ("double", "currency", "integer") else {"length": length}
            found[label.replace(" ", "_")] = Field(kind, decimals=decimals, **sized)
    return found
