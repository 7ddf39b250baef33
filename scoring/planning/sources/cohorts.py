"""Sources by cohort: of those whom a source brought in a month, how many have come how far, and how many still will.

A cohort is followed, and never compared with what happens to be won in the month in which it came. One dated example,
of a source whose wins take 143 days in the median, as of 2026-03-01:

    came in 2025-03     won to date 12      completed 12     a year has passed: nothing more is counted
    came in 2026-01     won to date 1       completed 10     those not won yet still win at the rates of their ages

`completed` is what a cohort will have after so many days from arrival as every cohort is followed. A step that was
taken later than that is not counted, so that old and new cohorts can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.planning.life_table import LifeTable, Lives, life_table
from scoring.planning.pooling import Floats

#: The steps of a cohort, each with the day on which it was first taken.
STEPS = ("reached", "engaged", "conversation", "in_deal", "won")
#: The name of the sources that brought too few each.
OTHERS = "others"
#: Of those without a source.
NO_SOURCE = "not known"


@dataclass(frozen=True)
class Arrived:
    """Those who came; n is how many there are.

    Attributes
    ----------
    sources : tuple of str
    source : ndarray of int, shape (n,)
        As an index of `sources`.
    month : ndarray of int, shape (n,)
        Of arrival: years times 12 plus the month, from 0.
    day : ndarray of int, shape (n,)
        Day number of arrival.
    target : ndarray of bool, shape (n,)
    steps : mapping of ndarray of shape (n,)
        By name of `STEPS`, the day number on which each first took the step; NaN where it has not.
    ended : ndarray of shape (n,)
        Day number from which on no first win can come; NaN where it can.
    revenue : ndarray of shape (n,)
        Of the first win; 0 without one.
    """

    sources: tuple[str, ...]
    source: np.ndarray
    month: np.ndarray
    day: np.ndarray
    target: np.ndarray
    steps: Mapping[str, Floats]
    ended: Floats
    revenue: Floats


@dataclass(frozen=True)
class Estimate:
    """How many of each cohort took a step; arrays of shape (n_cohorts,).

    Attributes
    ----------
    to_date : ndarray
    completed : ndarray
        With those who are still expected to.
    low, high : ndarray
        The interval (80 %) of `completed`.
    """

    to_date: Floats
    completed: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Cohorts:
    """Cohorts of arrivals.

    Attributes
    ----------
    source, month : ndarray of int, shape (n_cohorts,)
        Of each cohort; sorted by source, then by month.
    n_arrived, targets : ndarray of int, shape (n_cohorts,)
        How many came, and how many of them are in target.
    steps : mapping of Estimate
        By name of `STEPS`, of those in target.
    revenue : Estimate
        Of their first wins.
    won_by : ndarray of shape (n_sources, days + 1)
        By source and age in days, the chance to have been won by then.
    amount : float
        Mean revenue of a win.
    """

    source: np.ndarray
    month: np.ndarray
    n_arrived: np.ndarray
    targets: np.ndarray
    steps: Mapping[str, Estimate]
    revenue: Estimate
    won_by: Floats
    amount: float

    def payback(self, row: int, cost: float, later: Floats | None = None) -> float:
        """The age in days by which the expected revenue of a cohort has paid what it cost; NaN if it does not.

        Parameters
        ----------
        row : int
        cost : float
        later : ndarray of shape (n_days,), optional
            What a win brings after its first revenue, by each day since it.
        """
        won_by = self.won_by[self.source[row]]
        brought = won_by * self.amount
        if later is not None:
            brought = brought + np.convolve(np.diff(won_by, prepend=0.0), later)[: len(won_by)]
        return payback_days(cost, self.targets[row] * brought)


def pooled_sources(names: np.ndarray, fewest: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The sources of arrivals, those that brought fewer than `fewest` as one.

    Parameters
    ----------
    names : ndarray of str, shape (n,)
    fewest : int

    Returns
    -------
    tuple
        The names, by how many they brought, with `OTHERS` at the end; and the index of each arrival's.
    """
    found, index, count = np.unique(names, return_inverse=True, return_counts=True)
    order = np.argsort(-count, kind="stable")
    small = (count < fewest) | (found == OTHERS)
    large, few = ([int(i) for i in order if small[i] == is_small] for is_small in (False, True))
    position = np.full(len(found), len(large))
    position[large] = np.arange(len(large))
    if len(few) == 1:  # a pool of one is that one
        return tuple(str(found[i]) for i in (*large, *few)), position[index]
    return (*(str(found[i]) for i in large), *([OTHERS] if few else [])), position[index]


