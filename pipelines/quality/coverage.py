"""Coverage over time: the rows of each month, by table and by type of activity, on the day that matters for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from pipelines.redaction import redacted
from scoring.tables import Tables
from scoring.timeline import calendar_date, day_of

#: The day that matters in each table whose rows are not deals.
DAYS = {
    "accounts": "created_at",
    "leads": "created_at",
    "activities": "occurred_at",
    "account_history": "known_at",
    "lead_history": "known_at",
    "opportunity_history": "changed_at",
    "spend": "month",
    "customers": "since",
}
#: So many types of activity are looked at, the commonest first.
MOST_TYPES = 100
#: Rows from before it are dates of no CRM: they would stretch every picture.
FIRST_MONTH = "1990-01"


@dataclass(frozen=True)
class Coverage:
    """The rows of a table, or of a part of it, by month.

    Attributes
    ----------
    table : str
    day : str
        The column with the day that matters.
    months : mapping of int
        The rows of each month with any, such as ``2026-03``, in order.
    undated : int
        The rows without that day.
    first, last : date, optional
        The first and the last day.
    part : str
        What part of the table it is: "won", "lost", a type of activity; empty for all of it.
    """

    table: str
    day: str
    months: Mapping[str, int]
    undated: int
    first: date | None
    last: date | None
    part: str = ""

    @property
    def rows(self) -> int:
        """All rows that have the day."""
        return sum(self.months.values())

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "table": self.table,
            "part": self.part,
            "day": self.day,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "undated": self.undated,
            "months": dict(self.months),
        }


def coverage(tables: Tables) -> tuple[Coverage, ...]:
    """The rows of each month, of all tables, of deals by what became of them, and of activities by type.

    Parameters
    ----------
    tables : Tables
        As known at the day of the check.
    """
    return tuple(_found(dict(tables.present())))


def _found(present: Mapping[str, ibis.Table]) -> Iterator[Coverage]:
    for table in ("accounts", "leads"):
        if table in present:
            yield from _by_month(present[table], table, DAYS[table])
    deals = present["opportunities"]
    yield from _by_month(deals, "opportunities", "created_at")
    closed = deals.filter(deals.status.isin(["won", "lost"]))
    yield from sorted(_by_month(closed, "opportunities", "closed_at", "status"), key=lambda one: one.part != "won")
    if "activities" in present:
        types = list(_by_month(present["activities"], "activities", DAYS["activities"], "activity_type"))
        if types:
            yield _together(types)
        yield from sorted(types, key=lambda one: (-one.rows, one.part))[:MOST_TYPES]
    for table in ("account_history", "lead_history", "opportunity_history", "spend", "customers"):
        if table in present:
            yield from _by_month(present[table], table, DAYS[table])


def _by_month(rows: ibis.Table, table: str, day: str, by: str | None = None) -> Iterator[Coverage]:
    """One coverage, or one for each value of a column."""
    moment = rows[day]
    part = rows[by] if by is not None else ibis.literal("")
    # As a number, which all engines give alike, and not as text.
    month = moment.year().cast("int64") * 12 + moment.month().cast("int64") - 1
    at = day_of(moment)
    dated = rows.select(part=part, month=month, at=at)
    counted = dated.group_by("part", "month").agg(rows=dated.count(), first=dated["at"].min(), last=dated["at"].max())
    found: dict[str, list[dict[str, Any]]] = {}
    for row in counted.order_by("part", "month").to_pyarrow().to_pylist():
        found.setdefault(row["part"] or "", []).append(row)
    for name, its in found.items():
        with_day = [row for row in its if row["month"] is not None and _written(row["month"]) >= FIRST_MONTH]
        with_day.sort(key=lambda row: row["month"])
        yield Coverage(
            table=table,
            day=day,
            months={_written(row["month"]): int(row["rows"]) for row in with_day},
            undated=sum(int(row["rows"]) for row in its if row["month"] is None),
            first=calendar_date(min(row["first"] for row in with_day)) if with_day else None,
            last=calendar_date(max(row["last"] for row in with_day)) if with_day else None,
            part=redacted(name),
        )


def _written(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _together(types: list[Coverage]) -> Coverage:
    """All activities, from those of each type: the log is read once."""
    months: dict[str, int] = {}
    for one in types:
        for month, rows in one.months.items():
            months[month] = months.get(month, 0) + rows
    dated = [one for one in types if one.first and one.last]
    return Coverage(
        table="activities",
        day=types[0].day,
        months=dict(sorted(months.items())),
        undated=sum(one.undated for one in types),
        first=min((one.first for one in dated if one.first), default=None),
        last=max((one.last for one in dated if one.last), default=None),
    )
