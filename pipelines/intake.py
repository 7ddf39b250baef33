"""The door: reads the CRM tables, sets bad rows aside, and hands on what everything else trusts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis

from pipelines.activity_log import fold
from pipelines.attribute_types import Attribute, Kind, attributes_of
from pipelines.config import Config, Engine
from pipelines.day_store import Kept
from pipelines.failures import BadInput
from pipelines.inspection import ADDRESSES, Accepted, Inspection
from pipelines.rejects import Aside, Reject, write_rejects
from pipelines.sources import Source, column_key, digest, open_sources, reading
from scoring.contracts.crm import CONTRACTS, LEADS
from scoring.tables import Log, Tables

#: A table and its history describe the same attributes, so these must have one type.
HISTORIES = {"accounts": "account_history", "leads": "lead_history"}
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

    def write_rejects(self, folder: Path) -> tuple[Path, ...]:
        """Write the rejected rows, each with its rule, to ``<folder>/<table>.csv``; return the files."""
        return write_rejects(self.connection, self.asides, folder)


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
    kept: Kept | None = None,
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
    kept : Kept, optional
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
        digests = {path.name: beside.submit(digest, path) for path in sorted({s.path for s in sources.values()})}
        for contract in CONTRACTS:
            if contract.table not in sources:
                continue
            source = sources[contract.table]
            tables = {name: done.table for name, done in accepted.items()}
            inspection = Inspection(
                connection, source, contract, attributes.get(contract.table, {}), tables, config.input, latest, assured
            )
            with reading(source.path):
                if contract.table == "activities":
                    accepted["activities"], log = fold(inspection, kept, say)
                else:
                    accepted[contract.table] = inspection.run()
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


def connect(workspace: Path | None = None, memory_gb: float = Engine.memory_gb) -> Any:
    """Connect Ibis to a DuckDB in memory: in UTC, silent, spilling to ``workspace``, downloading nothing."""
    # Ibis would spend seconds on merging selects, which DuckDB does by itself.
    ibis.options.sql.fuse_selects = False
    # DuckDB makes the folder when it spills; its own default is the current directory.
    spill = (workspace or Path(tempfile.gettempdir())) / f"closedwon-{os.getpid()}"
    connection = ibis.duckdb.connect(temp_directory=spill, autoinstall_known_extensions=False)
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute(f"SET memory_limit = '{memory_gb}GB'")
    # Asked first: in a notebook that has no widgets the bar is off, and DuckDB fails on the mere setting.
    if connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.con.execute("SET enable_progress_bar = false")
    return connection


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


def attributes_by_table(
    connection: Any, sources: Mapping[str, Source], config: Config
) -> tuple[dict[str, dict[str, Attribute]], list[str]]:
    """The attributes of each table, a table and its history in agreement, and notes on columns left out."""
    found: dict[str, dict[str, Attribute]] = {}
    notes = [note for source in sources.values() for note in source.notes]
    dropped = {column_key(name) for name in config.attributes.drop}
    for contract in CONTRACTS:
        if contract.table not in sources:
            continue
        source = sources[contract.table]
        named = (*contract.fields, *(ADDRESSES if contract.table == "leads" else ()))
        others = [c for c in source.columns if c not in named and c not in dropped]
        if contract.attributes:
            with reading(source.path):
                found[contract.table] = attributes_of(connection, source.raw, others, typed=source.typed)
            if contract.table == "lead_history":
                words = LEADS.fields.keys() & others
                found[contract.table] |= dict.fromkeys(words, Attribute(Kind.WORD, tidy=False))
        elif others:
            notes.append(f"{contract.table}: ignored columns without a meaning in this table: {_some(others)}")
    for table, history in HISTORIES.items():
        here, there = found.get(table, {}), found.get(history, {})
        for column in here.keys() & there.keys():
            both = here[column].joined(there[column])
            here[column], there[column] = both, both
    for table, attributes in found.items():
        for kind in (Kind.PERSONAL, Kind.NESTED):
            columns = [c for c, attribute in attributes.items() if attribute.kind is kind]
            if columns:
                notes.append(f"{table}: ignored columns with {kind.value}: {_some(columns)}")
    return found, notes


def _some(columns: list[str]) -> str:
    return ", ".join(columns[:10]) + (f" and {len(columns) - 10} more" if len(columns) > 10 else "")
