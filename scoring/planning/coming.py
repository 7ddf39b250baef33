"""Those who are still to come: how many wins and how much revenue they bring before the period ends, by source.

One dated example, as of 2026-03-01 and until 2026-05-30: who comes on 2026-03-31 has 60 days to win, who comes on the
last day has one. So the wins of a source are its arrivals of each day times P(a win by the age they reach).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.planning.arrivals import Arrivals
from scoring.planning.life_table import Ints, LifeTable
from scoring.planning.pooling import Factors, Floats

#: What a source's own amounts are shrunk to is that of all, which counts for so many wins.
AMOUNT_WINS = 20.0


@dataclass(frozen=True)
class Amounts:
    """The amounts of wins by source: the mean, and the mean square, each of shape (n_sources,)."""

    mean: Floats
    square: Floats

    @classmethod
    def of_wins(cls, source: Ints, amount: Floats, weight: Floats, n_sources: int) -> Amounts:
        """Learn them from wins.

        Parameters
        ----------
        source : ndarray of int, shape (n_wins,)
        amount, weight : ndarray of shape (n_wins,)
            What each brought, and what it counts for.
        n_sources : int
        """
        wins, sums, squares = (
            np.bincount(source, side, n_sources) for side in (weight, weight * amount, weight * amount**2)
        )
        total = max(float(wins.sum()), 1e-9)
        mean = (sums + AMOUNT_WINS * sums.sum() / total) / (wins + AMOUNT_WINS)
        scatter = float(squares.sum() * total / max(float(sums.sum()), 1e-9) ** 2)
        return cls(mean, mean**2 * max(scatter, 1.0))

    @classmethod
    def alike(cls, n_sources: int) -> Amounts:
        """Every win counts as one: no amounts are known."""
        return cls(np.ones(n_sources), np.ones(n_sources))


@dataclass(frozen=True)
class Coming:
    """What is still to come by source; each array has an entry for each.

    Attributes
    ----------
    sources : tuple of str
    arrivals : ndarray of shape (n_sources,)
        How many are expected before the period ends.
    chance : ndarray of shape (n_sources,)
        P(a win before the period ends) of who comes: the mean over its arrivals.
    evenly : ndarray of shape (n_sources,)
        The same of who comes at any time of the period alike, which an order does.
    amounts : Amounts
    factors : Factors
        By how much the rate of each source may differ, whose mean is in `chance` already.
    rate_error : float
        Standard error of the wins of all who come at any time of the period alike, relative to them.
    market, own : float
        Over-dispersion of arrivals: see `Arrivals`.
    capacity : float
        How many of them can be worked; infinite where nobody says.
    """

    sources: tuple[str, ...]
    arrivals: Floats
    chance: Floats
    evenly: Floats
    amounts: Amounts
    factors: Factors
    rate_error: float
    market: float
    own: float
    capacity: float = float("inf")

    @property
    def wins(self) -> Floats:
        """Expected wins by source, before capacity."""
        found: Floats = self.arrivals * self.chance
        return found

    @property
    def most(self) -> float:
        """How many can be worked at the rates of the life table: never fewer than came lately, who made these rates."""
        return max(self.capacity, float(self.arrivals.sum()))

    @property
    def is_full(self) -> bool:
        """Whether more come than can be worked."""
        return float(self.arrivals.sum()) >= self.capacity


def coming(
    arrivals: Arrivals, table: LifeTable, amounts: Amounts, as_of: int, until: int, capacity: float = float("inf")
) -> Coming:
    """What is still to come in `[as_of, until)`.

    Parameters
    ----------
    arrivals : Arrivals
    table : LifeTable
        Of the same sources.
    amounts : Amounts
        Of the same sources.
    as_of, until : int
        Day numbers.
    capacity : float
        How many can be worked in these days.
    """
    daily = arrivals.daily(as_of, until)
    reached = np.arange(until - as_of, 0, -1, dtype=np.float64)
    chance = table.won_by(reached)
    total = daily.sum(axis=1)
    evenly = chance.mean(axis=1)
    wins = (daily * chance).sum(axis=1)
    return Coming(
        arrivals.sources,
        total,
        np.divide(wins, total, out=evenly.copy(), where=total > 0),
        evenly,
        amounts,
        table.factors,
        table.relative_error(reached),
        arrivals.market,
        arrivals.own,
        capacity,
    )
