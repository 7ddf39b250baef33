"""Odoo, by its documentation and what its server refuses.

"Export and import data": commas and quotation marks; a column with the External ID (`id`) or the Database ID (`.id`)
updates records that are there; an empty cell empties the field; dates by ISO 8601 need no guessing. The ORM reference:
technical names as headings, a datetime is `2025-12-29 02:14:09` in UTC, a selection takes its value.
`ir.model.data`: an External ID has no spaces, and up to its first dot it names a module. `ir.model.fields`: a field of
one's own begins with `x_`, of 63 characters. `http`: an upload has at most 128 MiB.
"""

import csv
import io
import re
from collections.abc import Mapping

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Field, Imported, Rules, need


def _external_id(cell: str, field: Field) -> None:
    need(not re.search(r"\s", cell, re.ASCII), f"{cell!r}: External IDs cannot contain spaces")
    module, dot, name = cell.partition(".")
    need(bool(module) and (bool(name) or not dot), f"{cell!r} lacks the module or the name")


RULES = Rules(
    most_bytes=128_000_000,
    ends=("\n", "\r\n"),
    header=re.compile(r"\.?id|x_[a-z0-9_]{1,61}"),
    kinds={
        "external id": _external_id,
        "database id": sheet.whole_number,
        "char": sheet.text,
        "text": sheet.text,
        "float": sheet.number,
        "monetary": sheet.number,
        "integer": sheet.whole_number,
        "selection": sheet.choice,
        "date": sheet.day,
        "datetime": sheet.moment(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    },
)


def read(file: bytes, fields: Mapping[str, Field], key: str = "id") -> Imported:
    """Read a file as the import page would, with the technical names taken as they are."""
    return sheet.read_sheet(file, RULES, fields, key)


def defined(*definitions: bytes) -> dict[str, Field]:
    """The fields of one model in a file that is imported into `ir.model.fields`, by technical name."""
    found: dict[str, Field] = {}
    for row in csv.DictReader(io.StringIO(b"".join(definitions).decode())):
        need(not {"model_id/id", "name", "field_description", "ttype"} - row.keys(), "a required column is missing")
        need(row["ttype"] in RULES.kinds, f"{row['name']}: there is no type {row['ttype']}")
        found[row["name"]] = Field(row["ttype"])
    return found
