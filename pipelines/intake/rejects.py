"""The rows set aside: in numbers with an example, and as files. Never with an e-mail address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.intake.column_types import personal
from pipelines.redaction import ADDRESS_PATTERN, HIDDEN_ADDRESS
from pipelines.sources.csv_file import Torn
from pipelines.sources.files import ROW, Source
from scoring.crm.cells import spreadsheet_safe

#: The rule of rows that are none, and that of the second row with an id.
TORN = "torn_row"
DUPLICATE = "duplicate_id"


@dataclass(frozen=True)
class Reject:
    """How many rows of a table broke a rule, and one of them."""

    table: str
    rule: str
    count: int
    example: str


@dataclass(frozen=True)
class Aside:
    """The rejected rows of one table as text, with a last column ``rule``; torn ones by number only."""

    table: str
    rows: ibis.Table | None
    torn: tuple[Torn, ...]

    def summary(self, key: str | None, about: dict[str, tuple[str, ...]]) -> tuple[Reject, ...]:
        """Count the rows of each broken rule, the most frequent first, with an example of each.

        An example shows the ``key`` and the columns that the rule is ``about``.
        """
        found = []
        if self.torn:
            first = self.torn[0]
            found.append(Reject(self.table, TORN, len(self.torn), f"row {first.row} of the file: {first.problem}"))
        if self.rows is not None:
            for row in self.rows.group_by("rule").agg(count=self.rows.count()).to_pyarrow().to_pylist():
                shown = dict.fromkeys((key, *about.get(row["rule"], ())))
                example = self._example(row["rule"], [c for c in shown if c in self.rows.columns])
                found.append(Reject(self.table, row["rule"], row["count"], example))
        return tuple(sorted(found, key=lambda reject: (-reject.count, reject.rule)))

    def _example(self, rule: str, shown: list[str | None]) -> str:
        """Show the first of the rows by its own content, so that the order of the export does not matter."""
        assert self.rows is not None
        if not shown:
            return "the table lacks the columns"
        rows = self.rows.filter(self.rows.rule == rule).select(shown)
        first = rows.order_by(shown).limit(1).to_pyarrow().to_pylist()[0]
        return ", ".join(f"{c} is empty" if value is None else f"{c} is {value!r}" for c, value in first.items())

    def as_file(self) -> ibis.Table | None:
        """What `write_rejects` writes; None without rejected rows."""
        parts = [] if self.rows is None else [self.rows]
        if self.torn:
            # What such a row says cannot be told apart, and so neither can what must not be repeated.
            lines = ibis.memtable({"rule": [f"{TORN}: row {t.row} of the file: {t.problem}" for t in self.torn]})
            if self.rows is not None:
                empty = {column: ibis.null("string") for column in self.rows.columns if column != "rule"}
                lines = lines.select(**empty, rule=lines.rule)
            parts.append(lines)
        if not parts:
            return None
        rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return rows.order_by(["rule", *rows.columns[:-1]])


def set_aside(connection: Any, source: Source, rejected: ibis.Table | None) -> Aside:
    """Keep the rejected rows (`ROW` and ``rule``) as they came, without what identifies a person."""
    if rejected is None:
        return Aside(source.table, None, source.torn)
    joined = source.raw.inner_join(rejected.rename(__rule="rule"), ROW)
    kept = [c for c in source.columns if c != "rule" and not personal(c)]
    rows = joined.select(**{c: _without_addresses(joined[c]) for c in kept}, rule=joined["__rule"])
    return Aside(source.table, connection.create_table(f"aside_{source.table}", rows), source.torn)


def write_rejects(folder: Path, name: str, rows: ibis.Table) -> int:
    """Write rows that were set aside to <folder>/<name>.csv, if there are any, and count them.

    The cells are text that a spreadsheet does not take for a formula. No file is left where there is no row.

    Parameters
    ----------
    folder : Path
        It is made where it is missing, and removed again where it would be empty.
    name : str
    rows : ibis.Table
        Its last column is ``rule``.

    Returns
    -------
    int
        How many rows were written.
    """
    # An e-mail address goes to no output whatever.
    cells = {column: spreadsheet_safe(rows[column].cast("string")) for column in rows.columns if column != "email"}
    rows = rows.select(**cells)
    if rows.get_backend().name != "duckdb":
        rows = ibis.memtable(rows.to_pyarrow())
    file = folder / f"{name}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_csv(file)
    with file.open("rb") as lines:
        count = sum(1 for _ in lines) - 1
    if not count:
        file.unlink()
        with contextlib.suppress(OSError):  # other tables may have rejects
            folder.rmdir()
    return count


def write_all_rejects(folder: Path, asides: Iterable[Aside]) -> dict[str, int]:
    """Write the rejected rows of each table that has any to <folder>/<table>.csv; gives the counts by table."""
    found = {aside.table: rows for aside in asides if (rows := aside.as_file()) is not None}
    return {table: write_rejects(folder, table, rows) for table, rows in found.items()}


def _without_addresses(cell: ir.Value) -> ir.StringValue:
    if cell.type().is_nested() or cell.type().is_binary():
        return ibis.null("string")
    return cell.cast("string").re_replace(ADDRESS_PATTERN, HIDDEN_ADDRESS)
