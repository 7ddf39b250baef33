"""The one boundary rule: what is known, recent or still to come at an `as_of`.

Days are integers, counted from 1970-01-01, because every engine compares integers in the same way. An `as_of` is a
midnight UTC, so "known before as_of" is `known_day < as_of`. Running example: with `as_of = 2026-03-01`,

    ... 02-27   02-28 | 03-01   03-02 ...
        known   known | as_of, the first day of the horizon

a touch of 28 February is known, a touch of 1 March is not, and a deal won on 1 March is an outcome.
Every method takes plain integers or Ibis expressions: both know `<`, `-` and `&`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis

EPOCH = date(1970, 1, 1)
#: How values that became known in several steps are combined: their sum, or the largest.
Carry = Literal["sum", "max"]


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - EPOCH).days


def calendar_date(number: int) -> date:
    """The date of a day number: the inverse of `day_number`."""
    return EPOCH + timedelta(days=int(number))


def day_of(timestamp: Any) -> Any:
    """The day number of an Ibis timestamp (naive UTC); null stays null."""
    return timestamp.date().epoch_days()


def known(known_day: Any, as_of: Any) -> Any:
    """Whether something known since `known_day` may be used at `as_of`: only if it was known on an earlier day."""
    return known_day < as_of


@dataclass(frozen=True)
class Window:
    """The days `[as_of - days, as_of - until)`: half-open, and never past `as_of`.

    Parameters
    ----------
    days : int
        How far back the window reaches.
    until : int
        How many days before `as_of` it ends; 0 ends it just before `as_of`.
    """

    days: int
    until: int = 0

    def __post_init__(self) -> None:
        if not self.days > self.until >= 0:
            raise ValueError(f"A window looks back: days > until >= 0, not days={self.days}, until={self.until}.")

    def covers(self, day: Any, as_of: Any) -> Any:
        """Whether `day` lies in the window before `as_of`."""
        return (day >= as_of - self.days) & (day < as_of - self.until)


@dataclass(frozen=True)
class Horizon:
    """The days `[as_of, as_of + days)`, cut into `periods` of (nearly) equal length.

    Parameters
    ----------
    days, periods : int
        The length in days, and the number of periods of the hazard model; `periods <= days`.
    """

    days: int
    periods: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.periods <= self.days:
            raise ValueError(f"A horizon needs 1 <= periods <= days, not periods={self.periods}, days={self.days}.")

    @property
    def bounds(self) -> tuple[int, ...]:
        """The days after `as_of` at which the periods start, and the end of the last: `periods + 1` integers."""
        return tuple(round(k * self.days / self.periods) for k in range(self.periods + 1))

    def period_of(self, day: Any, as_of: Any) -> Any:
        """The index of the period in which `day` lies, which is not before `as_of`; `periods` after the horizon."""
        return sum(_one(day - as_of >= end) for end in self.bounds[1:])

    def observed(self, as_of: Any, today: int) -> Any:
        """The number of periods after `as_of` that are over at `today`."""
        return sum(_one(as_of + end <= today) for end in self.bounds[1:])


def _one(condition: Any) -> Any:
    """1 where the condition holds, 0 where not, for a Python bool or an Ibis expression."""
    return int(condition) if isinstance(condition, bool) else condition.cast("int64")


@dataclass(frozen=True)
class Grid:
    """The `as_of` days of snapshots, ascending."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise ValueError(f"A grid is one or more ascending days, not {self.days}.")

    @classmethod
    def back_from(cls, today: int, horizon: Horizon, earliest: int, most: int) -> "Grid":
        """A grid of days one period apart; of the newest, exactly the first period is observed at `today`.

        Parameters
        ----------
        today : int
            Day number.
        horizon : Horizon
        earliest : int
            No day lies before it: outcomes were not recorded then, so no win may only mean that none was recorded. If
            no day is left, the newest is kept.
        most : int
            The largest number of days.
        """
        step = horizon.bounds[1]
        days = [today - step * j for j in range(1, most + 1)]
        kept = tuple(sorted(day for day in days if day >= earliest))
        return cls(kept or (today - step,))

    def table(self) -> ibis.Table:
        """A table with one row for each day, in the column `as_of`."""
        return ibis.memtable({"as_of": list(self.days)}, schema={"as_of": "int64"})

    def crossed(self, table: ibis.Table) -> ibis.Table:
        """Each row of a table with each day, as `as_of`."""
        if len(self.days) == 1:
            return table.mutate(as_of=ibis.literal(self.days[0], type="int64"))
        return table.cross_join(self.table())

    def steps(self) -> ibis.Table:
        """A table of the days with their index: `step`, `as_of`."""
        days = {"step": list(range(len(self.days))), "as_of": list(self.days)}
        return ibis.memtable(days, schema={"step": "int64", "as_of": "int64"})

    def carried(self, cells: ibis.Table, key: str, how: Mapping[str, Carry]) -> ibis.Table:
        """The values that were known before each day.

        Parameters
        ----------
        cells : Table
            `key`, `cell` (the index of the first day on which it is known: `first_seeing`), and columns; one row for
            each key and cell.
        key : str
            The column of the unit.
        how : mapping
            The columns, and how the values of several cells are combined.

        Returns
        -------
        Table
            `key`, `as_of` and the columns.
        """
        if len(self.days) == 1:
            return cells.mutate(as_of=ibis.literal(self.days[0], type="int64")).select(key, "as_of", *how)
        dense = cells.select(its=key).distinct().cross_join(self.steps())
        dense = dense.left_join(cells, [dense.its == cells[key], dense.step == cells.cell])
        so_far = ibis.cumulative_window(group_by="its", order_by="step")
        columns = {name: getattr(dense[name], put)().over(so_far) for name, put in how.items()}
        return dense.select("as_of", **{key: dense.its}, **columns)

    def most_within(self, days: int) -> int:
        """The largest number of days of the grid within a span of so many days, both ends counted."""
        return max(bisect_right(self.days, first + days) - i for i, first in enumerate(self.days))

    def first_seeing(self, known_day: Any) -> Any:
        """The index of the first day of the grid on which a fact of `known_day` is known; `len(days)` if none."""
        return len(self.days) - sum(_one(known(known_day, day)) for day in self.days)


def dates(numbers: Iterable[int]) -> list[str]:
    """ISO dates of day numbers, for messages."""
    return [calendar_date(number).isoformat() for number in numbers]
