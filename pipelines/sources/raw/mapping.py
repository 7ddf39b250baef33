"""`crm.sql`: a mapping of a raw export to our tables, written by `closedwon init` and edited by hand, as a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from pipelines.errors import BadInput
from pipelines.sources.database import copied
from pipelines.sources.found import Found, stamp_of
from pipelines.sources.raw.raw_source import RawSource, open_raw
from pipelines.sources.raw.raw_tables import FILE, RAW, RawRelation
from pipelines.sources.raw.sql.scope import MAPPED
from pipelines.sources.raw.used_columns import Columns, columns_of_several, used_columns
from pipelines.sources.remote.address import Address, source_at
from pipelines.sources.source import Source, source_of
from scoring.contracts.crm import CONTRACTS
from scoring.crm.layout import raw_key
from scoring.sql_text import quoted

#: What the comment begins with that names the raw export.
SOURCE = "source:"


@dataclass(frozen=True)
class View:
    """A view of a mapping: its name, its SQL as written, its first line, the tables and columns that it reads."""

    name: str
    sql: str
    line: int
    tables: tuple[exp.Table, ...]
    used: Columns

    def raw_names(self) -> set[str]:
        """The tables of the export that it reads, by `raw_key`."""
        return {raw_key(table.name) for table in self.tables if RAW in (table.db, table.catalog)}


def source_named(text: str, path: Path) -> Path | Address:
    """The raw export that a mapping names in its first comments: a path relative to the mapping, or an address.

    Raises
    ------
    BadInput
        If it names none.
    """
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        word = line[2:].strip()
        if word.lower().startswith(SOURCE) and word[len(SOURCE) :].strip():
            found = source_at(word[len(SOURCE) :].strip(), f"{path.name}, -- {SOURCE}")
            return found if isinstance(found, Address) else path.parent / found.expanduser()
    raise BadInput(
        f"{path.name} does not say which export it maps: its first line must be `-- {SOURCE} <folder, file or address>`"
    )


def views_of(text: str, name: str) -> list[View]:
    """The views of a mapping in their order.

    Parameters
    ----------
    text : str
    name : str
        Of the file, in messages.

    Raises
    ------
    BadInput
        If a statement is no SQL, or no view.
    """
    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
    except sqlglot.errors.TokenError as error:
        raise BadInput(f"{name} is no SQL: {str(error).splitlines()[0]}") from error
    ends = [token.start for token in tokens if token.token_type is TokenType.SEMICOLON]
    parser, found, begin = duckdb.connect(), [], 0
    for end in (*ends, len(text)):
        inside = [t for t in tokens if begin <= t.start < end and t.token_type is not TokenType.SEMICOLON]
        if inside:
            sql, line = text[inside[0].start : end], text.count("\n", 0, inside[0].start) + 1
            found.append(_view(sql.rstrip(), line, name, parser))
        begin = end + 1
    return found


def _view(sql: str, line: int, name: str, parser: Any) -> View:
    try:
        parser.extract_statements(sql)
    except duckdb.ParserException as error:
        message = str(error)
        raise BadInput(
            f"{name}, line {_line_of(message, line)}: {message.splitlines()[0].partition('Error: ')[2]}"
        ) from error
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        at = re.search(r"Line (\d+), Col", str(error))
        where = line + int(at[1]) - 1 if at else line
        raise BadInput(f"{name}, line {where}: {str(error).splitlines()[0].partition('. Line')[0]}") from error
    if not isinstance(tree, exp.Create) or tree.kind != "VIEW" or tree.expression is None:
        raise BadInput(f"{name}, line {line}: only CREATE VIEW name AS SELECT … can stand here")
    return View(tree.this.name, sql, line, tuple(tree.expression.find_all(exp.Table)), used_columns(tree.expression))


def _line_of(message: str, begin: int) -> int:
    """The line of the file that DuckDB names in a statement which begins at one."""
    at = re.search(r"^LINE (\d+):", message, re.MULTILINE)
    return begin + int(at[1]) - 1 if at else begin


def open_mapping(connection: Any, path: Path) -> Found:
    """The tables that a mapping makes of a raw export.

    Parameters
    ----------
    connection : ibis DuckDB backend
    path : Path
        The mapping, a file of SQL.

    Raises
    ------
    BadInput
        If it, or what it maps, cannot be read; the message names the view and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}") from error
    views, data = views_of(text, path.name), source_named(text, path)
    names = {name for view in views for name in view.raw_names()}
    stamps = {path: stamp_of(path)}
    if isinstance(data, Path) and not data.exists():
        raise BadInput(f"{path.name} maps {data}, which does not exist: put the export there, or mend the first line")
    used = columns_of_several([view.used for view in views])
    raw = open_raw(connection.con, data, lambda name: raw_key(name) in names, used=lambda name: used.get(raw_key(name)))
    stamps |= {file: stamp_of(file) for relation in raw.relations for file in relation.paths if file.is_file()}
    _require_raw(views, raw, path.name, data)
    con = connection.con
    created(con, views, path.name)
    tables = {}
    for contract in CONTRACTS:
        view = next((view for view in views if view.name == contract.table), None)
        if view is not None:
            tables[contract.table] = _read(connection, view, path, _below(view, views, raw))
    drop_views(con)
    known = {contract.table for contract in CONTRACTS}
    read = {table.name for view in views for table in view.tables}
    notes = [note for relation in raw.relations for note in relation.notes]
    notes += [
        f"{path.name}: the view {view.name} is not read: it is no table of closedwon, and no other view reads it"
        for view in views
        if view.name not in known and view.name not in read
    ]
    digests = {name: relation.digest for relation in raw.relations if relation.digest for name in relation.files}
    return Found(tables, tuple(notes), {}, stamps, digests)


