"""The nightly job: everything open at `as_of` scored with the champion, and published."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis

from pipelines import registry
from pipelines.config import Config
from pipelines.failures import BadInput, Refused, UsageError
from pipelines.publish import Scores, publish
from pipelines.staging import MANIFEST
from pipelines.store import Store
from pipelines.view import Past, Say, View
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
    BadInput
        If the export lacks the table of an entity with a champion: half a night is none.
    Refused
        If there is nobody to score, or the scores break their contract; nothing is published.
    """
    chosen, champions = profiles(crms), with_champion(seen, store, asked)
    scored_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    since = last_scored(out, seen.as_of) or seen.day - config.score.why_now_days
    tables: dict[str, Scores] = {}
    open_entities = 0
    for entity in champions:
        card, version = registry.load_scorecard(store, entity)
        say(f"Scoring {entity}s with version {version}")
        table = score_table(card, str(version), seen, since=since, scored_at=scored_at, say=say)
        kept = seen.keep(table)
        open_entities += int(kept.count().execute())
        tables[entity] = Scores(kept, float(card["base"]), str(version))
    if not open_entities:
        raise Refused(f"nobody known before {seen.as_of} is open: nothing was published; is --as-of the day you mean?")
    manifest = publish(
        tables,
        out,
        as_of=seen.as_of,
        scored_at=scored_at,
        profiles=chosen,
        since=calendar_date(since),
        inputs=seen.inputs,
        rejects={aside.table: aside.as_file() for aside in seen.intake.asides},
    )
    for entity, counts in manifest["counts"].items():
        say(f"{counts['scored']:,} {entity}s scored as of {seen.as_of}")
    return manifest


def profiles(crms: Sequence[str]) -> list[Profile]:
    """The CRMs to write files for: those named, or all.

    Raises
    ------
    UsageError
        If one is not known.
    """
    unknown = [crm for crm in crms if crm not in PROFILES]
    if unknown:
        raise UsageError(f"--crm {unknown[0]} is not known; there is {', '.join(PROFILES)}")
    return [PROFILES[crm] for crm in dict.fromkeys(crms or PROFILES)]


def with_champion(seen: View, store: Store, asked: str | None) -> list[Entity]:
    """The entities asked for that have a champion, and their table in this export.

    Raises
    ------
    UsageError
        If none has a champion.
    BadInput
        If one that has a champion has no table.
    """
    wanted: list[Entity] = [entity for entity in ("account", "lead") if asked in (None, "both", entity)]
    found = [entity for entity in wanted if registry.champion(store, entity) is not None]
    if not found:
        raise UsageError(
            f"there is no champion for the entity {' or '.join(wanted)} in {store.place}: run `closedwon train`, "
            "then `closedwon promote`"
        )
    there = dict(seen.tables.present())
    for entity in found:
        if f"{entity}s" not in there:
            raise BadInput(
                f"the champion for the entity {entity} needs the table {entity}s; the export has "
                f"{', '.join(there)}. Export it, or say with --entity what to score"
            )
    return found


def score_table(
    card: dict[str, Any], version: str, seen: Past, *, since: int, scored_at: datetime, say: Say
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


def card_features(card: dict[str, Any], seen: Past) -> tuple[list[Feature], Market, list[str]]:
    """The features a scorecard reads, the facts they are made from, and the columns this export lacks."""
    features = [declared(item) for item in card["features"]]
    found = market(seen.tables, card["entity"], keep=seen.keep)
    facts, absent = found.conformed(features, card["encodings"])
    return features, facts, absent


def last_scored(out: Path, as_of: date) -> int | None:
    """Day of the scoring before this one, as the files in `out` tell; a night repeated looks back as before."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        before = date.fromisoformat(manifest["as_of"])
        if before == as_of:
            before = date.fromisoformat(manifest["since"])
    except (OSError, ValueError, KeyError):
        return None
    return day_number(before) if before < as_of else None
