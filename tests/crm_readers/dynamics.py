"""Dynamics 365 and Dataverse, by Microsoft Learn.

"Import data in model-driven apps": at most 8 MB a .csv; column headings that match the display names are mapped
without asking; with more than Latin letters the file needs UTF-8 with a byte order mark. "Import accounts, leads, or
other data": one record type a file; headings on one line, without quotation marks; double quotation marks around data
that holds a delimiter. "Column data types": a decimal lies within 100,000,000,000 with at most 10 decimals. The rows of
predictive scores are by the table reference of `msdyn_predictivescore`.
"""

import json
import re
from collections.abc import Mapping

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Field, Imported, Rules, need


def _decimal(cell: str, field: Field) -> None:
    sheet.number(cell, field)
    need(float(cell) <= 100_000_000_000, f"{cell} is more than a decimal column holds")
    need(len(cell.partition(".")[2]) <= 10, f"{cell}: a decimal column has 10 decimals")


def _guid(cell: str, field: Field) -> None:
    need(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", cell) is not None, f"{cell!r} is no GUID")


def _whole(cell: str, field: Field) -> None:
    sheet.whole_number(cell, field)
    need(int(cell) <= 2_147_483_647, f"{cell} is more than a whole number column holds")


RULES = Rules(
    most_bytes=8_000_000,
    bom=True,
    ends=("\n", "\r\n"),
    header=re.compile(r'[^",;\r\n\t]{1,100}'),
    kinds={
        "Uniqueidentifier": _guid,
        "String": sheet.text,
        "Memo": sheet.text,
        "Decimal": _decimal,
        "Money": _decimal,
        "Integer": _whole,
        "Picklist": sheet.choice,
        "DateOnly": sheet.day,
        "DateTime": sheet.moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    },
)

#: "msdyn_predictivescore table/entity reference", by display name.
PREDICTIVE_SCORE = {
    "Name": Field("String", length=128),
    "Entity ID": Field("String", length=256),
    "Entity type": Field("String", length=128),
    "Score": Field("Integer"),
    "Grade": Field("Picklist", choices=("Grade A", "Grade B", "Grade C", "Grade D")),
    "Score trend": Field("Picklist", choices=("Improving", "Steady", "Declining", "Not enough info")),
    "Score reasons": Field("Memo", length=10_000),
    "Scored on": Field("DateOnly"),
    "Contributing prediction IDs": Field("Memo", length=2_000),
}


def read(file: bytes, fields: Mapping[str, Field], key: str) -> Imported:
    """Read a file as the import wizard would; `key` is the heading of the record's id or of an alternate key."""
    first = file.split(b"\n", 1)[0]
    need(b'"' not in first, "a quotation mark in the headings")
    return sheet.read_sheet(file, RULES, fields, key)


def read_predictive_scores(file: bytes) -> Imported:
    """Read rows for the table of predictive scores, one for each record that is scored."""
    imported = read(file, PREDICTIVE_SCORE, "Entity ID")
    need("Entity type" in imported.header, "Entity type is required")
    return imported


def defined(*definitions: bytes) -> dict[str, Field]:
    """The columns of one table by display name, from the Web API's `AttributeMetadata`, one a file."""
    found = {}
    for about in map(json.loads, definitions):
        kind = about["@odata.type"].removeprefix("Microsoft.Dynamics.CRM.").removesuffix("AttributeMetadata")
        name = about["DisplayName"]["LocalizedLabels"][0]["Label"]
        need(re.fullmatch(r"[a-z]+_\w+", about["SchemaName"]) is not None, f"{name}: the schema name has no prefix")
        if kind == "DateTime" and about["Format"] == "DateOnly":
            kind = "DateOnly"
        need(kind in RULES.kinds, f"{name}: there is no type {kind}")
        found[name] = Field(kind, length=about.get("MaxLength"), decimals=about.get("Precision"))
    return found
