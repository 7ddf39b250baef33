"""CRM tables in files: those of a folder, an archive or a workbook, or of a DuckDB or SQLite database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import BadInput, UsageError
from pipelines.redaction import nameless
from pipelines.sources.database import tables_of_duckdb, tables_of_sqlite
from pipelines.sources.folder.items import TableFile
from pipelines.sources.folder.listing import is_read, list_export
from pipelines.sources.folder.table_names import TABLES as TABLES
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_encoding import as_utf8
from pipelines.sources.formats.csv_file import Torn, load_csv
from pipelines.sources.formats.parquet_file import as_text, grouped_by_columns, parquet_columns, select, text_columns
from pipelines.sources.formats.workbook import load_sheet
from pipelines.sources.found import Found as Found
from pipelines.sources.found import reading as reading
from pipelines.sources.found import stamp_of
from pipelines.sources.raw.mapping import open_mapping
from pipelines.sources.remote.address import Address as Address
from pipelines.sources.remote.downloads import local
from pipelines.sources.remote.remote_source import open_remote
from pipelines.sources.source import ROW as ROW
from pipelines.sources.source import Source as Source
from pipelines.sources.source import header_key, keyed_columns
from scoring.contracts.contract import Contract
from scoring.contracts.crm import CONTRACTS
from scoring.sql_text import quoted


def open_sources(connection: Any, data: Path | Address) -> Found:
    """Find the tables of the contract in files or a database, and open them.

    Parameters
    ----------
    connection : ibis DuckDB backend
    data : Path or Address
        A folder, a zip archive, a workbook, a DuckDB or SQLite database, a mapping in SQL, or a database elsewhere.

    Raises
    ------
    UsageError
        If ``data`` does not exist.
    BadInput
        If a file cannot be read, or there are two files of one table.
    """
    data = local(data)
    if isinstance(data, Address):
        return open_remote(connection, data)
    if not data.exists():
        raise UsageError(f"--data {data} does not exist: name a folder with the CRM tables, or a database file")
    if data.suffix.lower() == ".sql" and data.is_file():
        return open_mapping(connection, data)
    with reading(data.name):
        if not data.is_dir() and not is_read(data):
            return _of_database(connection, data)
        listing = list_export(data)
    files = [file for parts in listing.files.values() for file in parts]
    stamps = {}
    for file in files:
        with reading(file.name):
            stamps[file.origin] = stamp_of(file.origin)
    # What is unpacked or converted is copied to the connection, and gone again when this ends.
    with tempfile.TemporaryDirectory(prefix="closedwon-") as scratch:
        tables = {
            contract.table: _from_files(connection, contract, listing.files[contract.table], Path(scratch))
            for contract in CONTRACTS
            if contract.table in listing.files
        }
    # The names of files and sheets are anybody's: notes are printed, and kept where `check --json` says.
    return Found(tables, tuple(nameless(note) for note in listing.notes), listing.perhaps, stamps)


def _of_database(connection: Any, data: Path) -> Found:
    with data.open("rb") as file:
        start = file.read(16)
    stamps = {data: stamp_of(data)}
    if start.startswith(b"SQLite format 3"):
        tables, notes = tables_of_sqlite(connection, data)
        stamps = {}  # another program may write to it all day; what is read is one state of it
    elif start[8:12] == b"DUCK":
        tables, notes = tables_of_duckdb(connection, data)
    else:
        raise BadInput(f"{data.name} is neither a folder nor a DuckDB or SQLite database")
    return Found(tables, tuple(notes), {}, stamps)


def _from_files(connection: Any, contract: Contract, files: list[TableFile], scratch: Path) -> Source:
    opened = _from_parquet if files[0].kind == "Parquet" else _from_text
    return opened(connection, contract, files, scratch)


def _from_parquet(connection: Any, contract: Contract, files: list[TableFile], scratch: Path) -> Source:
    table, con = contract.table, connection.con
    paths = {}
    for file in files:
        with reading(file.name):
            paths[file.on_disk(scratch)] = file.name
    each = []
    for path, name in paths.items():
        with reading(name):
            each.append(parquet_columns(con, path))
    groups = grouped_by_columns(each)
    names = [paths[group.paths[0]] for group in groups]
    found, notes, kinds, written = [], list[str](), dict[str, set[str]](), dict[str, str]()
    for group, name in zip(groups, names, strict=True):
        keyed = keyed_columns(table, name, group.found, group.header)
        found.append(columns := keyed.columns)
        notes += keyed.notes
        written = {**keyed.names, **written}
        types = dict(zip(group.found, group.types, strict=True))
        for key, column in columns.items():
            kinds.setdefault(key, set()).add(types[column])
    notes += lacking_columns(contract, dict(zip(names, found, strict=True)))
    for key, types_of_key in kinds.items():
        nested = {kind for kind in types_of_key if kind.endswith(("]", ")")) and not kind.startswith("DECIMAL")}
        if nested and nested != types_of_key:
            raise BadInput(
                f"the parts of the table {table} do not go together: the column {key} is "
                f"{' and '.join(sorted(types_of_key))}; export it alike in all"
            )
    statements = []
    for i, (group, columns) in enumerate(zip(groups, found, strict=True)):
        with reading(names[i]):
            texts = text_columns(con, group.scan(), group.found, group.types)
        types = dict(zip(group.found, group.types, strict=True))
        cells = [
            (as_text(column) if column in texts else _cell(column, types[column], kinds[key]), key)
            for key, column in columns.items()
        ]
        statements.append(select(group, cells, i, ROW))
    # A column that takes the place of the number of a row cannot be read in place.
    copied = any(file.member for file in files) or not all(group.numbered for group in groups)
    with reading(names[0]):
        try:
            kind = "TABLE" if copied else "TEMP VIEW"
            con.execute(f"CREATE OR REPLACE {kind} raw_{table} AS {' UNION ALL BY NAME '.join(statements)}")
        except (duckdb.BinderException, duckdb.ConversionException) as error:
            raise BadInput(
                f"the parts of the table {table} do not go together: {str(error).splitlines()[0]}"
            ) from error
    raw = connection.table(f"raw_{table}")
    left_out = tuple(dict.fromkeys(notes))
    return Source(table, _names(files), _paths(files), raw, copied, True, notes=left_out, names=written)


def _cell(column: str, kind: str, kinds: set[str]) -> str:
    """The SQL of a cell. Where other parts have text, a whole number is written without a point."""
    name = quoted(column)
    if "VARCHAR" in kinds and kind in ("DOUBLE", "FLOAT"):
        whole = f"{name} = floor({name}) AND abs({name}) < 1e15"
        return f"CASE WHEN {whole} THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
    return name


def _from_text(connection: Any, contract: Contract, files: list[TableFile], scratch: Path) -> Source:
    table, con = contract.table, connection.con
    several = len(files) > 1
    parts: dict[str, str] = {}
    found: dict[str, Mapping[str, str]] = {}
    written: dict[str, str] = {}
    torn, notes = list[Torn](), list[str]()
    for i, file in enumerate(files):
        part = f"raw_{table}_{i}" if several else f"raw_{table}"
        with reading(file.name):
            header, more, broken = _load(con, contract, file, part, scratch)
        keyed = keyed_columns(table, file.name, connection.table(part).columns, header)
        found[file.name], parts[file.name] = keyed.columns, part
        written = {**keyed.names, **written}
        notes += [*more, *keyed.notes]
        torn += [replace(row, file=file.name) for row in broken] if several else broken
    notes += lacking_columns(contract, found)
    if several:
        statements = []
        for name, part in parts.items():
            cells = ", ".join(f"{quoted(column)} AS {quoted(f':{key}')}" for key, column in found[name].items())
            statements.append(f"SELECT {cells} FROM {part}")
        con.execute(f"CREATE TABLE raw_{table} AS {' UNION ALL BY NAME '.join(statements)}")
        for part in parts.values():
            con.execute(f"DROP TABLE {part}")
    raw = connection.table(f"raw_{table}")
    keys = {key: f":{key}" for columns in found.values() for key in columns} if several else found[files[0].name]
    named = raw.select(**{key: raw[column] for key, column in keys.items()}, **{ROW: raw.rowid()})
    left_out = tuple(dict.fromkeys(notes))
    return Source(table, _names(files), _paths(files), named, True, False, tuple(torn), left_out, written)


def _load(
    con: Any, contract: Contract, file: TableFile, part: str, scratch: Path
) -> tuple[Sequence[str], tuple[str, ...], tuple[Torn, ...]]:
    """Read a file into a table; give its header, notes, and the rows that cannot be read."""
    required = contract.required()
    path = file.on_disk(scratch)
    if file.kind == "Excel":
        ids = {column for column in contract.fields if column.endswith("_id")}
        header, notes = load_sheet(con, path, file.name, file.sheet, part, required, sorted(ids))
        return header, notes, ()
    path, encoding = as_utf8(path, file.name, scratch)
    dialect = sniff(path, required, file.name)
    numbered = [f"{i}:{header_key(column)}" for i, column in enumerate(dialect.header)]
    torn = load_csv(con, path, numbered, dialect, part, file.name)
    if path != file.origin:
        path.unlink()
    return dialect.header, (*encoding, *dialect.notes(file.name)), torn


def lacking_columns(contract: Contract, found: Mapping[str, Iterable[str]]) -> list[str]:
    """Notes on the columns that some parts of a table lack.

    Parameters
    ----------
    contract : Contract
    found : mapping of iterable of str
        The columns of each part, by its file.

    Raises
    ------
    BadInput
        If a part lacks a required column that another part has.
    """
    together = dict.fromkeys(key for columns in found.values() for key in columns)
    notes = []
    for name, columns in found.items():
        missing = [key for key in together if key not in set(columns)]
        if needed := [key for key in missing if key in contract.required()]:
            other = next(file for file, keys in found.items() if needed[0] in keys)
            raise BadInput(
                f"{name} lacks the column {needed[0]}, which {other} has, and both are parts of the table "
                f"{contract.table}: its first line must name the columns"
            )
        if missing:
            notes.append(f"{contract.table}: {name} lacks columns of the other parts: {', '.join(missing)}")
    return notes


def _names(files: list[TableFile]) -> tuple[str, ...]:
    return tuple(file.name for file in files)


def _paths(files: list[TableFile]) -> tuple[Path, ...]:
    return tuple(file.origin for file in files)
