"""The files of rows: one a table and night, until many are joined into one and the oldest days are let go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.disk import file_list, sha256_of, sync
from pipelines.history.changes import CLEARED, history_rows, make_state
from pipelines.history.record import KEYS, NAMED, REMEDY, DamagedHistory, HistoryRecord, KeptFile
from pipelines.history.tonight import Tonight
from scoring.sql_text import literal, quoted

ENTITY = {"accounts": "account", "leads": "lead", "opportunities": "deal"}
#: With more files of a table than these they are joined: each costs a moment whenever the history is read.
MOST_FILES = 62
#: So many days more than the configuration keeps may be there, so that not every night writes all rows anew.
SLACK = timedelta(days=31)


def write_rows(tonight: Tonight, folder: Path, query: str, table: str, day: date) -> KeptFile:
    """Write rows of a table to a file whose name tells its content.

    Parameters
    ----------
    tonight : Tonight
    folder : Path
    query : str
        Gives the rows.
    table : str
    day : date
        The last day that has some.
    """
    temporary = folder / f".{table}.{os.getpid()}"  # `forget` knows by the number that it was left behind
    target = f"{literal(str(temporary))} (FORMAT PARQUET, COMPRESSION ZSTD)"
    copy = f"COPY ({query} ORDER BY {KEYS[table]}, known_at) TO {target}"
    rows = tonight.connection.con.execute(copy).fetchall()
    name = f"{ENTITY[table]}_{day.isoformat()}_{sha256_of(temporary)[:8]}.parquet"
    sync(temporary)
    temporary.replace(folder / name)
    return KeptFile(table, day, name, int(rows[0][0]))


def fewer_files(tonight: Tonight, folder: Path, record: HistoryRecord, keep_days: int) -> HistoryRecord:
    """The history before tonight, with one file a table where there were too many or days that are to be let go.

    What was kept longer than `keep_days` ago becomes the first look of the history. Of a record that is not in the
    export any more, and of which nothing was kept since then, nothing stays.

    Parameters
    ----------
    tonight : Tonight
    folder : Path
    record : HistoryRecord
        Without tonight. Its files stay where they are until the record that names others is written.
    keep_days : int
    """
    oldest = tonight.day - timedelta(days=keep_days)
    old = bool(record.days) and record.days[0] < oldest - SLACK
    if not old and all(len(record.files_of(table)) <= MOST_FILES for table in KEYS):
        return record
    files = []
    for table in KEYS:
        if record.files_of(table):
            query = _all_rows(tonight, folder, record, table, oldest if old else None)
            files.append(write_rows(tonight, folder, query, table, record.days[-1]))
    if not old:
        return replace(record, files=tuple(files))
    columns = [replace(c, since=max(c.since, oldest)) for table in KEYS for c in record.of(table).values()]
    days = (oldest, *(day for day in record.days if day > oldest))
    return HistoryRecord(days, tuple(columns), tuple(files))


def _all_rows(tonight: Tonight, folder: Path, record: HistoryRecord, table: str, oldest: date | None) -> str:
    """The query for all rows of a table, those up to a day as one row a record."""
    columns = list(record.of(table).values())
    key, named, view = (
        KEYS[table],
        NAMED.get(table, ()),
        history_rows(tonight.connection, folder, record, table, columns),
    )
    cells = [f"{quoted(column.name)} AS {quoted(column.stored)}" for column in columns]
    every = f"SELECT {', '.join([key, *named, 'known_at', *cells, quoted(CLEARED)])} FROM {view}"
    if oldest is None:
        return every
    moment = f"TIMESTAMP '{oldest.isoformat()}'"
    state = make_state(tonight.connection, f"(SELECT * FROM {view} WHERE known_at <= {moment})", table, columns)
    gone = f"{key} NOT IN (SELECT {key} FROM {view} WHERE known_at > {moment})"
    if table in tonight.tables:
        present = f"kept_present_{table}"
        tonight.connection.create_view(present, tonight.tables[table].select(key), overwrite=True)
        gone += f" AND {key} NOT IN (SELECT {key} FROM {present})"
    chosen = [key, *named, f"{moment} AS known_at", *cells, f"CAST(NULL AS VARCHAR) AS {quoted(CLEARED)}"]
    first = f"SELECT {', '.join(chosen)} FROM {state}"
    return f"SELECT * FROM ({first} WHERE NOT ({gone}) UNION ALL {every} WHERE known_at > {moment})"


@contextmanager
def whole_files(connection: Any, folder: Path, record: HistoryRecord) -> Iterator[None]:
    """Say which file is torn, where the reading of some fails for it.

    Parameters
    ----------
    connection : ibis DuckDB backend
    folder : Path
    record : HistoryRecord
        It names the files.

    Raises
    ------
    DamagedHistory
        If a file cannot be read.
    """
    try:
        yield
    except duckdb.Error:
        for path in (folder / file.name for file in record.files):
            try:
                connection.con.execute(f"SELECT count(COLUMNS(*)) FROM read_parquet({file_list([path])})").fetchall()
            except duckdb.Error:
                raise DamagedHistory(f"{path} cannot be read: {REMEDY}") from None
        raise
