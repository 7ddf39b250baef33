"""CRM tables in files: those of a folder, or a DuckDB or SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from pipelines.errors import BadInput, UsageError
from pipelines.sources.csv_file import Torn, load_csv, sniff
from scoring.contracts.cells import column_key
from scoring.contracts.crm import CONTRACTS

#: The column that tells the rows of one export apart. No result may depend on its order.
ROW = "__row"
SUFFIXES = (".parquet", ".csv", ".csv.gz")
TABLES = tuple(contract.table for contract in CONTRACTS)


@dataclass(frozen=True)
class Source:
    """One CRM table as it was found.

    Attributes
    ----------
    table : str
        Its name in the contract.
    path : Path
    raw : ibis.Table
        Its rows, with columns named by `column_key`, and `ROW`.
    copied : bool
        Whether the rows were copied to the connection; those of a Parquet file are read from the file.
    typed : bool
        Whether the export has column types; in a CSV file everything is text.
    torn : tuple of Torn
        Rows of a CSV file that cannot be read.
    notes : tuple of str
        What was read differently from how it was written.
    left_out : int
        Rows that are marked as deleted and their like, which are not in `raw`.
    gone : ibis.Table, optional
        Their ids, in the column ``gone``, and in ``master`` the id of the record into which one was merged.
    names : mapping of str
        By column, its name as exported.
    """

    table: str
    path: Path
    raw: ibis.Table
    copied: bool
    typed: bool
    torn: tuple[Torn, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: int = 0
    gone: ibis.Table | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The columns of the export."""
        return [column for column in self.raw.columns if column != ROW]

    def forget(self, connection: Any) -> None:
        """Drop what was opened for this table; ``raw`` cannot be read any more."""
        kind = "TABLE" if self.copied else "VIEW"
        connection.con.execute(f"DROP {kind} raw_{self.table}")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise `BadInput` with the name of the file if it cannot be read: truncated, corrupt, gone, or no permission."""
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}") from error
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
        raise BadInput(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error


def open_sources(connection: Any, data: Path) -> dict[str, Source]:
    """Find the tables of the contract in a folder or database, and open them.

    Parameters
    ----------
    connection : ibis DuckDB backend
    data : Path
        A folder with ``<table>.parquet``, ``.csv`` or ``.csv.gz``, or a DuckDB or SQLite database.

    Raises
    ------
    UsageError
        If ``data`` does not exist.
    BadInput
        If a file cannot be read, or there are two files of one table.
    """
    if data.is_dir():
        files = {table: _file_of(data, table) for table in TABLES}
        return {table: _from_file(connection, table, path) for table, path in files.items() if path is not None}
    if not data.exists():
        raise UsageError(f"--data {data} does not exist: name a folder with the CRM tables, or a database file")
    with data.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3"):
        return _from_sqlite(connection, data)
    if start[8:12] == b"DUCK":
        return _from_duckdb(connection, data)
    raise BadInput(f"{data.name} is neither a folder nor a DuckDB or SQLite database")


def _file_of(folder: Path, table: str) -> Path | None:
    found = [folder / (table + suffix) for suffix in SUFFIXES if (folder / (table + suffix)).is_file()]
    if len(found) > 1:
        raise BadInput(f"the table {table} is there twice: {' and '.join(p.name for p in found)}; keep one of them")
    return found[0] if found else None


def _from_file(connection: Any, table: str, path: Path) -> Source:
    name = f"raw_{table}"
    with reading(path):
        if path.suffix == ".parquet":
            raw = connection.read_parquet(path, table_name=name, file_row_number=True)
            return source_of(table, path, raw, raw.file_row_number, raw.columns[:-1], copied=False, typed=True)
        dialect = sniff(path)
        numbered = [f"{i}:{column_key(column)}" for i, column in enumerate(dialect.header)]
        torn = load_csv(connection.con, path, numbered, dialect, name)
        raw = connection.table(name)
        return source_of(table, path, raw, raw.rowid(), dialect.header, copied=True, typed=False, torn=torn)


def _from_duckdb(connection: Any, path: Path) -> dict[str, Source]:
    with reading(path):
        connection.attach(path, name="crm", read_only=True)
        found = connection.con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'crm' UNION "
            "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'crm' AND NOT internal"
        ).fetchall()
        sources = {}
        for table in TABLES:
            matches = [(schema, name) for schema, name in found if name.lower() == table]
            if len(matches) > 1:
                raise BadInput(f"the table {table} is in several schemas of {path.name}; keep one of them")
            for schema, name in matches:
                # Copied, so that a view is read once and the rows have an identity.
                raw = connection.create_table(f"raw_{table}", connection.table(name, database=("crm", schema)))
                sources[table] = source_of(table, path, raw, raw.rowid(), raw.columns, copied=True, typed=True)
        return sources


def _from_sqlite(connection: Any, path: Path) -> dict[str, Source]:
    """The tables of a SQLite database, read as text like CSV: SQLite has a type for each cell, not for each column."""
    sources = {}
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        for table in TABLES:
            for name in (n for n in names if n.lower() == table):
                cursor = database.execute(f'SELECT * FROM "{name}"')
                header = [column[0] for column in cursor.description]
                schema = pa.schema([(f"{i}:{column_key(column)}", pa.string()) for i, column in enumerate(header)])
                raw = connection.create_table(f"raw_{table}", schema=ibis.Schema.from_pyarrow(schema))
                while rows := cursor.fetchmany(50_000):
                    cells = [
                        [None if c is None or isinstance(c, bytes) else str(c) for c in column]
                        for column in zip(*rows, strict=True)
                    ]
                    batch = pa.table(cells, schema=schema)
                    connection.insert(f"raw_{table}", batch)
                sources[table] = source_of(table, path, raw, raw.rowid(), header, copied=True, typed=False)
        database.close()
    except sqlite3.Error as error:
        raise BadInput(f"{path.name} cannot be read: {error}") from error
    return sources


def source_of(
    table: str,
    path: Path,
    raw: ibis.Table,
    row: Any,
    header: Any,
    *,
    copied: bool,
    typed: bool,
    torn: tuple[Torn, ...] = (),
) -> Source:
    """A table with its columns named by `column_key`.

    Parameters
    ----------
    table : str
        Its name in the contract.
    path : Path
        Its file or database.
    raw : ibis.Table
        The columns of `header`, in order, and perhaps others after them.
    row : ibis.Value
        The number that tells the rows apart.
    header : sequence of str
        The names of the columns as exported.
    copied, typed : bool
        As in `Source`.
    torn : tuple of Torn
        Rows that cannot be read.

    Raises
    ------
    BadInput
        If two columns have the name of one column of the contract.
    """
    contract_fields = next(contract.fields for contract in CONTRACTS if contract.table == table)
    columns: dict[str, Any] = {}
    names: dict[str, str] = {}
    notes = []
    for found, name in zip(raw.columns, header, strict=False):
        key = column_key(name) or "unnamed"
        if key not in columns:
            columns[key], names[key] = raw[found], str(name).strip()
        elif key in contract_fields:
            raise BadInput(f"{path.name} has the column {key} twice: which one is meant? Remove the other")
        else:
            notes.append(f"{table}: the column {key!r} is there twice; the second is ignored")
    return Source(table, path, raw.select(**columns, **{ROW: row}), copied, typed, torn, tuple(notes), names=names)
