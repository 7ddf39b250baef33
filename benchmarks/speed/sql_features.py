"""The same account features in DuckDB's SQL, written by hand for this one question and to be fast.

All cut-offs are made in one pass. What is known from a cut-off on carries the position of the first cut-off that sees
it; what is seen of the past only grows, so it is a running sum or maximum over the cut-offs. What a window holds is
counted for each cut-off whose window it lies in. Ids are numbers, sets of kinds, departments and weeks are bits. It
uses that the cut-offs are evenly apart, and it knows the export: nothing is validated. A test compares it with ours.
"""

import time
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from benchmarks.speed.data import APART
from benchmarks.speed.features import ATTRIBUTES, days
from benchmarks.speed.pandas_features import LEAST_UNITS, SILENCE_DAYS
from scoring.buying_groups.titles import decides, department, seniority

TITLES = "CREATE TABLE titles AS SELECT DISTINCT title FROM '{export}/leads.parquet' WHERE title IS NOT NULL"

#: The line of `features.sql` from which on the kinds of activity are columns.
KINDS_KNOWN = "-- AND NOW THE KINDS ARE KNOWN\n"
COUNTED = ("kinds_30d", "kinds_90d", "people_30d", "people_90d", "decision_makers_90d", "departments_90d")
RECENT = {
    "engaged": "engaged",
    "decision_maker": "decision_maker",
    "return": "returned",
    "new_kind": "new_kind",
    "new_person": "new_person",
    "new_decision_maker": "new_decision_maker",
}


def write_titles(export: Path, file: Path) -> None:
    """Write who decides and the departments, by title, into a Parquet file, for a peer that cannot ask us.

    Parameters
    ----------
    export, file : Path
    """
    connection = ibis.duckdb.connect()
    _read_titles(connection, export)
    connection.con.execute(f"COPY read_titles TO '{file}'")


def _read_titles(connection: ibis.BaseBackend, export: Path) -> None:
    """Who decides, and the department as a number, by the rules that we read titles with."""
    connection.con.execute(TITLES.format(export=export))
    titles = connection.table("titles")
    level = titles.mutate(level=seniority(titles.title), name=department(titles.title))
    level = level.mutate(decides=decides(level.level).fill_null(False))
    number = ibis.dense_rank().over(order_by=level.name)
    read = level.mutate(department=ibis.ifelse(level.name.isnull(), ibis.null("int64"), number))
    connection.create_table("read_titles", read.select("title", "decides", "department"))


def _kinds(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The types of activity that enough accounts show, with their codes."""
    names = connection.execute("SELECT unnest(enum_range(NULL::kind))::VARCHAR").fetchall()
    shown = connection.execute("SELECT kind, count(DISTINCT unit) FROM days GROUP BY kind").fetchall()
    return {names[code][0]: code for code, units in sorted(shown) if units >= LEAST_UNITS}


def features(export: Path, many: int) -> tuple[pa.Table, dict[str, float]]:
    """The features of every open account at a number of cut-offs, and the seconds of each step.

    Parameters
    ----------
    export : Path
    many : int
        Cut-offs.
    """
    began, first = time.perf_counter(), days(many)[0]
    connection = ibis.duckdb.connect()
    connection.con.execute("SET enable_progress_bar = false")
    values = {
        "export": export,
        "first": first,
        "apart": APART,
        "many": many,
        "last": many - 1,
        "silence": SILENCE_DAYS,
        "attributes": ", ".join(ATTRIBUTES),
    }
    run = connection.con.execute
    before, after = Path(__file__).with_name("features.sql").read_text(encoding="utf-8").split(KINDS_KNOWN)
    _read_titles(connection, export)
    run(before.format(**values))
    facts = time.perf_counter()
    names = _kinds(connection.con)
    by_kind = ["max(day) AS engaged", "max(day) FILTER (decides) AS decision_maker"]
    for name, code in names.items():
        by_kind.append(f'max(day) FILTER (kind = {code}) AS "{name}"')
        by_kind.append(f'max(day) FILTER (kind = {code} AND decides) AS "decision_maker_{name}"')
    since = RECENT | {name: name for kind in names for name in (kind, f"decision_maker_{kind}")}
    running = [f'max("{column}") OVER so_far AS "{column}"' for column in since.values()]
    running += [f"sum({column}) OVER so_far AS {column}" for column in ("people", "decision_makers")]
    running.append("bit_or(departments) OVER so_far AS departments")
    values |= {
        "by_kind": ", ".join(by_kind),
        "running": ", ".join(running),
        "since": ", ".join(f'o.day - p."{column}" AS "days_since_{name}"' for name, column in since.items()),
        "counted": ", ".join(f"coalesce(b.{name}, 0) AS {name}" for name in COUNTED),
    }
    run(after.format(**values))
    table = connection.con.sql("FROM features").to_arrow_table()
    done = time.perf_counter()
    return table, {"read": 0.0, "facts": facts - began, "build": done - facts}


def result(export: Path, many: int) -> dict[str, Any]:
    """The figures of building the features, as `benchmarks.speed.work` prints them."""
    began = time.process_time()
    table, steps = features(export, many)
    cpu_seconds = time.process_time() - began
    more = {**steps, "features": table.num_columns - 2, "cut-offs": many}
    taken = {"seconds": sum(steps.values()), "cpu_seconds": cpu_seconds}
    return {**taken, "rows": table.num_rows, "of": "snapshots", "more": more}
