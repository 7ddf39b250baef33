"""The ids of records that an export has and that are not among the accepted ones: deleted, merged, or set aside."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from pipelines.sources.files import Source
from pipelines.validation.rejects import Accepted
from scoring.contracts import ids

#: The id column of each table whose records others name.
KEYS = {table: column for column, table in ids.NAMED_TABLE.items()}


def left_out_ids(sources: Mapping[str, Source], accepted: Mapping[str, Accepted]) -> dict[str, ibis.Table]:
    """The canonical ``id`` of each record that is deleted or set aside, by table; without tables that lack none.

    They are computed where they are read, and few exports need them.

    Parameters
    ----------
    sources : mapping of Source
        By table, with the ids of deleted records.
    accepted : mapping of Accepted
        What was read so far, with the rows that were set aside.
    """
    found = {}
    for table, key in KEYS.items():
        parts = []
        gone = sources[table].gone if table in sources else None
        if gone is not None:
            parts.append(gone.select(id=gone.gone))
        rejected = accepted[table].rejected_rows.rows if table in accepted else None
        if rejected is not None and key in rejected.columns:
            aside = rejected.filter(rejected[key].notnull()).select(id=ids.read(rejected[key].cast("string")))
            aside = aside.filter(aside.id.notnull())
            parts.append(aside.select(id=ids.canonical(aside.id)))
        if parts:
            both = ibis.union(*parts) if len(parts) > 1 else parts[0]
            found[table] = both
    return found
