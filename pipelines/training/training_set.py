"""What a scorecard is learned from: facts, attributes behind the leak guard, snapshots with what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.leak_guard import ACCOUNT_LINK, DEAL_STATE, LeakGuard, guard_attributes
from pipelines.progress import Say
from pipelines.training.own_features import offered
from pipelines.training.sampling import STANDS_FOR, Drawn, among, drawn, surely_few, tables_of
from scoring.entity import Entity
from scoring.features.build import snapshots
from scoring.features.candidates import market_features, without_deals
from scoring.features.facts import Facts, Market, market
from scoring.features.frame import Frames
from scoring.features.spec import Feature
from scoring.knowledge import must_end, must_reach
from scoring.leaks import Suspicion
from scoring.outcomes import outcomes
from scoring.tables import Keep, Tables
from scoring.timeline import Grid, Horizon, calendar_date, day_number


@dataclass(frozen=True)
class TrainingSet:
    """What a scorecard is learned from.

    Attributes
    ----------
    frame : DataFrame
        The snapshots with features and outcomes.
    guarded : LeakGuard
        What the leak guard held back.
    closes : dict
        `losses`, how many units lost a deal, and `since`, the ISO date of the first close.
    """

    entity: Entity
    as_of: int
    features: list[Feature]
    frame: pd.DataFrame = field(repr=False)
    guarded: LeakGuard = field(repr=False)
    closes: dict[str, Any] = field(repr=False)

    @property
    def stands_for(self) -> np.ndarray | None:
        """How many snapshots each stands for, where they were drawn: shape (n,)."""
        return self.frame[STANDS_FOR].to_numpy(dtype="float64") if STANDS_FOR in self.frame else None

    def among(self, units: Iterable[str]) -> "TrainingSet":
        """What there would be to learn from, had only these units been there; the snapshots of `as_of` stay whole."""
        kept = self.frame["unit"].isin(list(units)) | (self.frame["as_of"] == self.as_of)
        return replace(self, frame=self.frame[kept].reset_index(drop=True))


def build_training_set(
    tables: Tables,
    entity: Entity,
    as_of: int,
    config: Config,
    *,
    keep: Keep,
    say: Say = lambda text: None,
    later: Sequence[Suspicion] = (),
    whole: bool = True,
) -> TrainingSet:
    """The first half of `fit_scorecard`: all that reads the tables.

    Where there are more than `training.max_snapshot_rows` snapshots, a sample is drawn before features are made.
    Those of `as_of` stay all there where `whole`: whoever is judged on them asks for it.
    """
    must_end(tables, as_of)
    must_reach(tables, as_of)
    training = config.training
    horizon = Horizon(training.horizon_days, training.periods)
    most = training.max_snapshot_rows
    few = surely_few(tables, entity, training.max_snapshots, most)
    # Attributes and deals are told of everyone, and are few; engagement is made of those who are learned from.
    everyone = market(tables if few else replace(tables, activities=None, log=None), entity, keep=keep)
    guarded = guard_attributes(everyone, as_of, config, keep, later)
    closes = _closes(everyone)
    grid = training_grid(closes, as_of, horizon, training.max_snapshots)
    seen_on = Grid((*grid.days, as_of))
    sample = None if few else drawn(everyone.own, seen_on, horizon, as_of, most=most, seed=training.seed)
    facts = everyone
    if sample is not None:
        units = keep(ibis.memtable(sample.units))
        facts = among(market(tables_of(tables, entity, units, keep), entity, keep=keep), units, keep)
    elif not few:
        facts = market(tables, entity, keep=keep)
    facts = replace(facts, account=None) if guarded.held_back(ACCOUNT_LINK) else facts
    features = market_features(facts, entity, guarded.own.kinds, guarded.theirs.kinds)
    features = without_deals(features) if guarded.held_back(DEAL_STATE) else features
    told = _with_everyone(facts, everyone)
    features, guarded = offered(features, told, entity, as_of, config, guarded, tables, keep=keep, say=say)
    for suspicion in guarded.suspected:
        say(f"quarantined {suspicion.attribute}: {suspicion.reason}")

    frames = Frames()

    def frame_of(facts: Market, grid: Grid, sample: Drawn | None) -> pd.DataFrame:
        """Snapshots with features and outcomes."""
        looks = outcomes(snapshots(facts.own, grid), facts.own.deals, horizon, as_of)
        looks = keep(looks if sample is None else sample.looks(looks, as_of))
        return frames.assemble(features, facts, looks, grid).to_pandas()

    if sample is None or not whole:
        # Those of `as_of` have no outcome yet: they are the reference.
        frame = frame_of(facts, seen_on, sample)
    else:
        unsampled = market(tables, entity, keep=keep)
        unsampled = replace(unsampled, account=None) if facts.account is None else unsampled
        open_ = frame_of(unsampled, Grid((as_of,)), None).assign(**{STANDS_FOR: sample.shares.weight_of(1.0)})
        frame = pd.concat([frame_of(facts, grid, sample), open_])
        frame = frame.sort_values(["unit", "as_of"], ignore_index=True)
    said = "" if sample is None else f" drawn from {sample.of_snapshots:,}"
    say(f"{len(frame):,} snapshots{said} on {len(grid.days)} days, {len(features)} features")
    return TrainingSet(entity, as_of, features, frame, guarded, closes)


def _with_everyone(facts: Market, everyone: Market) -> Market:
    """The engagement of those who are learned from, with everyone's attributes and deals: what a leak guard reads."""

    def level(theirs: Facts, whole: Facts) -> Facts:
        return replace(whole, engagements=theirs.engagements)

    if facts is everyone or everyone.account is None:
        return Market(level(facts.own, everyone.own), facts.account)
    account = None if facts.account is None else level(facts.account, everyone.account)
    return Market(level(facts.own, everyone.own), account)


def _closes(facts: Market) -> dict[str, Any]:
    deals = facts.own.deals
    said = deals.aggregate(
        losses=deals.unit.nunique(where=deals.status == "lost"), since=deals.closed_day.min()
    ).execute()
    since = said["since"][0]
    return {
        "losses": int(said["losses"][0]),
        "since": None if pd.isna(since) else calendar_date(int(since)).isoformat(),
    }


def training_grid(closes: dict[str, Any], as_of: int, horizon: Horizon, most: int) -> Grid:
    """The snapshot days: none before outcomes were recorded, for there no win does not mean none was won."""
    since = closes["since"]
    return Grid.back_from(as_of, horizon, as_of if since is None else day_number(date.fromisoformat(since)), most)
