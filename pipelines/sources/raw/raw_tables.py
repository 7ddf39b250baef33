"""The tables of a raw export as they are, before anybody says which of them is what."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_file import Torn
from pipelines.sources.raw.raw_cells import plain_query
from scoring.crm.layout import raw_key
from scoring.sql_text import literal, quoted

#: The schema of the export's own tables, in a layout and in `crm.sql`.
RAW = "raw"
#: The database file itself: the schemas of `raw` are views on it, with the parts of objects as columns.
FILE = f"{RAW}_file"
#: So many rows of SQLite are read at once, and so many show what its columns hold.
_AT_ONCE, _FIRST = 50_000, 1_000


@dataclass(frozen=True)
class RawRelation:
    """A table of a raw export.

    Attributes
    ----------
    name : str
        As messages say it: that of the file without suffix, date and number of a part, or of the database table.
    address : tuple of str
        How SQL names it, from the catalog on: ``("raw", "Opportunity")``.
    types : mapping of str
        The type of each column, as DuckDB calls it, by its name in the export.
    files : tuple of str
        In messages.
    paths : tuple of Path
        The same on the disk.
    notes : tuple of str
        What was read differently from how it was written.
    torn : tuple of Torn
        Rows that cannot be read.
    digest : str
        SHA-256 of its content, where it is no file but a table of a database elsewhere.
    """

    name: str
    address: tuple[str, ...]
    types: Mapping[str, str]
    files: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    torn: tuple[Torn, ...] = ()
    digest: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, str]:
        """The columns by `raw_key`; of two with one key the first."""
        found: dict[str, str] = {}
        for name in self.types:
            found.setdefault(raw_key(name), name)
        return found


def unique(header: Iterable[str]) -> Iterator[str]:
    """Names as exported; a second of one name, or one without a name, gets a number: DuckDB knows no capitals."""
    known: set[str] = set()
    for i, name in enumerate(header, 1):
        plain = " ".join(name.split()) or f"column {i}"
        if plain.casefold() in known:
            plain = f"{plain} {i}"
        known.add(plain.casefold())
        yield plain


def of_duckdb(con: Any, data: Path, wanted: Callable[[str], bool]) -> Iterator[RawRelation]:
    """The tables and views of a DuckDB database, read in place.

    Parameters
    ----------
    con : DuckDB connection
    data : Path
    wanted : callable
        Whether a table of this name is needed.
    """
    con.execute(f"ATTACH {literal(str(data))} AS {FILE} (READ_ONLY)")
    con.execute(f"ATTACH ':memory:' AS {RAW}")
    inside = f"WHERE database_name = '{FILE}'"
    rows = con.execute(
        f"SELECT schema_name, table_name FROM duckdb_tables() {inside} UNION "
        f"SELECT schema_name, view_name FROM duckdb_views() {inside} AND NOT internal ORDER BY ALL"
    ).fetchall()
    for schema, name in rows:
        if wanted(name):
            own, whole = (f"{base}.{quoted(schema)}.{quoted(name)}" for base in (FILE, RAW))
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}.{quoted(schema)}")
            con.execute(f"CREATE VIEW {whole} AS {plain_query(con, own, name) or f'FROM {own}'}")
            types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {whole}").fetchall()}
            yield RawRelation(name, (RAW, schema, name), types, (data.name,), (data,))


def of_sqlite(con: Any, data: Path, wanted: Callable[[str], bool], *, filled: bool) -> Iterator[RawRelation]:
    """The tables and views of a SQLite database, copied as text: SQLite has a type for each cell.

    Parameters
    ----------
    con : DuckDB connection
        With the schema `raw`.
    data : Path
    wanted : callable
        Whether a table of this name is needed.
    filled : bool
        Whether all rows are read, and not only the first.

    Raises
    ------
    BadInput
        If the database cannot be read.
    """
    try:
        database = sqlite3.connect(f"{data.absolute().as_uri()}?mode=ro", uri=True)
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ).fetchall()
        for (name,) in names:
            if not wanted(name):
                continue
            cursor = database.execute(f"SELECT * FROM {quoted(name)}")
            header = list(unique([column[0] for column in cursor.description]))
            schema = pa.schema([(column, pa.string()) for column in header])
            whole = f"{RAW}.{quoted(name)}"
            con.execute(f"CREATE TABLE {whole} ({', '.join(f'{quoted(column)} VARCHAR' for column in header)})")
            while rows := cursor.fetchmany(_AT_ONCE if filled else _FIRST):
                cells = [[None if cell is None else str(cell) for cell in column] for column in zip(*rows, strict=True)]
                con.register("sqlite_rows", pa.table(cells, schema=schema))
                con.execute(f"INSERT INTO {whole} FROM sqlite_rows")
                con.unregister("sqlite_rows")
                if not filled:
                    break
            if found := plain_query(con, whole, name):
                con.execute(f"CREATE OR REPLACE TABLE {whole} AS {found}")
            types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {whole}").fetchall()}
            yield RawRelation(name, (RAW, name), types, (data.name,), (data,))
        database.close()
    except sqlite3.Error as error:
        raise BadInput(f"{data.name} cannot be read: {error}") from error
