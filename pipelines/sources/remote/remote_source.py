"""A database elsewhere as a source: what of it is copied into the DuckDB of this process."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.sources.database import matched_tables
from pipelines.sources.found import Found
from pipelines.sources.raw.raw_tables import RAW, RawRelation, unique
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.database import RemoteDatabase, RemoteTable
from pipelines.sources.source import header_key, source_of
from scoring.sql_text import quoted

#: Gives the columns of a table that are needed, in small letters; None for all.
Used = Callable[[str], Collection[str] | None]


@contextmanager
def open_database(address: Address) -> Iterator[RemoteDatabase]:
    """The database at an address, until the block ends.

    Raises
    ------
    UsageError
        If its package is not installed, or there is no connection.
    """
    database = _connected(address)
    try:
        yield database
    finally:
        database.close()


def _connected(address: Address) -> RemoteDatabase:
    if address.is_postgresql:
        try:
            from pipelines.sources.remote.postgresql_tables import PostgresqlTables
        except ImportError as error:
            raise UsageError(f"{address} needs a package ({error.name}): pip install 'closedwon[postgres]'") from error
        return PostgresqlTables(address)
    from pipelines.sources.remote.ibis_tables import IbisTables

    return IbisTables.at(address)


def open_remote(connection: Any, address: Address) -> Found:
    """The tables of the contract in a database, copied in blocks.

    Parameters
    ----------
    connection : ibis DuckDB backend
    address : Address

    Raises
    ------
    UsageError
        If there is no connection, or no such schema.
    BadInput
        If a table cannot be read, or is there twice.
    """
    with open_database(address) as database:
        found = [table for table in database.tables(address.schemas) if table.columns]
        several = len({table.schema for table in found}) > 1
        by_name = {table.shown if several else table.name: table for table in found}
        named, notes = matched_tables({shown: table.name for shown, table in by_name.items()}, str(address))
        sources, digests = {}, {}
        for contract, shown in named.items():
            table = by_name[shown]
            columns = {f"{i}:{header_key(column.name)}": column for i, column in enumerate(table.readable)}
            database.copy(connection.con, table, columns, f"raw_{contract}")
            raw = connection.table(f"raw_{contract}")
            digests[table.shown] = digest_of(connection.con, f"raw_{contract}")
            header = [column.name for column in table.readable]
            files = {table.shown: Path(table.shown)}
            sources[contract] = source_of(contract, files, raw, raw.rowid(), header, copied=True, typed=True)
            notes += table.notes()
    return Found(sources, tuple(notes), {}, {}, digests)


def remote_heads(address: Address) -> tuple[list[RawRelation], tuple[str, ...]]:
    """The tables of a database with the names of their columns, and its schemas; no row is read.

    Parameters
    ----------
    address : Address
    """
    with open_database(address) as database:
        found = database.tables(address.schemas)
    schemas = address.schemas or tuple(sorted({table.schema for table in found} - {""}))
    return [_relation(name, table) for name, table in _named(found)], schemas


def remote_raw(con: Any, address: Address, wanted: Callable[[str], bool], used: Used) -> list[RawRelation]:
    """The tables of a raw export in a database, copied in blocks.

    Parameters
    ----------
    con : DuckDB connection
        They come into its schema `raw`.
    address : Address
    wanted : callable
        Whether a table of this name is needed: others are not read.
    used : callable
        The columns of a table that are needed, in small letters; None for all.

    Raises
    ------
    BadInput
        If a table that is needed cannot be read.
    """
    with open_database(address) as database:
        return [
            _copied(con, database, table, name, used(name))
            for name, table in _named(database.tables(address.schemas))
            if wanted(name)
        ]


def _copied(
    con: Any, database: RemoteDatabase, table: RemoteTable, name: str, used: Collection[str] | None
) -> RawRelation:
    whole = f"{RAW}.{quoted(name)}"
    named = dict(zip(unique(column.name for column in table.readable), table.readable, strict=True))
    columns = {key: column for key, column in named.items() if used is None or key.casefold() in used}
    # Rows are counted, also where none of their columns is needed.
    columns = columns or dict(list(named.items())[:1])
    database.copy(con, table, columns, whole)
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {whole}").fetchall()}
    shown_as = (table.shown,), (Path(table.shown),)
    return RawRelation(name, (RAW, name), types, *shown_as, tuple(table.notes()), digest=digest_of(con, whole))


def _relation(name: str, table: RemoteTable) -> RawRelation:
    """A table that is not copied. Of one that may not be read all columns count: that it is needed shows in them."""
    columns = table.columns if table.remedy else table.readable
    named = unique(column.name for column in columns)
    types = {key: column.kind for key, column in zip(named, columns, strict=True)}
    return RawRelation(name, (RAW, name), types, (table.shown,), (Path(table.shown),), tuple(table.notes()))


def _named(tables: Sequence[RemoteTable]) -> Iterator[tuple[str, RemoteTable]]:
    """Each table with the name that it gets: with its schema where two schemas have one of that name."""
    found = [table for table in tables if table.columns]
    schemas = {table.schema for table in found}
    count = Counter(table.name.casefold() for table in found)
    names = [
        f"{table.schema}/{table.name}" if len(schemas) > 1 and count[table.name.casefold()] > 1 else table.name
        for table in found
    ]
    yield from zip(unique(names), found, strict=True)


def digest_of(con: Any, whole: str) -> str:
    """The SHA-256 of what a table holds, in whatever order its rows are.

    Parameters
    ----------
    con : DuckDB connection
    whole : str
        The SQL of its name.
    """
    described = con.execute(f"DESCRIBE {whole}").fetchall()
    columns = ", ".join(quoted(row[0]) for row in described)
    counted = con.execute(f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM {whole}").fetchall()
    return hashlib.sha256(repr(([row[:2] for row in described], counted)).encode()).hexdigest()
