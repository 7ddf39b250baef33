"""Keys that do not join: how many rows of each reference name a record that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.intake.intake import Intake
from pipelines.validation.ids.references import reference_columns
from scoring.cells.ids import NAMED_TABLE
from scoring.contracts.crm import CONTRACTS
from scoring.tables import row_count


@dataclass(frozen=True)
class Join:
    """A column of references, and how many of them name a record that is there.

    Attributes
    ----------
    table, column : str
    to : str
        The table with the records.
    rows : int
        The accepted rows of the table, and those that were set aside since they name nobody known.
    filled : int
        Those of them that name a record.
    unknown : int
        Those of them whose record is not there.
    """

    table: str
    column: str
    to: str
    rows: int
    filled: int
    unknown: int

    @property
    def share(self) -> float:
        """The share of references whose record is not there."""
        return self.unknown / self.filled if self.filled else 0.0

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "table": self.table,
            "column": self.column,
            "to": self.to,
            "rows": self.rows,
            "filled": self.filled,
            "unknown": self.unknown,
        }


#: The rules of rows that are set aside since they name nobody known.
NOBODY = ("unknown_lead", "unknown_account")


def joins(intake: Intake) -> tuple[Join, ...]:
    """The references of all tables to the tables that the export has.

    Parameters
    ----------
    intake : Intake
    """
    return tuple(_joins(intake))


def _joins(intake: Intake) -> Iterator[Join]:
    present = dict(intake.tables.present())
    for contract in CONTRACTS:
        name, table = contract.table, present.get(contract.table)
        columns = [column for column in reference_columns(contract) if NAMED_TABLE[column] in present]
        if table is None or not columns:
            continue
        counts = {column: table[column].count() for column in columns}
        found = table.aggregate(**counts, every=table.count()).to_pyarrow().to_pylist()[0]
        aside = sum(reject.count for reject in intake.rejects if reject.table == name and reject.rule in NOBODY)
        for column in columns:
            rows, filled = int(found["every"]), int(found[column])
            if column in contract.references:
                # A reference to nobody known is left out of its row, or the row is set aside: the intake counted both.
                unknown = intake.counts[name].unknown.get(column, 0)
                rows, filled = rows + aside, filled + unknown
            else:
                there = present[NAMED_TABLE[column]].select(there=column)
                named = table.filter(table[column].notnull())
                unknown = row_count(named.anti_join(there, named[column] == there.there))
            yield Join(name, column, NAMED_TABLE[column], rows, filled, unknown)
