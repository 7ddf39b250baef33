"""What each source cost, from the table `spend`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipelines.intake.point_in_time import PastTables
from scoring.timeline import calendar_date

#: Costs of no source that are named.
MOST_NAMED = 5


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


def spending(
    export: PastTables,
    by: str,
    sources: Mapping[str, int],
    begin: int,
    *,
    shown: Collection[tuple[int, int]] | None = None,
) -> Spending:
    """The costs of some sources from a day on, of the months that had begun by the day of the export.

    Parameters
    ----------
    export : PastTables
    by : {"source", "campaign", "segment"}
        A segment has no cost of its own.
    sources : mapping of int
        By name, also of those that are pooled, the index of the source.
    begin : int
        Day number of the first day of a month.
    shown : collection of tuple of int, optional
        The sources and months that have a row of their own: what was spent on others is not shown with them, and is
        said in the notes. Without it, all have.
    """
    table = export.tables.spend
    if table is None:
        return Spending({}, ("no costs: there is no table spend",))
    if by == "segment":
        return Spending({}, ("no costs: spend is by source and campaign, and not by segment",))
    rows = table.select("month", "cost", name=table[by]).to_pandas()
    rows = rows[(rows["month"] >= pd.Timestamp(calendar_date(begin))) & (rows["month"] < pd.Timestamp(export.as_of))]
    exact = {name.strip(): i for name, i in sources.items()}
    index = {name.casefold(): i for name, i in exact.items()} | exact
    names = None if shown is None else {source for source, _ in shown}
    costs: dict[tuple[int, int], float] = {}
    missing: dict[str, float] = {}
    for row in rows.itertuples():
        name = "" if pd.isna(row.name) else str(row.name)
        source = index.get(name.strip(), index.get(name.strip().casefold()))
        if source is None or not name or (names is not None and source not in names):
            missing[name or f"rows without a {by}"] = missing.get(name or f"rows without a {by}", 0.0) + row.cost
            continue
        for month in (month_number(row.month), -1):
            costs[source, month] = costs.get((source, month), 0.0) + row.cost
    return Spending(costs, tuple(_notes(by, costs, missing, shown)))


def _notes(
    by: str,
    costs: Mapping[tuple[int, int], float],
    missing: Mapping[str, float],
    shown: Collection[tuple[int, int]] | None,
) -> Iterator[str]:
    """What was spent and stands beside no source, or beside no month of one."""
    if missing:
        most = sorted(missing.items(), key=lambda item: -item[1])[:MOST_NAMED]
        words = ", ".join(f"{name} ({cost:,.0f})" for name, cost in most)
        if len(missing) > len(most):
            words += f", and {len(missing) - len(most)} more; {sum(missing.values()):,.0f} in all"
        yield f"costs of no {by} above: {words}"
    idle = sum(cost for key, cost in costs.items() if shown is not None and key[1] >= 0 and key not in shown)
    if idle > 0:
        yield (
            f"{idle:,.0f} was spent in months in which nobody came from the {by}: the table by {by} has it, and that "
            "by month has not"
        )
