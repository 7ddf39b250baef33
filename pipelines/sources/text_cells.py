"""The cells of many columns of text as one long table.

An export may have thousands of columns. A query with an expression for each takes longer to build and to plan than to
run: seconds for a hundred columns, minutes for thousands. A long table has two columns, however many they are of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.types as ir

#: Columns that are read in one scan. Each scan is planned for all columns of the table; what is found of its columns
#: must fit memory.
AT_ONCE = 500
#: Columns whose texts are fetched in one scan.
FETCHED_AT_ONCE = 50
#: With more rows than so many a column, to rank all texts in one query takes longer than to plan a query a column.
ROWS_A_COLUMN = 1_000


@contextmanager
def text_cells(connection: Any, raw: ibis.Table, names: list[str]) -> Iterator[ibis.Table]:
    """The filled cells of some columns in DuckDB: ``nth`` of the names and ``cell``, for as long as it is open.

    Parameters
    ----------
    connection : ibis DuckDB backend
    raw : ibis.Table
        The rows.
    names : list of str
        Columns of text of ``raw``, at least one. Nulls are left out, and with them a column of nothing else.
    """
    wide, long = ibis.util.gen_name("wide_texts"), ibis.util.gen_name("long_texts")
    connection.create_view(wide, raw.select(**{f"c{i}": raw[name] for i, name in enumerate(names)}))
    cells = ", ".join(f"c{i}" for i in range(len(names)))
    # Not UNPIVOT: rows are grouped faster by a number than by a name.
    connection.con.execute(
        f"""CREATE VIEW "{long}" AS FROM (
            SELECT unnest(range({len(names)})::USMALLINT[]) AS nth, unnest([{cells}]) AS cell FROM "{wide}"
        ) WHERE cell IS NOT NULL"""
    )
    try:
        yield connection.table(long)
    finally:
        connection.drop_view(long)
        connection.drop_view(wide)


def commonest_texts(
    connection: Any, raw: ibis.Table, names: list[str], most: int, holds: Callable[[Any], ir.BooleanValue]
) -> dict[str, list[tuple[str, int]]]:
    """The commonest texts of each column for which something holds, and how many cells have each.

    Parameters
    ----------
    connection : ibis backend
        Of DuckDB or of another engine.
    raw : ibis.Table
        The rows.
    names : list of str
        Columns of text of ``raw``.
    most : int
        How many texts of a column are given; of those that are as common, the first in their order.
    holds : callable
        Takes a text as an expression and says which texts are meant.
    """
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    if not names:
        return found
    if connection.name != "duckdb" or int(raw.count().to_pyarrow().as_py()) > ROWS_A_COLUMN * len(raw.columns):
        for name in names:
            texts = raw.filter(holds(raw[name])).group_by(cell=raw[name]).agg(n=ibis._.count())
            rows = texts.order_by(ibis.desc("n"), "cell").limit(most).to_pyarrow().to_pylist()
            found[name] = [(row["cell"], row["n"]) for row in rows]
        return found
    for start in range(0, len(names), FETCHED_AT_ONCE):
        part = names[start : start + FETCHED_AT_ONCE]
        with text_cells(connection, raw, part) as long:
            texts = long.filter(holds(long.cell)).group_by("nth", "cell").agg(n=ibis._.count())
            rank = ibis.row_number().over(group_by="nth", order_by=[ibis.desc("n"), "cell"])
            some = texts.mutate(rank=rank).filter(ibis._.rank < most).order_by("nth", "rank")
            for row in some.to_pyarrow().to_pylist():
                found[part[row["nth"]]].append((row["cell"], row["n"]))
    return found
