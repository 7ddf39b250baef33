"""The CRMs of a company: the fields that `closedwon fields` created in them, and a reader for each.

This is the one place in the tests that names the CRM's readers: `ORGS`, and `PAST_LIMITS` for files in parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crm_readers import dynamics, hubspot, marketo, odoo, salesforce, zoho
from tests.crm_readers.sheet import Field, Imported


@dataclass(frozen=True)
class PastLimit:
    """A night with more leads than one import takes.

    `length` is the length of each text, `left_out` are the columns without a field, `parts` is the expected number of
    files, and `id` the lead's id in SQL, by its number `n`.
    """

    rows: int
    length: int
    parts: int
    left_out: tuple[str, ...] = ()
    id: str = "CAST(n AS VARCHAR)"


@dataclass(frozen=True)
class Org:
    """One CRM's records of one entity.

    `key` is the column that its records are found by, `other` a field of the company with the ids of another system,
    if it has one, and `id` makes the n-th id in the form of the CRM.
    """

    reader: Any
    files: str
    key: tuple[str, Field]
    other: tuple[str, Field] | None
    id: Callable[[int], str]

    def fields(self, folder: Path) -> dict[str, Field]:
        """The fields of this org: those of the definitions, and the two that records are found by."""
        files = sorted(folder.glob(self.files))
        assert files, f"no definitions in {folder}"
        return self.reader.defined(*(file.read_bytes() for file in files)) | dict(filter(None, (self.key, self.other)))

    def read(self, file: Path, fields: Mapping[str, Field], key: str) -> Imported:
        """Read a file as this CRM would."""
        imported: Imported = self.reader.read(file.read_bytes(), fields, key)
        return imported


def _salesforce(name: str, prefix: str) -> Org:
    # Ids of another form are sent too: Salesforce refuses these rows one by one, and `imported` records that.
    text = Field("Text", length=255)
    definitions = f"objects/{name}.object"
    return Org(salesforce, definitions, ("Id", text), ("Legacy_Id__c", text), lambda n: f"{prefix}A{n:014d}")


def _hubspot(name: str) -> Org:
    return Org(
        hubspot, f"{name}_properties.json", ("Record ID", Field("record id")), ("legacy_id", Field("string")), _number
    )


def _dynamics(name: str) -> Org:
    legacy = ("Legacy Id", Field("String", length=100))
    return Org(dynamics, f"{name.lower()}/*.json", (name, Field("Uniqueidentifier")), legacy, _guid)


def _zoho(name: str) -> Org:
    return Org(zoho, f"{name}_fields_*.json", ("id", Field("id")), ("Legacy_Id", Field("text", length=255)), _number)


def _odoo() -> Org:
    return Org(odoo, "ir.model.fields.csv", ("id", Field("external id")), None, lambda n: f"crm.a_{n}")


def _number(n: int) -> str:
    return str(10_000_000 + n)


def _guid(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012x}"


ORGS: dict[tuple[str, str], Org] = {
    ("salesforce", "account"): _salesforce("Account", "001"),
    ("salesforce", "lead"): _salesforce("Lead", "00Q"),
    ("hubspot", "account"): _hubspot("companies"),
    ("hubspot", "lead"): _hubspot("contacts"),
    ("dynamics", "account"): _dynamics("Account"),
    ("dynamics", "lead"): _dynamics("Lead"),
    ("zoho", "account"): _zoho("Accounts"),
    ("zoho", "lead"): _zoho("Leads"),
    ("marketo", "lead"): Org(
        marketo, "leads_fields.json", ("id", Field("id")), ("legacyId", Field("string", length=255)), _number
    ),
    ("odoo", "account"): _odoo(),
    ("odoo", "lead"): _odoo(),
}

#: Fewer columns, for a limit that is a number of rows.
_FEW = ("reason_1", "reason_2", "reason_3", "concern_1", "why_now", "trend", "as_of", "scored_at", "model_version")

PAST_LIMITS: dict[str, PastLimit] = {
    "salesforce": PastLimit(82_000, 250, 2, id="format('00QA{:014d}', n)"),  # more than 100 MB
    "hubspot": PastLimit(1_048_577, 5, 2, left_out=(*_FEW, "expected_amount")),
    "dynamics": PastLimit(14_000, 120, 2, id="format('00000000-0000-4000-8000-{:012x}', n)"),  # more than 8 MB
    "zoho": PastLimit(50_001, 5, 3),
    "marketo": PastLimit(22_000, 80, 2),  # more than 10 MB
    "odoo": PastLimit(10_001, 5, 3),
}
