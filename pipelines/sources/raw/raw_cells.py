"""What the cells of a raw export hold that are no cells: headers repeated among the rows, and objects of an API.

An API writes a reference as an object, ``{"id": "55", "name": "Acme"}``, or a pair, ``[7, "Acme"]``, and HubSpot's all
values of a record as one, ``properties``. Saved to a file they are texts, as JSON or as Python prints them. Each part
becomes a column of its own, named as flat exports name it: ``Account_Name.id``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.sources.duckdb import connect
from pipelines.sources.formats.airbyte_data import airbyte_query
from pipelines.sources.formats.csv_dialect import Dialect
from pipelines.sources.formats.csv_file import load_csv
from scoring.crm.layout import raw_key
from scoring.sql_text import quoted

#: So many rows show whether a column holds objects, and so many parts of one become columns.
_SAMPLE, _MOST_PARTS = 1_000, 1_000
#: So many bytes of a file show whether it has any; how an object or a pair begins in a cell.
_HEAD = 1 << 20
_OBJECT = re.compile(rb"""[{]["']|[\[(][0-9]+, ?["']""")
#: The parts of a reference: its id, under the names that APIs use, and its name.
_IDS, _NAMES = ("id", "value"), ("name", "display_name")


@dataclass(frozen=True)
class ObjectPart:
    """A part of the objects in a column: the name of its own column, and its SQL."""

    name: str
    sql: str


def without_headers(con: Any, table: str, header: Mapping[str, str]) -> int:
    """Take out the rows that repeat the header, as files that were joined have them.

    Parameters
    ----------
    con : DuckDB connection
    table : str
    header : mapping of str
        The name in the file of each column of the table.

    Returns
    -------
    int
        How many there were.
    """
    named = {column: name.strip() for column, name in header.items() if name.strip()}
    if len(named) < 2:  # a single cell may be a word
        return 0
    same = " AND ".join(f"trim({quoted(column)}::VARCHAR) = ?" for column in named)
    ((count,),) = con.execute(f"DELETE FROM {table} WHERE {same}", list(named.values())).fetchall()
    return int(count)


def plain_query(con: Any, table: str, name: str) -> str:
    """The query of a table with what its cells nest as columns of their own; empty where they nest nothing.

    Parameters
    ----------
    con : DuckDB connection
    table : str
        As SQL names it.
    name : str
        That it has in the export.
    """
    query = airbyte_query(con, table, name)
    source = f"({query})" if query else table
    cells = flat(con, source)
    return f"SELECT {cells} FROM {source}" if cells else query


def header_with_parts(path: Path, dialect: Dialect, header: Sequence[str], name: str, table: str) -> list[str]:
    """The header of a file with the parts of the objects in its cells; empty where it has none.

    Parameters
    ----------
    path : Path
        The file, or its first rows, in UTF-8.
    dialect : Dialect
    header : sequence of str
        Its columns, each with a name of its own.
    name : str
        Of the file, in messages.
    table : str
        That it is a part of.
    """
    if not _OBJECT.search(path.read_bytes()[:_HEAD]):
        return []
    con = connect().con
    load_csv(con, path, [f"{i}:" for i in range(len(header))], dialect, "head", name)
    found = [row[0] for row in con.execute("DESCRIBE head").fetchall()]
    cells = ", ".join(f"{quoted(stored)} AS {quoted(column)}" for stored, column in zip(found, header, strict=False))
    con.execute(f"CREATE TABLE named AS SELECT {cells} FROM head")
    shown = plain_query(con, "named", table)
    return [row[0] for row in con.execute(f"DESCRIBE {shown}").fetchall()] if shown else []


def flat(con: Any, table: str) -> str:
    """The columns of a table in SQL, with those of the objects in them; empty where it has none.

    Parameters
    ----------
    con : DuckDB connection
    table : str
        As SQL names it.
    """
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE FROM {table}").fetchall()}
    texts = [name for name, kind in types.items() if kind in ("VARCHAR", "JSON")]
    found: dict[str, tuple[ObjectPart, ...]] = {}
    for name, cells in _samples(con, table, texts).items():
        if parts := _parts_of_text(name, cells):
            found[name] = parts
    for name, kind in types.items():
        if kind.startswith("STRUCT(") and not kind.endswith("]"):
            rows = con.execute(f"DESCRIBE SELECT c.* FROM (SELECT {quoted(name)} AS c FROM {table})").fetchall()
            keys = [row[0] for row in rows]
            found[name] = tuple(ObjectPart(f"{name}.{key}", f"{quoted(name)}.{quoted(key)}") for key in keys)
    if not found:
        return ""
    taken = {raw_key(name) for name in types}
    cells = []
    for name in types:
        own = _own(name, found.get(name, ()))
        cells.append(quoted(name) if own is None else f"{own.sql} AS {quoted(name)}")
        for part in found.get(name, ()):
            if raw_key(part.name) not in taken:
                taken.add(raw_key(part.name))
                cells.append(f"{part.sql} AS {quoted(part.name)}")
    return ", ".join(cells)


def _own(name: str, parts: Sequence[ObjectPart]) -> ObjectPart | None:
    """The part of a reference that stands in its own column: the id in one of ids, else the name."""
    by_key = {part.name[len(name) + 1 :]: part for part in parts}
    ids, names = ([by_key[key] for key in keys if key in by_key] for keys in (_IDS, _NAMES))
    if list(by_key) == ["value"]:
        return by_key["value"]
    # An expanded look-up of Dynamics: `parentaccountid` holds the account with its `accountid`.
    same = [key for key in by_key if raw_key(key).endswith("id") and raw_key(name).endswith(raw_key(key))]
    if same and "id" not in by_key:
        return by_key[max(same, key=len)]
    if not ids or not names:
        return None
    return ids[0] if raw_key(name).endswith("id") else names[0]


def _samples(con: Any, table: str, columns: Sequence[str]) -> dict[str, list[str]]:
    """The first cells of the columns of text in which some cell begins as an object or a list does."""
    if not columns:
        return {}
    patterns = ", ".join(f"bool_or(left({quoted(name)}::VARCHAR, 1) IN ('{{', '[', '('))" for name in columns)
    (row,) = con.execute(f"SELECT {patterns} FROM (FROM {table} LIMIT {_SAMPLE})").fetchall()
    found = {}
    for name in (name for name, has in zip(columns, row, strict=True) if has):
        cells = con.execute(
            f"SELECT {quoted(name)}::VARCHAR FROM (FROM {table} LIMIT {_SAMPLE}) WHERE {quoted(name)} IS NOT NULL"
        ).fetchall()
        found[name] = [cell for (cell,) in cells if cell.strip() not in ("", "False", "None", "null", "[]", "{}")]
    return found


def _parts_of_text(name: str, cells: Sequence[str]) -> tuple[ObjectPart, ...]:
    """The parts of a column, if all of its cells are objects, or all are pairs of a number and a name."""
    read = [_read(cell) for cell in cells]
    column, as_json = quoted(name), all(_is_json(cell) for cell in cells)
    if read and all(isinstance(value, dict) for value in read):
        plain = (key for value in read for key, part in value.items() if not isinstance(part, dict | list))
        keys = dict.fromkeys(map(str, plain))
        return tuple(ObjectPart(f"{name}.{key}", _of_object(column, key, as_json)) for key in list(keys)[:_MOST_PARTS])
    if read and all(isinstance(value, list) and value and _has_value(value[0]) for value in read):
        # The addresses of a person: the first is the primary one.
        first = f"json_extract_string(CASE WHEN json_valid({column}) THEN {column} END, '$[0].value')"
        return (ObjectPart(f"{name}.value", first if as_json else _of_object(column, "value", False)),)
    if read and all(
        isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str)
        for value in read
    ):
        pattern = r"'^[\[(] *([0-9]+) *, *u?[''\"](.*)[''\"] *[\])]$'"
        return tuple(
            ObjectPart(f"{name}.{key}", f"nullif(regexp_extract({column}, {pattern}, {number}), '')")
            for key, number in (("id", 1), ("name", 2))
        )
    return ()


def _has_value(value: Any) -> bool:
    return isinstance(value, dict) and "value" in value


def _read(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        try:
            return ast.literal_eval(cell.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None


def _is_json(cell: str) -> bool:
    try:
        json.loads(cell)
    except ValueError:
        return False
    return True


def _of_object(column: str, key: str, as_json: bool) -> str:
    """The SQL of a part, from JSON or from what Python prints."""
    written = key.replace("'", "''")
    if as_json:
        path = written.replace('"', '\\"')
        return f"json_extract_string(CASE WHEN json_valid({column}) THEN {column} END, '$.\"{path}\"')"
    escaped = "".join(f"\\{letter}" if not letter.isalnum() and letter != "_" else letter for letter in key)
    escaped = escaped.replace("'", "''")
    pattern = f"'[''\"]{escaped}[''\"]: *(?:''([^'']*)''|\"([^\"]*)\"|([^,}}]+))'"
    groups = ", ".join(f"nullif(regexp_extract({column}, {pattern}, {number}), '')" for number in (1, 2, 3))
    return f"nullif(coalesce({groups}), 'None')"
