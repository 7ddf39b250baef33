"""What a period is drawn from: the open ones and those who still come, as they were known on a day, today or past."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.planning.known_lives import KnownLives
from scoring.planning.arrivals import arrivals
from scoring.planning.coming import Amounts, Coming, coming
from scoring.planning.draws import (
    DRAWS,
    SEED,
    Shared,
    Totals,
    coming_totals,
    expected_coming,
    open_totals,
    shared_draws,
)
from scoring.planning.life_table import AGES, LifeTable, life_table
from scoring.planning.open_groups import OpenGroups, grouped
from scoring.planning.pooling import Floats
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import day_number


def aged(scorecard: Scorecard, day: int) -> ForecastError | None:
    """How far the totals of a scorecard may be off on a day: the level goes on drifting after its training.

    A level that is off by so much within a horizon is off by as much again, in variance, a horizon later.

    Parameters
    ----------
    scorecard : Scorecard
    day : int
        Day number.
    """
    error = scorecard.forecast_error
    if error is None:
        return None
    horizons = max(day - day_number(scorecard.as_of), 0) / scorecard.horizon_days
    return replace(error, level=error.level * (1.0 + horizons) ** 0.5)


@dataclass(frozen=True)
class Period:
    """A period as it looks on its first day.

    Attributes
    ----------
    groups : OpenGroups
    coming : Coming
    table : LifeTable
    error : ForecastError
    common : Shared
    wins, revenue : ndarray of shape (n_sources,)
        Expected of those who still come, by source, within capacity.
    open, later : Totals
        Drawn: of the open ones, and of those who still come.
    imported : int
        How many came on days of an import.
    """

    groups: OpenGroups
    coming: Coming
    table: LifeTable
    error: ForecastError
    common: Shared
    wins: Floats
    revenue: Floats
    open: Totals
    later: Totals
    imported: int

    @property
    def total(self) -> Totals:
        """Drawn: of all."""
        return self.open + self.later

    def redrawn(self, factor: float, draws: int = DRAWS // 4) -> Floats:
        """The drawn revenue with the rate of winning of all multiplied by a factor, from the same random numbers."""
        rng = np.random.default_rng(SEED)
        common = shared_draws(self.coming, self.error, rng, draws)
        total = open_totals(self.groups, common, self.error, rng, factor)
        return (total + coming_totals(self.coming, common, rng, own=factor)).revenue


def period(
    known: KnownLives,
    probability: Floats,
    amount: Floats,
    error: ForecastError,
    as_of: int,
    until: int,
    *,
    half_life: float,
    capacity: float,
    with_amounts: bool,
    draws: int = DRAWS,
    ages: tuple[int, ...] = AGES,
) -> Period:
    """The period `[as_of, until)` from what was known at `as_of`.

    Parameters
    ----------
    known : KnownLives
        All that is known today: what came at `as_of` or later is not read.
    probability, amount : ndarray of shape (n_open,)
        Of a win of each open one before `until`, and what is expected of it.
    error : ForecastError
        Of the scorecard that gave them.
    as_of, until : int
        Day numbers.
    half_life : float
        In days: what came so long ago counts for half.
    capacity : float
        How many of those who come can be worked in the period.
    with_amounts : bool
        Whether the scorecard knows amounts; else every win counts as one.
    draws : int
    ages : tuple of int
        Of the life table.
    """
    lives = known.lives
    table = life_table(lives, as_of, since=known.since, half_life=half_life, ages=ages)
    flow = arrivals(lives.source, lives.arrived, lives.sources, as_of, window=until - as_of, half_life=half_life)
    amounts = _amounts(known, as_of, half_life) if with_amounts else Amounts.alike(len(lives.sources))
    still = coming(flow, table, amounts, as_of, until, capacity)
    groups, rng = grouped(probability, amount), np.random.default_rng(SEED)
    common = shared_draws(still, error, rng, draws)
    opened = open_totals(groups, common, error, rng)
    later = coming_totals(still, common, rng)
    wins = expected_coming(still, common)
    return Period(groups, still, table, error, common, wins, wins * amounts.mean, opened, later, flow.imported)


def _amounts(known: KnownLives, as_of: int, half_life: float) -> Amounts:
    """The amounts of wins by source, as known at a day; those that nobody knows are left out."""
    won, brought = known.lives.won, known.amount
    counted = np.isfinite(brought) & (won < as_of)
    weight = 0.5 ** ((as_of - won[counted]) / half_life)
    return Amounts.of_wins(known.lives.source[counted], brought[counted], weight, len(known.lives.sources))
