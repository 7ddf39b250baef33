"""The cells of many columns of text as one long table.

An export may have thousands of columns. A query with an expression for each takes longer to build and to plan than to
run: seconds for a hundred columns, minutes for thousands. A long table has two columns, however many they are of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis

#: Columns that are read in one scan. Each scan is planned for all columns of the table; what is found of its columns
#: must fit memory.
AT_ONCE = 500


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
