"""`closedwon report`: one HTML file on the newest version of each entity in the store."""

import json
from dataclasses import replace
from pathlib import Path

from pipelines.errors import ClosedwonError, UsageError, not_written
from pipelines.evaluation.backtest import EVIDENCE
from pipelines.progress import Say
from pipelines.reports.page import write_report
from pipelines.reports.scorecard.content import Section
from pipelines.store import ledger, registry
from pipelines.store.store import Store
from pipelines.store.tracking import log_report
from scoring.entity import Entity, asked_entities, plural
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.nights.record import NightRecord
from scoring.question import Win


def report(store: Store, out: Path, *, asked: str | None, say: Say) -> Path:
    """Write the report on the newest version of each entity, and log it with that version's run.

    Parameters
    ----------
    store : Store
        Open for writing.
    out : Path
        The HTML file.
    asked : str or None
        "account", "lead" or "both"; None for every entity with a version.
    say : callable
        Takes each message.

    Raises
    ------
    UsageError
        If nothing was trained yet, a later closedwon wrote the evidence, or the file cannot be written.
    """
    record = _newest_night(store, say)
    found = {entity: newest_inputs(store, entity) for entity in asked_entities(asked)}
    sections = {entity: replace(section, night=record) for entity, section in found.items() if section is not None}
    if not sections:
        raise UsageError(f"there is no model in {store.location} to report on: run `closedwon train`")
    for entity, section in sections.items():
        if section.evidence is None:
            things = plural(entity)
            say(f"{things} have no backtest yet: `closedwon backtest` adds to the report what the model is worth")
    try:
        write_report(list(sections.values()), out)
    except OSError as error:
        message = f"cannot write the report to {out}: {error.strerror}; name another file with --out"
        raise not_written(error, message) from None
    for entity, section in sections.items():
        log_report(store, entity, int(section.version), out)
    say(f"Report: {out}")
    return out


def _newest_night(store: Store, say: Say) -> NightRecord | None:
    try:
        night = ledger.last_published(store)
    except ClosedwonError as error:
        say(f"the newest night is not in the report: {error}")
        return None
    return None if night is None else night.record


def newest_inputs(store: Store, entity: Entity) -> Section | None:
    """The inputs of the report on the challenger, or else the champion; None if the entity has no version."""
    champion, challenger = registry.champion(store, entity), registry.challenger(store, entity)
    version = challenger or champion
    if version is None:
        return None
    scorecard, _ = registry.load_scorecard(store, entity, version)
    before = champion if challenger else registry.previous(store, entity, version)
    return Section(
        scorecard=scorecard,
        evidence=latest_evidence(store, entity, scorecard.horizon_days, scorecard.win),
        version=str(version),
        role=registry.CHALLENGER if challenger else registry.CHAMPION,
        champion=None if before is None else registry.load_scorecard(store, entity, before)[0],
        champion_version="" if before is None else str(before),
        decision=registry.decision(store, entity, version),
    )


def latest_evidence(
    store: Store, entity: Entity, horizon_days: int, win: Win = "new_business"
) -> BacktestEvidence | None:
    """The evidence of the last backtest of an entity with this horizon and this question, or None.

    Parameters
    ----------
    store : Store
    entity : {"account", "lead"}
    horizon_days : int
    win : {"new_business", "any"}

    Raises
    ------
    UsageError
        If it cannot be read, since a later closedwon wrote it.
    """
    files = (store.backtests / entity).glob(f"*/{EVIDENCE}")
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        try:
            evidence = BacktestEvidence.from_json(json.loads(file.read_text(encoding="utf-8")))
        except ValueError as error:
            raise UsageError(f"cannot read {file}: {error}, or run `closedwon backtest` again") from None
        if evidence.horizon_days == horizon_days and (evidence.win or "new_business") == win:
            return evidence
    return None
