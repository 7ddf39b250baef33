"""The order: how many more of which source would make a target likely enough, and what else would.

One dated example, as of 2026-03-01 and until 2026-05-30, of a target that is reached with 35 %:

    2,400 more from web, evenly over the 90 days        of these 2 % win by then, and 80 % is reached
    1,500 more from web, all in the first 30 days       they have longer
    or amounts 1.18 times as large, or 1.21 times as many of the same wins

Whoever is ordered comes beside those who are expected anyway, is as good as its source was, and errs with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.planning.adaptive import Correction
from scoring.planning.coming import Coming
from scoring.planning.draws import SEED, Shared, drawn_amounts
from scoring.planning.life_table import LifeTable
from scoring.planning.outlook import reached
from scoring.planning.pooling import Floats

#: How likely a target is to be made.
WANTED = 0.8
#: An order of more than this is none.
MOST = 100_000_000
#: Of the wins that a source ever brings, a smaller share within the period is too late to order.
IN_TIME = 0.10
#: The largest factor on amounts or wins that is looked for.
MOST_TIMES = 100.0
#: The days in which an early order comes.
EARLY = 30


@dataclass(frozen=True)
class SourceOrder:
    """What is to be ordered of one source.

    Attributes
    ----------
    source : str
    more : int or None
        How many more, evenly over the period; None where no number would do.
    early : int or None
        How many more, if all come in the first month.
    chance : float
        P(a win before the period ends) of who comes evenly.
    in_time : float
        Of the wins that such ever bring, the share within the period.
    cost_each, cost : float or None
        What one of this source cost so far, and what the order costs; None where `spend` does not say.
    capacity : float or None
        How many of all that come would have to be worked in the period; None where what there is suffices.
    """

    source: str
    more: int | None
    early: int | None
    chance: float
    in_time: float
    cost_each: float | None = None
    cost: float | None = None
    capacity: float | None = None

    @property
    def is_late(self) -> bool:
        """Whether few of those who come now would win in time."""
        return self.in_time < IN_TIME


@dataclass(frozen=True)
class Order:
    """What would make a target likely enough.

    Attributes
    ----------
    wanted : float
        The probability that is wanted.
    sources : tuple of SourceOrder
        One of these, not all; the smallest first. Empty where nothing has to be ordered, or no source has a name.
    amounts, wins : float or None
        What all amounts, or the rate of winning of all, would have to be multiplied by; None where nothing has to, or
        where no factor would do.
    known : int
        How many are known.
    market : int or None
        How many fit, known or not; None where the configuration does not say.
    median_days : float or None
        From arrival to won, of all sources.
    """

    wanted: float
    sources: tuple[SourceOrder, ...]
    amounts: float | None
    wins: float | None
    known: int
    market: int | None
    median_days: float | None

    @property
    def left(self) -> int | None:
        """How many fit who are not known yet."""
        return None if self.market is None else max(self.market - self.known, 0)

    def is_refused(self, order: SourceOrder) -> bool:
        """Whether it is more than the market holds."""
        return order.more is not None and self.left is not None and order.more > self.left

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        sources = [
            {**vars(one), "too_late": one.is_late, "beyond_market": self.is_refused(one)} for one in self.sources
        ]
        return {**vars(self), "left": self.left, "sources": sources}


@dataclass(frozen=True)
class Ordering:
    """What an order is computed from.

    Attributes
    ----------
    coming : Coming
    common : Shared
        What the totals were drawn with: an order errs with them.
    revenue : ndarray of shape (n_draws,)
        The drawn revenue without an order.
    target : float
    correction : Correction
        Of revenue.
    seed : int
        Of the chance of each order.
    """

    coming: Coming
    common: Shared
    revenue: Floats
    target: float
    correction: Correction
    seed: int = SEED

    def probability(self, more: float, source: int, chance: float, *, bounded: bool = True) -> float:
        """P(revenue >= target) with an order.

        Parameters
        ----------
        more : float
            How many are ordered.
        source : int
            Index of their source.
        chance : float
            P(a win before the period ends) of each.
        bounded : bool
            Whether capacity bounds how many of them are worked.
        """
        worked = np.full(len(self.revenue), more)
        if bounded:
            worked = np.minimum(worked, np.maximum(self.coming.most - self.common.arrivals.sum(axis=0), 0.0))
        rng = np.random.default_rng(self.seed)
        wins = rng.poisson(worked * chance * self.common.rates[source] * self.common.level).astype(np.float64)
        mean, square = float(self.coming.amounts.mean[source]), float(self.coming.amounts.square[source])
        brought = drawn_amounts(wins, mean, square, rng)
        return reached(self.revenue + brought * self.common.amount, self.target, self.correction)

    def needed(self, source: int, chance: float, *, bounded: bool = True) -> int | None:
        """The smallest order that makes the target as likely as is wanted; None where none does.

        Parameters
        ----------
        source : int
        chance : float
        bounded : bool
            See `probability`.
        """
        if chance <= 0.0 or not self.coming.amounts.mean[source] > 0.0:
            return None
        low, high = 0, max(1, int(1.0 / chance))
        while self.probability(high, source, chance, bounded=bounded) < WANTED:
            low, high = high, 4 * high
            if high > MOST:
                return None
        while high - low > max(1, high // 200):
            middle = (low + high) // 2
            enough = self.probability(middle, source, chance, bounded=bounded) >= WANTED
            low, high = (low, middle) if enough else (middle, high)
        return high


def ordered(
    ordering: Ordering,
    table: LifeTable,
    days: int,
    redrawn: Callable[[float], Floats],
    *,
    known: int,
    market: int | None,
    costs: Mapping[str, float],
    nameless: Collection[str] = (),
) -> Order:
    """The order that makes a target likely enough, of each source alone.

    Parameters
    ----------
    ordering : Ordering
    table : LifeTable
    days : int
        Of the period.
    redrawn : callable
        Draws the revenue again with the rate of winning of all multiplied by its argument.
    known : int
        How many are known.
    market : int, optional
        How many fit, known or not.
    costs : mapping of float
        By source, what one cost.
    nameless : collection of str
        Sources of which nobody can order: those that are not known.
    """
    days_old = np.arange(table.oldest + 1.0)
    won = -np.expm1(-table.summed_rate(days_old))
    median = float(np.interp(won[-1] / 2.0, won, days_old)) if won[-1] > 0 else None
    target, correction = ordering.target, ordering.correction
    if reached(ordering.revenue, target, correction) >= WANTED:
        return Order(WANTED, (), None, None, known, market, median)
    found = []
    for source, name in enumerate(ordering.coming.sources):
        if name in nameless:
            continue
        chance = float(ordering.coming.evenly[source])
        ever = float(table.won_by(float(table.oldest))[source])
        first = table.won_by(np.arange(days, max(days - EARLY, 0), -1.0))[source].mean()
        more, capacity = ordering.needed(source, chance), None
        if more is None and np.isfinite(ordering.coming.capacity):
            without = ordering.needed(source, chance, bounded=False)
            capacity = None if without is None else without + float(ordering.coming.arrivals.sum())
        each = costs.get(name)
        found.append(
            SourceOrder(
                name,
                more,
                ordering.needed(source, float(first)),
                chance,
                chance / ever if ever > 0 else 0.0,
                each,
                None if each is None or more is None else each * more,
                capacity,
            )
        )
    found.sort(key=lambda one: (one.more is None, one.more or 0, one.source))
    at = float(np.quantile(ordering.revenue, correction.tail(1.0 - WANTED)))
    amounts = target / at if at > 0 and target / at <= MOST_TIMES else None
    return Order(WANTED, tuple(found), amounts, _level(redrawn, target, correction), known, market, median)


def _level(redrawn: Callable[[float], Floats], target: float, correction: Correction) -> float | None:
    """What the rate of winning of all would have to be multiplied by; None where no factor would do."""
    low, high = 1.0, 1.0
    while reached(redrawn(high), target, correction) < WANTED:
        low, high = high, 1.5 * high
        if high > MOST_TIMES:
            return None
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        enough = reached(redrawn(middle), target, correction) >= WANTED
        low, high = (low, middle) if enough else (middle, high)
    return high
