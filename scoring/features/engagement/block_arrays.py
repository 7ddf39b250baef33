"""Engagement features of a block of units, on every day of a grid, in NumPy.

They are `Recency`, `Breadth`, `Momentum` and `Regularity`. `engagement.expressions` defines the same for any engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from scoring.engagement import SILENCE_DAYS
from scoring.features.spec import Breadth, Engaged, Momentum, Recency, Regularity, Texts, restriction
from scoring.timeline import Grid

#: The activity types, who engaged, and the departments that features of `Regularity` have in common.
_Whose = tuple[Texts, str, Texts]
#: No day.
_NEVER = np.iinfo(np.int32).min
#: Bits of a day when two days are packed into one integer, counted from the first day.
_BITS = 18
_DAYS = (1 << _BITS) - 1


@dataclass(frozen=True)
class EngagementDays:
    """Engagement days of some units, as columns of shape (n,): see `scoring.engagement`.

    Attributes
    ----------
    units : int
        How many units there are.
    kinds : tuple of str
        The kinds of activity.
    unit : array of int
        Index of the unit, from 0.
    kind : array of int
        Index among `kinds`.
    day, known : array of int
        Day numbers: when it happened, and when it became known.
    member : array of int
        Number of the person, from 0, which no person of another unit has; -1 for an unknown visitor.
    decides : array of bool
        Whether that person is a decision maker.
    department : array of int
        Index of that person's department; -1 where it is not known.
    """

    units: int
    kinds: tuple[str, ...]
    unit: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    known: np.ndarray
    member: np.ndarray
    decides: np.ndarray
    department: np.ndarray

    def among(self, rows: np.ndarray) -> EngagementDays:
        """The engagement days at some indices, or where a mask is true."""
        columns = [field.name for field in fields(self)][2:]
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def first_of(self, group: np.ndarray) -> EngagementDays:
        """The engagement days of each group that were known first; of those known on one day, the earliest."""
        moment = self.known.astype(np.int64) << 32 | self.day
        firsts = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(firsts, group, moment)
        return self.among(np.flatnonzero(moment == firsts[group]))


class EngagementBlock:
    """The engagement features of a block of units, which fits into the processor's cache.

    Parameters
    ----------
    engagement : EngagementDays
    departments : sequence of str
        The departments that `engagement.department` indexes.
    grid : Grid
        The days on which features are computed.
    """

    def __init__(self, engagement: EngagementDays, departments: Sequence[str], grid: Grid) -> None:
        self.engagement, self.departments = engagement, departments
        self.days = np.array(grid.days, dtype=np.int32)

    def compute(self, features: Sequence[Engaged]) -> Iterator[tuple[Engaged, np.ndarray]]:
        """Each feature with its values: float64, shape (days, units), NaN where there is none."""
        windows: list[tuple[Breadth | Momentum | Regularity, np.ndarray]] = []
        for feature in features:
            if isinstance(feature, Recency):
                yield feature, self._recency(feature)
            else:
                windows.append((feature, np.zeros((len(self.days), self.engagement.units))))
        reach = max((feature.window.days for feature, _ in windows), default=0)
        for step, as_of in enumerate(self.days if windows else ()):
            near = self.engagement
            near = near.among(np.flatnonzero((near.day >= as_of - reach) & (near.known < as_of)))
            active: dict[_Whose, np.ndarray] = {}
            for feature, values in windows:
                if isinstance(feature, Momentum):
                    values[step] = _momentum(feature, near, as_of)
                elif isinstance(feature, Regularity):
                    values[step] = self._regularity(feature, active, near, as_of)
                else:
                    values[step] = self._breadth(feature, near, as_of)
        yield from windows

    def _recency(self, feature: Recency) -> np.ndarray:
        """Days since the newest day that matches and is known."""
        if feature.event == "returned" and not (feature.activity or feature.department or feature.by != "anyone"):
            unit, known, day = self._returns
        else:
            days_of_event = self._of_event(feature.event)
            matching = np.flatnonzero(self._matches(feature, days_of_event))
            unit, known, day = days_of_event.unit[matching], days_of_event.known[matching], days_of_event.day[matching]
        units, days = self.engagement.units, len(self.days)
        step = np.searchsorted(self.days, known, side="right")
        # Days known after the last day of the grid get a row of their own, which is not read.
        last = np.full((days + 1) * units, _NEVER, dtype=np.int32)
        np.maximum.at(last, step * units + unit, day)
        newest = np.maximum.accumulate(last.reshape(days + 1, units)[:-1], axis=0)
        return np.where(newest == _NEVER, np.nan, self.days[:, None] - newest)

    def _matches(self, feature: Recency | Breadth | Regularity, days: EngagementDays) -> np.ndarray:
        """A mask of the days that match the activities, people and departments of a feature."""
        matches = np.ones(len(days.day), dtype=bool)
        conditions = (
            (restriction(feature.activity), days.kinds, days.kind),
            (restriction(feature.department), self.departments, days.department),
        )
        for names, known, column in conditions:
            if names:
                matches &= np.any([column == known.index(name) for name in names if name in known] or [False], axis=0)
        return matches & days.decides if feature.by == "decision_maker" else matches

    def _of_event(self, event: str) -> EngagementDays:
        """The days on which an event happened: see `Engagements.event`."""
        if event == "any":
            return self.engagement
        if event == "new_kind":
            return self._new_kinds
        if event == "new_person":
            return self._new_people
        unit, _, day = self._returns
        engagement = self.engagement
        return engagement.among(np.isin(engagement.unit.astype(np.int64) << 32 | engagement.day, unit << 32 | day))

    @cached_property
    def _new_kinds(self) -> EngagementDays:
        return self.engagement.first_of(self.engagement.unit * len(self.engagement.kinds) + self.engagement.kind)

    @cached_property
    def _new_people(self) -> EngagementDays:
        named = self.engagement.among(np.flatnonzero(self.engagement.member >= 0))
        return named.first_of(named.member)

    @cached_property
    def _returns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The days after `SILENCE_DAYS` without any: unit, day on which it became known, day.

        Order is by when things became known, so that a later row never takes the mark from an earlier one.
        """
        engagement = self.engagement
        start = engagement.day.min(initial=0)
        order = engagement.unit.astype(np.int64) << _BITS | engagement.known - start
        order = order << _BITS | engagement.day - start
        order.sort()
        # The unit comes first, so the newest day so far starts again with each unit, farther away than any silence.
        unit_day = order & ~(_DAYS << _BITS)
        silence = unit_day[1:] - np.maximum.accumulate(unit_day)[:-1]
        back = order[1:][(silence >= SILENCE_DAYS) & (silence <= _DAYS)]
        return back >> 2 * _BITS, (back >> _BITS & _DAYS) + start, (back & _DAYS) + start

    def _breadth(self, feature: Breadth, near: EngagementDays, as_of: int) -> np.ndarray:
        """The number of different people, kinds or departments of each unit in the window."""
        inside = (near.day >= as_of - feature.days) & self._matches(feature, near)
        if feature.of == "kinds":
            return _different(near, inside, near.kind, len(near.kinds))
        if feature.of == "departments":
            return _different(near, inside & (near.department >= 0), near.department, len(self.departments))
        inside &= near.member >= 0
        if feature.of == "decision_makers":
            inside &= near.decides
        members = near.member[inside]
        whose = np.full(int(members.max(initial=-1)) + 1, -1, dtype=np.int32)
        whose[members] = near.unit[inside]
        return np.bincount(whose[whose >= 0], minlength=near.units)

    def _regularity(
        self, feature: Regularity, active: dict[_Whose, np.ndarray], near: EngagementDays, as_of: int
    ) -> np.ndarray:
        """The number of the last weeks with any engagement that matches.

        `active` keeps the weeks of each kind and person: features that differ in how far they look back share them.
        """
        whose = restriction(feature.activity), feature.by, restriction(feature.department)
        if whose not in active or active[whose].shape[1] < feature.weeks:
            week = (as_of - 1 - near.day) // 7
            inside = (week < feature.weeks) & self._matches(feature, near)
            active[whose] = _present(near, inside, week, feature.weeks)
        weeks: np.ndarray = active[whose][:, : feature.weeks].sum(axis=1)
        return weeks


def _momentum(feature: Momentum, near: EngagementDays, as_of: int) -> np.ndarray:
    """The share of recent weeks with any engagement, less that of the weeks before."""
    week, weeks = (as_of - 1 - near.day) // 7, feature.recent_weeks + feature.usual_weeks
    recent = _different(near, week < feature.recent_weeks, week, weeks)
    usual = _different(near, (week >= feature.recent_weeks) & (week < weeks), week, weeks)
    shares: np.ndarray = recent / feature.recent_weeks - usual / feature.usual_weeks
    return shares


def _different(days: EngagementDays, rows: np.ndarray, code: np.ndarray, codes: int) -> np.ndarray:
    """The number of different codes of each unit in some rows: shape (units,)."""
    counts: np.ndarray = _present(days, rows, code, codes).sum(axis=1)
    return counts


def _present(days: EngagementDays, rows: np.ndarray, code: np.ndarray, codes: int) -> np.ndarray:
    """Which codes each unit has in some rows: shape (units, codes)."""
    present = np.zeros((days.units, codes), dtype=bool)
    present[days.unit[rows], code[rows]] = True
    return present
