"""`closedwon monitor`: past scores beside their outcomes, and tonight's features beside those of the training."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.evaluation.past_scores import SERVED, PastScores, Scorecards, nights_to_compare, past_scores, version_of
from pipelines.evaluation.text_tables import monitor_lines
from pipelines.intake.point_in_time import Export, entities
from pipelines.progress import Say
from pipelines.store import ledger
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from pipelines.store.tracking import log_monitor
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.entity import OPPORTUNITY, Entity, plural
from scoring.evidence.monitoring import drift
from scoring.evidence.monitoring.hindsight import ahead_of_chance, booked, calibrated, in_hindsight
from scoring.evidence.monitoring.monitor_findings import Drift, Hindsight, MonitorFindings, Shift
from scoring.scorecard.forecast_error import ForecastError


def monitor(
    export: Export, store: Store, config: Config, *, asked: str | None, say: Say
) -> dict[Entity, MonitorFindings]:
    """Print how past scores turned out as of the export's day, and log the figures; nothing is changed by them.

    Parameters
    ----------
    export : Export
        The export, as known today.
    store : Store
        Open for writing.
    config : Config
    asked : str or None
        "account", "lead" or "both"; None for all that the export has.
    say : callable
        Takes each message.

    Returns
    -------
    dict
        The findings by entity, as they are logged.

    Raises
    ------
    UsageError
        If the ledger has no night up to the export's day.
    """
    past = [night for night in ledger.nights(store) if night.as_of <= export.as_of]
    wanted = entities(export.tables, asked)
    looked_at = [*wanted, OPPORTUNITY] if asked is None else wanted
    scored = [entity for entity in looked_at if any(night.has(entity) for night in past)]
    if not scored:
        raise UsageError(
            f"the ledger of {store.path} has no scores of any {' or '.join(wanted)} up to {export.as_of}: run "
            "`closedwon score` every night, and this after a month"
        )
    found = {entity: monitored(export, store, entity, past, config) for entity in scored}
    for findings in found.values():
        say("\n".join(["", *monitor_lines(findings)]))
        log_monitor(store, findings)
    return found


def monitored(export: Export, store: Store, entity: Entity, past: Sequence[Night], config: Config) -> MonitorFindings:
    """The findings of one entity: hindsight of nights that are a period old or older, and drift of the newest night.

    Parameters
    ----------
    export : Export
    store : Store
    entity : {"account", "lead"}
    past : sequence of Night
        The nights of the ledger up to the export's day.
    config : Config
    """
    nights, scorecards, notes = [night for night in past if night.has(entity)], Scorecards(store, entity), list[str]()
    if cut := [night for night in nights if fault_of(night.scores(entity), SERVED)]:
        names = ", ".join(night.scores(entity).as_posix() for night in cut)
        notes.append(f"left out, since it cannot be read or lacks a column: {names}; restore it from a backup")
        nights = [night for night in nights if night not in cut]
    if lost := sorted({version_of(night, entity) for night in nights if not scorecards.has(night)}):
        notes.append(f"the registry has no model version {', '.join(lost)} any more: its nights are left out")
    known = [night for night in nights if scorecards.has(night)]
    from_when = {night.name: night.as_of + timedelta(days=scorecards.horizon(night).bounds[1]) for night in known}
    scores = past_scores(
        export, nights_to_compare([n for n in known if from_when[n.name] <= export.as_of], entity), scorecards, config
    )
    errors = {night.name: scorecards.scorecard(night).forecast_error for night in known}
    hindsight = None if scores is None else _hindsight(scores, entity, config, notes, errors)
    return MonitorFindings(
        entity=entity,
        as_of=export.as_of.isoformat(),
        hindsight=hindsight,
        drift=_drift(export, known, scorecards),
        notes=tuple(notes),
        wait_until=min(from_when.values()).isoformat() if hindsight is None and from_when else None,
    )


def _hindsight(
    scores: PastScores,
    entity: Entity,
    config: Config,
    notes: list[str],
    errors: Mapping[str, ForecastError | None],
) -> Hindsight:
    """Past scores with their outcomes; adds to the notes what a reader must know about them."""
    frame = scores.frame
    if scores.share < 1.0:
        notes.append(f"computed on {scores.share:.1%} of the accounts, drawn by their id: all do not fit into memory")
    if gone := int(frame["gone"].sum()):
        notes.append(
            f"{gone:,} of the {len(frame):,} scores are of {plural(entity)} that are no longer in the export (merged "
            "or deleted): they count as not won"
        )
    stated = {name: error for name in frame["night"].unique() if (error := errors[name]) is not None}
    complete = stated if len(stated) == frame["night"].nunique() and scores.share == 1.0 else None
    found = in_hindsight(frame, complete, replicates=config.backtest.replicates, seed=config.training.seed)
    total = found.stated.together if found.stated else None
    return Hindsight(
        outcomes=found,
        nights=tuple(night for night in scores.nights if night.night in found.nights),
        wins=calibrated(found.total, found.winners, total.wins if total else None),
        revenue=booked(found.total, found.winners, total.revenue if total else None),
        ranking=ahead_of_chance(found.captured),
    )


def _drift(export: Export, known: Sequence[Night], scorecards: Scorecards) -> Drift | None:
    """The newest night's features and scores beside those of training, or of the first night of its version."""
    ordered = sorted(known, key=lambda night: (night.as_of, night.sequence))
    entity, kept = scorecards.entity, [night for night in ordered if night.features(scorecards.entity).exists()]
    if not kept:
        return None
    night, scorecard = kept[-1], scorecards.scorecard(kept[-1])
    alike = [other for other in kept if version_of(other, entity) == version_of(night, entity)]
    now = drift.counts(scorecard, export.connection.read_parquet(night.features(entity)))
    before: dict[str, Any] = dict(drift.learned_on(scorecard))
    since = alike[0] if alike[0].name != night.name else None
    if since is not None and now.keys() - before.keys():  # what only the amount reads has no counts in the scorecard
        first = drift.counts(scorecard, export.connection.read_parquet(since.features(entity)))
        before = first | before
    features = drift.with_gaps(drift.compare_counts(before, now), scorecard, before, now)
    scores = _scores_moved(night, since, entity)
    return Drift(
        night=night.name,
        as_of=night.as_of.isoformat(),
        version=version_of(night, entity),
        trained=str(scorecard.as_of),
        features=features,
        scores=scores,
        finding=drift.steady(features, scores),
    )


def _scores_moved(night: Night, since: Night | None, entity: Entity) -> tuple[Shift, ...]:
    """The shift of the scores' bins, as each night's record has them."""
    facts = night.record.facts.get(entity)
    if facts is None:
        return ()
    before: dict[str, Sequence[float]] = {}
    if since is not None and entity in since.record.facts:
        before |= since.record.facts[entity].bins
    if facts.reference is not None:
        before |= facts.reference.bins
    return drift.compare_counts(before, facts.bins)
