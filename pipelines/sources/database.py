"""The CRM tables of a DuckDB or SQLite database."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.errors import BadInput
from pipelines.redaction import nameless
from pipelines.sources.folder.table_names import TABLES, table_meaning
from pipelines.sources.formats.parquet_file import as_text, text_columns
from pipelines.sources.source import Source, header_key, source_of
from scoring.sql_text import quoted

_AT_ONCE = 50_000
_MANY = 40


def tables_of_duckdb(connection: Any, path: Path) -> tuple[dict[str, Source], list[str]]:
    """The tables of a DuckDB database, copied, and notes on what is not read.

    Parameters
    ----------
    connection : ibis DuckDB backend
    path : Path

    Raises
    ------
    BadInput
        If a table is there twice.
    """
    con = connection.con
    connection.attach(path, name="crm", read_only=True)
    found = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'crm' UNION "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'crm' AND NOT internal ORDER BY ALL"
    ).fetchall()
    schemas = {schema for schema, _ in found}
    shown = {(s, n): n if len(schemas) == 1 else f"{s}.{n}" for s, n in found}
    named, notes = matched_tables({shown[address]: address[1] for address in found}, path.name)
    sources = {}
    for table, name in named.items():
        schema, written = next(address for address, words in shown.items() if words == name)
        whole = f"crm.{quoted(schema)}.{quoted(written)}"
        header = copied(con, whole, f"raw_{table}")
        raw = connection.table(f"raw_{table}")
        sources[table] = source_of(table, {path.name: path}, raw, raw.rowid(), header, copied=True, typed=True)
    return sources, notes


def copied(con: Any, whole: str, into: str) -> list[str]:
    """The header of a table or view that is copied, so that a view is read once and the rows have an identity.

    Parameters
    ----------
    con : DuckDB connection
    whole : str
        The SQL of its name.
    into : str
        The SQL of the name of the copy, whose columns are numbered as those of all files are.
    """
    described = con.execute(f"DESCRIBE FROM {whole}").fetchall()
    header, types = [row[0] for row in described], [row[1] for row in described]
    texts = text_columns(con, whole, header, types)
    cells = ", ".join(
        f"{as_text(column) if column in texts else quoted(column)} AS {quoted(f'{i}:{header_key(column)}')}"
        for i, column in enumerate(header)
    )
    con.execute(f"CREATE TABLE {into} AS SELECT {cells} FROM {whole}")
    return header


def tables_of_sqlite(connection: Any, path: Path) -> tuple[dict[str, Source], list[str]]:
    """The tables of a SQLite database, read as text like CSV: SQLite has a type for each cell, not for each column.

    Parameters
    ----------
    connection : ibis DuckDB backend
    path : Path

    Raises
    ------
    BadInput
        If the database cannot be read, or a table is there twice.
    """
    sources = {}
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        named, notes = matched_tables({row[0]: row[0] for row in found}, path.name)
        for table, name in named.items():
            try:
                cursor = database.execute(f"SELECT * FROM {quoted(name)}")
            except sqlite3.Error as error:
                raise BadInput(
                    f"{name} in {path.name} cannot be read: {error}; if it is a view, what it reads from is not there"
                ) from error
            header = [column[0] for column in cursor.description]
            schema = pa.schema([(f"{i}:{header_key(column)}", pa.string()) for i, column in enumerate(header)])
            columns = ", ".join(f"{quoted(column)} VARCHAR" for column in schema.names)
            connection.con.execute(f"CREATE TABLE raw_{table} ({columns})")
            while rows := cursor.fetchmany(_AT_ONCE):
                cells = [[_text(cell) for cell in column] for column in zip(*rows, strict=True)]
                connection.con.register("sqlite_rows", pa.table(cells, schema=schema))
                connection.con.execute(f"INSERT INTO raw_{table} FROM sqlite_rows")
                connection.con.unregister("sqlite_rows")
            raw = connection.table(f"raw_{table}")
            sources[table] = source_of(table, {path.name: path}, raw, raw.rowid(), header, copied=True, typed=False)
        database.close()
    except sqlite3.Error as error:
        raise BadInput(f"{path.name} cannot be read: {error}") from error
    return sources, notes


def _text(cell: Any) -> str | None:
    if isinstance(cell, bytes):
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return None
    return None if cell is None else str(cell)


def matched_tables(
    found: dict[str, str], where: str, remedy: str = "make a view of that name"
) -> tuple[dict[str, str], list[str]]:
    """Which table of a database is which table of the contract, and notes on those that are not read.

    Parameters
    ----------
    found : dict of str
        The name of each table, by its name in messages.
    where : str
        The database or schema, in messages.
    remedy : str
        What to do with a table of another name.

    Raises
    ------
    BadInput
        If a table is there twice.
    """
    by_table: dict[str, list[str]] = defaultdict(list)
    unknown, notes = [], []
    for shown, name in found.items():
        means = table_meaning(name)
        if means.table and not (means.numbers or means.date or means.copy):
            by_table[means.table].append(shown)
        elif table := means.table or means.probably:
            notes.append(f"{where}: {shown} is not read: no table has this name; if it is the table {table}, {remedy}")
        else:
            unknown.append(shown)
    for table, names in by_table.items():
        if len(names) > 1:
            raise BadInput(f"the table {table} is in {where} twice: {' and '.join(names)}; keep one of them")
    if unknown:
        notes.append(f"{where}: not read, since no table has such a name: {_some(unknown)}")
    return {table: by_table[table][0] for table in TABLES if table in by_table}, [nameless(note) for note in notes]


def _some(names: list[str]) -> str:
    return ", ".join(names[:_MANY]) + (f" and {len(names) - _MANY} more" if len(names) > _MANY else "")
