"""The nightly job: everything open at `as_of` scored with the champion, and published."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis

from pipelines import registry
from pipelines.config import Config
from pipelines.failures import UsageError
from pipelines.publish import Scores, publish
from pipelines.staging import MANIFEST
from pipelines.store import Store
from pipelines.view import Say, View
from scoring.crm.profile import Profile
from scoring.crm.salesforce import SALESFORCE
from scoring.entities import Entity
from scoring.features.build import build, snapshots
from scoring.features.facts import Market, market
from scoring.features.spec import Feature, declared
from scoring.priority import prioritised
from scoring.reasons import explained
from scoring.scorecard import scored
from scoring.timeline import Grid, calendar_date, day_number

PROFILES: Mapping[str, Profile] = {SALESFORCE.name: SALESFORCE}


def score(
    seen: View, store: Store, config: Config, out: Path, *, crms: Sequence[str], asked: str | None, say: Say
) -> dict[str, Any]:
    """Score every open entity that has a champion and publish the files to `out`.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    UsageError
        If there is no champion, or no such CRM.
    Refused
        If the scores break their contract; nothing is published.
    """
    unknown = [crm for crm in crms if crm not in PROFILES]
    if unknown:
        raise UsageError(f"--crm {unknown[0]} is not known; there is {', '.join(PROFILES)}")
    there: dict[str, object] = {"account": seen.tables.accounts, "lead": seen.tables.leads}
    wanted: list[Entity] = [
        e for e in ("account", "lead") if there[e] is not None and asked in (None, "both", e)
    ]
    champions = [entity for entity in wanted if registry.champion(store, entity) is not None]
    if not champions:
        named = " or ".join(wanted) or asked
        raise UsageError(
            f"there is no champion for the entity {named} in {store.path}: run `closedwon train`, then "
            "`closedwon promote`"
        )
    scored_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    since = last_scored(out, seen.as_of) or seen.day - config.score.why_now_days
    tables: dict[str, Scores] = {}
    for entity in champions:
        card, version = registry.load_scorecard(store, entity)
        say(f"Scoring {entity}s with version {version}")
        table = score_table(card, str(version), seen, since=since, scored_at=scored_at, say=say)
        tables[entity] = Scores(seen.keep(table), float(card["base"]), str(version))
    manifest = publish(
        tables,
        out,
        as_of=seen.as_of,
        scored_at=scored_at,
        profiles=[PROFILES[crm] for crm in crms or PROFILES],
        since=calendar_date(since),
        inputs=seen.inputs,
        rejects={aside.table: aside.as_file() for aside in seen.intake.asides},
    )
    for entity, counts in manifest["counts"].items():
        say(f"{counts['scored']:,} {entity}s scored as of {seen.as_of}")
    return manifest


def score_table(
    card: dict[str, Any], version: str, seen: View, *, since: int, scored_at: datetime, say: Say
) -> ibis.Table:
    """The published score table of one entity, as an expression."""
    features, market_, absent = card_features(card, seen)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((seen.day,))
    looks = snapshots(market_.own, grid)
    frame = seen.keep(build(features, market_, looks, grid))
    told = explained(card, scored(card, frame), as_of=seen.day, since=since)
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    return prioritised(told, card["entity"], as_of=seen.day, scored_at=stamp, model_version=version)


def card_features(card: dict[str, Any], seen: View) -> tuple[list[Feature], Market, list[str]]:
    """The features a scorecard reads, the facts they are made from, and the columns this export lacks."""
    features = [declared(item) for item in card["features"]]
    facts, absent = market(seen.tables, card["entity"], keep=seen.keep).conformed(features)
    return features, facts, absent


def last_scored(out: Path, as_of: date) -> int | None:
    """Day of the scoring before this one, as the files in `out` tell; a night repeated looks back as far as before."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        before = date.fromisoformat(manifest["as_of"])
        if before == as_of:
            before = date.fromisoformat(manifest["since"])
    except (OSError, ValueError, KeyError):
        return None
    return day_number(before) if before < as_of else None
