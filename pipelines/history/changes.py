"""The rows of the history in DuckDB: the last kept state, what differs from it, and the versions of each record.

A row has a value in each column that changed on its day. A column that became empty is named in `CLEARED`, each name
between line breaks. So of each column the newest row that has a value of it or names it tells what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.disk import file_list
from pipelines.history.record import KEYS, NAMED, HistoryRecord, KeptColumn
from scoring.sql_text import literal, quoted

#: No attribute can have this name, for it has a blank in it.
CLEARED = "cleared columns"
_TYPES = {"float64": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR", "timestamp": "TIMESTAMP"}


def history_rows(
    connection: Any,
    folder: Path,
    record: HistoryRecord,
    table: str,
    columns: Sequence[KeptColumn],
    also: str = "",
) -> str:
    """A view over all rows of a table: its key, whom it names, `known_at`, the columns by name, and `CLEARED`.

    Parameters
    ----------
    connection : ibis DuckDB backend
    folder : Path
    record : HistoryRecord
    table : str
    columns : sequence of KeptColumn
        Those to read.
    also : str
        A table with further rows, where there is one.
    """
    key = KEYS[table]
    paths = [folder / file.name for file in record.files_of(table)]
    sources = [f"read_parquet({file_list(paths)}, union_by_name=true)"] if paths else []
    parts = []
    for source in [*sources, *([also] if also else [])]:
        there = {row[0] for row in connection.con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        cells = [
            f"CAST({quoted(c.stored) if c.stored in there else 'NULL'} AS {_TYPES[c.kind]}) AS {quoted(c.name)}"
            for c in columns
        ]
        chosen = [key, *NAMED.get(table, ()), "known_at", *cells, quoted(CLEARED)]
        parts.append(f"SELECT {', '.join(chosen)} FROM {source}")
    view = f"kept_rows_{table}"
    connection.con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {' UNION ALL '.join(parts)}")
    return view


def make_state(connection: Any, rows: str, table: str, columns: Sequence[KeptColumn]) -> str:
    """A view of the last kept values of each record.

    Parameters
    ----------
    connection : ibis DuckDB backend
    rows : str
        What `history_rows` gave, or a part of it.
    table : str
    columns : sequence of KeptColumn
        Those of the rows.
    """
    key, name = KEYS[table], f"kept_state_{table}"
    named = NAMED.get(table, ())
    names = [*named, *(quoted(column.name) for column in columns)]
    last = [*(f"arg_max({name}, known_at) AS {name}" for name in named), *(_last(column) for column in columns)]
    # Most records have one row, that of the first day: only what was written later is looked at for its newest.
    later = f"SELECT {key} FROM {rows} WHERE known_at > (SELECT min(known_at) FROM {rows})"
    connection.con.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS WITH later AS ({later}) "
        f"SELECT {', '.join([key, *names])} FROM {rows} ANTI JOIN later USING ({key}) UNION ALL "
        f"SELECT {', '.join([key, *last])} FROM {rows} SEMI JOIN later USING ({key}) GROUP BY {key}"
    )
    return name


def _last(column: KeptColumn) -> str:
    """What a column was last, of several rows: of those that give it or name it as empty."""
    name = quoted(column.name)
    known = f"{name} IS NOT NULL OR contains({quoted(CLEARED)}, {literal(_mark(column.stored))})"
    return f"arg_max_null({name}, known_at) FILTER ({known}) AS {name}"


def _mark(stored: str) -> str:
    return f"\n{stored}\n"


def changes_since(
    current: str,
    state: str | None,
    table: str,
    columns: Sequence[KeptColumn],
    kept: Mapping[str, KeptColumn],
    day: date,
) -> str:
    """The query for the rows of a day: what differs from the last kept state, by id.

    Parameters
    ----------
    current : str
        The table of tonight's values.
    state : str, optional
        That of the last kept ones; None on the first day.
    table : str
    columns : sequence of KeptColumn
        Those of tonight.
    kept : mapping of KeptColumn
        By name, those of them that the state has.
    day : date
    """
    key, known_at = KEYS[table], f"TIMESTAMP '{day.isoformat()}' AS known_at"
    named = [f"now.{name}" for name in NAMED.get(table, ())]
    if state is None:
        cells = [f"CAST(now.{quoted(c.name)} AS {_TYPES[c.kind]}) AS {quoted(c.stored)}" for c in columns]
        cleared = f"CAST(NULL AS VARCHAR) AS {quoted(CLEARED)}"
        chosen = [f"now.{key}", *named, known_at, *cells, cleared]
        return f"SELECT {', '.join(chosen)} FROM {current} AS now ORDER BY now.{key}"
    differs, cells, clears = ["was." + key + " IS NULL"], [], []
    for column in columns:
        now = f"CAST(now.{quoted(column.name)} AS {_TYPES[column.kind]})"  # other engines have other types of times
        was = f"was.{quoted(column.name)}" if column.name in kept else "NULL"
        changed = f"{now} IS DISTINCT FROM {was}"
        differs.append(changed)
        cells.append(f"CASE WHEN {changed} THEN {now} END AS {quoted(column.stored)}")
        if column.name in kept:
            clears.append(
                f"CASE WHEN {now} IS NULL AND {was} IS NOT NULL THEN {literal(_mark(column.stored))} ELSE '' END"
            )
    # As one function: a chain of operators takes minutes of planning with a thousand columns.
    cleared = f"nullif(concat({', '.join(clears) or literal('')}), '') AS {quoted(CLEARED)}"
    chosen = [f"now.{key}", *named, known_at, *cells, cleared]
    return (
        f"SELECT {', '.join(chosen)} FROM {current} AS now LEFT JOIN {state} AS was ON now.{key} = was.{key} "
        f"WHERE {' OR '.join(differs)} ORDER BY now.{key}"
    )


def versions(view: str, table: str, columns: Sequence[KeptColumn], begun: date) -> str:
    """The query for all values of each record from each of its rows on.

    Parameters
    ----------
    view : str
        The rows.
    table : str
    columns : sequence of KeptColumn
    begun : date
        The first day of the history. Before the day on which a later column began, it has the value of that day.
    """
    key = KEYS[table]
    cells, held, alone = [], [], [quoted(column.name) for column in columns]
    for i, column in enumerate(columns):
        name = quoted(column.name)
        known = (
            f"CASE WHEN {name} IS NOT NULL THEN {{'v': {name}}} "
            f"WHEN contains({quoted(CLEARED)}, {literal(_mark(column.stored))}) THEN {{'v': NULL}} END"
        )
        cells.append(f"last_value({known} IGNORE NULLS) OVER so_far AS held_{i}")
        value = f"held_{i}.v"
        if column.since > begun:
            since = f"TIMESTAMP '{column.since.isoformat()}'"
            cells.append(f"max(CASE WHEN known_at = {since} THEN {name} END) OVER each AS first_{i}")
            value = f"CASE WHEN known_at < {since} THEN first_{i} ELSE held_{i}.v END"
        held.append(f"{value} AS {name}")
    return (
        f"WITH several AS (SELECT {key} FROM {view} GROUP BY {key} HAVING count(*) > 1), "
        f"told AS (SELECT {', '.join([key, 'known_at', *cells])} FROM {view} SEMI JOIN several USING ({key}) "
        f"WINDOW so_far AS (PARTITION BY {key} ORDER BY known_at ROWS UNBOUNDED PRECEDING), "
        f"each AS (PARTITION BY {key})) SELECT {', '.join([key, 'known_at', *held])} FROM told UNION ALL "
        f"SELECT {', '.join([key, 'known_at', *alone])} FROM {view} ANTI JOIN several USING ({key})"
    )
