"""`closedwon monitor`: past scores beside what came true, and the facts they are made from beside those of training."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.evaluation.monitor_table import printed
from pipelines.evaluation.past_scores import PastScores, Scorecards, chosen, past_scores, version_of
from pipelines.intake.point_in_time import Export, entities
from pipelines.progress import Say
from pipelines.store import ledger
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from pipelines.store.tracking import log_monitor
from scoring.entities import Entity
from scoring.evidence import drift
from scoring.evidence.hindsight import ahead_of_chance, booked, calibrated, in_hindsight


def monitor(
    export: Export, store: Store, config: Config, *, asked: str | None, out: Path | None = None, say: Say
) -> dict[str, Any]:
    """Print how past scores turned out as of the export's day, and log the figures; they change nothing.

    Parameters
    ----------
    export : Export
    store : Store
        With the ledger, and the registry that the figures are logged to.
    config : Config
    asked : {'account', 'lead', 'both'}, optional
        What to look at; None is both.
    say : callable
        Takes the table, and a line of progress.
    out : Path, optional
        A file for the figures, as JSON.

    Returns
    -------
    dict
        The figures by entity, as they are logged.

    Raises
    ------
    UsageError
        If no night before the export's day is in the ledger, or `out` cannot be written.
    """
    past = [night for night in ledger.nights(store) if night.as_of <= export.as_of]
    wanted = entities(export.tables, asked)
    scored = [entity for entity in wanted if any(night.has(entity) for night in past)]
    if not scored:
        raise UsageError(
            f"no {' or '.join(wanted)} was scored up to {export.as_of}, as the ledger of {store.path} tells: run "
            "`closedwon score` every night, and this after a month"
        )
    found: dict[str, Any] = {entity: monitored(export, store, entity, past, config) for entity in scored}
    for figures in found.values():
        say("\n".join(["", *printed(figures)]))
        log_monitor(store, figures)
    if out is not None:
        try:
            out.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write the figures to {out}: {error.strerror}; name another file") from None
    return found


def monitored(export: Export, store: Store, entity: Entity, past: Sequence[Night], config: Config) -> dict[str, Any]:
    """The figures of one entity: `hindsight` of the nights that are a period old or older, `drift` of the newest.

    Parameters
    ----------
    export : Export
    store : Store
    entity : {'account', 'lead'}
    past : sequence of Night
        The nights up to the export's day.
    config : Config

    Returns
    -------
    dict
        Plain facts. `entity`, `as_of`; `hindsight` (None, and `wait_until`, where no night is old enough) with
        `verdict`, `revenue` and `ranking`; `drift` (None where nothing can be compared); `notes`.
    """
    nights, scorecards, notes = [night for night in past if night.has(entity)], Scorecards(store, entity), list[str]()
    found: dict[str, Any] = {"entity": entity, "as_of": export.as_of.isoformat(), "hindsight": None, "notes": notes}
    if lost := sorted({version_of(night, entity) for night in nights if not scorecards.has(night)}):
        notes.append(f"the registry has no model version {', '.join(lost)} any more: its nights are left out")
    known = [night for night in nights if scorecards.has(night)]
    from_when = {night.name: night.as_of + timedelta(days=scorecards.horizon(night).bounds[1]) for night in known}
    old_enough = [night for night in known if from_when[night.name] <= export.as_of]
    scores = past_scores(export, chosen(old_enough, entity), scorecards, config)
    if scores is not None:
        found["hindsight"] = _hindsight(scores, entity, config, notes)
    elif from_when:
        found["wait_until"] = min(from_when.values()).isoformat()
    found["drift"] = _drift(export, known, scorecards)
    return found


def _hindsight(scores: PastScores, entity: Entity, config: Config, notes: list[str]) -> dict[str, Any]:
    """The figures of past scores and their verdicts; what a reader has to know besides is added to the notes."""
    frame = scores.frame
    if scores.share < 1.0:
        notes.append(f"judged on {scores.share:.1%} of the accounts, drawn by their id: all would not fit into memory")
    if gone := int(frame["gone"].sum()):
        notes.append(
            f"{gone:,} of the {len(frame):,} scores are of {entity}s that the export has no more (merged or deleted): "
            "they count as not won"
        )
    found = in_hindsight(frame, replicates=config.backtest.replicates, seed=config.training.seed)
    by_night = {row["night"]: row for row in found["nights"]}
    found["nights"] = [about | by_night[about["night"]] for about in scores.nights if about["night"] in by_night]
    verdicts = {
        "verdict": calibrated(found["total"]),
        "revenue": booked(found["total"]),
        "ranking": ahead_of_chance(found["captured"]),
    }
    return found | {name: finding._asdict() for name, finding in verdicts.items()}


def _drift(export: Export, known: Sequence[Night], scorecards: Scorecards) -> dict[str, Any] | None:
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
    features = drift.with_gaps(drift.moved(before, now), scorecard, before, now)
    scores = _scores_moved(night, since, entity)
    return {
        "night": night.name,
        "as_of": night.as_of.isoformat(),
        "version": version_of(night, entity),
        "trained": str(scorecard.as_of),
        "features": features,
        "scores": scores,
        "verdict": drift.steady(features, scores)._asdict(),
    }


def _scores_moved(night: Night, since: Night | None, entity: Entity) -> list[dict[str, Any]]:
    """The shift of the scores' bins, as each night's record has them."""
    facts = night.record.facts.get(entity)
    if facts is None:
        return []
    before: dict[str, Sequence[float]] = {}
    if since is not None and entity in since.record.facts:
        before |= since.record.facts[entity].bins
    if facts.reference is not None:
        before |= facts.reference.bins
    return drift.moved(before, facts.bins)
