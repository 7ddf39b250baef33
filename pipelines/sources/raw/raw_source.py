"""A raw export opened: each table as a relation of DuckDB in the schema `raw`, read in place where that goes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from pipelines.disk import file_list
from pipelines.errors import BadInput, UsageError
from pipelines.sources.duckdb import connect
from pipelines.sources.folder.items import TableFile, format_of
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_encoding import as_utf8
from pipelines.sources.formats.csv_file import Torn, load_csv
from pipelines.sources.formats.json_file import first_records, json_stem, load_json
from pipelines.sources.formats.model_json import is_header, with_header
from pipelines.sources.formats.workbook import load_sheet
from pipelines.sources.raw.raw_cells import header_with_parts, plain_query, without_headers
from pipelines.sources.raw.raw_listing import list_raw
from pipelines.sources.raw.raw_tables import RAW, RawRelation, of_duckdb, of_sqlite, unique
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.downloads import local
from pipelines.sources.remote.remote_source import Used, remote_heads, remote_raw
from scoring.crm.layout import raw_key
from scoring.sql_text import quoted

#: Asks that the header be looked for: no file has such a column.
_ANY_HEADER = ("\0",)
#: So many bytes of a file are read to find its header.
_HEAD = 1 << 20


@dataclass(frozen=True)
class RawSource:
    """What an export holds.

    Attributes
    ----------
    relations : tuple of RawRelation
    notes : tuple of str
        What is not read, and why.
    listed : mapping of list of TableFile, optional
        The files of each table, where the export is one of files.
    schemas : tuple of str
        Those of the database elsewhere that it is in.
    """

    relations: tuple[RawRelation, ...]
    notes: tuple[str, ...] = ()
    listed: Mapping[str, list[TableFile]] | None = None
    schemas: tuple[str, ...] = ()


def open_raw(
    connection: Any,
    data: Path | Address,
    wanted: Callable[[str], bool] = lambda name: True,
    heads: RawSource | None = None,
    *,
    filled: bool = True,
    used: Used = lambda name: None,
) -> RawSource:
    """Open the tables of a raw export on a DuckDB connection.

    Parameters
    ----------
    connection : DuckDB connection
    data : Path or Address
        A folder, an archive, a workbook, a single file, a DuckDB or SQLite database, or a database elsewhere.
    wanted : callable
        Whether a table of this name is needed: others are not read.
    heads : RawSource, optional
        What `headers_of` gave, so that nothing is listed twice.
    filled : bool
        Whether all rows of a SQLite database are read, and not only the first.
    used : callable
        The columns of a table that are needed, in small letters, or None for all: what lies elsewhere is copied.

    Raises
    ------
    UsageError
        If it does not exist.
    BadInput
        If it cannot be read.
    """
    data = local(data)
    if isinstance(data, Address):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
        return RawSource(tuple(remote_raw(connection, data, wanted, used)))
    if not data.exists():
        raise UsageError(f"{data} does not exist: name a folder, an archive or a database with the export of a CRM")
    start = b""
    if data.is_file():
        with data.open("rb") as file:
            start = file.read(16)
    if start[8:12] == b"DUCK":
        return RawSource(tuple(of_duckdb(connection, data, wanted)))
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
    if start.startswith(b"SQLite format 3"):
        return RawSource(tuple(of_sqlite(connection, data, wanted, filled=filled)))
    with tempfile.TemporaryDirectory(prefix="closedwon-") as scratch:
        if heads is not None and heads.listed is not None:
            tables, notes = dict(heads.listed), list(heads.notes)
        else:
            tables, notes = _listed(data, Path(scratch))
        relations = [
            _of_files(connection, name, files, Path(scratch)) for name, files in tables.items() if wanted(name)
        ]
    return RawSource(tuple(relations), tuple(notes), tables)


def headers_of(data: Path | Address) -> RawSource:
    """The tables of a raw export with the names of their columns alone; nothing else of a text file is read.

    Parameters
    ----------
    data : Path or Address
        As for `open_raw`.
    """
    if isinstance(data, Address):
        found, schemas = remote_heads(data)
        return RawSource(tuple(found), tuple(note for relation in found for note in relation.notes), None, schemas)
    known = json_stem(data.name) or format_of(data.name)[1] in ("zip", "CSV", "Excel", "Parquet")
    if not data.is_dir() and data.exists() and not known:
        return open_raw(connect().con, data, filled=False)
    if not data.exists():
        raise UsageError(f"{data} does not exist: name a folder, an archive or a database with the export of a CRM")
    relations = list[RawRelation]()
    with tempfile.TemporaryDirectory(prefix="closedwon-") as scratch:
        tables, notes = _listed(data, Path(scratch))
        for name, files in tables.items():
            try:
                header = _header(files[0], Path(scratch))
            except (BadInput, duckdb.Error) as error:  # it may be none that is needed; if it is, it is read again
                notes.append(f"{files[0].name} is not read: {_line(error)}")
                continue
            types = dict.fromkeys(unique(header), "VARCHAR")
            relations.append(RawRelation(name, (RAW, name), types, tuple(file.name for file in files)))
    return RawSource(tuple(relations), tuple(notes), tables)


def _listed(data: Path, scratch: Path) -> tuple[dict[str, list[TableFile]], list[str]]:
    """The files by table. Two folders may have a table of one name: `salesforce/Lead.csv` and `marketo/lead.csv`.

    Files in several folders are parts of one table if they have columns in common, and else tables of their own.
    """
    tables, notes = list_raw(data)
    found: dict[str, list[TableFile]] = {}
    for name, files in tables.items():
        folders = {str(PurePosixPath(file.name).parent) for file in files}
        heads: list[tuple[str, set[str], list[TableFile]]] = []
        for file in files if len(folders) > 1 else ():
            try:
                columns = {raw_key(column) for column in _header(file, scratch)}
            except (BadInput, duckdb.Error):  # it is said where the table is read
                columns = set()
            alike = next((head for head in heads if len(head[1] & columns) * 2 > len(head[1] | columns)), None)
            if alike is None:
                heads.append((PurePosixPath(file.name).parent.name, columns, [file]))
            else:
                alike[2].append(file)
        if len(heads) > 1 and len({folder for folder, _, _ in heads}) == len(heads):
            found |= {f"{folder}/{name}".removeprefix("/"): own for folder, _, own in heads}
        else:
            found[name] = files
    return found, notes


def _header(file: TableFile, scratch: Path) -> Sequence[str]:
    if file.kind == "JSON":
        return _json_header(file, scratch)
    if file.kind != "CSV":
        path, con = file.on_disk(scratch), connect().con
        if file.kind == "Parquet":
            return _columns_of(con, _parquet([path]), file)
        return load_sheet(con, path, file.name, file.sheet, "sheet", _ANY_HEADER, ())[0]
    if file.packed:
        path = file.on_disk(scratch)
    else:
        path = scratch / "head.csv"
        with file.opened() as source, path.open("wb") as copy:
            start = source.read(_HEAD)
            copy.write(start if len(start) < _HEAD else start[: start.rfind(b"\n") + 1])
    path, _ = as_utf8(path, file.name, scratch)
    dialect = sniff(path, _ANY_HEADER, file.name)
    if file.columns and not is_header(dialect.header, file.columns):
        return file.columns
    found = header_with_parts(path, dialect, list(unique(dialect.header)), file.name, file.table)
    return found or dialect.header


def _json_header(file: TableFile, scratch: Path) -> Sequence[str]:
    """The columns of a JSON file, of its first records where each has a line."""
    con = connect().con
    start = b""
    if not file.packed:
        with file.opened() as source:
            start = first_records(source.read(_HEAD))
    path = scratch / "head.json"
    if start:
        path.write_bytes(start)
    else:
        path, _ = as_utf8(file.on_disk(scratch), file.name, scratch)
    load_json(con, path, file.name, "head")
    return _columns_of(con, "head", file)


def _columns_of(con: Any, table: str, file: TableFile) -> list[str]:
    query = plain_query(con, table, file.table) or f"FROM {table}"
    return [row[0] for row in con.execute(f"DESCRIBE {query}").fetchall()]


def _of_files(con: Any, name: str, files: list[TableFile], scratch: Path) -> RawRelation:
    address, notes, torn = (RAW, name), list[str](), list[Torn]()
    if len({file.kind for file in files}) > 1:
        raise BadInput(f"the table {name} is there in several formats: {', '.join(file.name for file in files)}")
    whole = f"{RAW}.{quoted(name)}"
    if files[0].kind == "Parquet":
        members = any(file.member for file in files)
        paths_read = [file.on_disk(scratch) for file in files]
        kind = "TABLE" if members else "VIEW"
        try:
            query = plain_query(con, _parquet(paths_read), name) or f"FROM {_parquet(paths_read)}"
            con.execute(f"CREATE {kind} {whole} AS {query}")
        except duckdb.Error as error:
            named = ", ".join(file.name for file in files)
            raise BadInput(f"{named} cannot be read: {_line(error)}; export it again") from error
    else:
        parts = []
        for i, file in enumerate(files):
            columns, more, broken = _load(con, file, f"raw_part_{i}", scratch)
            cells = ", ".join(f"{quoted(found)} AS {quoted(column)}" for found, column in columns.items())
            parts.append(f"SELECT {cells} FROM raw_part_{i}")
            notes += more
            torn += [replace(row, file=file.name) for row in broken]
        con.execute(f"CREATE TABLE {whole} AS {' UNION ALL BY NAME '.join(parts)}")
        if query := plain_query(con, whole, name):
            con.execute(f"CREATE OR REPLACE TABLE {whole} AS {query}")
        for i in range(len(files)):
            con.execute(f"DROP TABLE raw_part_{i}")
    described = con.execute(f"DESCRIBE {whole}").fetchall()
    types = {row[0]: row[1] for row in described}
    names, paths = tuple(file.name for file in files), tuple(file.origin for file in files)
    return RawRelation(name, address, types, names, paths, tuple(dict.fromkeys(notes)), tuple(torn))


def _parquet(paths: Sequence[Path]) -> str:
    """The SQL of files as one table; the names of folders and files are no columns, and no patterns."""
    return f"read_parquet({file_list(paths)}, union_by_name = true, hive_partitioning = false, filename = false)"


def _line(error: Exception) -> str:
    """What is wrong, without the query of ours that DuckDB repeats."""
    return str(error).strip().partition("\n")[0]


def _load(con: Any, file: TableFile, part: str, scratch: Path) -> tuple[dict[str, str], list[str], tuple[Torn, ...]]:
    """Read a file into a table; give the export's name of each column, notes, and the rows that cannot be read."""
    torn: tuple[Torn, ...] = ()
    header: Sequence[str]
    path = file.on_disk(scratch)
    if file.kind == "Excel":
        header, sheet_notes = load_sheet(con, path, file.name, file.sheet, part, _ANY_HEADER, ())
        notes = list(sheet_notes)
    elif file.kind == "JSON":
        path, encoding = as_utf8(path, file.name, scratch)
        notes = [*encoding, *load_json(con, path, file.name, part)]
        header = [row[0] for row in con.execute(f"DESCRIBE {part}").fetchall()]
    else:
        path, encoding = as_utf8(path, file.name, scratch)
        dialect = sniff(path, _ANY_HEADER, file.name)
        if file.columns and not is_header(dialect.header, file.columns):
            path = with_header(path, file.columns, scratch)
            dialect = sniff(path, _ANY_HEADER, file.name)
        header = dialect.header
        torn = load_csv(con, path, [f"{i}:" for i in range(len(header))], dialect, part, file.name)
        notes = [*encoding, *dialect.notes(file.name)]
        if path != file.origin:
            path.unlink()
    found = [row[0] for row in con.execute(f"DESCRIBE {part}").fetchall()]
    if repeats := without_headers(con, part, dict(zip(found, header, strict=False))):
        notes.append(f"{file.name}: {repeats:,} rows repeat the header, and are left out")
    return dict(zip(found, unique(header), strict=False)), notes, torn
