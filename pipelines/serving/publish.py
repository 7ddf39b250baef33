"""Publishing: a night's files and its ledger entry, all or nothing.

scores/
    nights/2025-12-29_12_5f0c9a1e/
        account_scores.parquet   lead_scores.parquet
        salesforce/account_scores.csv   account_changes.csv   account_retire.csv   lead_...
        rejects/leads.csv   rejects/salesforce_lead_scores.csv        (where rows were set aside)
        manifest.json
    latest -> nights/2025-12-29_12_5f0c9a1e
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from pipelines.alignment.agreed import in_force
from pipelines.config import Config
from pipelines.delivery.import_results import keep_those_of
from pipelines.disk import sha256_of
from pipelines.errors import Refused
from pipelines.serving.earlier_nights import earlier_files
from pipelines.serving.score_files import Earlier, ScoreTable, entity_files
from pipelines.store import ledger, publication
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from pipelines.validation.rejects import write_rejects
from scoring.evidence.finding import GateResult
from scoring.nights.parts import EntityCounts, Forced, Output, ScoreFacts, TableInput
from scoring.nights.record import NightRecord
from scoring.timeline import day_number

if TYPE_CHECKING:
    import ibis

    from scoring.crm.profile import Profile


@dataclass(frozen=True)
class UnpublishedNight:
    """What is known of a night before its files are made.

    Attributes
    ----------
    as_of, scored_at : date, datetime
        When the facts were cut, and when they were scored (UTC).
    since : date
        The scoring before this one: from when on a buying signal was new.
    identity : str
        A digest of all that the scores follow from; the same night is not published twice.
    declared : str
        A digest of what the configuration says of the reading of tables.
    past : sequence of Night
        What was published before, oldest first.
    inputs : mapping of TableInput
        What was read, by table.
    facts : mapping of ScoreFacts
        What the gates looked at, by entity.
    gates : sequence of GateResult
        What each gate decided.
    forced : Forced, optional
        Who publishes against which gates.
    refused : mapping
        By entity and CRM, the ids whose last row it did not take.
    out : Path, optional
        The folder of published nights: its newest is compared with where the ledger has lost it.
    """

    as_of: date
    scored_at: datetime
    since: date
    identity: str
    declared: str = ""
    past: Sequence[Night] = ()
    inputs: Mapping[str, TableInput] = field(default_factory=dict)
    facts: Mapping[str, ScoreFacts] = field(default_factory=dict)
    gates: Sequence[GateResult] = ()
    forced: Forced | None = None
    refused: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    out: Path | None = None

    @property
    def sequence(self) -> int:
        """Which publication it is to be."""
        return max(ledger.next_sequence(self.past), 1 + publication.newest_sequence(self.out))

    @property
    def name(self) -> str:
        """The name of its folders."""
        return f"{self.as_of:%Y-%m-%d}_{self.sequence}_{self.identity[:8]}"

    def earlier(self, entity: str, trend_days: int) -> Earlier:
        """What an entity's scores are compared with."""
        found = earlier_files(self.past, self.out, entity, self.as_of, trend_days)
        return replace(found, refused=self.refused.get(entity, {}))


def publish(
    scores: Mapping[str, ScoreTable],
    out: Path,
    store: Store,
    tonight: UnpublishedNight,
    config: Config,
    *,
    profiles: Sequence[Profile],
    rejects: Mapping[str, ibis.Table | None] | None = None,
    wanted: Sequence[str] = (),
    force: bool = False,
) -> NightRecord:
    """Write a night's files and its ledger entry, and make it the latest in one step.

    Parameters
    ----------
    scores : mapping
        By entity, `account` or `lead`; at least one.
    out : path
        What `publication.prepare_folder` gave.
    store : Store
        Open for writing.
    tonight : UnpublishedNight
    config : Config
        Says what counts as changed, and how much of the past is kept.
    profiles : sequence of Profile
        The CRMs to write files for.
    rejects : mapping of tables, optional
        The input rows that were set aside, by table, with the rule each broke; None for none.
    wanted : sequence of str
        The CRMs that were asked for by name; with none, one of `profiles` must take the rows.
    force : bool
        Publish a file of all scores without a row as well, and record who did.

    Returns
    -------
    NightRecord
        As it is in the ledger. The same scores, times and past give the same files.

    Raises
    ------
    Refused
        If a score table breaks its contract, or a CRM's file of all scores would have no row. As with any other error,
        the last night stays the latest.
    """
    with ledger.entry(store, tonight.name) as entry:
        with publication.staged(out, tonight.name) as night:
            asking = Lock()
            with ThreadPoolExecutor(len(scores)) as pool:
                made = {
                    entity: pool.submit(
                        entity_files,
                        night,
                        entry,
                        entity,
                        scored,
                        tonight.earlier(entity, config.changes.trend_days),
                        as_of=day_number(tonight.as_of),
                        profiles=profiles,
                        limits=config.changes,
                        retire_days=config.changes.retire_days,
                        asking=asking,
                    )
                    for entity, scored in scores.items()
                }
            counts = {entity: done.result() for entity, done in made.items()}
            tonight = _with_rows(tonight, counts, wanted, force=force)
            tables = {name: table for name, table in (rejects or {}).items() if table is not None}
            record = NightRecord(
                night=tonight.name,
                sequence=tonight.sequence,
                as_of=tonight.as_of,
                scored_at=tonight.scored_at.replace(tzinfo=UTC),
                since=tonight.since,
                models={entity: scored.model_version for entity, scored in scores.items()},
                inputs=tonight.inputs,
                rejected={name: write_rejects(night / "rejects", name, table) for name, table in tables.items()},
                counts=counts,
                gates=tonight.gates,
                forced=tonight.forced,
                outputs=_outputs(night, sorted(path for path in night.rglob("*") if path.is_file())),
                out=str(out),
                identity=tonight.identity,
                declared=tonight.declared,
                agreement=in_force(store.path, tonight.as_of),
                facts=tonight.facts,
            )
            _write(night / publication.MANIFEST, record.manifest())
        _write(entry / ledger.RECORD, record.to_json())
    publication.make_latest(out, tonight.name)
    finish(store, out, tonight.as_of, config)
    return record


