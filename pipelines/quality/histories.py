"""Since when each column has a history: the export's own, or the one that nights keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.features.deals.deal_stages import FIRST_LOOK
from scoring.tables import Tables
from scoring.timeline import calendar_date, day_of

#: The histories of an export, with the time of their rows.
OWN = {"account_history": "known_at", "lead_history": "known_at", "opportunity_history": "changed_at"}
#: What of their columns has no history.
NO_COLUMNS = ("account_id", "lead_id", "opportunity_id", FIRST_LOOK)


@dataclass(frozen=True)
class ColumnHistory:
    """Since when a column has a history.

    Attributes
    ----------
    table : str
        Whose history it is: that of the export, or the table that nights keep.
    column : str
    since : date
        The first day with a value of it.
    kept : bool
        Whether nights keep it; else the export has it.
    """

    table: str
    column: str
    since: date
    kept: bool

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"table": self.table, "column": self.column, "since": self.since.isoformat(), "kept": self.kept}


def histories(tables: Tables) -> tuple[ColumnHistory, ...]:
    """The histories of an export, and those that were added to it, by table and column.

    Parameters
    ----------
    tables : Tables
        As known at the day of the check.
    """
    found = []
    for table, moment in OWN.items():
        rows = getattr(tables, table)
        if rows is None:
            continue
        names = [name for name in rows.columns if name not in (moment, *NO_COLUMNS)]
        day = day_of(rows[moment])
        firsts = {f"first_{i}": day.min(where=rows[name].notnull()) for i, name in enumerate(names)}
        row = rows.aggregate(**firsts).to_pyarrow().to_pylist()[0] if names else {}
        first = {name: row[f"first_{i}"] for i, name in enumerate(names)}
        found += [ColumnHistory(table, name, calendar_date(d), False) for name, d in first.items() if d is not None]
    if tables.kept_since is not None:
        found += [
            ColumnHistory(row["table"], row["column"], calendar_date(row["since"]), True)
            for row in tables.kept_since.to_pyarrow().to_pylist()
        ]
    return tuple(sorted(found, key=lambda one: (one.kept, one.table, one.since, one.column)))


def first_days_in_words(found: tuple[ColumnHistory, ...]) -> list[str]:
    """A sentence for each table and first day.

    Parameters
    ----------
    found : tuple of ColumnHistory
        As `histories` gives them.
    """
    together: dict[tuple[bool, str, date], list[str]] = {}
    for one in found:
        together.setdefault((one.kept, one.table, one.since), []).append(one.column)
    return [
        f"{f'{table}, kept by nights' if kept else table} since {since}: {', '.join(columns)}"
        for (kept, table, since), columns in together.items()
    ]
