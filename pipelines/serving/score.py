"""The nightly job: everything open at `as_of` is scored with the champion; if the gates let it pass, published."""

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.config import Config
from pipelines.delivery.import_results import refused
from pipelines.delivery.night_lines import consistency_lines, night_lines
from pipelines.delivery.profiles import profiles
from pipelines.errors import BadInput, Refused, UsageError
from pipelines.intake.point_in_time import Export
from pipelines.progress import Say
from pipelines.serving.earlier_nights import losses
from pipelines.serving.night_identity import identity, reading_digest
from pipelines.serving.publish import UnpublishedNight, finish, publish, repeated
from pipelines.serving.score_files import ScoreTable
from pipelines.serving.scoring_arrays import score_with_arrays
from pipelines.serving.scoring_run import EntityScores
from pipelines.store import ledger, publication, registry
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from pipelines.store.upkeep.disk_space import disk_space
from scoring.crm.cells import is_record_id
from scoring.crm.profile import Profile
from scoring.entity import ENTITIES, Entity, asked_entities, plural
from scoring.evidence.promotion.inputs import by_kind, flow
from scoring.nights.gates import decide_night
from scoring.nights.parts import EntityCounts, Forced
from scoring.nights.record import CandidateNight, NightRecord
from scoring.timeline import day_number


def score(
    export: Export,
    store: Store,
    config: Config,
    out: Path,
    *,
    crms: Sequence[str],
    asked: str | None,
    force: bool = False,
    say: Say,
) -> NightRecord:
    """Score every open entity that has a champion and publish the files to `out`.

    Parameters
    ----------
    export : Export
    store : Store
        Open for writing.
    config : Config
    out : path
        The folder for the files.
    crms : sequence of str
        The CRMs to write files for; none stands for those of the configuration.
    asked : {'account', 'lead', 'both'}, optional
        What to score; None is both.
    force : bool
        Publish against the gates, and record who did.
    say : callable
        Takes a line of progress.

    Returns
    -------
    NightRecord
        The same night again publishes nothing, and gives the record that is there.

    Raises
    ------
    UsageError
        If there is no champion, no such CRM, or `out` cannot be used.
    BadInput
        If the export lacks the table of an entity with a champion: half a night is none.
    Refused
        If there is nobody to score, a gate says no, or the scores break their contract; nothing is published.
    """
    chosen, champions = profiles(crms, config), with_champion(export, store, asked)
    folder = publication.prepare_folder(out, "score")
    ledger.settle(store)
    past = ledger.nights(store)
    if (space := disk_space(store.path, folder)) is not None and space.few:
        say(f"  the disk will soon be full: {space}; docs/operations.md says what may be deleted")
    for lost in [*ledger.damage(store, past), *losses(past, folder, champions)]:
        say(f"  damaged: {lost}")
    tonight = _tonight(export, store, config, folder, past, champions, chosen)
    if not force and (done := repeated(folder, tonight)):
        finish(store, folder, tonight.as_of, config)
        _still_fresh(export, config)
        say(f"The night as of {export.as_of} is published already, from the same tables and models: nothing to do")
        return done
    scored = _scored(export, store, champions, tonight, say)
    if not any(made.facts.rows for made, _ in scored.values()):
        raise Refused(f"nobody known before {export.as_of} is open, so nothing was published: is --as-of right?")
    named = crms or config.crm.files
    fitting = _fitting(export, champions, [profile for profile in chosen if profile.name in named])
    tonight = _decided(tonight, scored, export, config, fitting=fitting, force=force, say=say)
    record = publish(
        {entity: scores for entity, (_, scores) in scored.items()},
        folder,
        store,
        tonight,
        config,
        profiles=chosen,
        rejects={rejected.table: rejected.as_file() for rejected in export.intake.rejected_rows},
        wanted=named,
        force=force,
    )
    made = {entity: found.table for entity, (found, _) in scored.items()}
    for line in (*night_lines(record, chosen, config), *consistency_lines(made)):
        say(line)
    say(f"Published: {folder / publication.LATEST} is {record.night}")
    return record


def _still_fresh(export: Export, config: Config) -> None:
    """Refuse an export that is the last night's again, once it is too old: its job has stopped, and nobody knows.

    Raises
    ------
    Refused
        If nobody asked for this `as_of`, and it is further back than `[night.freshness] export` lets pass.
    """
    behind, most = (datetime.now(UTC).date() - export.as_of).days, config.night.freshness["export"]
    if most and not export.as_of_asked and behind > most:
        raise Refused(
            f"the export in {export.data}, as of {export.as_of}, is published already and {behind} days old, where "
            f"{most:.0f} are allowed: check that the export ran; the limit is in [night.freshness]"
        )


def with_champion(export: Export, store: Store, asked: str | None) -> list[Entity]:
    """The entities asked for that have a champion, and their table in this export.

    Raises
    ------
    UsageError
        If none has a champion.
    BadInput
        If one that has a champion has no table.
    """
    wanted = asked_entities(asked)
    found = [entity for entity in wanted if registry.champion(store, entity) is not None]
    if not found:
        missing = " or ".join(entity for entity in wanted if asked or entity in ENTITIES)
        raise UsageError(
            f"there is no champion for the entity {missing} in {store.location}: run `closedwon train`, "
            "then `closedwon promote`"
        )
    there = dict(export.tables.present())
    for entity in found:
        if plural(entity) not in there:
            raise BadInput(
                f"the champion for the entity {entity} needs the table {plural(entity)}; the export has "
                f"{', '.join(there)}. Export it, or say with --entity what to score"
            )
    return found


