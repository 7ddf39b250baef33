"""Promotion and rollback: which registered version scores."""

import getpass
import os
from datetime import date
from pathlib import Path

from pipelines.config import Config
from pipelines.errors import Refused, UsageError
from pipelines.evaluation.promotion_evidence import judged_by, learned_from, recipe
from pipelines.intake.point_in_time import Export, read_export
from pipelines.progress import Say
from pipelines.store import registry
from pipelines.store.store import Store
from scoring.entities import Entity
from scoring.evidence.gate import Limits, Verdict, decide, decide_alone
from scoring.scorecard import Scorecard


def promote(
    store: Store,
    config: Config,
    *,
    data: Path | None,
    as_of: date | None,
    asked: str | None,
    force: bool,
    say: Say,
) -> dict[str, int]:
    """Make the challenger of each entity champion where the gate allows, or all of them with `force`.

    Parameters
    ----------
    data : Path or None
        The export to judge on; None for the one that the challenger was trained on, where it still lies.
    as_of : date or None
        Judge by what was known before it; None for the day of the challenger's training.
    force : bool
        Promote without asking the gate, and record who did, beside what it said of this version if it was asked.

    Returns
    -------
    dict
        The new champion's version of each entity that got one.

    Raises
    ------
    Refused
        If the gate said no to any of them. Those it said yes to are promoted all the same.
    UsageError
        If there is no challenger, or no export to judge it on.
    """
    names: list[Entity] = [entity for entity in ("account", "lead") if asked in (None, "both", entity)]
    waiting = [entity for entity in names if registry.challenger(store, entity) is not None]
    if not waiting:
        raise UsageError(f"there is no challenger to promote in {store.place}: run `closedwon train`")
    export: dict[tuple[Path, date], Export] = {}
    promoted: dict[str, int] = {}
    refusals = []
    for entity in waiting:
        scorecard, version = registry.load_scorecard(store, entity, registry.CHALLENGER)
        if force:
            said = registry.verdict(store, entity, version)
            facts = (said or decide_alone(scorecard).record()) | {"forced": True, "forced_by": _who()}
            promoted[entity] = registry.promote(store, entity, facts)
            against = "against the gate, which said" if said else "unjudged; of its training"
            say(f"{entity} version {version} promoted by force, {against}: {facts['reasons']}")
            continue
        day = as_of or scorecard.as_of
        place = data or registry.trained_on(store, entity, version)
        if (place, day) not in export:
            export[place, day] = read_export(place, config, day, say)
        verdict = _judged(export[place, day], entity, scorecard, store, config, say)
        facts = verdict.record() | {"forced": False, "judged_as_of": day.isoformat()}
        if not verdict.promoted:
            registry.record_verdict(store, entity, version, facts)
            refusals.append(f"{entity} version {version}: {verdict.words}")
            continue
        promoted[entity] = registry.promote(store, entity, facts)
        say("\n".join([f"{entity} version {version} promoted", *(f"  {reason}" for reason in verdict.reasons)]))
    if refusals:
        raise Refused(f"not promoted: {'. '.join(refusals)}. --force overrides the gate and records it")
    return promoted


def _judged(export: Export, entity: Entity, scorecard: Scorecard, store: Store, config: Config, say: Say) -> Verdict:
    before, scorecards = registry.champion(store, entity), {registry.CHALLENGER: scorecard}
    if before is not None:
        scorecards[registry.CHAMPION] = registry.load_scorecard(store, entity, before)[0]
    try:
        evidence = judged_by(
            export, entity, recipe(scorecard, config), store.backtests, scorecards if before else {}, say
        )
    except Refused as why:
        # A history too short to judge by is no reason to have no champion at all; it is one to keep the champion.
        alone = decide_alone(scorecard)
        if before is None:
            return Verdict(alone.promoted, (str(why), *alone.reasons), alone.figures)
        return Verdict(False, (f"it cannot be compared with the champion, version {before}: {why}",), alone.figures)
    evidence |= learned_from(export, scorecards)
    return decide(evidence, scorecard=scorecard, limits=Limits(worst_ratio=config.gate.worst_ratio))


def _who() -> str:
    """Who runs this: a name, or where the system knows none of this user, as in a container, the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def rollback(store: Store, *, asked: str | None, say: Say) -> dict[str, int]:
    """Return each entity to the champion before this one."""
    names = ["account", "lead"] if asked in (None, "both") else [asked]
    there = [entity for entity in names if registry.champion(store, entity) is not None]
    if not there:
        raise UsageError(f"there is no champion in {store.place} to return from")
    returned = {}
    for entity in there:
        before = registry.champion(store, entity)
        returned[entity] = registry.rollback(store, entity)
        say(f"{entity}: version {returned[entity]} is champion again, in place of version {before}")
    return returned
