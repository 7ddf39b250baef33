"""The tables of a PostgreSQL database: read in one read-only transaction, and copied in blocks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
from pyarrow import csv

from pipelines.errors import BadInput, UsageError
from pipelines.redaction import one_line
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.database import RemoteColumn, RemoteTable
from scoring.sql_text import quoted

#: So many bytes of rows are in memory at once; a longer row is alone in its block.
BLOCK = 16 << 20
#: How values are written, whatever the role or the database has set. The settings end with the transaction, so that
#: they are kept where a pooler gives each transaction another session.
SETTINGS = (
    "TimeZone = 'UTC'",
    "DateStyle = 'ISO, YMD'",
    "IntervalStyle = 'postgres'",
    "bytea_output = 'hex'",
    "extra_float_digits = 1",
)
#: Where the address and the environment say nothing: how long to wait for an answer, and for a server that is gone.
CONNECTION = {
    "connect_timeout": ("PGCONNECT_TIMEOUT", 30),
    "application_name": ("PGAPPNAME", "closedwon"),
    "keepalives_idle": ("", 30),
    "keepalives_interval": ("", 10),
    "keepalives_count": ("", 6),
    "tcp_user_timeout": ("", 90_000),
}
#: All tables, views, materialized views, foreign and partitioned tables with their columns; a partition is read as part
#: of its table, and what an extension brought is no table of anybody's. A domain is what it is made of.
COLUMNS = """
WITH RECURSIVE made_of AS (
    SELECT n.nspname, c.oid AS relation, c.relname, a.attnum, a.attname, a.atttypid AS kind, a.atttypmod AS modifier
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%%'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT m.nspname, m.relation, m.relname, m.attnum, m.attname, t.typbasetype, t.typtypmod FROM made_of m
    JOIN pg_catalog.pg_type t ON t.oid = m.kind WHERE t.typtype = 'd'
)
SELECT m.nspname, m.relname, m.attname,
    CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname ELSE '' END, m.modifier,
    m.attname IS NOT NULL AND has_column_privilege(m.relation, m.attnum, 'SELECT'),
    has_schema_privilege(m.nspname, 'USAGE'), row_security_active(m.relation)
