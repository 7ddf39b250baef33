"""The scorecard of staying: what moves whether a customer leaves, learned as what moves whether an account wins.

A customer is looked at on a grid of days, with what was known then; each period of a year after that is a row of the
hazard, as far as it was observed. So its terms add up and are explained like those of accounts, with leaving instead
of winning. It is learned from the same features. Those of the account, of what was bought before and of engagement tell
apart who stays; two more say how long it has been a customer, and when the next year of that begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import numpy as np
import pandas as pd

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import PastTables
from pipelines.planning.retention.customers import as_table
from pipelines.progress import Say
from pipelines.training.fitting import FittedScorecard, fit
from pipelines.training.training_set import TrainingSet
from scoring.features.candidates import market_features
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.snapshots import snapshots
from scoring.features.spec import Attribute, Feature
from scoring.leaks.guard import suspicions
from scoring.outcomes.wins import WinCounts
from scoring.planning.retention.spells import Spells
from scoring.timeline import Grid, Horizon, known

#: A year in six periods: many contracts end after whole years.
HORIZON = Horizon(360, 6)
#: The days on which customers are looked at, one period apart: six years.
MOST_DAYS = 36
YEAR = 365


@dataclass(frozen=True, kw_only=True)
class OfCustomer(Feature):
    """What only customers have: `days` as one, or days `to_anniversary`.

    What it pays is none of them: only today's value is known, and of who left it is often set to 0.
    """

    of: Literal["days", "to_anniversary"]


OWN = (
    OfCustomer(name="customer_days", label="Days as a customer", side="intent", of="days"),
    OfCustomer(name="days_to_anniversary", label="Days to the next year as one", side="intent", of="to_anniversary"),
)


@dataclass(frozen=True)
class LearnedRetention:
    """What was learned of staying.

    Attributes
    ----------
    fitted : FittedScorecard, optional
        None where too few left.
    why : str
        Why there is none; else empty.
    held_back : tuple of str
        Attributes that look as if they were filled because a customer left.
    """

    fitted: FittedScorecard | None
    why: str = ""
    held_back: tuple[str, ...] = ()


def learned_retention(export: PastTables, spells: Spells, config: Config, say: Say) -> LearnedRetention:
    """Learn what moves whether a customer leaves, from what was known before the day of an export.

    Parameters
    ----------
    export : PastTables
    spells : Spells
        As known by then.
    config : Config
        Its sections ``training``, ``attributes`` and ``features`` are used, with a horizon of a year.
    say : callable
        Takes each line of progress.
    """
    ends = spells.end[~spells.current]
    if len(ends) < config.training.min_wins:
        return LearnedRetention(
            None, f"{len(ends)} customers left, {config.training.min_wins} are the fewest to learn from"
        )
    if export.tables.accounts is None:
        return LearnedRetention(None, "features of customers need the table accounts")
    training = replace(
        config.training, horizon_days=HORIZON.days, periods=HORIZON.periods, max_snapshots=MOST_DAYS, worked=False
    )
    config = replace(config, training=training, question=replace(config.question, win="any"))
    tables, today = replace(export.tables, win="any"), export.day
    facts = market(tables, "account", keep=export.keep)
    guard = guard_attributes(facts, today, config, export.keep)
    facts = guard.opened(facts)
    rows = as_table(spells, export)
    facts = replace(
        facts,
        own=replace(
            facts.own, units=export.keep(facts.own.units.semi_join(rows, facts.own.units.unit == rows.customer))
        ),
    )
    features = guard.admitted(market_features(facts, "account", guard.own.kinds, guard.account.kinds), "account")
    held_back = _filled_by_leaving(features, facts, spells, today)
    features = [one for one in features if not held_back & {source.name for source in one.made_from("account")}]
    grid = Grid((*Grid.back_from(today, HORIZON, int(ends.min()) + 1, MOST_DAYS).days, today))
    frame = _frame(export, facts, rows, features, grid, today)
    closes = {"losses": 0, "since": None}
    counts = WinCounts(len(ends), 0, 0, 0, 0, 0, grid.days[0], today - 1, "any")
    chosen = TrainingSet("account", today, [*features, *OWN], frame, guard, closes, counts)
    try:
        fitted = fit(chosen, config)
    except TooFewWins as error:
        return LearnedRetention(
            None, f"{error.wins} customers left while they were observed, {error.least} are the fewest"
        )
    say(f"  learned from {fitted.scorecard.wins} customers that left, on {len(grid.days) - 1} days")
    return LearnedRetention(fitted, held_back=tuple(sorted(held_back)))


def _filled_by_leaving(features: Sequence[Feature], facts: MarketFacts, spells: Spells, today: int) -> set[str]:
    """Attributes of which only today's value is known, and that look as if leaving had filled them."""
    own = facts.own
    if own.attributes is None:
        return set()
    traced = set() if own.history is None else set(own.history.columns)
    names = sorted({f.column for f in features if isinstance(f, Attribute)} - traced)
    last = pd.Series(spells.end, index=spells.unit.astype(str)).groupby(level=0).last()
    if not names:
        return set()
    values = own.attributes.select("unit", *names).to_pandas().set_index("unit")
    values = values[values.index.isin(last.index)].sort_index()
    ended = last.reindex(values.index).to_numpy()
    left = np.isfinite(ended)
    everybody = np.ones(len(values), dtype=bool)
    return {one.attribute for one in suspicions(values, left, ~everybody, today - ended, everybody)}


def _frame(
    export: PastTables, facts: MarketFacts, rows: ibis.Table, features: Sequence[Feature], grid: Grid, today: int
) -> pd.DataFrame:
    """Customers on each day of the grid, with features and whether, and in which period, they left."""
    on_days = snapshots(facts.own, grid)
    both = on_days.inner_join(rows, on_days.unit == rows.customer)
    there = known(both.begin_day, both.as_of) & (both.end_day.isnull() | ~known(both.end_day, both.as_of))
    looked = export.keep(both.filter(there))
    frame = FeatureArrays().assemble(list(features), facts, looked, grid).to_pandas()
    as_of, begin = (frame[name].to_numpy(dtype=np.int64) for name in ("as_of", "begin_day"))
    end = frame["end_day"].to_numpy(dtype=np.float64, na_value=np.nan)
    bounds = np.array(HORIZON.bounds)
    observed = np.searchsorted(bounds[1:], today - as_of, side="right")
    period = np.searchsorted(bounds, end - as_of, side="right") - 1
    counts = np.isfinite(end) & (period < observed)
    added = {
        "observed": observed,
        "won_period": np.where(counts, period, np.nan),
        "won_day": np.where(counts, end, np.nan),
        "amount": np.nan,
        "customer_days": (as_of - begin).astype(np.float64),
        "days_to_anniversary": (YEAR - (as_of - begin) % YEAR).astype(np.float64),
    }
    return frame.drop(columns=["customer", "begin_day", "end_day", "yearly"]).assign(**added)
