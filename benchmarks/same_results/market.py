"""The market that both checkouts work on: the demo's, with a few bad rows, and a configuration that uses much."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

CRMS = ("salesforce", "hubspot", "dynamics", "zoho", "marketo", "odoo")
#: Marketo has no accounts.
ENTITIES = {crm: ("lead",) if crm == "marketo" else ("account", "lead") for crm in CRMS}

#: The demo's own horizon and cut-offs.
CONFIG = """
[training]
horizon_days = 182

[backtest]
cut_offs = 2

[gate]
cut_offs = 2

[features]
file = "features.toml"

[crm.salesforce.lead]
rank = "Priority__c"
"""

FEATURES = """
[[feature]]
type = "Recency"
name = "days_since_serious_interest"
label = "Demo or pricing"
activity = ["demo_request", "pricing_view"]

[[feature]]
type = "Listed"
name = "ideal_customer"
label = "Ideal customer"
column = "industry"
values = ["Software", "Financial Services"]
"""

#: Cells in place of those of the table's first row: rows that are set aside, or that no CRM can take.
BAD_LEADS: tuple[dict[str, str], ...] = (
    {},  # the id a second time
    {"lead_id": ""},
    {"lead_id": "L-bad-time", "created_at": "yesterday"},
    {"lead_id": "=1+1"},
    {"lead_id": "L-nobody", "account_id": "A-nobody"},
)


@dataclass(frozen=True)
class Market:
    """An export, and the days that it is looked at.

    Attributes
    ----------
    folder : Path
        Holds `crm`, `closedwon.toml` and `features.toml`.
    """

    folder: Path

    @property
    def crm(self) -> Path:
        """The export."""
        return self.folder / "crm"

    @property
    def config(self) -> Path:
        """The configuration of all commands."""
        return self.folder / "closedwon.toml"

    @property
    def newest(self) -> date:
        """The day before which everything in the export was known."""
        latest: datetime = pc.max(
            pq.read_table(self.crm / "activities.parquet", columns=["occurred_at"])["occurred_at"]
        ).as_py()
        return latest.date() + timedelta(days=1)

    @property
    def nights(self) -> tuple[date, date, date]:
        """Two nights in a row, and one that is a period of the horizon later: the monitor can look back at both."""
        return self.newest - timedelta(days=35), self.newest - timedelta(days=34), self.newest

    @classmethod
    def made(cls, demo: Path, folder: Path) -> "Market":
        """Make the market from the export that `closedwon demo` wrote."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(demo, folder / "crm")
        add_rows(folder / "crm" / "leads.csv", BAD_LEADS)
        own_ids = [
            f'[crm.{crm}.{entity}]\nid = "erp_number"\n'
            for crm, entities in ENTITIES.items()
            for entity in entities
            if (crm, entity) != ("salesforce", "lead")
        ]
        (folder / "closedwon.toml").write_text("\n".join([CONFIG + 'id = "erp_number"\n', *own_ids]))
        (folder / "features.toml").write_text(FEATURES)
        return cls(folder)


def add_rows(table: Path, changes: Sequence[dict[str, str]]) -> None:
    """Append copies of the table's first row, each with some cells changed."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        first, columns = next(rows), rows.fieldnames or ()
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, columns, lineterminator="\n").writerows(first | change for change in changes)