def _require_raw(views: Sequence[View], raw: RawSource, name: str, data: Path | Address) -> None:
    there = {raw_key(relation.name) for relation in raw.relations}
    for view in views:
        if missing := sorted(t.name for t in view.tables if RAW in (t.db, t.catalog) and raw_key(t.name) not in there):
            raise BadInput(
                f"{name}, line {view.line}: the view {view.name} reads {missing[0]}, which is not in {data.name}: "
                "export it again, or take it out of the view"
            )


def created(con: Any, views: Sequence[View], name: str) -> None:
    """Create the views of a mapping in a schema of their own.

    Parameters
    ----------
    con : DuckDB connection
    views : sequence of View
    name : str
        Of the file, in messages.

    Raises
    ------
    BadInput
        If a view cannot be created.
    """
    con.execute(f"CREATE SCHEMA memory.{MAPPED}")
    con.execute(f"USE memory.{MAPPED}")
    try:
        for view in views:
            with _of_view(view, name):
                con.execute(view.sql)
    finally:
        con.execute("USE memory.main")


def drop_views(con: Any) -> None:
    """Drop the views and the tables of the export: what was read of them is copied."""
    con.execute(f"DROP SCHEMA memory.{MAPPED} CASCADE")
    if con.execute(f"SELECT count(*) FROM duckdb_databases() WHERE database_name = '{RAW}'").fetchone() == (1,):
        con.execute(f"DETACH {RAW}")
        con.execute(f"DETACH {FILE}")
    else:
        con.execute(f"DROP SCHEMA memory.{RAW} CASCADE")


@contextmanager
def _of_view(view: View, name: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        message = str(error)
        words = message.partition("\n")[0].partition("Error: ")[2] or message.partition("\n")[0]
        raise BadInput(
            f"{name}, line {_line_of(message, view.line)}: the view {view.name} cannot be read: {words}"
        ) from error


def _below(view: View, views: Sequence[View], raw: RawSource) -> list[RawRelation]:
    """The tables of the export that a view reads, itself or through others."""
    by_name = {other.name: other for other in views}
    waiting, known, names = [view], set[str](), set[str]()
    while waiting:
        one = waiting.pop()
        if one.name in known:
            continue
        known.add(one.name)
        names |= one.raw_names()
        waiting += [by_name[t.name] for t in one.tables if t.db != RAW and t.name in by_name]
    return [relation for relation in raw.relations if raw_key(relation.name) in names]


def _read(connection: Any, view: View, path: Path, below: Sequence[RawRelation]) -> Source:
    con, whole = connection.con, f"memory.{MAPPED}.{quoted(view.name)}"
    con.execute(f"USE memory.{MAPPED}")
    try:
        with _of_view(view, path.name):
            header = copied(con, whole, f"memory.main.raw_{view.name}")
    finally:
        con.execute("USE memory.main")
    raw = connection.table(f"raw_{view.name}")
    files: Mapping[str, Path] = {path.name: path}
    files = {**files, **{n: p for relation in below for n, p in zip(relation.files, relation.paths, strict=True)}}
    found = source_of(view.name, files, raw, raw.rowid(), header, copied=True, typed=True)
    return replace(found, torn=tuple(torn for relation in below for torn in relation.torn))
