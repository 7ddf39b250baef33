"""Sudden changes: a table, or a type of activity, that stops, begins or jumps.

An export that lost a source still looks whole: its rows are right, and some are missing. What was usual in the months
before tells.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Literal

from pipelines.quality.coverage import Coverage

Kind = Literal["stops", "begins", "rises", "falls", "burst", "gap"]

#: What is usual is told by so many months before, at the most and at the least.
MONTHS, LEAST_MONTHS = 6, 3
#: A month that has so many times as many rows as usual has jumped, and so has one with as many times fewer.
JUMP = 3.0
#: Back to within this factor of what is usual, a jump was one month only.
BACK = 2.0
#: Fewer missing or additional rows than these, or than so many standard errors of a count, are chance.
LEAST_ROWS, ERRORS = 20, 5.0
#: A month with fewer days than these is not compared, nor is a silence of fewer days taken for an end.
LEAST_DAYS = 7


@dataclass(frozen=True)
class SuddenChange:
    """A sudden change of how many rows come.

    Attributes
    ----------
    table, part : str
        As in `Coverage`.
    kind : {"stops", "begins", "rises", "falls", "burst", "gap"}
    since : date
        The first day or month of it; where something stops, the day after its last row.
    usual, found : float
        Rows a day as they were usual before, and as they were then.
    """

    table: str
    part: str
    kind: Kind
    since: date
    usual: float
    found: float

    @property
    def what(self) -> str:
        """What changed, in words, in the plural."""
        if self.table == "activities" and self.part:
            return f"activities of type {self.part}"
        if self.part:
            return f"{self.part} {self.table}"
        return self.table if not self.table.endswith("history") and self.table != "spend" else f"rows of {self.table}"

    @property
    def sentence(self) -> str:
        """The change in words."""
        usual, found = (f"{30.4 * rate:,.0f}" for rate in (self.usual, self.found))
        month = f"{self.since:%Y-%m}"
        alone = f"{found} {self.what} in {month} alone, where {usual} a month are usual"
        return {
            "stops": f"no {self.what} since {self.since}, where {usual} a month were usual",
            "begins": f"{self.what} begin only in {month}, with {found} a month",
            "rises": f"{self.what} rise from {usual} to {found} a month in {month}",
            "falls": f"{self.what} fall from {usual} to {found} a month in {month}",
            "burst": alone,
            "gap": alone,
        }[self.kind]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "table": self.table,
            "part": self.part,
            "change": self.kind,
            "since": self.since.isoformat(),
            "usual_a_month": round(30.4 * self.usual, 1),
            "found_a_month": round(30.4 * self.found, 1),
        }


def sudden_changes(found: Sequence[Coverage], as_of: date) -> tuple[SuddenChange, ...]:
    """The sudden changes in all coverages, what stopped first, then the newest.

    Parameters
    ----------
    found : sequence of Coverage
    as_of : date
        Nothing is known from this day on.
    """
    begun = {one.table: one.first for one in found if not one.part and one.first}
    changes = [change for one in found for change in changes_of(one, as_of, begun.get(one.table))]
    stopped = {change.table for change in changes if change.kind == "stops" and not change.part}
    # Where a whole table stops, each part of it does.
    changes = [c for c in changes if not (c.kind == "stops" and c.part and c.table in stopped)]
    return tuple(sorted(changes, key=lambda c: (c.kind != "stops", -c.since.toordinal(), c.table, c.part)))


def changes_of(one: Coverage, as_of: date, begun: date | None = None) -> Iterator[SuddenChange]:
    """The sudden changes in one coverage.

    Parameters
    ----------
    one : Coverage
    as_of : date
    begun : date, optional
        The first day of the whole table.
    """
    if one.first is None or one.last is None:
        return
    end = min(one.last, as_of)
    silent = (as_of - end).days - 1
    usual = [rate for month, _, rate in _rates(one, _month_of(end))][-MONTHS:]
    if silent >= LEAST_DAYS and len(usual) >= LEAST_MONTHS and median(usual) * silent >= LEAST_ROWS:
        yield SuddenChange(one.table, one.part, "stops", date.fromordinal(end.toordinal() + 1), median(usual), 0.0)
    else:
        end = as_of
    if one.part and begun is not None and _later(one.first, begun) >= LEAST_MONTHS:
        rates = [rate for _, _, rate in _rates(one, _month_of(end))][1 : 1 + LEAST_MONTHS]
        if rates and median(rates) * 30.4 >= LEAST_ROWS:
            yield SuddenChange(one.table, one.part, "begins", one.first, 0.0, median(rates))
    yield from _jumps(one, end)


def _jumps(one: Coverage, end: date) -> Iterator[SuddenChange]:
    rates = list(_rates(one, _month_of(end), end))[1:]  # the first month is seldom a whole one
    begin = at = 0
    while at < len(rates):
        before = [rate for _, _, rate in rates[max(begin, at - MONTHS) : at]]
        month, days, rate = rates[at]
        if len(before) < LEAST_MONTHS or (way := _jumped(median(before), days, rate)) == 0:
            at += 1
            continue
        usual = median(before)
        after = rates[at + 1] if at + 1 < len(rates) else None
        alone = after is not None and (after[2] <= usual * BACK if way > 0 else after[2] >= usual / BACK)
        kind: Kind = ("burst" if way > 0 else "gap") if alone else "rises" if way > 0 else "falls"
        yield SuddenChange(one.table, one.part, kind, month, usual, rate)
        at += 1
        if not alone:
            begin = at - 1


def _jumped(usual: float, days: int, rate: float) -> int:
    """1 for many more rows than usual, -1 for many fewer, else 0."""
    expected, rows = usual * days, rate * days
    if abs(rows - expected) < max(LEAST_ROWS, ERRORS * expected**0.5):
        return 0
    return 1 if rows >= JUMP * expected else -1 if JUMP * rows <= expected else 0


def _rates(one: Coverage, last: tuple[int, int], end: date | None = None) -> Iterator[tuple[date, int, float]]:
    """The first day, the days and the rows a day of each month, before the `last`; with an `end`, also of that one."""
    assert one.first is not None
    year, month = _month_of(one.first)
    while (year, month) < last or (end is not None and (year, month) == last):
        days = monthrange(year, month)[1]
        if (year, month) == last and end is not None:
            days = end.day - 1  # the end itself is not known
            if days < LEAST_DAYS:
                return
        yield date(year, month, 1), days, _of(one.months, year, month) / days
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _of(months: Mapping[str, int], year: int, month: int) -> int:
    return months.get(f"{year:04}-{month:02}", 0)


def _month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def _later(day: date, other: date) -> int:
    """By how many months a day is later than another one."""
    return 12 * (day.year - other.year) + day.month - other.month