def cohorts(
    arrived: Arrived,
    as_of: int,
    *,
    since: int,
    first_day: int,
    days: int,
    half_life: float,
    seed: int,
    whole: bool = False,
    draws: int = 400,
) -> Cohorts:
    """The cohorts of those who came from a day on, to date and completed.

    Parameters
    ----------
    arrived : Arrived
        All, also those who came before: the rates are learned from everybody in target.
    as_of : int
        Day number.
    since : int
        Day number of the first arrival that is shown.
    first_day : int
        Day number from which on outcomes were recorded: see `life_table`.
    days : int
        For how many days from arrival each is followed.
    half_life : float
        In days: see `life_table`.
    seed : int
        Of the draws.
    whole : bool
        Whether all months of a source are one cohort, whose `month` is -1.
    draws : int
        Of which the intervals are made.

    Returns
    -------
    Cohorts

    Notes
    -----
    Who has not taken a step takes it by the end of `days` with the probability that the life table of this step has for
    the source and the age. Draws vary the factor of the source (gamma), the rates (log-normal, by their standard
    error), the number (Poisson) and the amounts (by their standard deviation); an interval holds 80 % of them.
    """
    shown = (arrived.day >= since) & (arrived.day < as_of)
    months = np.full(len(arrived.day), -1) if whole else arrived.month
    keys, cohort = np.unique(np.stack([arrived.source[shown], months[shown]], axis=1), axis=0, return_inverse=True)
    cohort = cohort.reshape(-1)
    n, target = len(keys), arrived.target[shown]
    rng = np.random.default_rng(seed)
    steps: dict[str, Estimate] = {}
    for name in STEPS:
        taken = np.where(arrived.steps[name] < arrived.day + days, arrived.steps[name], np.nan)
        learned = arrived.target
        lives = Lives(
            arrived.sources, arrived.source[learned], arrived.day[learned], taken[learned], arrived.ended[learned]
        )
        table = life_table(lives, as_of, since=first_day, half_life=half_life)
        still, drawn = _still(table, arrived, taken, shown, cohort, as_of, days, rng, draws)
        to_date = np.bincount(cohort, np.isfinite(taken[shown]) & target, n).astype(np.float64)
        steps[name] = _estimate(to_date, still, drawn)
    counted = arrived.steps["won"] < arrived.day + days
    booked = np.bincount(cohort, np.where(counted, arrived.revenue, 0.0)[shown] * target, n).astype(np.float64)
    won = arrived.revenue[np.isfinite(arrived.steps["won"]) & arrived.target]
    mean, deviation = (float(won.mean()), float(won.std())) if len(won) else (0.0, 0.0)
    sums = np.maximum(drawn * mean + rng.standard_normal(drawn.shape) * np.sqrt(drawn) * deviation, 0.0)
    return Cohorts(
        source=keys[:, 0],
        month=keys[:, 1],
        n_arrived=np.bincount(cohort, minlength=n),
        targets=np.bincount(cohort, target, n).astype(np.int64),
        steps=steps,
        revenue=_estimate(booked, still * mean, sums),
        won_by=table.won_by(np.arange(days + 1, dtype=np.float64)),  # won is the last of the steps
        amount=mean,
    )


def _still(
    table: LifeTable,
    arrived: Arrived,
    taken: Floats,
    shown: np.ndarray,
    cohort: np.ndarray,
    as_of: int,
    days: int,
    rng: np.random.Generator,
    draws: int,
) -> tuple[Floats, Floats]:
    """How many of each cohort will still take a step: expected, shape (n,), and drawn, shape (n, draws)."""
    n = int(cohort.max()) + 1 if len(cohort) else 0
    source, age = arrived.source[shown], (as_of - arrived.day[shown]).astype(np.float64)
    waits = np.isnan(taken[shown]) & np.isnan(arrived.ended[shown]) & arrived.target[shown] & (age < days)
    chance = np.where(waits, table.won_between(age, np.maximum(days, age))[source, np.arange(len(age))], 0.0)
    expected = np.bincount(cohort, chance, n).astype(np.float64)
    of_source = np.zeros(n, dtype=np.int64)
    of_source[cohort] = source
    factor = table.factors.drawn(rng, draws) / table.factors.mean[:, None]
    rates = np.exp(rng.standard_normal(draws) * table.relative_error(np.array([float(days)])))
    most = np.bincount(cohort, waits, n)
    drawn = np.minimum(rng.poisson(expected[:, None] * factor[of_source] * rates), most[:, None])
    return expected, drawn.astype(np.float64)


def _estimate(to_date: Floats, ahead: Floats, drawn: Floats) -> Estimate:
    low, high = np.quantile(drawn, [0.1, 0.9], axis=1)
    return Estimate(to_date, to_date + ahead, to_date + low, to_date + high)


def payback_days(cost: float, revenue_by_age: Floats) -> float:
    """The age of a cohort by which its revenue has paid what it cost; NaN if it has not within the days looked at.

    Parameters
    ----------
    cost : float
    revenue_by_age : ndarray of shape (n_days,)
        Expected revenue by the end of each day since arrival, rising.
    """
    paid = np.flatnonzero(revenue_by_age >= cost)
    return float(paid[0]) if cost > 0 and len(paid) else float("nan")
