"""Airbyte's raw tables: a record a row as JSON in ``_airbyte_data``, in all versions that were ever synchronized."""

from __future__ import annotations

from typing import Any

from pipelines.sources.formats.json_file import keys_in_order
from scoring.crm.layout import stream_name
from scoring.sql_text import json_path, literal, quoted

_DATA = "_airbyte_data"
#: When a version was read, the newer name first; when a record was deleted at the source.
_TIMES, _DELETED = ("_airbyte_extracted_at", "_airbyte_emitted_at"), "_ab_cdc_deleted_at"


def airbyte_query(con: Any, table: str, name: str) -> str:
    """The query of a raw table of Airbyte with the keys of its records as columns; empty where it is none.

    Of the versions of a record the newest one is taken; what was deleted at the source falls away.

    Parameters
    ----------
    con : DuckDB connection
    table : str
        As SQL names it.
    name : str
        That it has in the export.
    """
    types = {row[0].casefold(): row[0] for row in con.execute(f"DESCRIBE FROM {table}").fetchall()}
    if _DATA not in types:
        return ""
    data = f"CAST({quoted(types[_DATA])} AS VARCHAR)"
    record = f"CASE WHEN json_valid({data}) THEN {data} END"
    found = reversed(keys_in_order(con, table, record))
    keys = {key.casefold(): key for key in found if key.strip() and not key.startswith("__")}
    if not keys:
        return ""
    cells = [f"{_part(record, key)} AS {quoted(key)}" for key in reversed(keys.values())]
    time = next((types[each] for each in _TIMES if each in types), "")
    own = next((keys[each] for each in ("id", f"{stream_name(name).casefold()}id") if each in keys), "")
    alive = f" WHERE {_part(record, keys[_DELETED])} IS NULL" if _DELETED in keys else ""
    newest = ""
    if time and own:
        latest = f"CAST({quoted(time)} AS VARCHAR) DESC"
        partition = f"PARTITION BY coalesce({_part(record, own)}, {data})"
        newest = f" QUALIFY row_number() OVER ({partition} ORDER BY {latest}) = 1"
    # The newest first: a version that was deleted hides those before it.
    return f"SELECT {', '.join(cells)} FROM (SELECT * FROM {table}{newest}){alive}"


def _part(record: str, key: str) -> str:
    return f"json_extract_string({record}, {literal(json_path(key))})"
