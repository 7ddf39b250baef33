"""The intake: it reads the CRM tables, sets bad rows aside, and gives the tables that everything else trusts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.disk import sha256_of
from pipelines.errors import BadInput
from pipelines.intake.activity_log import fold_activities
from pipelines.intake.bots.set_aside import without_bots
from pipelines.intake.deleted_rows import without_deleted
from pipelines.intake.ended_records import without_ended
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.intake.open_amounts import with_open_amounts
from pipelines.intake.persons.removal import without_persons
from pipelines.intake.required_tables import require_records, require_tables
from pipelines.intake.versions import with_versions
from pipelines.progress import Say
from pipelines.sources.duckdb import connect
from pipelines.sources.files import Address, Source, open_sources, reading
from pipelines.sources.repeated_headers import without_headers
from pipelines.validation.column_names import named_columns
from pipelines.validation.column_types import attributes_by_table
from pipelines.validation.ids.identities import identities_of
from pipelines.validation.ids.left_out import left_out_ids
from pipelines.validation.ids.merged import with_masters
from pipelines.validation.rejects import Reject, RejectedRows
from pipelines.validation.table_validation import Accepted, Validation
from pipelines.validation.twice_encoded import encoded_once
from scoring.cells.cells import column_key
from scoring.contracts.crm import CONTRACTS, with_words
from scoring.tables import Log, Tables

#: Clocks and time zones differ: only what is more than a day later than now lies in the future.
SLACK = timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """The numbers of rows of one table: read = accepted + rejected + left out (deleted, copies, older versions).

    ``lines`` counts ids that have the lines of one deal, ``unknown`` by column the rows that name no known record,
    ``linked`` by step the leads whose account was found.
    """

    read: int
    accepted: int
    rejected: int
    left_out: int = 0
    lines: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    linked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Intake:
    """The accepted tables, and what was found while they were read.

    Attributes
    ----------
    tables : Tables
        On ``connection``.
    connection : ibis DuckDB backend
        Its session time zone is UTC.
    rejects : tuple of Reject
        How many rows broke which rule, by table and rule.
    counts : mapping of Count
        By table.
    digests : mapping of str
        SHA-256 by file name; for a member of an archive, of the archive.
    notes : tuple of str
        What was read differently from how it was written.
    last_known : mapping of datetime
        The latest time at which anything became known, by table; tables without dates are left out.
    rejected_rows : tuple of RejectedRows
        By table.
    read_from : mapping of tuple of str
        The names of the files of each table, or of the database.
    identities : mapping of ibis.Table
        What tells accounts and leads apart, by table, where it was asked for: see `identities_of`.
    share : float
        Of the companies, how many ``tables`` hold: less than 1 where those of an engine were too many to learn from.
    """

    tables: Tables
    connection: Any
    rejects: tuple[Reject, ...]
    counts: Mapping[str, Count]
    digests: Mapping[str, str]
    notes: tuple[str, ...]
    last_known: Mapping[str, datetime]
    rejected_rows: tuple[RejectedRows, ...] = ()
    read_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identities: Mapping[str, ibis.Table] = field(default_factory=dict)
    share: float = 1.0


def latest_day(intake: Intake) -> date:
    """The last day (UTC) on which anything became known; an ``as_of`` one day later includes everything.

    Raises
    ------
    BadInput
        If no table has a date.
    """
    if not intake.last_known:
        raise BadInput("no row of the tables has a date, so there is no last day; give --as-of")
    return max(intake.last_known.values()).date()


def read_tables(
    data: Path | Address,
    config: Config,
    *,
    now: datetime | None = None,
    workspace: Path | None = None,
    cache: EngagementCache | None = None,
    with_pandera: bool = True,
    with_identities: bool = False,
    say: Say = lambda text: None,
) -> Intake:
    """Read and validate the CRM tables in a folder or database.

    Parameters
    ----------
    data : Path or Address
        A folder, a zip archive, a workbook, a DuckDB or SQLite database, or a database elsewhere.
    config : Config
        Its sections ``input``, ``attributes`` and ``engine`` are used.
    now : datetime, optional
        Nothing can have happened more than a day after it. Default: the present. Naive means UTC.
    workspace : Path, optional
        A folder for what does not fit memory; it must outlive the intake.
    cache : EngagementCache, optional
        The engagement days of the nights before.
    with_pandera : bool
        Whether pandera validates the accepted tables a second time.
    with_identities : bool
        Whether to keep what tells accounts and leads apart, for `match`.
    say : callable
        Takes each line of progress of a long reading.

    Raises
    ------
    BadInput
        If a table is missing, cannot be read or lacks a required column, or too many rows break a rule.
    UsageError
        If ``data`` does not exist.

    Notes
    -----
    The order of rows in the files changes nothing in the result.
    """
    latest = _utc(now) + SLACK
    connection = connect(workspace, config.engine.memory_gb)
    found = open_sources(connection, data)
    require_tables(found.tables, data, found.perhaps)
    sources, hints = named_columns(found.tables, config.input.columns, config.input.words)
    present = present_rows(connection, sources, config)
    sources = {t: s if s.raw is sources[t].raw else s.computed(connection) for t, s in present.items()}
    identities = identities_of(connection, sources) if with_identities else {}
    attributes, notes = attributes_by_table(connection, sources, config)
    accepted: dict[str, Accepted] = {}
    left_out: dict[str, ibis.Table] = {}
    log: Log | None = None
    with ThreadPoolExecutor(1) as executor:
        files = {name: path for s in sources.values() for name, path in zip(s.files, s.paths, strict=True)}
        files = {name: path for name, path in files.items() if name not in found.digests}
        hashes = {path: executor.submit(sha256_of, path) for path in sorted(set(files.values()))}
        for contract in (each for each in CONTRACTS if each.table in sources):
            source = sources[contract.table]
            validation = Validation(
                connection,
                source,
                with_words(contract, config.input.words),
                attributes.get(contract.table, {}),
                {name: done.table for name, done in accepted.items()},
                config.input,
                latest,
                with_pandera,
                gone_of(sources),
                {**left_out},
                matching=config.matching,
            )
            with reading(source.name):
                if contract.table == "activities":
                    accepted["activities"], log = fold_activities(validation, cache, say)
                else:
                    accepted[contract.table] = validation.run()
            left_out |= left_out_ids(connection, source, accepted[contract.table])
    require_records(accepted)
    digests = dict(found.digests)
    for name, path in files.items():
        with reading(name):
            digests[name] = hashes[path].result()
    found.require_unchanged()
    intake = intake_of(accepted, connection, digests, [*found.notes, *notes, *hints], log)
    with_amounts, amount_notes = with_open_amounts(intake.tables, config.input)
    read_from = {table: source.files for table, source in sources.items()}
    notes = [*intake.notes, *amount_notes]
    return replace(intake, tables=with_amounts, notes=tuple(notes), read_from=read_from, identities=identities)


def intake_of(
    accepted: Mapping[str, Accepted],
    connection: Any,
    digests: Mapping[str, str],
    notes: Iterable[str],
    log: Log | None = None,
) -> Intake:
    """The intake of tables that were accepted.

    Parameters
    ----------
    accepted : mapping of Accepted
        By table.
    connection : ibis DuckDB backend
    digests : mapping of str
        SHA-256 by file name.
    notes : iterable of str
        What was found before the tables were validated.
    log : Log, optional
        The activities, if they were folded.
    """
    counts = {}
    for name, done in accepted.items():
        rejected = sum(reject.count for reject in done.rejects)
        good = done.read - rejected - done.left_out
        counts[name] = Count(done.read, good, rejected, done.left_out, done.lines, done.unknown, done.linked)
    return Intake(
        tables=replace(with_versions(accepted), log=log),
        connection=connection,
        rejects=tuple(reject for done in accepted.values() for reject in done.rejects),
        counts=counts,
        digests=digests,
        notes=(*notes, *(note for done in accepted.values() for note in done.notes)),
        last_known={name: done.last_known for name, done in accepted.items() if done.last_known is not None},
        rejected_rows=tuple(done.rejected_rows for done in accepted.values()),
    )


def present_rows(connection: Any, sources: Mapping[str, Source], config: Config) -> dict[str, Source]:
    """The tables without what is of a person, repeated headers, and rows that are marked as deleted and their like.

    Text encoded twice is mended.

    Parameters
    ----------
    connection : ibis backend
    sources : mapping of Source
        By table.
    config : Config
        Its section ``attributes`` names columns to trust.
    """
    found = {}
    for table, source in sources.items():
        with reading(source.name):
            found[table] = encoded_once(connection, without_headers(source))
    for table, source in without_persons(connection, found, set(map(column_key, config.attributes.trust))).items():
        with reading(source.name):
            present = without_deleted(connection, without_ended(connection, source))
            found[table] = without_bots(connection, with_masters(connection, present), config.input)
    return found


def gone_of(sources: Mapping[str, Source]) -> dict[str, ibis.Table]:
    """The ids of deleted records, by table."""
    return {table: source.gone for table, source in sources.items() if source.gone is not None}


def _utc(now: datetime | None) -> datetime:
    now = now or datetime.now(UTC)
    return now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