def _tonight(
    export: Export,
    store: Store,
    config: Config,
    out: Path,
    past: Sequence[Night],
    champions: Sequence[Entity],
    chosen: Sequence[Profile],
) -> UnpublishedNight:
    """What is known of tonight before anything is computed."""
    results = refused(store)
    untaken: dict[str, dict[str, frozenset[str]]] = {
        entity: {profile.name: results.get(entity, {}).get(profile.name, frozenset()) for profile in chosen}
        for entity in champions
    }
    return UnpublishedNight(
        as_of=export.as_of,
        scored_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        since=_since(past, export.as_of, config),
        identity=identity(
            as_of=export.as_of,
            models={entity: registry.origin(store, entity) for entity in champions},
            inputs=export.inputs,
            settings=[config.score, config.changes],
            profiles=chosen,
            out=out,
            refused=untaken,
            kept=export.kept,
        ),
        declared=reading_digest(config),
        past=past,
        inputs=export.inputs,
        refused=untaken,
        out=out,
    )


def _since(past: Sequence[Night], as_of: date, config: Config) -> date:
    """Day of the scoring before this one; a night repeated looks back as before."""
    earlier = [night.as_of for night in past if night.as_of < as_of]
    return max(earlier, default=as_of - timedelta(days=config.score.why_now_days))


def _scored(
    export: Export, store: Store, champions: Sequence[Entity], tonight: UnpublishedNight, say: Say
) -> dict[str, tuple[EntityScores, ScoreTable]]:
    found: dict[str, tuple[EntityScores, ScoreTable]] = {}
    for entity in champions:
        scorecard, version = registry.load_scorecard(store, entity)
        say(f"Scoring {plural(entity)} with version {version}")
        if scorecard.amount_rung == "none":
            say("  no win that it learned from has an amount: each counts 1, so expected revenue is expected wins")
        made = _scorer(export)(
            scorecard, str(version), export, since=day_number(tonight.since), scored_at=tonight.scored_at, say=say
        )
        found[entity] = made, ScoreTable(made.table, float(scorecard.base), str(version), made.features, made.state)
    return found


def _scorer(export: Export) -> Callable[..., EntityScores]:
    """What scores the tables where they are: in this process's DuckDB, or on another engine."""
    if export.connection.name == "duckdb":
        return score_with_arrays
    from pipelines.serving.scoring_expressions import score_with_expressions

    return score_with_expressions


def _fitting(export: Export, champions: Sequence[Entity], named: Sequence[Profile]) -> dict[str, tuple[int, int]]:
    """By CRM and entity, how many ids of the export its import takes, and of how many."""
    found: dict[str, tuple[int, int]] = {}
    tables = dict(export.tables.present())
    for entity in champions:
        ids = tables[plural(entity)]
        fits = {
            profile.name: is_record_id(ids, profile.columns[entity][0]).sum()
            for profile in named
            if entity in profile.columns
        }
        if fits:
            counts = ids.aggregate(every=ids.count(), **fits).to_pyarrow().to_pylist()[0]
            found |= {f"{crm} {plural(entity)}": (int(counts[crm] or 0), int(counts["every"])) for crm in fits}
    return found


def _decided(
    tonight: UnpublishedNight,
    scored: Mapping[str, tuple[EntityScores, ScoreTable]],
    export: Export,
    config: Config,
    *,
    fitting: Mapping[str, tuple[int, int]],
    force: bool,
    say: Say,
) -> UnpublishedNight:
    """Tonight with what the gates decided about it.

    Raises
    ------
    Refused
        If one refuses it and nobody forces it.
    """
    flowed = flow(export.tables, export.day)
    counts = None if flowed is None else flowed.to_pyarrow().to_pylist()
    candidate = CandidateNight(
        as_of=export.as_of,
        models={entity: scores.model_version for entity, (_, scores) in scored.items()},
        inputs=tonight.inputs,
        counts={entity: EntityCounts(made.facts.rows) for entity, (made, _) in scored.items()},
        facts={entity: made.facts for entity, (made, _) in scored.items()},
        flow=None if counts is None else by_kind(counts, export.day),
        weeks=None if counts is None else by_kind(counts, export.day, 7),
        fitting=fitting,
        today=None if export.as_of_asked else datetime.now(UTC).date(),
    )
    past = [night.record for night in tonight.past if not night.damage]
    # A first trial may be on last month's export; from the second night on the export has to be new.
    limits = config.night if past else replace(config.night, freshness=dict.fromkeys(config.night.freshness, 0.0))
    gates = decide_night(candidate, past, limits)
    against = [f"{gate.name}: {gate.reason}" for gate in gates if not gate.kept]
    if against and not force:
        raise Refused("nothing was published, the last night stays. " + " | ".join(against), gates)
    if against:
        say("Published by force, against: " + " | ".join(against))
    forced = Forced(getpass.getuser(), tuple(against)) if against else None
    return replace(tonight, facts=candidate.facts, gates=gates, forced=forced)
