"""What a layout must know of the cells of an export before it can be bound: forms of times, words, names of fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.scope import FoundTable
from scoring.cells.date_orders import DateColumn, ProvedOrder, date_column, proved_order
from scoring.cells.shapes import CellShape, shapes_in
from scoring.cells.time_forms import DAY_FIRST, EXCEL, MONTH_FIRST, TimeForm
from scoring.cells.times import NoTimes, TwoForms, time_form
from scoring.sql_text import quoted

#: A column of field names, or of words, has no more of them.
_MOST_FIELDS, _MOST_WORDS = 80, 30
_OFFSET = re.compile(r":99[.,9]*\s?[+-]99(:?99)?$")
_UTC = re.compile(r":99[.,9]*\s?(Z|UTC)$", re.IGNORECASE)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def whole_table(relation: RawRelation) -> str:
    """A table of the export in SQL."""
    return ".".join(quoted(part) for part in relation.address)


@dataclass
class Probes:
    """They look at the cells of an export, each column once.

    Attributes
    ----------
    connection : ibis DuckDB backend
    dates : {"", "day/month/year", "month/day/year"}
        The order of dates that was declared for the export.
    zone : str
        The zone that was declared for times without an offset; empty for UTC. All timestamps of a mapping are in it.
    asked : dict of str
        Columns whose dates fit two orders, with an example of what stands in them.
    """

    connection: Any
    dates: str = ""
    zone: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    _filled: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    _dates: dict[tuple[str, ...], tuple[DateColumn, ...]] = field(default_factory=dict)

    def words(self, known: FoundTable, column: str) -> frozenset[str]:
        """The words of a column in lower case; empty if it has many."""
        name = quoted(column)
        rows = self.connection.con.execute(
            f"SELECT DISTINCT lower(trim({name}::VARCHAR)) FROM {whole_table(known.found)} WHERE {name} IS NOT NULL "
            f"LIMIT {_MOST_WORDS + 1}"
        ).fetchall()
        return frozenset(str(row[0]) for row in rows) if len(rows) <= _MOST_WORDS else frozenset()

    def filled(self, relation: RawRelation) -> frozenset[str]:
        """The columns that have a value in some row."""
        if relation.address not in self._filled:
            cells = ", ".join(
                f"count(nullif(trim({quoted(name)}::VARCHAR), '')) > 0"
                for name, kind in relation.types.items()
                if is_plain(kind)
            )
            rows = (
                self.connection.con.execute(f"SELECT {cells} FROM {whole_table(relation)}").fetchall()
                if cells
                else [()]
            )
            names = [name for name, kind in relation.types.items() if is_plain(kind)]
            self._filled[relation.address] = frozenset(n for n, has in zip(names, rows[0], strict=True) if has)
        return self._filled[relation.address]

    def _shapes(self, relation: RawRelation, column: str) -> Sequence[CellShape]:
        *parts, table = relation.address
        database = ("memory", *parts) if len(parts) == 1 else tuple(parts)
        return list(shapes_in(self.connection.table(table, database=database)[column]))

    def _order(self, first: RawRelation) -> str:
        """The order of dates that other columns of the same table show; empty if not one."""
        orders = {column.order for column in self.date_columns(first)} - {""}
        return next(iter(orders)) if len(orders) == 1 else ""

    def date_columns(self, relation: RawRelation) -> tuple[DateColumn, ...]:
        """The columns of a table with dates in digits, with the day or the month first."""
        if relation.address not in self._dates:
            found = []
            for column in (column for column, kind in relation.types.items() if kind == "VARCHAR"):
                numeric = self.connection.con.execute(
                    f"SELECT count(*) FROM (FROM {whole_table(relation)} WHERE {quoted(column)} IS NOT NULL LIMIT 5) "
                    f"WHERE regexp_matches({quoted(column)}, '^[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-][0-9]{{2,4}}')"
                ).fetchall()
                if numeric[0][0]:
                    found.append(date_column(relation.name, column, self._shapes(relation, column)))
            self._dates[relation.address] = tuple(column for column in found if column is not None)
        return self._dates[relation.address]

    def export_order(self, tables: Iterable[FoundTable], written: Collection[str]) -> ProvedOrder | None:
        """The order of dates that the tables of an export show each other.

        Parameters
        ----------
        tables : iterable of FoundTable
        written : collection of str
            The columns that the layout names: those that the CRM itself writes.
        """
        columns, proofs = list[DateColumn](), list[DateColumn]()
        for known in tables:
            for relation in known.parts or (known.found,):
                found = self.date_columns(relation)
                own = {known.declared.actual(name, relation.by_key) for name in written}
                columns += found
                proofs += [column for column in found if column.name in own]
        return proved_order(columns, proofs)

    def time(self, known: FoundTable, column: exp.Column) -> exp.Expr:
        """A column as a timestamp, in plain SQL for the form in which it is written."""
        kind = known.found.types[column.name]
        if self.zone and kind == "TIMESTAMP WITH TIME ZONE":
            return exp.AtTimeZone(this=column.copy(), zone=exp.Literal.string(self.zone))
        if kind != "VARCHAR":
            timed = kind == "DATE" or column.name not in self.filled(known.found)
            return exp.cast(column.copy(), exp.DataType.Type.TIMESTAMP) if timed else column.copy()
        name = f"{known.found.name}.{column.name}"
        shapes = self._shapes(known.found, column.name)
        form = time_form(shapes, sum(shape.count for shape in shapes), declared=self.dates)
        if isinstance(form, TwoForms) and (order := self._order(known.found)):
            form = time_form(shapes, sum(shape.count for shape in shapes), declared=order)
        if isinstance(form, TwoForms):
            self.asked[name] = next(iter(shapes)).pattern
            form = NoTimes()
        if isinstance(form, TimeForm) and form.name in (DAY_FIRST, MONTH_FIRST):
            return _parsed(column, form.name, [shape.pattern for shape in shapes])
        offsets = (_OFFSET, _UTC) if self.zone else (_OFFSET,)
        if any(offset.search(shape.pattern) for shape in shapes for offset in offsets):
            # A plain TIMESTAMP would lose the offset.
            zoned = exp.TryCast(this=column.copy(), to=exp.DataType.build("TIMESTAMPTZ"), safe=True)
            return exp.AtTimeZone(this=zoned, zone=exp.Literal.string(self.zone or "UTC"))
        if isinstance(form, NoTimes | TimeForm):
            return exp.TryCast(this=column.copy(), to=exp.DataType.build("TIMESTAMP"), safe=True)
        number: exp.Expr = exp.TryCast(this=column.copy(), to=exp.DataType.build("DOUBLE"), safe=True)
        local = form.name == EXCEL  # days of Excel are those of whoever exported them, seconds since 1970 are in UTC
        if local:
            number = exp.Mul(this=exp.Paren(this=exp.Sub(this=number, expression=exp.Literal.number(25569))),
                             expression=exp.Literal.number(86400))  # fmt: skip
        else:
            number = exp.Div(this=number, expression=exp.Literal.number(int(form.per_second)))
        moment = exp.func("to_timestamp", number)
        if self.zone and not local:
            return exp.AtTimeZone(this=moment, zone=exp.Literal.string(self.zone))
        return exp.cast(moment, exp.DataType.Type.TIMESTAMP)


def is_plain(kind: str) -> bool:
    """Whether a type of DuckDB is neither nested nor binary."""
    return not kind.endswith("]") and not kind.startswith(("STRUCT", "MAP", "UNION")) and kind != "BLOB"


def _parsed(column: exp.Column, order: str, patterns: Collection[str]) -> exp.Expr:
    """A day and a month in digits, with the separators and clocks that the column has."""
    marks = {mark for mark in "/-. " for pattern in patterns if pattern[:3].lstrip("9").startswith(mark)} or {"/"}
    mark = sorted(marks)[0]
    year = "%Y" if any(f"{mark}9999" in pattern for pattern in patterns) else "%y"
    days = ("%d", "%m", year) if order == DAY_FIRST else ("%m", "%d", year)
    clocks = {_clock(pattern) for pattern in patterns}
    formats = [mark.join(days) + clock for clock in _CLOCKS if clock in clocks] or [mark.join(days)]
    listed = exp.Array(expressions=[exp.Literal.string(written) for written in formats])
    return exp.Anonymous(this="try_strptime", expressions=[column.copy(), listed])


def _clock(pattern: str) -> str:
    half = pattern.rstrip().lower().endswith("m")
    return {0: "", 1: _CLOCKS[3 if half else 1], 2: _CLOCKS[4 if half else 2]}.get(pattern.count(":"), "")
