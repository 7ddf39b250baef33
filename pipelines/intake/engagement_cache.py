"""The engagement days as the store keeps them: a DuckDB file that a night brings up to date with the export.

    lead_ids, account_ids   no, id: every id the log ever named, as written
                            (of a lead also account and account_no: what it is mostly named with)
    days                    actor (both numbers in one), kind, day, known_day, touches (rows folded into it)
    spellings               direction, meant, empty, day, touches, last_known: how it was written, by month
    parts                   digest, first_day, last_day, rows: what was read of the export, a row group each
    about                   said, made: what all days were folded by, and since when they are brought up to date

Our own touches are one row an actor and month, of the month's first day, without a kind: they are counted, no more.

What is new is found by content. A row group of the Parquet file whose bytes were read before is not read again; the
months that a new or vanished one reaches into are folded anew, whole. So a row that was added, known late, changed or
deleted is where a fold of everything would have it, whether the export appends or starts afresh each night.
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

from scoring.timeline import EPOCH, calendar_date, day_number

#: Changes whenever the same file would be folded into other days.
FORMAT = "closedwon-days/1"
#: The schema that the file, or the memory where nothing is kept, is attached as.
NAME = "kept"
SCHEMA = """
CREATE TABLE IF NOT EXISTS kept.lead_ids (no INTEGER, id VARCHAR, account VARCHAR, account_no INTEGER);
CREATE TABLE IF NOT EXISTS kept.account_ids (no INTEGER, id VARCHAR);
CREATE TABLE IF NOT EXISTS kept.days (actor BIGINT, kind VARCHAR, day INTEGER, known_day INTEGER, touches INTEGER);
CREATE TABLE IF NOT EXISTS kept.spellings (
    direction VARCHAR, meant VARCHAR, empty BOOLEAN, day INTEGER, touches BIGINT, last_known TIMESTAMP
);
CREATE TABLE IF NOT EXISTS kept.parts (digest VARCHAR, first_day INTEGER, last_day INTEGER, rows BIGINT);
CREATE TABLE IF NOT EXISTS kept.about (said VARCHAR, made DATE);
"""
#: Rows folded at a time: what bounds the memory.
AT_ONCE = 12_000_000
LONG_AGO, FAR_AHEAD = -(2**30), 2**30


@dataclass(frozen=True)
class Part:
    """A stretch of the export: its digest, the first and last day that its rows happened on, and how many they are."""

    digest: str
    first_day: int
    last_day: int
    rows: int


@dataclass(frozen=True)
class Stretch:
    """Days `[begin, end)` to be folded, whole months, and about how many rows of the export they hold."""

    begin: int
    end: int
    rows: int


def parts_of(path: Path, column: str, *, hashed: bool = True) -> list[Part]:
    """The row groups of a Parquet file; `column` is what says when its rows happened.

    A row group without statistics may hold rows of any day. Where nothing is kept, there is nothing to compare with,
    and the digests can be left out: the file is not read for them.
    """
    import pyarrow.parquet as pq

    found = []
    with path.open("rb") as file:
        about = pq.ParquetFile(file, pre_buffer=False).metadata
        for i in range(about.num_row_groups):
            group = about.row_group(i)
            chunks = [group.column(j) for j in range(group.num_columns)]
            starts = [chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks]
            ends = [start + chunk.total_compressed_size for start, chunk in zip(starts, chunks, strict=True)]
            said = next((c.statistics for c in chunks if c.path_in_schema == column), None)
            days = (LONG_AGO, FAR_AHEAD)
            if said is not None and said.has_min_max and hasattr(said.min, "year"):
                days = _day(said.min), _day(said.max)
            digest = ""
            if hashed:
                file.seek(min(starts))
                digest = hashlib.sha256(file.read(max(ends) - min(starts))).hexdigest()
            found.append(Part(digest, *days, group.num_rows))
    return found


def _day(moment: Any) -> int:
    return day_number(date(moment.year, moment.month, moment.day))


@dataclass(frozen=True)
class EngagementCache:
    """Where engagement days are kept from night to night; whoever has it holds the store's lock.

    Attributes
    ----------
    file : Path
    days : int
        For how many days they are brought up to date before all of them are folded anew; 0: now.
    """

    file: Path
    days: int


def attach(connection: Any, kept: EngagementCache | None) -> None:
    """Attach the kept days as `kept`, forgotten if they are old; in memory if none are kept."""
    place = ":memory:" if kept is None else str(kept.file).replace("'", "''")
    connection.con.execute(f"ATTACH '{place}' AS {NAME}")
    connection.con.execute(SCHEMA)
    if kept is not None:
        old = date.today() - timedelta(days=kept.days)
        connection.con.execute("DELETE FROM kept.about WHERE made <= ?", [old])


def detach(connection: Any) -> None:
    """Let go of days that are of no use, so that the next night begins with none."""
    for score_breakdown in ("ROLLBACK", f"DETACH {NAME}"):
        with suppress(duckdb.Error):
            connection.con.execute(score_breakdown)


def stale(con: Any, said: str, parts: Sequence[Part] | None) -> list[Stretch]:
    """Forget what the export does not say any more, and name the days to fold again.

    Parameters
    ----------
    con : duckdb connection
        In a transaction, with the days attached.
    said : str
        What the days are folded by: a change of it makes all of them stale.
    parts : sequence of Part, optional
        What the export consists of; None where that cannot be told, and everything is read.
    """
    said = f"{FORMAT} {said}"
    if parts is None or con.execute("SELECT said FROM kept.about").fetchall() != [(said,)]:
        con.execute("DELETE FROM kept.about")
        con.execute("INSERT INTO kept.about VALUES (?, ?)", [said, date.today()])
        for table in ("days", "spellings", "parts", "lead_ids", "account_ids"):
            con.execute(f"DELETE FROM kept.{table}")
    stored = Counter(Part(*row) for row in con.execute("FROM kept.parts").fetchall())
    if parts is None:
        return [Stretch(LONG_AGO, FAR_AHEAD, 0)]
    there = Counter(parts)
    if not (moved := (there - stored) + (stored - there)):
        return []
    months = _months(moved)
    for begin, end in months:
        for table in ("days", "spellings"):
            con.execute(f"DELETE FROM kept.{table} WHERE day >= ? AND day < ?", [begin, end])
    con.execute("DELETE FROM kept.parts")
    con.executemany("INSERT INTO kept.parts VALUES (?, ?, ?, ?)", [list(vars(part).values()) for part in parts])
    return list(_stretches(months, parts))


def _months(parts: Counter[Part]) -> list[tuple[int, int]]:
    """The months that parts reach into, as `[first day, day after the last)`; one stretch of all where that is long."""
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


def _stretches(months: list[tuple[int, int]], parts: Sequence[Part]) -> Iterator[Stretch]:
    """Months joined to stretches of about `AT_ONCE` rows, as the statistics of the parts let expect."""
    waiting: Stretch | None = None
    for begin, end in months:
        rows = sum(round(part.rows * _share(part, begin, end)) for part in parts)
        if waiting and (waiting.end != begin or waiting.rows + rows > AT_ONCE):
            yield waiting
            waiting = None
        waiting = Stretch(waiting.begin if waiting else begin, end, rows + (waiting.rows if waiting else 0))
    if waiting:
        yield waiting


def _share(part: Part, begin: int, end: int) -> float:
    """The share of a part's days that lie in `[begin, end)`."""
    both = min(part.last_day + 1, end) - max(part.first_day, begin)
    return max(both, 0) / (part.last_day + 1 - part.first_day)


def intern(con: Any, table: str, asked: str) -> None:
    """Number the ids of a query that have no number yet; null has none.

    The query gives `id` and, for leads, `account`, whose number is looked up.
    """
    leads = table == "lead_ids"
    fresh = f"SELECT id{', min(account) AS account' if leads else ''} FROM ({asked}) WHERE id IS NOT NULL GROUP BY id"
    con.execute(
        f"INSERT INTO kept.{table} "
        f"SELECT (SELECT coalesce(max(no), 0) FROM kept.{table}) + row_number() OVER (ORDER BY fresh.id), fresh.id"
        f"{', account, a.no' if leads else ''} FROM ({fresh}) fresh "
        f"{'LEFT JOIN kept.account_ids a ON account = a.id ' if leads else ''}"
        f"WHERE fresh.id NOT IN (SELECT id FROM kept.{table})"
    )