FROM made_of m LEFT JOIN pg_catalog.pg_type t ON t.oid = m.kind
WHERE t.typtype IS DISTINCT FROM 'd' ORDER BY m.nspname, m.relname, m.attnum"""
#: The types that have the same meaning in DuckDB. What others hold (enumerations, codes, documents, lists) is text.
TYPES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
}
#: A number of any size: what its column holds tells how it is read.
NUMERIC = "NUMERIC"
_TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")


class PostgresqlTables:
    """A PostgreSQL database, all of whose tables are read as they are at one moment.

    The user needs no right but to read: nothing is created in the database.

    Parameters
    ----------
    address : Address

    Raises
    ------
    UsageError
        If there is no connection.
    """

    def __init__(self, address: Address) -> None:
        self._where = address.shown
        try:
            settings = psycopg.conninfo.conninfo_to_dict(address.url)
            unsaid: dict[str, Any] = {
                name: value for name, (known, value) in CONNECTION.items() if not _is_set(name, known, settings)
            }
            self._connection = psycopg.connect(
                address.url, client_encoding="UTF8", prepare_threshold=None, **unsaid
            )  # fmt: skip
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
            for setting in SETTINGS:
                self._connection.execute(f"SET LOCAL {setting}".encode())
        except psycopg.Error as error:
            raise UsageError(f"no connection to {self._where}: {one_line(error)}") from None

    def tables(self, schemas: Sequence[str]) -> list[RemoteTable]:
        """The tables of some schemas; without any, of the one schema that has tables.

        Raises
        ------
        UsageError
            If there is no such schema, or several have tables and none is named.
        BadInput
            If no schema has a table, or the server does not answer.
        """
        try:
            rows = self._connection.execute(COLUMNS.encode()).fetchall()
            names = self._connection.execute("SELECT nspname FROM pg_catalog.pg_namespace").fetchall()
        except psycopg.Error as error:
            raise BadInput(f"the tables of {self._where} cannot be listed: {one_line(error)}") from None
        there = {str(row[0]) for row in names}
        found = [_table(list(columns)) for columns in _by_table(rows)]
        have = {table.schema for table in found if not table.remedy} or {table.schema for table in found}
        if missing := [schema for schema in schemas if schema not in there]:
            raise UsageError(
                f"{self._where}: there is no schema {missing[0]} in this database, whose schemas with tables are "
                f"{_listed(have)}: name one with ?schema=NAME"
            )
        if not schemas and len(have) > 1:
            raise UsageError(
                f"{self._where}: {len(have)} schemas of this database have tables ({_listed(have)}): name one with "
                "?schema=NAME, or several that belong together with commas"
            )
        kept = [table for table in found if table.schema in (schemas or have)]
        if not kept:
            where = f"the schema {' and '.join(schemas)}" if schemas else "this database"
            raise BadInput(
                f"{self._where}: {where} has no table: name the database and, with ?schema=NAME, the schema in which "
                "the tables are"
            )
        return kept

    def copy(self, con: Any, table: RemoteTable, columns: Mapping[str, RemoteColumn], into: str) -> None:
        """Copy columns of a table, in blocks, into a new table of DuckDB, by the names that they get there.

        Raises
        ------
        BadInput
            If it cannot be read to its end.
        """
        if table.remedy:
            raise BadInput(f"{table.shown} cannot be read: {table.remedy}")
        whole = f"{quoted(table.schema)}.{quoted(table.name)}"
        try:
            kinds = self._kinds(whole, columns)
            described = ", ".join(f"{quoted(name)} {kind}" for name, kind in kinds.items())
            con.execute(f"CREATE TABLE {into} ({described})")
            cells = ", ".join(f"{_cell(kind, i)} AS {quoted(name)}" for i, (name, kind) in enumerate(kinds.items()))
            read = ", ".join(f"e.{quoted(column.name)}::pg_catalog.text" for column in columns.values())
            statement = f"COPY (SELECT {read} FROM {whole} e) TO STDOUT (FORMAT csv)"
            for block in self._blocks(statement):
                con.register("remote_rows", _parsed(block, len(columns)))
                con.execute(f"INSERT INTO {into} SELECT {cells} FROM remote_rows")
                con.unregister("remote_rows")
        except psycopg.Error as error:
            raise BadInput(self._stopped(table, error)) from None
        except duckdb.ConversionException as error:
            raise BadInput(f"{table.shown} cannot be read: {str(error).splitlines()[0]}") from None
        except pa.ArrowInvalid as error:
            raise BadInput(
                f"{table.shown} cannot be read: {str(error).splitlines()[0]}; it must hold text in UTF-8"
            ) from None

    def _kinds(self, whole: str, columns: Mapping[str, RemoteColumn]) -> dict[str, str]:
        """The type that each column gets: a number of any size is a whole one if all in its column are."""
        numbers = [column.name for column in columns.values() if column.kind == NUMERIC]
        asked = ", ".join(
            f"coalesce(bool_and(scale(trim_scale(e.{quoted(n)})) = 0 AND abs(e.{quoted(n)}) < 1e18), false)"
            for n in numbers
        )
        row = self._connection.execute(f"SELECT {asked} FROM {whole} e".encode()).fetchone() if numbers else ()
        whole_ones = {name for name, is_whole in zip(numbers, row or (), strict=True) if is_whole}
        return {
            name: ("BIGINT" if column.name in whole_ones else "DOUBLE") if column.kind == NUMERIC else column.kind
            for name, column in columns.items()
        }

    def _blocks(self, statement: str) -> Iterator[bytes]:
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            rows: list[bytes] = []
            size = 0
            for row in copy:
                rows.append(bytes(row))
                size += len(row)
                if size >= BLOCK:
                    yield b"".join(rows)
                    rows, size = [], 0
            if rows:
                yield b"".join(rows)

    def _stopped(self, table: RemoteTable, error: psycopg.Error) -> str:
        if self._connection.broken or self._connection.closed:
            return (
                f"the connection to {self._where} ended while {table.shown} was read ({one_line(error)}): nothing was "
                "changed; run it again when the server is there"
            )
        if isinstance(error, psycopg.errors.QueryCanceled):
            return (
                f"the server stopped the reading of {table.shown} ({one_line(error)}): let this user read for longer "
                "(ALTER ROLE ... SET statement_timeout), or run it again when less is going on there"
            )
        return f"{table.shown} cannot be read: {one_line(error)}"

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _is_set(name: str, variable: str, settings: Mapping[str, Any]) -> bool:
    """Whether the address or the environment says a parameter of the connection."""
    services = "service" in settings or bool(os.environ.get("PGSERVICE"))
    return name in settings or services or bool(variable and os.environ.get(variable))


def _listed(names: set[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:20]) + (f" and {len(found) - 20} more" if len(found) > 20 else "") or "none"


def _by_table(rows: Sequence[Any]) -> Iterator[list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(row)
    yield from found.values()


def _table(rows: list[Any]) -> RemoteTable:
    """A table of the rows of its columns."""
    schema, name, *_, usage, secured = rows[0]
    columns = tuple(
        RemoteColumn(str(column), _kind(kind, modifier), hidden=not readable)
        for _, _, column, kind, modifier, readable, _, _ in rows
        if column is not None
    )
    remedy = ""
    if not usage or (columns and all(column.hidden for column in columns)):
        granted = f"GRANT SELECT ON {quoted(schema)}.{quoted(name)}, and USAGE ON SCHEMA {quoted(schema)}, to this user"
        remedy = f"this user may not; {granted}"
    partly = "its policies show this user only some of its rows" if secured else ""
    return RemoteTable(str(schema), str(name), columns, remedy, partly)


def _kind(kind: str, modifier: int) -> str:
    if kind != "numeric":
        return TYPES.get(kind, "VARCHAR")
    digits, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    return f"DECIMAL({digits}, {scale})" if modifier >= 0 and scale <= digits <= 38 else NUMERIC


def _cell(kind: str, index: int) -> str:
    """The SQL of a cell as it was sent: as PostgreSQL writes text."""
    cell = f"c{index}"
    if kind in _TIMES:
        # No end, or no beginning, is no time; DuckDB writes the time before our era in brackets, after the day.
        before = f"WHEN {cell} LIKE '% BC' THEN regexp_replace({cell}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2')::{kind}"
        return f"CASE WHEN {cell} LIKE '%infinity' THEN NULL {before} ELSE {cell}::{kind} END"
    if kind.startswith("DECIMAL"):
        return f"nullif({cell}, 'NaN')::{kind}"
    return cell if kind == "VARCHAR" else f"{cell}::{kind}"


def _parsed(block: bytes, columns: int) -> pa.Table:
    names = [f"c{index}" for index in range(columns)]
    return csv.read_csv(
        pa.py_buffer(block),
        read_options=csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
