"""Promotion and rollback: which registered version scores."""

from pipelines import registry
from pipelines.failures import Refused, UsageError
from pipelines.store import Store
from pipelines.view import Say
from scoring.evidence.gate import judge


def promote(store: Store, *, asked: str | None, force: bool, say: Say) -> dict[str, int]:
    """Make the challenger of each entity champion where the gate allows, or all of them with `force`.

    Returns
    -------
    dict
        The new champion's version of each entity that got one.

    Raises
    ------
    Refused
        If the gate said no to any of them. Those it said yes to are promoted all the same.
    UsageError
        If there is no challenger.
    """
    names = ["account", "lead"] if asked in (None, "both") else [asked]
    waiting = [entity for entity in names if registry.challenger(store, entity) is not None]
    if not waiting:
        raise UsageError(f"there is no challenger to promote in {store.place}: run `closedwon train`")
    promoted: dict[str, int] = {}
    refusals = []
    for entity in waiting:
        card, version = registry.load_scorecard(store, entity, registry.CHALLENGER)
        verdict = judge(card)
        facts = verdict.record() | {"forced": force and not verdict.promoted}
        reasons = "; ".join(verdict.reasons)
        if not (verdict.promoted or force):
            registry.record_verdict(store, entity, version, facts)
            refusals.append(f"{entity} version {version}: {reasons}")
            continue
        promoted[entity] = registry.promote(store, entity, facts)
        word = "promoted" if verdict.promoted else "promoted by force, against the gate"
        say(f"{entity} version {version} {word}: {reasons}")
    if refusals:
        raise Refused(f"not promoted: {'. '.join(refusals)}. --force overrides the gate and records it")
    return promoted


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
