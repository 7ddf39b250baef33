"""Past nights of the ledger beside the outcomes since: the rows that `monitor` measures."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import ibis
import pandas as pd

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.store import registry
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from pipelines.training.amounts import usual_amounts
from scoring import entities
from scoring.entity import ID_COLUMN, Entity
from scoring.evidence.monitoring.hindsight import expected_by
from scoring.evidence.monitoring.monitor_findings import PastNight
from scoring.outcomes.customers import won_deals
from scoring.outcomes.deal_shares import Sharing
from scoring.outcomes.outcomes import outcomes
from scoring.question import Win
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Horizon, day_number

#: Most nights that are looked back at, and most of their rows: beyond that, so many accounts are drawn.
MOST_NIGHTS, MOST_ROWS = 12, 1_500_000
#: Of a million, by which accounts are drawn.
PARTS = 1_000_000
#: What is read of the score tables.
SERVED = ("win_probability", "expected_amount", "log_odds", "grade", "rank")


@dataclass
class Scorecards:
    """The scorecards that made the nights of an entity, each read once."""

    store: Store
    entity: Entity
    _scorecards: dict[str, Scorecard | None] = field(default_factory=dict, repr=False)

    def has(self, night: Night) -> bool:
        """Whether the registry still has the version that made the night's scores."""
        version = version_of(night, self.entity)
        if version not in self._scorecards:
            try:
                self._scorecards[version], _ = registry.load_scorecard(self.store, self.entity, int(version))
            except UsageError:
                self._scorecards[version] = None
        return self._scorecards[version] is not None

    def scorecard(self, night: Night) -> Scorecard:
        """The scorecard of a night that `has` one."""
        scorecard = self._scorecards[version_of(night, self.entity)] if self.has(night) else None
        assert scorecard is not None, f"no scorecard for {night.name}"
        return scorecard

    def horizon(self, night: Night) -> Horizon:
        """The days in which a win counts for the night's scores."""
        scorecard = self.scorecard(night)
        return Horizon(scorecard.horizon_days, len(scorecard.period_offsets))


@dataclass(frozen=True)
class PastScores:
    """Scores as they were served, and their outcomes.

    Attributes
    ----------
    frame : DataFrame
        A row for each score, as `hindsight.in_hindsight` reads it, its `unit` and `account` as numbers, and `gone`:
        whether the unit is no longer in the export.
    nights : tuple of PastNight
    share : float
        Of the accounts, how many `frame` holds: less than 1 where all were too many.
    """

    frame: pd.DataFrame = field(repr=False)
    nights: tuple[PastNight, ...]
    share: float = 1.0


def version_of(night: Night, entity: Entity) -> str:
    """The registered version that made a night's scores."""
    return night.record.models[entity]


def nights_to_compare(past: Sequence[Night], entity: Entity) -> list[Night]:
    """The nights to look back at: the last of each month and model version, the newest `MOST_NIGHTS`, in order."""
    ordered = sorted(past, key=lambda night: (night.as_of, night.sequence))
    last = {(f"{night.as_of:%Y-%m}", version_of(night, entity)): night for night in ordered}
    return sorted(last.values(), key=lambda night: (night.as_of, night.sequence))[-MOST_NIGHTS:]


def past_scores(export: Export, nights: Sequence[Night], scorecards: Scorecards, config: Config) -> PastScores | None:
    """Join the scores of some nights with their outcomes since.

    Parameters
    ----------
    export : Export
        What is known now.
    nights : sequence of Night
        Nights whose scorecard `scorecards` has.
    scorecards : Scorecards
    config : Config
        Says how many the team can work.

    Returns
    -------
    PastScores or None
        None if nobody was scored in these nights.
    """
    entity = scorecards.entity
    read = {night.name: export.connection.read_parquet(night.scores(entity)) for night in nights}
    rows = {name: int(table.count().execute()) for name, table in read.items()}
    nights = [night for night in nights if rows[night.name]]
    if not nights:
        return None
    share = min(1.0, MOST_ROWS / sum(rows.values()))
    people = entities.people(export.tables)

    @cache
    def won_and_shared(win: Win) -> tuple[ibis.Table, Sharing | None]:
        """What was won, as a question counts it, and whom it is shared among."""
        tables = replace(export.tables, win=win)
        won = export.keep(usual_amounts(won_deals(tables, people, entity), tables))
        if entity != "lead":
            return won, None
        return won, Sharing.of(tables, people, export.keep, lambda won: usual_amounts(won, tables))

    still = export.keep(entities.units(export.tables, people, entity).select("unit").distinct().mutate(here=True))
    parts, about = [], []
    for night in nights:
        horizon, day = scorecards.horizon(night), day_number(night.as_of)
        elapsed = min(export.day - day, horizon.days)
        version = version_of(night, entity)
        capacity = config.capacity.of(entity, rows[night.name], elapsed)
        scores = share_of_accounts(served(read[night.name], entity, capacity), share)
        # Days that are over count, whatever the periods: one period that ends by today.
        snapshots = scores.mutate(as_of=ibis.literal(day, type="int64"))
        win = scorecards.scorecard(night).win
        won, sharing = won_and_shared(win)
        found = outcomes(snapshots, won, Horizon(elapsed, 1), export.day, sharing, win).left_join(still, "unit")
        frame = found.mutate(
            won=found.won_period.notnull().cast("int64"), amount=found.amount.fill_null(0.0), gone=found.here.isnull()
        ).execute()
        log_odds, probability = (frame[name].to_numpy(dtype="float64") for name in ("log_odds", "win_probability"))
        offsets = scorecards.scorecard(night).period_offsets
        expected = expected_by(elapsed, horizon, log_odds=log_odds, probability=probability, offsets=offsets)
        value = expected * frame["expected_amount"]
        parts.append(frame.assign(night=night.name, version=version, p_closedwon=expected, value_closedwon=value))
        about.append(PastNight(night.name, version, night.as_of.isoformat(), elapsed, horizon.days))
    everything = pd.concat(parts, ignore_index=True)
    # Only whether two ids are equal counts, so numbers do: resampling them takes a tenth of the time.
    numbered = {name: pd.factorize(everything[name], sort=True)[0] for name in ("unit", "account")}
    return PastScores(everything.assign(**numbered), tuple(about), share)


def served(table: ibis.Table, entity: Entity, capacity: float) -> ibis.Table:
    """A night's scores by `unit`, with the `account` of each, and whether it was among the best (`worked`, 0 or 1).

    Parameters
    ----------
    table : Table
        The scores as the ledger keeps them.
    entity : {"account", "lead"}
    capacity : float
        How many are the best.
    """
    unit = table[ID_COLUMN[entity]]
    account = unit if entity == "account" else table.account_id.fill_null(entities.lone(unit))
    worked = (table["rank"] <= capacity).cast("float64")
    return table.select(*SERVED, unit=unit, account=account, worked=worked)


def share_of_accounts(scores: ibis.Table, share: float) -> ibis.Table:
    """The scores of a share of the accounts, the same accounts in every night.

    Parameters
    ----------
    scores : Table
        With `account`.
    share : float
        Above 0 and at most 1.
    """
    return scores if share >= 1.0 else scores.filter((scores.account.hash() % PARTS).abs() < int(share * PARTS))
