"""Whether the day or the month stands first in an export, by its columns that show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.cells.shapes import CellShape
from scoring.cells.time_forms import DAY_FIRST, MONTH_FIRST, TimeForm
from scoring.cells.times import TwoForms, time_form

_BEGINS = re.compile(r"9{1,2}([/-])9{1,2}\1")


@dataclass(frozen=True)
class DateColumn:
    """A column of dates in digits, with the day or the month first.

    Attributes
    ----------
    table, name : str
    forms : frozenset of (str, bool)
        How its cells are written: what stands between the numbers, and whether a time follows.
    order : {"", "day/month/year", "month/day/year"}
        What its cells show; empty where both fit.
    """

    table: str
    name: str
    forms: frozenset[tuple[str, bool]]
    order: str

    @property
    def full_name(self) -> str:
        """As messages say it."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class ProvedOrder:
    """The order that some columns of an export show, and the columns that are read by it."""

    order: str
    shown_by: tuple[str, ...]
    holds_for: tuple[str, ...]


def date_column(table: str, name: str, shapes: Sequence[CellShape]) -> DateColumn | None:
    """What a column shows; None if it has no such dates.

    Parameters
    ----------
    table, name : str
    shapes : sequence of CellShape
        How its cells are written.
    """
    form = time_form(shapes, sum(shape.count for shape in shapes))
    found = {(match[1], ":" in s.pattern) for s in shapes if (match := _BEGINS.match(s.pattern)) is not None}
    if not found or (isinstance(form, TimeForm) and form.name not in (DAY_FIRST, MONTH_FIRST)):
        return None
    if isinstance(form, TimeForm):
        return DateColumn(table, name, frozenset(found), form.name)
    return DateColumn(table, name, frozenset(found), "") if isinstance(form, TwoForms) else None


def proved_order(columns: Sequence[DateColumn], proofs: Sequence[DateColumn]) -> ProvedOrder | None:
    """The order by which all columns that fit both are read; None if there are none, or it is not sure.

    A table with a column that shows the order needs no other table. Otherwise a column that is written in the same way
    must show it, and no column of the export may show the other order.

    Parameters
    ----------
    columns : sequence of DateColumn
        Of the whole export.
    proofs : sequence of DateColumn
        Those that the CRM itself writes: a text of somebody may have been copied from elsewhere.
    """
    shown = {column.table for column in columns if column.order}
    unsure = [column for column in columns if not column.order and column.table not in shown]
    proving = [column for column in proofs if column.order]
    orders = {column.order for column in columns if column.order}
    forms = {form for column in proving for form in column.forms}
    if not unsure or len(orders) != 1 or not all(column.forms <= forms for column in unsure):
        return None
    names = tuple(column.full_name for column in proving)
    return ProvedOrder(orders.pop(), names, tuple(column.full_name for column in unsure))
