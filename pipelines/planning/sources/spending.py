"""What each source cost, from the table `spend`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipelines.intake.point_in_time import PastTables
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class Spending:
    """What sources cost.

    Attributes
    ----------
    costs : mapping of float
        By index of the source and `month_number`; -1 is all months shown.
    notes : tuple of str
        What could not be told, and why.
    """

    costs: Mapping[tuple[int, int], float]
    notes: tuple[str, ...]

    def of(self, source: int, month: int) -> float:
        """The cost of a source in a month; NaN where nobody says."""
        return self.costs.get((source, month), float("nan"))


def month_number(day: date) -> int:
    """The number of a day's month: years times 12 plus the month, from 0."""
    return day.year * 12 + day.month - 1


def spending(export: PastTables, by: str, sources: Mapping[str, int], begin: int) -> Spending:
    """The costs of some sources from a day on.

    Parameters
    ----------
    export : PastTables
    by : {"source", "campaign", "segment"}
        A segment has no cost of its own.
    sources : mapping of int
        By name, also of those that are pooled, the index of the source.
    begin : int
        Day number of the first day of a month.
    """
    table = export.tables.spend
    if table is None:
        return Spending({}, ("no costs: there is no table spend",))
    if by == "segment":
        return Spending({}, ("no costs: spend is by source and campaign, and not by segment",))
    rows = table.select("month", "cost", name=table[by]).to_pandas()
    rows = rows[rows["month"] >= pd.Timestamp(calendar_date(begin))]
    index = {name.strip().casefold(): i for name, i in sources.items()}
    costs: dict[tuple[int, int], float] = {}
    missing: dict[str, float] = {}
    for row in rows.itertuples():
        name = "" if pd.isna(row.name) else str(row.name)
        source = index.get(name.strip().casefold())
        if source is None or not name:
            missing[name or f"rows without a {by}"] = missing.get(name or f"rows without a {by}", 0.0) + row.cost
            continue
        for month in (month_number(row.month), -1):
            costs[source, month] = costs.get((source, month), 0.0) + row.cost
    words = ", ".join(f"{name} ({cost:,.0f})" for name, cost in sorted(missing.items(), key=lambda item: -item[1])[:5])
    return Spending(costs, (f"costs of no source above: {words}",) if missing else ())
