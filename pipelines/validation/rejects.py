"""The accepted rows of a table, and the rejected ones: their numbers with an example, and files without persons."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis

from pipelines.disk import written_whole
from pipelines.errors import BadInput, UsageError
from pipelines.redaction import Message
from pipelines.sources.files import ROW, Source
from pipelines.sources.formats.csv_file import Torn
from scoring.cells.ids import NAMED_TABLE
from scoring.columns.roles import may_name_person
from scoring.contracts.contract import ADDRESS_AS_ID
from scoring.contracts.crm import CONTRACTS
from scoring.crm.cells import spreadsheet_safe
from scoring.persons.cells import shown

TORN = "torn_row"  #: The rule of rows that cannot be read.


@dataclass(frozen=True)
class Reject:
    """The number of rows of a table that broke a rule, and an example."""

    table: str
    rule: str
    count: int
    example: str


@dataclass(frozen=True)
class RejectedRows:
    """The rejected rows of one table as text, with ``rule`` as the last column; torn rows by their number only."""

    table: str
    rows: ibis.Table | None
    torn: tuple[Torn, ...]

    def summary(self, key: str | None, about: dict[str, tuple[str, ...]]) -> tuple[Reject, ...]:
        """Count the rows of each broken rule, the most frequent first, with an example of each.

        Parameters
        ----------
        key : str, optional
            The id column of the table, which each example shows.
        about : dict of tuple of str
            The other columns that an example shows, by rule.
        """
        found = []
        if self.torn:
            first = self.torn[0]
            found.append(Reject(self.table, TORN, len(self.torn), f"row {first.row} of {first.file}: {first.problem}"))
        if self.rows is not None:
            for row in self.rows.group_by("rule").agg(count=self.rows.count()).to_pyarrow().to_pylist():
                shown = dict.fromkeys((key, *about.get(row["rule"], ())))
                example = self._example(row["rule"], [c for c in shown if c in self.rows.columns])
                found.append(Reject(self.table, row["rule"], row["count"], example))
        return tuple(sorted(found, key=lambda reject: (-reject.count, reject.rule)))

    def _example(self, rule: str, shown: list[str | None]) -> str:
        """The first of the rows in the order of their content: the order of the export does not matter."""
        assert self.rows is not None
        if not shown:
            return "the table lacks the columns"
        rows = self.rows.filter(self.rows.rule == rule).select(shown)
        first = rows.order_by(shown).limit(1).to_pyarrow().to_pylist()[0]
        return ", ".join(f"{c} is empty" if value is None else f"{c} is {value!r}" for c, value in first.items())

    def as_file(self) -> ibis.Table | None:
        """The table that `write_rejects` writes; None without rejected rows."""
        parts = [] if self.rows is None else [self.rows]
        if self.torn:
            # The cells of such a row are not known, so neither is which of them must not be repeated.
            lines = ibis.memtable({"rule": [f"{TORN}: row {t.row} of {t.file}: {t.problem}" for t in self.torn]})
            if self.rows is not None:
                empty = {column: ibis.null("string") for column in self.rows.columns if column != "rule"}
                lines = lines.select(**empty, rule=lines.rule)
            parts.append(lines)
        if not parts:
            return None
        rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return rows.order_by(["rule", *rows.columns[:-1]])


@dataclass(frozen=True)
class Accepted:
    """The result of the validation of one table: accepted rows, rejected rows, and notes on both.

    Attributes
    ----------
    table : ibis.Table
    rejected_rows : RejectedRows
    rejects : tuple of Reject
    read : int
        All rows, whatever became of them.
    notes : tuple of str
    last_known : datetime, optional
    left_out : int
        Rows that are neither accepted nor rejected: deleted ones, those that name only such, older versions, copies.
    customers : ibis.Table, optional
        What rejected rows tell of won deals: see `Tables`.
    versions : ibis.Table, optional
        The rows of ids that several rows have: see `repeated_rows`.
    strays : ibis.Table, optional
        The leads whose account is not there: see `rejected_customers.strays`.
    lines : int
        The ids whose rows are probably the lines of one deal: see `deal_lines`.
    unknown : mapping of int
        By column, the rows whose reference names no known record.
    linked : mapping of int
        By step, the leads whose account was found.
    open_deals : ibis.Table, optional
        What is planned of open deals: see `contracts.open_deals`.
    """

    table: ibis.Table
    rejected_rows: RejectedRows
    rejects: tuple[Reject, ...]
    read: int
    notes: tuple[str, ...]
    last_known: datetime | None
    left_out: int = 0
    customers: ibis.Table | None = None
    versions: ibis.Table | None = None
    strays: ibis.Table | None = None
    lines: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    linked: Mapping[str, int] = field(default_factory=dict)
    open_deals: ibis.Table | None = None


def last_known(table: ibis.Table, dates: Sequence[str]) -> datetime | None:
    """The latest time in some columns of an accepted table; None without any."""
    if not dates:
        return None
    last = table.aggregate(**{column: table[column].max() for column in dates}).to_pyarrow().to_pylist()[0]
    return max((when for when in last.values() if when is not None), default=None)


def without_quiet(rejected: ibis.Table | None, quiet: Sequence[str]) -> tuple[ibis.Table | None, int]:
    """The rejected rows without those that are left out without being wrong, and the number of these.

    Parameters
    ----------
    rejected : ibis.Table, optional
        `ROW` and ``rule``.
    quiet : sequence of str
        The rules of the latter.
    """
    if rejected is None:
        return None, 0
    counted = rejected.aggregate(rows=rejected.count(), quiet=rejected.rule.isin(quiet).sum()).to_pyarrow().to_pylist()
    every, left_out = int(counted[0]["rows"]), int(counted[0]["quiet"] or 0)
    if left_out == every:
        return None, left_out
    return (rejected.filter(rejected.rule.notin(quiet)) if left_out else rejected), left_out


def require_few(
    rejects: Sequence[Reject], read: int, allowed: float, causes: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """Raise `BadInput` if more than the allowed share of the rows that were read is rejected.

    Parameters
    ----------
    rejects : sequence of Reject
        The most frequent first.
    read : int
    allowed : float
    causes : mapping of tuple of str, optional
        By rule, why rows break it and an example, where that is known.
    """
    count = sum(reject.count for reject in rejects)
    if count > allowed * read:
        worst = rejects[0]
        text = (
            f"{count} of {read} rows of the table {worst.table} ({count / read:.1%}) break a rule, and "
            f"at most {allowed:.1%} may (max_reject_share in [input]); the most frequent is {worst.rule} "
            f"({worst.count} rows){_way_out(worst.rule)}"
        )
        cause, example = (causes or {}).get(worst.rule, ("", ""))
        raise BadInput(
            Message.with_example(f"{text}. {cause}", example)
            if cause
            else Message.with_example(f"{text}, as in:", worst.example)
        )


def _way_out(rule: str) -> str:
    """How to write the cells that a rule cannot read."""
    if rule == ADDRESS_AS_ID:
        return " - ids stand in every file and in the CRM, and an address is somebody's: export the record's own id"
    if not rule.startswith("unparsable_"):
        return ""
    if rule.endswith(("_at", "_month")):
        return " - export dates as 2026-03-01 and times as 2026-03-01 14:30:00"
    return " - export numbers as 1234.56"


def collect_rejected(connection: Any, source: Source, rejected: ibis.Table | None) -> RejectedRows:
    """Copy the rejected rows as they were written, without the columns and addresses that identify a person.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    rejected : ibis.Table, optional
        `ROW` and ``rule`` of each rejected row; None if all rows were accepted.
    """
    if rejected is None:
        return RejectedRows(source.table, None, source.torn)
    joined = source.raw.inner_join(rejected.rename(__rule="rule"), ROW)
    contract = next(contract for contract in CONTRACTS if contract.table == source.table)
    others = [] if contract.unshown else [c for c in source.columns if c != "rule" and not may_name_person(c)]
    kept = [c for c in source.columns if c in others or (c in contract.fields and c not in contract.unshown)]
    cells = {c: shown(joined[c], is_id=c in NAMED_TABLE, is_described=c not in NAMED_TABLE) for c in kept}
    rows = joined.select(**cells, rule=joined["__rule"])
    return RejectedRows(source.table, connection.create_table(f"rejects_{source.table}", rows), source.torn)


def write_rejects(folder: Path, name: str, rows: ibis.Table) -> int:
    """Write rejected rows to <folder>/<name>.csv, if there are any, and count them.

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
        The number of rows that were written.
    """
    # An e-mail address goes to no output whatever.
    cells = {column: spreadsheet_safe(rows[column].cast("string")) for column in rows.columns if column != "email"}
    rows = rows.select(**cells)
    if rows.get_backend().name != "duckdb":
        rows = ibis.memtable(rows.to_pyarrow())
    file = folder / f"{name}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(file) as temporary:
        rows.to_csv(temporary)
        with temporary.open("rb") as lines:
            count = sum(1 for _ in lines) - 1
    if not count:
        file.unlink()
        with contextlib.suppress(OSError):  # other tables may have rejects
            folder.rmdir()
    return count


def write_all_rejects(folder: Path, rejected: Iterable[RejectedRows]) -> dict[str, int]:
    """Write the rejected rows of each table that has any to <folder>/<table>.csv, in place of those of an earlier run.

    Parameters
    ----------
    folder : Path
    rejected : iterable of RejectedRows
        Those of every table that was read.

    Returns
    -------
    dict
        The number of rows by table.

    Raises
    ------
    UsageError
        If a file of that name holds something else, such as the table itself.
    OSError
        If a file cannot be written.
    """
    by_table = {rows.table: rows.as_file() for rows in rejected}
    for table in by_table:
        file = folder / f"{table}.csv"
        if not _is_ours(file):
            raise UsageError(f"{file} holds no rejected rows, and is not overwritten: name another folder with --out")
        file.unlink(missing_ok=True)
    return {table: write_rejects(folder, table, rows) for table, rows in by_table.items() if rows is not None}


def _is_ours(file: Path) -> bool:
    """Whether a file is missing, or has rejected rows: then its last column is the rule."""
    if not file.is_file():
        return not file.exists()
    with file.open(encoding="utf-8", errors="replace") as lines:
        return lines.readline().rstrip("\r\n").rpartition(",")[2].strip('"') == "rule"
