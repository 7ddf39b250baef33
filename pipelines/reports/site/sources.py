"""The page of the sources: what each brought to date and completed, what it cost, and the alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pandas as pd

from pipelines.planning.sources.alarm import SourceAlarm
from pipelines.planning.sources.cohorts import SourceReport
from pipelines.planning.sources.companies import By
from pipelines.reports.page import rendered, rows_of
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made
from scoring.planning.sources.cohorts import STEPS

#: What adds up over sources and months.
ADDED = ("arrived", "targets", "won", "won_completed", "revenue", "revenue_completed")


@dataclass(frozen=True)
class SourcesPage:
    """The content of the page: `by_name` has the same by campaign and segment, where the export says them."""

    by_name: Mapping[By, SourceReport]

    @property
    def found(self) -> SourceReport:
        """By source."""
        return self.by_name["source"]

    @cached_property
    def total(self) -> dict[str, Any]:
        """All sources together."""
        sums = {name: float(self.found.sources[name].sum()) for name in ADDED}
        cost = self.found.sources["cost"].sum(min_count=1)
        known = None if pd.isna(cost) else float(cost)
        a_win = None if known is None or not sums["won_completed"] else known / sums["won_completed"]
        return {**sums, "cost": known, "cost_per_win": a_win}

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """A row a source."""
        return rows_of(self.found.sources)

    @cached_property
    def months(self) -> list[dict[str, Any]]:
        """A row a source and month."""
        return rows_of(self.found.months)

    @cached_property
    def month_sums(self) -> pd.DataFrame:
        """A row a month, all sources together."""
        return self.found.months.groupby("month", as_index=False)[list(ADDED)].sum()

    @property
    def by_month(self) -> list[tuple[str, float, float]]:
        """Revenue of each month of arrival, so far and completed."""
        sums = self.month_sums
        return list(zip(sums["month"], sums["revenue"], sums["revenue_completed"], strict=True))

    @property
    def others(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The rows by campaign and segment."""
        return [(by, rows_of(found.sources)) for by, found in self.by_name.items() if by != "source"]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of a cohort."""
        return STEPS

    @property
    def alarms(self) -> tuple[SourceAlarm, ...]:
        """The sources that bring more of whom less is expected."""
        return self.found.watch.named

    @property
    def falling(self) -> tuple[SourceAlarm, ...]:
        """The sources of whose arrivals less is expected, without more of them."""
        return self.found.watch.falling

    @property
    def chance(self) -> float:
        """Of a false alarm of any source in the whole watch."""
        return min(self.found.watch.chance * self.found.watch.sources, 1.0)

    def top(self, rows: Sequence[Mapping[str, Any]], name: str) -> float:
        """The largest value of a column."""
        return max((float(row[name]) for row in rows), default=0.0)


def sources_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    page = SourcesPage(inputs.sources)
    total, found = page.total, page.found
    alarms = [one.to_json() | {"rising": one.alarm.rising} for one in (*page.alarms, *page.falling)]
    for one in alarms:
        one["changed_between"] = " to ".join(one["changed_between"])
        one["rate_ratio"] = " to ".join(f"{ratio:.3g}" for ratio in one["rate_ratio"])
    tables = {
        "sources_by_source": found.sources,
        "sources_by_source_and_month": found.months,
        "sources_by_month": page.month_sums,
        "sources_total": pd.DataFrame([total | {"alarms": len(page.alarms)}]),
        "sources_alarm": pd.DataFrame(alarms),
        **{f"sources_by_{by}": one.sources for by, one in page.by_name.items() if by != "source"},
    }
    shown = (
        Highlight("sources.won", "won so far of those who came", total["won"], "count"),
        Highlight(
            "sources.revenue_completed", "revenue when each cohort is complete", total["revenue_completed"], "money"
        ),
        Highlight("sources.alarms", "alarms", len(page.alarms), "count"),
    )
    metrics = {f"sources/{name}": value for name, value in total.items() if value is not None}
    metrics |= {"sources/alarms": float(len(page.alarms)), "sources/falling": float(len(page.falling))}
    for row in page.sources:
        for name in ("targets", "won", "won_completed", "revenue", "revenue_completed", "cost", "cost_per_win"):
            if row[name] is not None:
                metrics[f"sources/by/{row['source']}/{name}"] = float(row[name])
    figures: dict[str, Any] = {by: one.to_json() for by, one in page.by_name.items()}
    return Made(partial(rendered, "sources.html.j2", page), tables, shown, figures, metrics)
