"""The training set of a scorecard: snapshots with features and outcomes, without what the leak guard holds back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.leak_guard import ACCOUNT_LINK, DEAL_STATE, LeakGuard, guard_attributes
from pipelines.progress import Say
from pipelines.training.neglect import what_is_work, with_worked
from pipelines.training.opportunities.losses import require_losses
from pipelines.training.own_features import add_own_features
from pipelines.training.sampled_rows import facts_of_units, tables_of_units
from pipelines.training.sampling import SAMPLE_WEIGHT, Sample, draw_sample, needs_no_sample
from scoring import entities
from scoring.entity import OPPORTUNITY, Entity
from scoring.features.candidates import market_features
from scoring.features.facts import Facts, MarketFacts, market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.knowledge import must_end, must_reach
from scoring.leaks.guard import Suspicion
from scoring.opportunities.closes import with_closes
from scoring.outcomes.deal_shares import Sharing
from scoring.outcomes.openings import with_openings
from scoring.outcomes.outcomes import outcomes
from scoring.outcomes.wins import WinCounts, count_wins, training_days
from scoring.outcomes.worked import Worked
from scoring.tables import Keep, Tables
from scoring.timeline import Grid, Horizon, calendar_date


@dataclass(frozen=True)
class TrainingSet:
    """The training set of a scorecard.

    Attributes
    ----------
    entity : {"account", "lead"}
    as_of : int
        Day number of the training.
    features : list of Feature
        The columns of `frame` to learn from.
    frame : DataFrame
        The snapshots with features and outcomes, those of `as_of` included.
    leak_guard : LeakGuard
        What was held back.
    closes : dict
        `losses`, the number of units that lost a deal, and `since`, the ISO date of the first closed deal.
    wins : WinCounts
        Of all units, whether or not a sample was drawn.
    worked : Worked, optional
        What tells which accounts were worked, where the training asks for it; `frame` says it of each snapshot then.
    """

    entity: Entity
    as_of: int
    features: list[Feature]
    frame: pd.DataFrame = field(repr=False)
    leak_guard: LeakGuard = field(repr=False)
    closes: dict[str, Any] = field(repr=False)
    wins: WinCounts
    worked: Worked | None = None

    @property
    def sample_weight(self) -> np.ndarray | None:
        """The weight of each snapshot, shape (n_snapshots,); None where no sample was drawn."""
        return self.frame[SAMPLE_WEIGHT].to_numpy(dtype="float64") if SAMPLE_WEIGHT in self.frame else None

    def of_units(self, units: Iterable[str]) -> "TrainingSet":
        """The training set with the past snapshots of these units only; those of `as_of` stay complete."""
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
    suspected_today: Sequence[Suspicion] = (),
    all_of_today: bool = True,
) -> TrainingSet:
    """The first half of `fit_scorecard`: everything that reads the tables.

    Where there are more than `training.max_snapshot_rows` snapshots, a sample is drawn before features are computed.

    Parameters
    ----------
    tables, entity, as_of, config, keep, say, suspected_today
        As for `fit_scorecard`.
    all_of_today : bool
        Whether a sample holds all snapshots of `as_of`: a backtest asks for it, because it evaluates on them.

    Raises
    ------
    knowledge.LooksAhead
        If the tables hold what was known at `as_of` or later, or end before it.
    neglect.NothingWorked
        If the training asks for what was worked, and nothing tells it.
    """
    must_end(tables, as_of)
    must_reach(tables, as_of)
    tables = replace(tables, win=config.question.win)
    training = config.training
    worked = what_is_work(tables, config, say) if training.worked and entity != OPPORTUNITY else None
    horizon = Horizon(training.horizon_days, training.periods)
    most = training.max_snapshot_rows
    few = needs_no_sample(tables, entity, training.max_snapshots, most)
    # Attributes and deals are read for all units, since they are small; engagement only for the units of the sample.
    all_units = market(tables if few else replace(tables, activities=None, log=None), entity, keep=keep)
    leak_guard = guard_attributes(all_units, as_of, config, keep, suspected_today)
    if entity == OPPORTUNITY:
        require_losses(leak_guard)
    closes = _closes(all_units)
    wins = count_wins(all_units.own, as_of, horizon, training.max_snapshots)
    for sentence in wins.sentences(entity):
        say(sentence)
    grid = training_days(all_units.own.deals, as_of, horizon, training.max_snapshots)
    snapshot_days = Grid((*grid.days, as_of))
    sample = None if few else draw_sample(all_units.own, snapshot_days, horizon, as_of, most=most, seed=training.seed)
    facts = all_units
    if sample is not None:
        units = keep(ibis.memtable(sample.units))
        facts = facts_of_units(market(tables_of_units(tables, entity, units, keep), entity, keep=keep), units, keep)
    elif not few:
        facts = market(tables, entity, keep=keep)
    facts = replace(facts, account=None) if leak_guard.held_back(ACCOUNT_LINK) else facts
    facts = leak_guard.opened(facts)
    features = market_features(facts, entity, leak_guard.own.kinds, leak_guard.account.kinds)
    features = leak_guard.admitted(features, entity)
    checked = _with_all_units(facts, all_units)
    features, leak_guard = add_own_features(
        features, checked, entity, as_of, config, leak_guard, tables, keep=keep, say=say
    )
    for suspicion in leak_guard.suspected:
        say(f"held back {suspicion.attribute}: {suspicion.why}")
    for note in leak_guard.notes:
        say(note)

    feature_arrays = FeatureArrays()
    # Of complete tables: a sample holds some of those only whom a deal is shared among.
    people = entities.people(tables) if entity == "lead" else None
    sharing = None if people is None else Sharing.of(tables, keep(people), keep)

    def frame_of(facts: MarketFacts, grid: Grid, sample: Sample | None) -> pd.DataFrame:
        """Snapshots with features and outcomes."""
        labelled = outcomes(snapshots(facts.own, grid), facts.own.won_deals, horizon, as_of, sharing, facts.own.win)
        labelled = labelled if sample is None else sample.snapshots(labelled, as_of)
        # Where only winners have deals, an opening is a win; and a deal that is open does not open.
        if not leak_guard.held_back(DEAL_STATE) and entity != OPPORTUNITY:
            labelled = with_openings(labelled, facts.own.deals, horizon, as_of)
        if entity == OPPORTUNITY:
            labelled = with_closes(labelled, facts.own.deals, as_of)
        labelled = keep(labelled)
        return feature_arrays.assemble(features, facts, labelled, grid).to_pandas()

    if sample is None or not all_of_today:
        # The snapshots of `as_of` have no outcome yet: they are the reference.
        frame = frame_of(facts, snapshot_days, sample)
    else:
        unsampled = leak_guard.opened(market(tables, entity, keep=keep))
        unsampled = replace(unsampled, account=None) if facts.account is None else unsampled
        current = frame_of(unsampled, Grid((as_of,)), None).assign(**{SAMPLE_WEIGHT: sample.shares.weight_of(1.0)})
        frame = pd.concat([frame_of(facts, grid, sample), current])
        frame = frame.sort_values(["unit", "as_of"], ignore_index=True)
    if worked is not None:
        frame = with_worked(frame, worked, tables, keep)
    source = "" if sample is None else f" drawn from {sample.of_snapshots:,}"
    say(f"{len(frame):,} snapshots{source} on {len(grid.days)} days, {len(features)} features")
    return TrainingSet(entity, as_of, features, frame, leak_guard, closes, wins, worked)


def _with_all_units(facts: MarketFacts, all_units: MarketFacts) -> MarketFacts:
    """The facts that the leak guard reads: attributes and deals of all units, engagement of those in the sample."""

    def with_engagement(complete: Facts, sampled: Facts) -> Facts:
        return replace(complete, engagements=sampled.engagements)

    own = with_engagement(all_units.own, facts.own)
    if facts is all_units or all_units.account is None:
        return MarketFacts(own, facts.account)
    return MarketFacts(own, None if facts.account is None else with_engagement(all_units.account, facts.account))


def _closes(facts: MarketFacts) -> dict[str, Any]:
    deals = facts.own.deals
    found = deals.aggregate(
        losses=deals.unit.nunique(where=deals.status == "lost"), since=deals.closed_day.min()
    ).execute()
    since = found["since"][0]
    return {
        "losses": int(found["losses"][0]),
        "since": None if pd.isna(since) else calendar_date(int(since)).isoformat(),
    }
