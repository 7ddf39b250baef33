"""How long customers stay: the rate of leaving by age, of all together and by group, with what is not observed.

A customer is at risk of leaving from the day on which it came, or from the first day on which anybody's leaving was
recorded if that is later (left truncation), until it leaves or until `as_of` (right censoring). One dated example, of
an export in which the first end is recorded on 2024-03-31, as of 2026-03-01:

    since 2021-01-01, still there       at risk from 2024-04-01, from the age of 1,186 days on: that it had stayed so
                                        long is why it is in the table, and says nothing of the ages before
    since 2025-01-01, left 2025-12-31   at risk for 364 days; it left at the age of 364 days
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from scoring.planning.life_table import Ints, LifeTable, Lives, life_table
from scoring.planning.pooling import Floats, pooled
from scoring.planning.retention.spells import Spells

#: The ages, in days, at which a period of the table begins: months, up to ten years.
AGES = tuple(range(0, 3661, 30))
#: What happened so many days ago counts for half.
HALF_LIFE = 730.0
#: With fewer that left, no ages are told apart: one rate holds for all.
FEWEST = 10
#: Each month of age is drawn to the rate of all ages by so many customers: also months that nobody has reached yet.
AS_ALL = 10
#: Of those who left, half of one is added: where nobody has left yet, somebody will.
HALF_ONE = 0.5


@dataclass(frozen=True)
class StayTable:
    """The rate of leaving by age.

    Attributes
    ----------
    table : LifeTable
        Of leaving instead of winning, by group.
    overall : float
        The rate a day over all ages, which holds beyond the oldest.
    customers, left : int
        How many were ever at risk, and how many of them left.
    since : int
        Day number of the first day at risk.
    by_age : bool
        Whether ages are told apart.
    """

    table: LifeTable
    overall: float
    customers: int
    left: int
    since: int
    by_age: bool

    def hazard(self, age: Floats, ahead: Floats) -> Floats:
        """The rates added up over the days ahead, of all groups together: shape (n, n_ahead).

        Parameters
        ----------
        age : ndarray of shape (n,)
            In days.
        ahead : ndarray of shape (n_ahead,)
            Days from now.
        """
        begin = age[:, None]
        return self._up_to(begin + ahead[None, :]) - self._up_to(begin)

    def _up_to(self, days: Floats) -> Floats:
        known = self.table.summed_rate(np.minimum(days, AGES[-1]))
        return np.asarray(known + self.overall * np.maximum(days - AGES[-1], 0.0))

    @property
    def error(self) -> float:
        """The relative standard error of the level of the rates."""
        return 1.0 / np.sqrt(self.table.wins + HALF_ONE)


def stay_table(
    spells: Spells, names: tuple[str, ...], group: Ints, as_of: int, half_life: float = HALF_LIFE
) -> StayTable:
    """The rate of leaving as known at `as_of`.

    Parameters
    ----------
    spells : Spells
        All: what was not known at `as_of` is not read.
    names : tuple of str
        Of the groups.
    group : ndarray of int, shape (n,)
        Of each spell.
    as_of : int
        Day number.
    half_life : float
        In days.

    Notes
    -----
    Rates, groups and the weights of days are those of `scoring.planning.life_table`. The first end shows from when on
    ends were recorded. It is not counted itself, for no day at risk stands before it. Small months of age are drawn to
    the rate of all (`AS_ALL`).
    """
    nobody = np.full(len(spells), np.nan)
    lives = Lives(names, group, spells.begin, spells.end, nobody)
    known = lives.known_at(as_of)
    ends = known.won[np.isfinite(known.won)]
    since = int(ends.min()) + 1 if len(ends) else int(known.arrived.min(initial=as_of))
    last = np.fmin(known.won, float(as_of))
    first = np.maximum(known.arrived, since)
    at_risk = last > first
    counts = at_risk & np.isfinite(known.won)
    days = np.where(at_risk, last - first, 0.0)
    by_age = _days_by_age(first - known.arrived, last - known.arrived)
    found = life_table(lives, as_of, since=since, half_life=half_life, ages=AGES)
    left, exposed = int(counts.sum()), float(days.sum())
    if left < FEWEST:
        overall = (left + HALF_ONE) / max(exposed, 1.0)
        events = np.bincount(known.source[counts], minlength=len(names)).astype(np.float64)
        factors = pooled(events, (np.bincount(known.source, days, len(names)) * overall).astype(np.float64))
        rate = np.full(len(AGES) - 1, overall)
        table = replace(found, rate=rate, error=rate / np.sqrt(left + HALF_ONE), factors=factors, wins=float(left))
        return StayTable(table, overall, int(at_risk.sum()), left, since, by_age=False)
    overall = float(found.rate @ by_age) / exposed
    as_all = AS_ALL * np.diff(found.ages)
    rate = (found.rate * by_age + overall * as_all) / (by_age + as_all)
    return StayTable(replace(found, rate=rate), overall, int(at_risk.sum()), left, since, by_age=True)


def _days_by_age(entry: Floats, leaving: Floats) -> Floats:
    """The days at risk in each period of `AGES`, all customers together."""
    edges = np.array(AGES, dtype=np.float64)
    found = [
        np.clip(np.minimum(leaving, end) - np.maximum(entry, begin), 0.0, None).sum() for begin, end in pairwise(edges)
    ]
    return np.array(found)
