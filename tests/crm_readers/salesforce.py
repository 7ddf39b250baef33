"""Salesforce, Bulk API 2.0, by its developer guide.

"Prepare CSV Files": UTF-8; the header holds the fields' API names, in at most 32,000 characters; at most 100 MB, since
base64 makes more of it; lines end in LF unless the job says otherwise; an empty value is ignored and `#N/A` clears a
field; spaces are not trimmed. "Valid Date Format in Records (2.0)": `yyyy-MM-ddTHH:mm:ss.SSSZ` and `yyyy-MM-dd`.
"Limits": 400,000 characters a record, 32,000 a field (131,072 since 2021).
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from tests.crm_readers import sheet
from tests.crm_readers.sheet import Field, Imported, Rules, need

#: Object Reference, "Custom Fields": letters, digits, single underscores, from a letter, at most 40, and then `__c`.
NAME = re.compile(r"[A-Za-z](?!\w*__\w*__c)[A-Za-z0-9_]{0,39}(?<!_)__c|[A-Z][A-Za-z]*")
#: Object Reference, "ID Field Type": 15 characters that mind case, or 18 that do not.
ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


def _text(cell: str, field: Field) -> None:
    need(cell == cell.strip(" "), "spaces around a value are kept and then trimmed by the page")
    sheet.text(cell, field)
    need(len(cell) <= 32_000, "more than a field holds")


def _id(cell: str, field: Field) -> None:
    need(ID.fullmatch(cell) is not None, f"{cell!r} is no record id")


RULES = Rules(
    most_bytes=100_000_000,
    header=NAME,
    nothing="#N/A",
    kinds={
        "Id": _id,
        "Text": _text,
        "LongTextArea": _text,
        "Number": sheet.number,
        "Percent": sheet.number,
        "Currency": sheet.number,
        "Picklist": sheet.choice,
        "Date": sheet.day,
        "DateTime": sheet.moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"),
    },
)


def read(file: bytes, fields: Mapping[str, Field], key: str = "Id") -> Imported:
    """Read a file as the job would, for an update by `Id` or an upsert by an external id."""
    imported = sheet.read_sheet(file, RULES, fields, key)
    need(sum(len(name) + 1 for name in imported.header) <= 32_000, "a header of more than 32,000 characters")
    longest = max(sum(map(len, row.values())) for row in imported.rows)
    need(longest <= 400_000, "a record of more than 400,000 characters")
    return imported


def defined(*definitions: bytes) -> dict[str, Field]:
    """The custom fields of an object's metadata (Metadata API Developer Guide, "CustomField"), by API name."""

    def of(element: ElementTree.Element, name: str) -> str | None:
        return element.findtext(NAMESPACE + name)

    found = {}
    objects = [ElementTree.fromstring(file) for file in definitions]
    for element in [element for item in objects for element in item.iter(NAMESPACE + "fields")]:
        name, kind = of(element, "fullName"), of(element, "type")
        assert name, "a field without fullName"
        assert kind, f"{name} has no type"
        need(kind in RULES.kinds, f"{name}: there is no type {kind}")
        need(len(of(element, "label") or "") in range(1, 41), f"{name}: a label has 1 to 40 characters")
        choices = [of(value, "fullName") or "" for value in element.iter(NAMESPACE + "value")]
        length, precision, scale = (of(element, tag) for tag in ("length", "precision", "scale"))
        found[name] = Field(
            kind=kind,
            length=int(length) if length else None,
            digits=int(precision) if precision else None,
            decimals=int(scale) if scale else None,
            choices=tuple(choices),
        )
    return found