def _with_rows(
    tonight: UnpublishedNight, counts: Mapping[str, EntityCounts], wanted: Sequence[str], *, force: bool
) -> UnpublishedNight:
    """Tonight, if each CRM's file of all scores has a row, or nobody was scored; or with who publishes it all the same.

    Raises
    ------
    Refused
        If a file has none and nobody forces it: a CRM that imports it would keep its old scores, and nobody would know.
    """
    empty = [
        f"the {crm} file of {entity}s"
        for entity, counted in counts.items()
        for crm, sent in counted.delivered.items()
        if counted.scored and not sent.rows and (crm in wanted or not any(c.rows for c in counted.delivered.values()))
    ]
    if not empty:
        return tonight
    reason = (
        f"{' and '.join(empty)} would have a header and no row, for no id is a record id of this CRM: export its ids, "
        "name the field that holds these ids in [crm], or leave this CRM out"
    )
    refusal = GateResult("crm", False, reason)
    gates = (*(gate for gate in tonight.gates if gate.name != "crm"), refusal)
    if not force:
        raise Refused(f"nothing was published, the last night stays. crm: {reason}", gates)
    over = () if tonight.forced is None else tuple(why for why in tonight.forced.over if not why.startswith("crm: "))
    return replace(tonight, gates=gates, forced=Forced(getpass.getuser(), (*over, f"crm: {reason}")))


def finish(store: Store, out: Path, as_of: date, config: Config) -> None:
    """Enter what was published, and keep as much of the past as the configuration says; may be done again."""
    ledger.settle(store)
    ledger.drop_old_nights(store, as_of, keep_days=config.ledger.keep_days, features_days=config.ledger.features_days)
    keep_those_of(store, ledger.names(store))
    if publication.latest_night(out):
        publication.tidy(out, config.ledger.keep_files)


def repeated(out: Path, tonight: UnpublishedNight) -> NightRecord | None:
    """The record of the last night if it is this very one, whole in `out`: then there is nothing to do.

    Parameters
    ----------
    out : path
        What `publication.prepare_folder` gave.
    tonight : UnpublishedNight

    Returns
    -------
    NightRecord or None
        None if tonight is another night, or one of the files of the last one is missing or changed.
    """
    if not tonight.past or tonight.past[-1].record.identity != tonight.identity:
        return None
    folder, record = out / publication.LATEST, tonight.past[-1].record
    if record.declared and record.declared != tonight.declared:
        return None
    if publication.latest_night(out) != record.night:
        return None
    paths = [folder / output.path for output in record.outputs]
    there = all(path.is_file() for path in [*paths, folder / publication.MANIFEST])
    return record if there and _outputs(folder, paths) == tuple(record.outputs) else None


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _outputs(night: Path, paths: Sequence[Path]) -> tuple[Output, ...]:
    """The size and the digest of files; two names of one content are read once."""
    states = {path: path.stat() for path in paths}
    contents = {(state.st_dev, state.st_ino): path for path, state in states.items()}
    with ThreadPoolExecutor(max_workers=4) as pool:
        digests = dict(zip(contents, pool.map(sha256_of, contents.values()), strict=True))
    return tuple(
        Output(
            path.relative_to(night).as_posix(),
            states[path].st_size,
            digests[states[path].st_dev, states[path].st_ino],
        )
        for path in paths
    )
