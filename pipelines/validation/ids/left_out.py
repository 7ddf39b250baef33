"""The ids of records that an export has and that are not among the accepted ones: deleted, merged, or set aside."""

from __future__ import annotations

from typing import Any

import ibis

from pipelines.sources.files import Source
from pipelines.validation.rejects import Accepted
from scoring.cells import ids

#: The id column of each table whose records others name.
KEYS = {table: column for column, table in ids.NAMED_TABLE.items()}


def left_out_ids(connection: Any, source: Source, accepted: Accepted) -> dict[str, ibis.Table]:
    """The canonical ``id`` of each record of a table that is deleted or set aside, by the table's name.

    It is empty where there is none, and for a table whose records no other table names.

    Parameters
    ----------
    connection : ibis backend
    source : Source
        With the ids of deleted records.
    accepted : Accepted
        With the rows that were set aside.
    """
    key, parts = KEYS.get(source.table), []
    if source.gone is not None:
        parts.append(source.gone.select(id=source.gone.gone))
    rejected = accepted.rejected_rows.rows
    if rejected is not None and key in rejected.columns:
        aside = rejected.select(id=ids.read_id(rejected[key].cast("string")))
        parts.append(ids.with_canonical(connection, aside.filter(aside.id.notnull()), id="id"))
    if key is None or not parts:
        return {}
    both = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return {source.table: connection.create_table(f"left_out_{source.table}", both, temp=True)}
