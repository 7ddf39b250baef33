"""JSON files of records, as tools that read an API write them: one record a line, a list, or pages of a list."""

from __future__ import annotations

import codecs
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_encoding import PACKED
from scoring.sql_text import json_path, literal, quoted

SUFFIXES = (".json", ".jsonl", ".ndjson", ".jsonlines")
#: What an API calls the list of records in a page, and an object around it.
_LISTS = ("results", "value", "records", "data", "items", "result", "companies", "contacts", "deals", "engagements")
_AROUND = ("result", "d")
#: What stands in a record and never in a page of records, beside ids.
_OF_RECORD = ("properties", "_airbyte_data")
#: Where a page says that another one comes after it.
_NEXT = (
    ("paging", "next"), ("@odata.nextLink",), ("nextRecordsUrl",), ("has-more",), ("hasMore",),
    ("info", "more_records"), ("additional_data", "pagination", "more_items_in_collection"),
)  # fmt: skip
_VALUE = re.compile(r"\s*")
#: So many bytes show whether a file has a record a line.
_HEAD = 1 << 20
#: DuckDB reads records of at most so many bytes.
_LARGEST = 64 << 20


def json_stem(leaf: str) -> str:
    """The name of a JSON file without its suffixes; empty where it is none.

    Parameters
    ----------
    leaf : str
    """
    path = PurePosixPath(leaf)
    if path.suffix.lower() in PACKED:
        path = PurePosixPath(path.stem)
    return path.stem if path.suffix.lower() in SUFFIXES else ""


def load_json(con: Any, path: Path, name: str, table: str) -> tuple[str, ...]:
    """Read the records of a file into a table of text, each key a column; objects and lists stay JSON. Give notes.

    Parameters
    ----------
    con : DuckDB connection
    path : Path
        In UTF-8.
    name : str
        Of the file, in messages.
    table : str
        The name of the table.

    Raises
    ------
    BadInput
        If it is no JSON, or holds no records.
    """
    with _without_pages(path, name) as (plain, notes):
        _load_records(con, plain, name, table)
    return notes


