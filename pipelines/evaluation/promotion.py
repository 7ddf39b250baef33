"""Promotion and rollback: which registered version scores."""

import getpass
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.config import Config
from pipelines.errors import Refused, UsageError
from pipelines.evaluation.promotion_evidence import compare_challenger, recipe, training_inputs
from pipelines.history.kept_history import KeptHistory
from pipelines.intake.point_in_time import Export, read_export
from pipelines.progress import Say
from pipelines.sources.engine_address import engine_at
from pipelines.store import registry
from pipelines.store.store import Store
from scoring.entity import Entity, asked_entities
from scoring.evidence.promotion.decision import Decision, Verdict
from scoring.evidence.promotion.gate import decide, decide_alone
from scoring.scorecard.scorecard import Scorecard


def promote(
    store: Store,
    config: Config,
    *,
    data: Path | str | None,
    as_of: date | None,
    asked: str | None,
    force: bool,
    say: Say,
    engine: str | None = None,
) -> dict[str, int]:
    """Make the challenger of each entity champion where the gate allows, or all of them with `force`.

    Parameters
    ----------
    store : Store
        Open for writing.
    config : Config
    data : Path, str or None
        The export to decide on, or its address; None for that on which the challenger was trained, where it still is.
    as_of : date or None
        Use what was known before this day; None for the day of the challenger's training.
    asked : str or None
        "account", "lead" or "both"; None for every entity with a challenger.
    force : bool
        Promote without asking the gate. The record then has who did so, and what the gate said if it was asked before.
    say : callable
        Takes each message.
    engine : str, optional
        The engine that holds the tables, as `engine_at` takes it. Default: DuckDB reads files.

    Returns
    -------
    dict
        The new champion's version of each entity that got one.

    Raises
    ------
    Refused
        If the gate refused any of them. Those that it allowed are promoted all the same.
    UsageError
        If there is no challenger, or no export to decide on.
    """
    waiting = [entity for entity in asked_entities(asked) if registry.challenger(store, entity) is not None]
    if not waiting:
        raise UsageError(f"there is no challenger to promote in {store.location}: run `closedwon train`")
    export: dict[tuple[Path | str, date], Export] = {}
    promoted: dict[str, int] = {}
    refusals = []
    for entity in waiting:
        scorecard, version = registry.load_scorecard(store, entity, registry.CHALLENGER)
        if force:
            before = registry.decision(store, entity, version)
            forced = replace(before or Decision(decide_alone(scorecard)), forced=True, forced_by=_who())
            promoted[entity] = registry.make_champion(store, entity, forced)
            against = "against the gate, which said" if before else "without asking the gate; its training shows"
            say(f"{entity} version {version} promoted by force, {against}: {forced.verdict.words}")
            continue
        day = as_of or scorecard.as_of
        folder = data or registry.trained_on(store, entity, version)
        if (folder, day) not in export:
            past = KeptHistory(store.history)
            with engine_at(engine) as opened:
                words = (folder, config, day, say)
                export[folder, day] = read_export(*words, history=past, engine=opened, brought="to_learn")
        known = export[folder, day]
        verdict = _decide(known, entity, scorecard, store, config, say)
        decision = Decision(verdict, as_of=day.isoformat())
        if not verdict.promoted:
            registry.record_decision(store, entity, version, decision)
            refusals.append(f"{entity} version {version}: {verdict.words}")
            continue
        promoted[entity] = registry.make_champion(store, entity, decision)
        say("\n".join([f"{entity} version {version} promoted", *(f"  {reason}" for reason in verdict.reasons)]))
    if refusals:
        raise Refused(f"not promoted: {'. '.join(refusals)}. --force overrides the gate and records it")
    return promoted


def _decide(export: Export, entity: Entity, scorecard: Scorecard, store: Store, config: Config, say: Say) -> Verdict:
    """The gate's verdict on a challenger: by past cut-offs, or where there are none, by its training."""
    config = export.scaled(config)
    before, scorecards = registry.champion(store, entity), {registry.CHALLENGER: scorecard}
    asks_anew: tuple[str, ...] = ()
    if before is not None:
        champion = registry.load_scorecard(store, entity, before)[0]
        if champion.win == scorecard.win:
            scorecards[registry.CHAMPION] = champion
        else:
            asks_anew = (
                f"not compared with the champion, version {before}, which answers another question: {champion.win}, "
                f"and this one {scorecard.win}",
            )
            before = None
    try:
        evidence = compare_challenger(
            export, entity, recipe(scorecard, config), store.backtests, scorecards if before else {}, say
        )
    except Refused as why:
        # A history too short for a backtest is no reason to have no champion at all; it is one to keep the champion.
        alone = decide_alone(scorecard)
        if before is None:
            return Verdict(alone.promoted, (*asks_anew, str(why), *alone.reasons), alone.figures)
        return Verdict(False, (f"it cannot be compared with the champion, version {before}: {why}",), alone.figures)
    inputs = training_inputs(export, scorecards)
    verdict = decide(
        evidence.comparison, scorecard=scorecard, stated=evidence.stated, inputs=inputs, without=evidence.without
    )
    return replace(verdict, reasons=(*asks_anew, *verdict.reasons))


def _who() -> str:
    """Who runs this: the user's name, or the number where the system knows no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def rollback(store: Store, *, asked: str | None, say: Say) -> dict[str, int]:
    """Return each entity to the champion before this one.

    Parameters
    ----------
    store : Store
        Open for writing.
    asked : str or None
        "account", "lead" or "both"; None for both.
    say : callable
        Takes each message.

    Returns
    -------
    dict
        The version that is champion again, by entity.

    Raises
    ------
    UsageError
        If there is no champion.
    """
    found = [entity for entity in asked_entities(asked) if registry.champion(store, entity) is not None]
    if not found:
        raise UsageError(f"there is no champion in {store.location} to return from")
    returned: dict[str, int] = {}
    for entity in found:
        before = registry.champion(store, entity)
        returned[entity] = registry.restore_champion(store, entity)
        say(f"{entity}: version {returned[entity]} is champion again, in place of version {before}")
    return returned
