"""The engagement cache: the engagement days in a DuckDB file of the store, which each night updates from the export.

    lead_ids, account_ids   no, id: every id that the log ever named, as written
                            (for a lead also account and account_no: the account that is named with it most often)
    days                    actor (both numbers in one), kind, day, known_day, touches (number of rows folded into it)
    actors                  actor, touches: each actor of `days`, and the sum of its rows there
    directions              direction, meant, empty, kind, day, touches, last_known: how directions were written;
                            kind is the type of activity where it tells the direction, and null elsewhere
    parts                   digest, first_day, last_day, rows: the row groups of the export that were read
    about                   said, made: by which rules all days were folded, and the date of the first fold

Our own touches are one row per actor and month, dated the first day of the month and without a kind: they are only
counted.

What is new is found by content. A row group of the Parquet file is not read again if its bytes were read before. The
months that a new or a missing row group reaches into are folded again, as a whole. So the days are the same as after
a fold of everything, whether rows were added, known late, changed or deleted, and whether the export appends or is
written from the beginning each night.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.sources.source import header_key
from scoring.sql_text import literal
from scoring.timeline import EPOCH, calendar_date, day_number

#: The version of the fold. It changes whenever the same file would be folded into other days or sums.
FORMAT = "closedwon-days/6"
#: The name under which DuckDB attaches the file, or a database in memory where there is no file.
NAME = "kept"
SCHEMA = """
CREATE TABLE IF NOT EXISTS kept.lead_ids (no INTEGER, id VARCHAR, account VARCHAR, account_no INTEGER);
CREATE TABLE IF NOT EXISTS kept.account_ids (no INTEGER, id VARCHAR);
CREATE TABLE IF NOT EXISTS kept.days (actor BIGINT, kind VARCHAR, day INTEGER, known_day INTEGER, touches INTEGER);
CREATE TABLE IF NOT EXISTS kept.actors (actor BIGINT, touches BIGINT);
CREATE TABLE IF NOT EXISTS kept.directions (
    direction VARCHAR, meant VARCHAR, empty BOOLEAN, kind VARCHAR, day INTEGER, touches BIGINT, last_known TIMESTAMP
);
CREATE TABLE IF NOT EXISTS kept.parts (digest VARCHAR, first_day INTEGER, last_day INTEGER, rows BIGINT);
CREATE TABLE IF NOT EXISTS kept.about (said VARCHAR, made DATE);
"""
TABLES = ("about", "days", "actors", "directions", "parts", "lead_ids", "account_ids")
#: Rows folded at a time: this bounds the memory.
AT_ONCE = 12_000_000
LONG_AGO, FAR_AHEAD = -(2**30), 2**30


@dataclass(frozen=True)
class RowGroup:
    """A row group of the export: its digest, the first and the last day of its rows, and their number."""

    digest: str
    first_day: int
    last_day: int
    rows: int


@dataclass(frozen=True)
class Stretch:
    """Days `[begin, end)` to be folded, in whole months, and about how many rows of the export are in them."""

    begin: int
    end: int
    rows: int


def parts_of(path: Path, column: str, *, hashed: bool = True) -> list[RowGroup]:
    """The row groups of a Parquet file.

    Parameters
    ----------
    path : Path
    column : str
        The column with the time of each row, in any spelling. A row group without statistics of it may hold rows of
        any day.
    hashed : bool
        Whether to compute the digests. Without a cache nothing is compared with them, and the file is not read.
    """
    import pyarrow.parquet as pq

    found = []
    with path.open("rb") as file:
        metadata = pq.ParquetFile(file, pre_buffer=False).metadata
        for i in range(metadata.num_row_groups):
            group = metadata.row_group(i)
            chunks = [group.column(j) for j in range(group.num_columns)]
            starts = [chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks]
            ends = [start + chunk.total_compressed_size for start, chunk in zip(starts, chunks, strict=True)]
            of_column = (c for c in chunks if header_key(c.path_in_schema) == header_key(column))
            statistics = next((chunk.statistics for chunk in of_column), None)
            days = (LONG_AGO, FAR_AHEAD)
            if statistics is not None and statistics.has_min_max and hasattr(statistics.min, "year"):
                days = _day(statistics.min), _day(statistics.max)
            digest = ""
            if hashed:
                file.seek(min(starts))
                digest = hashlib.sha256(file.read(max(ends) - min(starts))).hexdigest()
            found.append(RowGroup(digest, *days, group.num_rows))
    return found


def _day(moment: Any) -> int:
    return day_number(date(moment.year, moment.month, moment.day))


@dataclass(frozen=True)
class EngagementCache:
    """The file in which engagement days are kept from night to night; its user holds the lock of the store.

    Attributes
    ----------
    file : Path
    days : int
        After so many days all of it is folded again; 0 means now.
    to_read : bool
        Whether the file stays as it is: a copy in memory is brought up to date. So nobody has to hold the lock.
    """

    file: Path
    days: int
    to_read: bool = False


def attach(connection: Any, cache: EngagementCache | None) -> None:
    """Attach the cache as `kept`, a new file if it is too old; without a cache attach a database in memory."""
    in_memory = cache is None or cache.to_read
    con, path = connection.con, ":memory:" if cache is None or in_memory else str(cache.file)
    con.execute(f"ATTACH {literal(path)} AS {NAME}")
    con.execute(SCHEMA)
    if cache is None:
        return
    old = date.today() - timedelta(days=cache.days)
    if cache.to_read:
        _copy(con, cache.file, old)
        return
    if con.execute("SELECT 1 FROM kept.about WHERE made <= ?", [old]).fetchall():
        # Rows that are deleted stay in the file's free blocks, with the ids of all who are gone.
        con.execute(f"DETACH {NAME}")
        cache.file.unlink()
        con.execute(f"ATTACH '{path}' AS {NAME}")
        con.execute(SCHEMA)


def _copy(con: Any, file: Path, old: date) -> None:
    """Copy the days of a file into those in memory; nothing where there are none, or they are too old."""
    if not file.exists():
        return
    con.execute(f"ATTACH {literal(str(file))} AS stored (READ_ONLY)")
    try:
        about = con.execute("SELECT said FROM stored.about WHERE made > ?", [old]).fetchall()
        if any(rules.startswith(f"{FORMAT} ") for (rules,) in about):
            for table in TABLES:
                con.execute(f"INSERT INTO kept.{table} FROM stored.{table}")
    finally:
        con.execute("DETACH stored")


def detach(connection: Any) -> None:
    """Roll back and detach a cache that cannot be used; nothing of this night is written to it."""
    for statement in ("ROLLBACK", f"DETACH {NAME}"):
        with suppress(duckdb.Error):
            connection.con.execute(statement)


def stale(con: Any, rules: str, parts: Sequence[RowGroup] | None) -> list[Stretch]:
    """Delete the days that are out of date, and list the stretches of days to fold again.

    Parameters
    ----------
    con : duckdb connection
        In a transaction, with the cache attached.
    rules : str
        What the result of a fold depends on apart from the rows. If it has changed, all days are out of date.
    parts : sequence of RowGroup, optional
        The row groups of the export; None where they are not known. Then everything is folded again.
    """
    rules = f"{FORMAT} {rules}"
    if parts is None or con.execute("SELECT said FROM kept.about").fetchall() != [(rules,)]:
        con.execute("DELETE FROM kept.about")
        con.execute("INSERT INTO kept.about VALUES (?, ?)", [rules, date.today()])
        for table in TABLES[1:]:
            con.execute(f"DELETE FROM kept.{table}")
    # Not AS SELECT ... LIMIT 0: in a transaction, DuckDB 2.0 loses what is then inserted, from 122,880 rows on.
    con.execute("CREATE OR REPLACE TEMP TABLE removed_days (actor BIGINT, touches INTEGER)")
    stored = Counter(RowGroup(*row) for row in con.execute("FROM kept.parts").fetchall())
    if parts is None:
        return [Stretch(LONG_AGO, FAR_AHEAD, 0)]
    current = Counter(parts)
    if not (changed := (current - stored) + (stored - current)):
        return []
    months = _months(changed)
    for begin, end in months:
        removed = "SELECT actor, touches FROM kept.days WHERE day >= ? AND day < ?"
        con.execute(f"INSERT INTO removed_days {removed}", [begin, end])
        for table in ("days", "directions"):
            con.execute(f"DELETE FROM kept.{table} WHERE day >= ? AND day < ?", [begin, end])
    con.execute("DELETE FROM kept.parts")
    con.executemany("INSERT INTO kept.parts VALUES (?, ?, ?, ?)", [list(vars(part).values()) for part in parts])
    return list(_stretches(months, parts))


def _months(parts: Counter[RowGroup]) -> list[tuple[int, int]]:
    """The months that parts reach into, as `[first day, day after the last)`; all days where a part spans a century."""
    found: set[tuple[int, int]] = set()
    for part in parts:
        if part.first_day == LONG_AGO or part.last_day - part.first_day > 36_525:
            return [(LONG_AGO, FAR_AHEAD)]
        begin = month_start(part.first_day)
        while begin <= part.last_day:
            end = month_start(begin + 31)
            found.add((begin, end))
            begin = end
    return sorted(found)


def month_start(day: int) -> int:
    """The first day of the month of a day."""
    return (calendar_date(day).replace(day=1) - EPOCH).days


def _stretches(months: list[tuple[int, int]], parts: Sequence[RowGroup]) -> Iterator[Stretch]:
    """Months joined to stretches of about `AT_ONCE` rows, estimated from the statistics of the parts."""
    waiting: Stretch | None = None
    for begin, end in months:
        rows = sum(round(part.rows * _share(part, begin, end)) for part in parts)
        if waiting and (waiting.end != begin or waiting.rows + rows > AT_ONCE):
            yield waiting
            waiting = None
        waiting = Stretch(waiting.begin if waiting else begin, end, rows + (waiting.rows if waiting else 0))
    if waiting:
        yield waiting


def _share(part: RowGroup, begin: int, end: int) -> float:
    """The share of a part's days that lie in `[begin, end)`."""
    both = min(part.last_day + 1, end) - max(part.first_day, begin)
    return max(both, 0) / (part.last_day + 1 - part.first_day)


def intern(con: Any, table: str, query: str) -> None:
    """Give a number to each id of a query that has none yet; null gets no number.

    Parameters
    ----------
    con : duckdb connection
    table : {"lead_ids", "account_ids"}
        The table of the cache with the numbers.
    query : str
        SQL that gives `id` and, for leads, `account`, whose number is looked up.
    """
    leads = table == "lead_ids"
    fresh = f"SELECT id{', min(account) AS account' if leads else ''} FROM ({query}) WHERE id IS NOT NULL GROUP BY id"
    con.execute(
        f"INSERT INTO kept.{table} "
        f"SELECT (SELECT coalesce(max(no), 0) FROM kept.{table}) + row_number() OVER (ORDER BY fresh.id), fresh.id"
        f"{', account, a.no' if leads else ''} FROM ({fresh}) fresh "
        f"{'LEFT JOIN kept.account_ids a ON account = a.id ' if leads else ''}"
        f"WHERE fresh.id NOT IN (SELECT id FROM kept.{table})"
    )