def _load_records(con: Any, path: Path, name: str, table: str) -> None:
    whole = quoted(f"{table}_records")
    try:
        listed = "array" if _first_letter(path) == "[" else "unstructured"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {whole} AS SELECT json AS record FROM read_json_objects("
            f"{literal(str(path))}, format = '{listed}', maximum_object_size = {_LARGEST}, compression = 'none')"
        )
        _require_records(con, whole, name)
        cells = _cells(con, whole, list(_keys(con, whole)))
        cells += [*_associated(con, whole), *_valued(con, whole)]
        con.execute(f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT {', '.join(cells)} FROM {whole}")
    except duckdb.Error as error:
        wrong = str(error).strip().partition("\n")[0].replace(str(path), name)
        raise BadInput(f"{name} is no JSON that can be read: {wrong}; export it again, or as CSV") from error
    finally:
        con.execute(f"DROP TABLE IF EXISTS {whole}")


def first_records(start: bytes) -> bytes:
    """The whole lines of the first bytes of a file, where each is a record; empty where that is not sure.

    Parameters
    ----------
    start : bytes
    """
    lines = start[: start.rfind(b"\n") + 1]
    try:
        record = json.loads(lines.partition(b"\n")[0])
    except ValueError:
        return b""
    return lines if isinstance(record, dict) and not _is_page(record) else b""


def _is_page(record: dict[str, Any]) -> bool:
    keys = {key.lower() for key in record}
    of_record = any(key in _OF_RECORD or key.endswith("id") for key in keys)
    # An answer of Odoo's JSON-RPC has an id of its own.
    return ("jsonrpc" in keys or not of_record) and bool(keys.intersection((*_LISTS, *_AROUND)))


def _first_letter(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as file:
        while letter := file.read(1):
            if not letter.isspace():
                return letter
    return ""


def keys_in_order(con: Any, table: str, record: str) -> list[str]:
    """The keys of all records of a table in the order in which they come.

    Parameters
    ----------
    con : DuckDB connection
    table : str
        As SQL names it.
    record : str
        The SQL of a record.
    """
    rows = con.execute(
        "SELECT key FROM (SELECT unnest(keys) AS key, unnest(range(len(keys))) AS step, number FROM "
        f"(SELECT json_keys({record}) AS keys, row_number() OVER () AS number FROM {table})) GROUP BY key "
        "ORDER BY min(number), min(step)"
    ).fetchall()
    return [key for (key,) in rows]


def _text(*keys: str) -> str:
    """The SQL of what a record holds under keys, as text."""
    return f"json_extract_string(record, {literal(json_path(*keys))})"


@contextmanager
def _without_pages(path: Path, name: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The file with the records of its pages, one a line, and notes: DuckDB takes fifty times the memory of a page."""
    with path.open("rb") as file:
        start = file.read(_HEAD)
    if first_records(start) or not start.lstrip(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        yield path, ()
        return
    values = _values(path.read_text(encoding="utf-8-sig"))
    try:
        first = next(values, None)
        if not isinstance(first, dict) or not _is_page(first):
            yield path, ()
            return
        with tempfile.NamedTemporaryFile("w", prefix="closedwon-", suffix=".json", encoding="utf-8") as target:
            page: Any = first
            for page in chain([first], values):
                target.writelines(f"{json.dumps(record, ensure_ascii=False)}\n" for record in _records(page))
            target.flush()
            more = f"{name} is a page of a list, and says that another one comes: it must be beside it"
            yield Path(target.name), (more,) * _goes_on(page)
    except ValueError as error:
        raise BadInput(f"{name} is no JSON that can be read: {error}; export it again, or as CSV") from error


def _values(text: str) -> Iterator[Any]:
    """The values in a text, one after the other."""
    decoder, at = json.JSONDecoder(), _VALUE.match(text, 0).end()  # type: ignore[union-attr]
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        yield value
        at = _VALUE.match(text, end).end()  # type: ignore[union-attr]


def _records(page: Any) -> list[Any]:
    """The records of a page; a value that is none stays."""
    if isinstance(page, dict) and _is_page(page):
        for key, value in page.items():
            if key.lower() in _LISTS and isinstance(value, list):
                return value
        for key, value in page.items():
            if key.lower() in _AROUND and isinstance(value, dict):
                return _records(value)
    return [page]


def _goes_on(page: Any) -> bool:
    """Whether a page says that another one comes."""
    for path in _NEXT:
        value = page
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            return True
    return False


def _require_records(con: Any, whole: str, name: str) -> None:
    ((count, objects),) = con.execute(
        f"SELECT count(*), count(*) FILTER (json_type(record) = 'OBJECT' AND record::VARCHAR <> '{{}}') FROM {whole}"
    ).fetchall()
    if not count or objects < count:
        raise BadInput(
            f"{name} holds no table: it must be records, one a line, or a list of them, perhaps within "
            f"{', '.join(_LISTS[:4])}"
        )


def _keys(con: Any, whole: str) -> Iterator[tuple[str, str]]:
    """The keys of all records in the order in which they come, each with the name of its column."""
    known: set[str] = set()
    for i, key in enumerate(keys_in_order(con, whole, "record")):
        column = key if key.strip() else f"column {i}"
        column = f"{column} {i}" if column.casefold() in known else column
        known.add(column.casefold())
        yield key, column


def _cells(con: Any, whole: str, keys: Sequence[tuple[str, str]]) -> list[str]:
    """The SQL of the columns. Odoo writes false where a text, a number or a reference is empty."""
    kinds = [f"json_type(record, {literal(json_path(key))})" for key, _ in keys]
    mixed = ", ".join(
        f"count(*) FILTER ({kind} = 'BOOLEAN') > 0 AND count(*) FILTER ({kind} NOT IN ('BOOLEAN', 'NULL')) > 0"
        for kind in kinds
    )
    (row,) = con.execute(f"SELECT {mixed} FROM {whole}").fetchall()
    texts = [_text(key) for key, _ in keys]
    cells = [f"nullif({text}, 'false')" if empty else text for text, empty in zip(texts, row, strict=True)]
    return [f"{cell} AS {quoted(column)}" for cell, (_, column) in zip(cells, keys, strict=True)]


def _associated(con: Any, whole: str) -> Sequence[str]:
    """What HubSpot's API nests: the ids of the records that belong to each, the primary one first."""
    rows = con.execute(
        f"SELECT DISTINCT unnest(json_keys(record, '$.associations')) AS kind FROM {whole} "
        "WHERE json_type(record, '$.associations') = 'OBJECT' ORDER BY kind"
    ).fetchall()
    cells = []
    for (kind,) in rows:
        path = json_path("associations", kind)
        ids = f"json_extract_string(record, {literal(f'{path}[*]')})"
        if kind.startswith("associated"):  # the first version of the API has lists of ids
            cells.append(f"nullif(array_to_string({ids}, ';'), '') AS {quoted(kind)}")
            continue
        listed = f"json_extract(record, {literal(f'{path}.results[*]')})"
        first, others = (
            f"list_transform(list_filter({listed}, lambda x: {negated} coalesce(json_extract_string(x, '$.type'), '') "
            "IN ('deal_to_company', 'contact_to_company')), lambda x: json_extract_string(x, '$.id'))"
            for negated in ("", "NOT")
        )
        cells.append(f"nullif(array_to_string({first} || {others}, ';'), '') AS {quoted(f'associations_{kind}')}")
    return cells


def _valued(con: Any, whole: str) -> Sequence[str]:
    """The properties of the first version of HubSpot's API, each an object with its value and where it came from."""
    rows = con.execute(
        f"SELECT DISTINCT key FROM (SELECT record, unnest(json_keys(record, '$.properties')) AS key FROM {whole} "
        "WHERE json_type(record, '$.properties') = 'OBJECT') WHERE json_exists(record, "
        """'$.properties."' || replace(key, '"', '\\"') || '".value') ORDER BY key"""
    ).fetchall()
    return [f"{_text('properties', key, 'value')} AS {quoted(f'properties.{key}')}" for (key,) in rows]
