"""Ids in the form that all ways to write them have in common, found in two steps."""

from __future__ import annotations

from typing import Any

import ibis

from scoring.contracts import ids


def with_canonical(connection: Any, rows: ibis.Table, **written: str) -> ibis.Table:
    """The rows, with the canonical form of ids in further columns.

    The first step is a table of its own: in one expression it would stand in the second a hundred times, and DuckDB
    would take longer to read that than to answer it.

    Parameters
    ----------
    connection : ibis backend
    rows : ibis.Table
    **written : str
        By the name of the further column, the column with the ids as they are written.
    """
    first = rows.mutate(**{name: ids.unwrapped(rows[column]) for name, column in written.items()})
    first = connection.create_table(ibis.util.gen_name("unwrapped"), first, temp=True)
    return first.mutate(**{name: ids.of_unwrapped(first[name]) for name in written})
