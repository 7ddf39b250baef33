"""What a layout must know of the cells of an export before it can be bound: forms of times, words, names of fields."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from pipelines.sources.formats.parquet_file import quoted
from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.scope import Known
from scoring.contracts.shapes import shapes_in
from scoring.contracts.time_forms import DAY_FIRST, EXCEL, MONTH_FIRST, TimeForm
from scoring.contracts.times import NoTimes, TwoForms, time_form

#: A column of field names, or of words, has no more of them.
_MOST_FIELDS, _MOST_WORDS = 80, 30
_OFFSET = re.compile(r":99[.,9]*\s?[+-]99(:?99)?$")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def whole(relation: RawRelation) -> str:
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
    asked : dict of str
        Columns whose dates fit two orders, with an example of what stands in them.
    """

    connection: Any
    dates: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    _filled: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def words(self, known: Known, column: str) -> frozenset[str]:
        """The words of a column in lower case; empty if it has many."""
        name = quoted(column)
        rows = self.connection.con.execute(
            f"SELECT DISTINCT lower(trim({name}::VARCHAR)) FROM {whole(known.found)} WHERE {name} IS NOT NULL "
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
            row = self.connection.con.execute(f"SELECT {cells} FROM {whole(relation)}").fetchone() if cells else ()
            names = [name for name, kind in relation.types.items() if is_plain(kind)]
            self._filled[relation.address] = frozenset(n for n, has in zip(names, row or (), strict=True) if has)
        return self._filled[relation.address]

    def time(self, known: Known, column: exp.Column) -> exp.Expr:
        """A column as a timestamp, in plain SQL for the form in which it is written."""
        kind = known.found.types[column.name]
        if kind != "VARCHAR":
            return exp.cast(column.copy(), exp.DataType.Type.TIMESTAMP) if kind == "DATE" else column.copy()
        name = f"{known.found.name}.{column.name}"
        *place, table = known.found.address
        database = ("memory", *place) if len(place) == 1 else tuple(place)
        shapes = shapes_in(self.connection.table(table, database=database)[column.name])
        form = time_form(shapes, sum(shape.count for shape in shapes), declared=self.dates)
        if isinstance(form, TwoForms):
            self.asked[name] = next(iter(shapes)).pattern
            form = NoTimes()
        if isinstance(form, TimeForm) and form.name in (DAY_FIRST, MONTH_FIRST):
            return _parsed(column, form.name, [shape.pattern for shape in shapes])
        if any(_OFFSET.search(shape.pattern) for shape in shapes):
            # A plain TIMESTAMP would lose the offset.
            zoned = exp.TryCast(this=column.copy(), to=exp.DataType.build("TIMESTAMPTZ"), safe=True)
            return exp.AtTimeZone(this=zoned, zone=exp.Literal.string("UTC"))
        if isinstance(form, NoTimes | TimeForm):
            return exp.TryCast(this=column.copy(), to=exp.DataType.build("TIMESTAMP"), safe=True)
        number: exp.Expr = exp.TryCast(this=column.copy(), to=exp.DataType.build("DOUBLE"), safe=True)
        if form.name == EXCEL:
            number = exp.Mul(this=exp.Paren(this=exp.Sub(this=number, expression=exp.Literal.number(25569))),
                             expression=exp.Literal.number(86400))  # fmt: skip
        else:
            number = exp.Div(this=number, expression=exp.Literal.number(int(form.per_second)))
        return exp.cast(exp.func("to_timestamp", number), exp.DataType.Type.TIMESTAMP)


def is_plain(kind: str) -> bool:
    """Whether a type of DuckDB is neither nested nor binary."""
    return not kind.endswith("]") and not kind.startswith(("STRUCT", "MAP", "UNION")) and kind != "BLOB"


def _parsed(column: exp.Column, order: str, patterns: Collection[str]) -> exp.Expr:
    """A day and a month in digits, with the separators and clocks that the column has."""
    marks = {mark for mark in "/-. " for pattern in patterns if pattern[:3].lstrip("9").startswith(mark)} or {"/"}
    mark = sorted(marks)[0]
    year = "%Y" if any(f"{mark}9999" in pattern for pattern in patterns) else "%y"
    days = ("%d", "%m", year) if order == DAY_FIRST else ("%m", "%d", year)
    seen = {_clock(pattern) for pattern in patterns}
    formats = [mark.join(days) + clock for clock in _CLOCKS if clock in seen] or [mark.join(days)]
    listed = exp.Array(expressions=[exp.Literal.string(written) for written in formats])
    return exp.Anonymous(this="try_strptime", expressions=[column.copy(), listed])


def _clock(pattern: str) -> str:
    half = pattern.rstrip().lower().endswith("m")
    return {0: "", 1: _CLOCKS[3 if half else 1], 2: _CLOCKS[4 if half else 2]}.get(pattern.count(":"), "")
