"""What nights kept of open deals, as rows of the opportunity history."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from pipelines.history.record import KeptColumn
from scoring.features.deals.deal_stages import FIRST_LOOK
from scoring.sql_text import quoted

#: The columns of an opportunity history that nights keep, with their types in DuckDB. Owners are kept, but not read.
OF_DEALS = {"stage": "VARCHAR", "amount": "DOUBLE", "close_date": "TIMESTAMP", "probability": "DOUBLE"}


def changes_of_deals(rows: str, columns: Sequence[KeptColumn]) -> str:
    """The query for the changes of deals: each with what changed then, and the rest empty, as CRMs export it.

    Parameters
    ----------
    rows : str
        As `changes.history_rows` gives them.
    columns : sequence of KeptColumn
        Those to read.
    """
    names = {column.name: column for column in columns}
    cells = [
        quoted(name) if name in names else f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in OF_DEALS.items()
    ]
    known = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in names)
    first = "false"
    if "stage" in names:
        first = f"known_at = TIMESTAMP '{names['stage'].since.isoformat()}'"
    chosen = ["opportunity_id", "known_at AS changed_at", *cells, f"{first} AS {FIRST_LOOK}"]
    return f"SELECT {', '.join(chosen)} FROM {rows} WHERE {known}"


def with_kept(history: ibis.Table | None, kept: ibis.Table) -> ibis.Table:
    """An opportunity history with the changes that nights kept.

    Parameters
    ----------
    history : Table, optional
        That of the export.
    kept : Table
    """
    if history is None:
        return kept
    of_export = history.mutate(**{FIRST_LOOK: ibis.literal(False)})
    return of_export.union(kept.select(**{name: kept[name].cast(kind) for name, kind in of_export.schema().items()}))
