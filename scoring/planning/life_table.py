"""Who wins how long after it came: a discrete-time life table, of all together and by source.

Somebody is at risk on each day from the one on which it came until it wins, until another outcome ends it, or until
`as_of`. One dated example, as of 2026-03-01:

    came 2026-02-01, won 2026-02-10     at risk for 10 days; a win at the age of 9 days
    came 2026-02-20, nothing since      at risk for 9 days (20 to 28 February): too young to say more
    came 2026-02-20, until 2026-04-20   wins by then at the rates of the ages 0 to 58 days
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from scoring.planning.pooling import Factors, Floats, pooled

Ints = NDArray[np.int64]

#: The ages, in days, at which a period of the table begins: the day itself, weeks in the first half-year, then four
#: weeks, up to five years.
AGES = (0, 1, *range(7, 183, 7), *range(203, 1826, 28))
#: How often rates and factors are found in turn.
ROUNDS = 12


@dataclass(frozen=True)
class Lives:
    """Those who came, each with its days; n is how many there are.

    Attributes
    ----------
    sources : tuple of str
        The names of the sources.
    source : ndarray of int, shape (n,)
        Its source, as an index.
    arrived : ndarray of int, shape (n,)
        Day number of the first day on which it was there.
    won : ndarray of shape (n,)
        Day number of its first win; NaN where there was none.
    ended : ndarray of shape (n,)
        Day number on which another outcome ended it, such as a renewal without a win; NaN where none did.
    """

    sources: tuple[str, ...]
    source: Ints
    arrived: Ints
    won: Floats
    ended: Floats

    def known_at(self, as_of: int) -> Lives:
        """Those who had come before a day, with what was known of them then."""
        earlier = self.arrived < as_of
        won, ended = (np.where(days[earlier] < as_of, days[earlier], np.nan) for days in (self.won, self.ended))
        return Lives(self.sources, self.source[earlier], self.arrived[earlier], won, ended)


@dataclass(frozen=True)
class LifeTable:
    """The rates of winning by age, and what each source multiplies them by.

    Attributes
    ----------
    sources : tuple of str
    ages : ndarray of shape (n_periods + 1,)
        Days at which the periods begin, and the end of the last.
    rate : ndarray of shape (n_periods,)
        Wins a day and head of all sources together.
    error : ndarray of shape (n_periods,)
        Standard error of `rate`.
    factors : Factors
        Of each source.
    oldest : int
        The age in days beyond which nobody was seen: the rates end there.
    wins : float
        How many wins the table was made from, counted by recency.
    """

    sources: tuple[str, ...]
    ages: Floats
    rate: Floats
    error: Floats
    factors: Factors
    oldest: int
    wins: float

    def summed_rate(self, days: Floats | float) -> Floats:
        """The rates of all sources together added up over the first `days` of a life; of the shape of `days`."""
        up_to = np.concatenate([[0.0], np.cumsum(self.rate * np.diff(self.ages))])
        found: Floats = np.interp(np.asarray(days, dtype=np.float64), self.ages, up_to)
        return found

    def won_by(self, days: Floats | float) -> Floats:
        """P(a win within the first `days` of a life), by source: shape (n_sources, ...)."""
        return self.won_between(0.0, days)

    def won_between(self, begin: Floats | float, end: Floats | float) -> Floats:
        """P(a win from age `begin` to age `end`), by source, of who had not won before: shape (n_sources, ...).

        Parameters
        ----------
        begin, end : float or ndarray
            In days since it came; `end` itself is not counted.
        """
        rates = np.maximum(self.summed_rate(end) - self.summed_rate(begin), 0.0)
        factor = self.factors.mean.reshape(-1, *(1 for _ in rates.shape))
        found: Floats = -np.expm1(-factor * rates)
        return found

    def relative_error(self, reached: Floats) -> float:
        """Standard error of the wins of some who come, relative to them; 0 without a win.

        Parameters
        ----------
        reached : ndarray of shape (n,)
            The age in days that each reaches.

        Notes
        -----
        Each age counts with the days that they spend at it: where nobody wins in the first months, it does not matter
        how little is known of those.
        """
        passed = np.clip(reached[:, None] - self.ages[:-1], 0.0, np.diff(self.ages))
        spent = passed.mean(axis=0)
        total = float(spent @ self.rate)
        return float(np.sqrt(((spent * self.error) ** 2).sum())) / total if total > 0 else 0.0

    def median_days(self, source: int) -> float:
        """The age by which half of those of a source win who ever do, as far as anybody was seen; NaN without one.

        Parameters
        ----------
        source : int
            Its index.
        """
        days = np.arange(self.oldest + 1, dtype=np.float64)
        won = self.won_by(days)[source]
        return float(np.interp(won[-1] / 2.0, won, days)) if won[-1] > 0 else float("nan")


def life_table(lives: Lives, as_of: int, *, since: int, half_life: float, ages: tuple[int, ...] = AGES) -> LifeTable:
    """The life table as known at `as_of`.

    Parameters
    ----------
    lives : Lives
        All, also those who came later: what was not known at `as_of` is not read.
    as_of : int
        Day number.
    since : int
        Day number from which on wins were recorded: before it nobody is at risk.
    half_life : float
        In days: what somebody did so long ago counts for half.
    ages : tuple of int
        Where periods of the table begin, in days; the last is the end.

    Returns
    -------
    LifeTable

    Notes
    -----
    The rate of a period is wins over days at risk, the estimator of Nelson and Aalen for piecewise constant hazards;
    days and wins are weighted by ``0.5 ** (days ago / half_life)``. Weighted events carry as much information as
    ``sum(w) ** 2 / sum(w ** 2)`` unweighted ones. What a source multiplies the rates by (proportional hazards) is
    pooled (`pooling.pooled`): few wins say little of a source of its own. Rates and factors are found in turns, since
    those who are left at an old age are mostly of sources that seldom win.
    """
    known = lives.known_at(as_of)
    edges, n_sources, n_ages = np.array(ages, dtype=np.float64), len(lives.sources), len(ages) - 1
    source, arrived, last, alike = _spans(known, as_of)
    first = np.maximum(arrived, float(since))
    at_risk = np.zeros((n_sources, n_ages))
    for k in range(n_ages):
        begin, end = np.maximum(first, arrived + edges[k]), np.minimum(last, arrived + edges[k + 1])
        days = np.where(end > begin, _days(end, as_of, half_life) - _days(begin, as_of, half_life), 0.0)
        at_risk[:, k] = np.bincount(source, days * alike, n_sources)
    winner = np.isfinite(known.won) & (np.maximum(known.won, known.arrived) >= since)
    age = np.maximum(known.won[winner] - known.arrived[winner], 0.0)
    period, inside = np.searchsorted(edges, age, side="right") - 1, age < edges[-1]
    weight = 0.5 ** ((as_of - known.won[winner]) / half_life)
    cell = (known.source[winner] * n_ages + period)[inside]
    wins = np.bincount(cell, weight[inside], n_sources * n_ages).reshape(n_sources, n_ages)
    squares = np.bincount(cell, weight[inside] ** 2, n_sources * n_ages).reshape(n_sources, n_ages).sum(axis=0)
    information = float(wins.sum() / squares.sum()) if squares.sum() > 0 else 1.0
    factor = np.ones(n_sources)
    for _ in range(ROUNDS):
        everybody = factor @ at_risk
        rate = np.divide(wins.sum(axis=0), everybody, out=np.zeros(n_ages), where=everybody > 0)
        factors = pooled(wins.sum(axis=1), at_risk @ rate, information)
        factor = factors.mean
    error = np.divide(np.sqrt(squares), everybody, out=np.zeros(n_ages), where=everybody > 0)
    oldest = int((last - arrived).max()) if len(last) else 0
    return LifeTable(lives.sources, edges, rate, error, factors, min(oldest, ages[-1]), float(wins.sum()))


def _spans(known: Lives, as_of: int) -> tuple[Ints, Floats, Floats, Floats]:
    """The source, the first day and the end of each span at risk, and how many lives have the same."""
    last = np.fmin(np.fmin(known.won, known.ended) + 1.0, float(as_of)).astype(np.int64)
    last = np.maximum(last, known.arrived + 1)  # a win that was dated before it came is one of its first day
    start, days = int(known.arrived.min(initial=as_of)), as_of + 1 - int(known.arrived.min(initial=as_of))
    key = (known.source * days + known.arrived - start) * days + last - start
    found, alike = np.unique(key, return_counts=True)
    rest = found // days
    spans = (rest // days, rest % days + start, found % days + start)
    return spans[0], spans[1].astype(np.float64), spans[2].astype(np.float64), alike.astype(np.float64)


def _days(day: Floats, as_of: int, half_life: float) -> Floats:
    """The days before `day`, each weighted by how long before `as_of` it is: a difference is that of a span."""
    found: Floats = half_life / log(2.0) * 0.5 ** ((as_of - day) / half_life)
    return found
