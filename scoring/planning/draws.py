"""Totals drawn as they may come: wins and revenue of the open ones and of those who still come.

What is the same for all is drawn once for each total: the level, the mean amount, the market's arrivals, the rates of
the life table. Then what is each source's own, and then the chance of each win and the scatter of its amount.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.planning.coming import Coming
from scoring.planning.open_groups import OpenGroups
from scoring.planning.pooling import Floats
from scoring.scorecard.forecast_error import ForecastError

#: How many totals are drawn, and the seed of all random numbers.
DRAWS, SEED = 20_000, 7


@dataclass(frozen=True)
class Shared:
    """What is the same for everybody in a total; each array has an entry for each draw.

    Attributes
    ----------
    level : ndarray of shape (n_draws,)
        What rates of winning are multiplied by.
    amount : ndarray of shape (n_draws,)
        What amounts are multiplied by.
    coming : ndarray of shape (n_sources, n_draws)
        The wins that are expected of those who still come, by source, given all but the level.
    arrivals : ndarray of shape (n_sources, n_draws)
        How many are worked of those who still come.
    rates : ndarray of shape (n_sources, n_draws)
        What the chance of a win of each source is multiplied by.
    """

    level: Floats
    amount: Floats
    coming: Floats
    arrivals: Floats
    rates: Floats

    def first(self, draws: int) -> Shared:
        """The first of the draws: for parts, whose intervals need fewer."""
        return Shared(
            *(found[..., :draws] for found in (self.level, self.amount, self.coming, self.arrivals, self.rates))
        )


@dataclass(frozen=True)
class Totals:
    """Drawn totals: `wins` and `revenue`, each of shape (n_draws,)."""

    wins: Floats
    revenue: Floats

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.wins + other.wins, self.revenue + other.revenue)

    @classmethod
    def none(cls, draws: int) -> Totals:
        """Nothing is won."""
        return cls(np.zeros(draws), np.zeros(draws))


def shared_draws(coming: Coming, error: ForecastError, rng: np.random.Generator, draws: int = DRAWS) -> Shared:
    """Draw what is the same for everybody.

    Parameters
    ----------
    coming : Coming
    error : ForecastError
        How far the totals of the scorecard may be off.
    rng : numpy Generator
    draws : int
    """
    n_sources = len(coming.sources)
    level, amount = _factor(error.level, rng, draws), _factor(error.mean_amount, rng, draws)
    rates = coming.factors.drawn(rng, draws) / coming.factors.mean[:, None]
    rates = rates * _factor(coming.rate_error, rng, draws)
    market = _gamma(coming.market, rng, (draws,))
    arrived = coming.arrivals[:, None] * market * _gamma(coming.own, rng, (n_sources, draws))
    arrived = arrived * np.minimum(1.0, coming.most / np.maximum(arrived.sum(axis=0), 1e-9))
    return Shared(level, amount, arrived * coming.chance[:, None] * rates, arrived, rates)


def _factor(deviation: float, rng: np.random.Generator, draws: int) -> Floats:
    """Log-normal factors of mean 1."""
    return np.exp(rng.normal(-(deviation**2) / 2.0, deviation, draws))


def _gamma(variance: float, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Gamma factors of mean 1."""
    return rng.gamma(1.0 / variance, variance, shape) if variance > 0 else np.ones(shape)


def open_totals(
    groups: OpenGroups, common: Shared, error: ForecastError, rng: np.random.Generator, own: Floats | float = 1.0
) -> Totals:
    """Draw the totals of open accounts or leads.

    Parameters
    ----------
    groups : OpenGroups
    common : Shared
    error : ForecastError
        Gives the scatter of amounts.
    rng : numpy Generator
    own : float or ndarray of shape (n_draws,)
        What the level of these is multiplied by, where they are a part of all.
    """
    level = common.level * own
    total = Totals.none(len(level))
    stay = np.log1p(-groups.probability)
    for i in range(len(groups)):
        p = -np.expm1(level * stay[i])
        n = int(groups.count[i])
        wins = (rng.random(len(level)) < p).astype(np.float64) if n == 1 else rng.binomial(n, p).astype(np.float64)
        revenue = drawn_amounts(wins, float(groups.amount[i]), float(groups.square[i]) * error.amount, rng)
        total = total + Totals(wins, revenue)
    return Totals(total.wins, total.revenue * common.amount)


def coming_totals(
    coming: Coming,
    common: Shared,
    rng: np.random.Generator,
    share: Floats | None = None,
    own: Floats | float = 1.0,
) -> Totals:
    """Draw the totals of those who still come.

    Parameters
    ----------
    coming : Coming
    common : Shared
    rng : numpy Generator
    share : ndarray of shape (n_sources,), optional
        What share of each source's wins is counted. Without it, all.
    own : float or ndarray of shape (n_draws,)
        What the level of these is multiplied by, where they are a part of all.
    """
    level = common.level * own
    total = Totals.none(len(level))
    for s in range(len(coming.sources)):
        part = 1.0 if share is None else float(share[s])
        if part > 0.0 and coming.wins[s] > 0.0:
            wins = rng.poisson(common.coming[s] * level * part).astype(np.float64)
            total = total + Totals(wins, drawn_amounts(wins, *_moments(coming, s), rng))
    return Totals(total.wins, total.revenue * common.amount)


def _moments(coming: Coming, source: int) -> tuple[float, float]:
    return float(coming.amounts.mean[source]), float(coming.amounts.square[source])


def drawn_amounts(wins: Floats, mean: float, square: float, rng: np.random.Generator) -> Floats:
    """The revenue of so many wins each, whose amounts have a gamma distribution.

    Parameters
    ----------
    wins : ndarray of shape (n_draws,)
    mean, square : float
        The mean of an amount, and the mean of its square.
    rng : numpy Generator
    """
    variance = square - mean**2
    if variance <= 1e-12 * mean**2:
        return wins * mean
    found = np.zeros(len(wins))
    some = wins > 0
    found[some] = rng.gamma(wins[some] * (mean**2 / variance), variance / mean)
    return found


def expected_coming(coming: Coming, common: Shared) -> Floats:
    """Expected wins of those who still come, within capacity, by source: shape (n_sources,).

    Parameters
    ----------
    coming : Coming
    common : Shared
    """
    if not np.isfinite(coming.capacity):
        return coming.wins
    every = coming.arrivals
    share = np.divide(common.arrivals.mean(axis=1), every, out=np.ones(len(every)), where=every > 0)
    found: Floats = coming.wins * np.minimum(share, 1.0)
    return found
