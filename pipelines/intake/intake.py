"""The door: reads the CRM tables, sets bad rows aside, and hands on what everything else trusts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.disk import sha256_of
from pipelines.errors import BadInput
from pipelines.intake.activity_log import fold
from pipelines.intake.column_types import attributes_by_table
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.intake.rejects import Aside, Reject
from pipelines.intake.validation import Accepted, Validation
from pipelines.sources.duckdb import connect
from pipelines.sources.files import Source, open_sources, reading
from scoring.contracts.crm import CONTRACTS
from scoring.tables import Log, Tables

#: Clocks and time zones differ: a day later than now is not yet the future.
SLACK = timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """Rows of one table: read = accepted + rejected."""

    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Intake:
    """The accepted tables and what was noticed on the way.

    Attributes
    ----------
    tables : Tables
        On ``connection``.
    connection : ibis DuckDB backend
        Its session time zone is UTC.
    rejects : tuple of Reject
        By table and rule.
    counts : mapping of Count
        By table.
    digests : mapping of str
        SHA-256 by file name.
    notes : tuple of str
        What was read differently from how it was written.
    last_known : mapping of datetime
        The latest time at which anything became known, by table; tables without dates are left out.
    """

    tables: Tables
    connection: Any
    rejects: tuple[Reject, ...]
    counts: Mapping[str, Count]
    digests: Mapping[str, str]
    notes: tuple[str, ...]
    last_known: Mapping[str, datetime]
    asides: tuple[Aside, ...] = ()


def latest_day(intake: Intake) -> date:
    """The last day (UTC) on which anything became known; ``as_of`` the day after knows all there is.

    Raises
    ------
    BadInput
        If no table has a date.
    """
    if not intake.last_known:
        raise BadInput("no row of the tables has a date, so there is no last day; give --as-of")
    return max(intake.last_known.values()).date()


def read_tables(
    data: Path,
    config: Config,
    *,
    now: datetime | None = None,
    workspace: Path | None = None,
    kept: EngagementCache | None = None,
    assured: bool = True,
    say: Callable[[str], None] = lambda text: None,
) -> Intake:
    """Read and validate the CRM tables in a folder or database.

    Parameters
    ----------
    data : Path
        A folder with ``<table>.parquet``, ``.csv`` or ``.csv.gz``, or a DuckDB or SQLite database.
    config : Config
    now : datetime, optional
        Nothing can have happened more than a day after it. Default: the present. Naive means UTC.
    workspace : Path, optional
        A folder for what does not fit memory; it must outlive the intake.
    kept : EngagementCache, optional
        The engagement days of the nights before.
    assured : bool
        Whether pandera judges the accepted tables once more.
    say : callable
        Told how far a long reading is.

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
    sources = open_sources(connection, data)
    require_tables(sources, data)
    attributes, notes = attributes_by_table(connection, sources, config)
    accepted: dict[str, Accepted] = {}
    log: Log | None = None
    with ThreadPoolExecutor(1) as beside:
        digests = {path.name: beside.submit(sha256_of, path) for path in sorted({s.path for s in sources.values()})}
        for contract in CONTRACTS:
            if contract.table not in sources:
                continue
            source = sources[contract.table]
            tables = {name: done.table for name, done in accepted.items()}
            validation = Validation(
                connection, source, contract, attributes.get(contract.table, {}), tables, config.input, latest, assured
            )
            with reading(source.path):
                if contract.table == "activities":
                    accepted["activities"], log = fold(validation, kept, say)
                else:
                    accepted[contract.table] = validation.run()
    require_somebody(accepted)
    return handed_on(accepted, connection, {name: found.result() for name, found in digests.items()}, notes, log)


def handed_on(
    accepted: Mapping[str, Accepted],
    connection: Any,
    digests: Mapping[str, str],
    notes: Iterable[str],
    log: Log | None = None,
) -> Intake:
    """What the door hands on of the tables that it accepted; `notes` are what was noticed before."""
    counts = {}
    for name, done in accepted.items():
        rejected = sum(reject.count for reject in done.rejects)
        counts[name] = Count(done.read, done.read - rejected, rejected)
    return Intake(
        tables=Tables(**{name: done.table for name, done in accepted.items()}, log=log),
        connection=connection,
        rejects=tuple(reject for done in accepted.values() for reject in done.rejects),
        counts=counts,
        digests=digests,
        notes=(*notes, *(note for done in accepted.values() for note in done.notes)),
        last_known={name: done.last_known for name, done in accepted.items() if done.last_known is not None},
        asides=tuple(done.aside for done in accepted.values()),
    )


def _utc(now: datetime | None) -> datetime:
    now = now or datetime.now(UTC)
    return now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now


def require_tables(sources: Mapping[str, Source], data: Path | str) -> None:
    """Raise `BadInput` without deals, or without anybody who could win one."""
    found = f"{data} has {', '.join(sources) or 'none of the tables'}"
    if "opportunities" not in sources:
        raise BadInput(f"the table opportunities is missing: {found}; export the deals, open and closed")
    if "accounts" not in sources and "leads" not in sources:
        raise BadInput(f"neither accounts nor leads are there: {found}; export one of the two, or both")


def require_somebody(accepted: Mapping[str, Accepted]) -> None:
    """Raise `BadInput` if there is nobody to score."""
    somebody = [accepted[name] for name in ("accounts", "leads") if name in accepted]
    if not any(done.read for done in somebody):
        names = " and ".join(done.aside.table for done in somebody)
        raise BadInput(f"the table {names} has no rows: there is nobody to score")
