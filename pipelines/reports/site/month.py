"""The page of a month, which prints on paper: product, pipeline, credit, the old count, alarms, agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from pipelines.monthly.report import MonthReport
from pipelines.reports.page import rendered, rows_of
from pipelines.reports.site.agreement import in_words
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made, hours
from scoring.monthly.credit import RULES

#: So many rows of the product are shown of each way to follow companies; the table beside the page has all.
MOST_ROWS = 12


@dataclass(frozen=True)
class MonthPage:
    """The content of the page."""

    found: MonthReport

    @property
    def title(self) -> str:
        """The month in words: `October 2026`."""
        return f"{self.found.month.first_day:%B %Y}"

    @property
    def chance(self) -> float:
        """Of any false alarm."""
        return min(sum(self.found.watched.chances.values()), 1.0)

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """All rows of the product."""
        return rows_of(self.found.chains)

    @property
    def ways(self) -> list[str]:
        """By what it is shown."""
        return list(dict.fromkeys(row["by"] for row in self.products))

    def rows(self, by: str) -> list[dict[str, Any]]:
        """The rows of one way."""
        return [row for row in self.products if row["by"] == by][:MOST_ROWS]

    def name(self, row: Mapping[str, Any], column: str) -> str:
        """The name of a figure of the product, which is that of the page of the sources where it is the same."""
        return f"{row['by']}.{row['of']}.{column}"

    @property
    def grades(self) -> list[dict[str, Any]]:
        """Pipeline by grade."""
        return rows_of(self.found.grades)

    @property
    def service(self) -> list[dict[str, Any]]:
        """Hand-offs by grade."""
        return rows_of(self.found.service.rows)

    def hours(self, value: float | None) -> str:
        """Working hours in words."""
        return hours(value)

    @property
    def credits(self) -> list[dict[str, Any]]:
        """Pipeline by credit."""
        return rows_of(self.found.credit)

    @property
    def credit(self) -> dict[str, dict[str, Any]]:
        """The same by its name."""
        return {row["credit"]: row for row in self.credits}

    @property
    def credited_sources(self) -> list[dict[str, Any]]:
        """Pipeline by source and credit."""
        return rows_of(self.found.credit_by_source)

    @property
    def rules(self) -> Mapping[str, str]:
        """What each credit means."""
        return RULES

    @property
    def history(self) -> list[dict[str, Any]]:
        """The last months, the newest first."""
        return rows_of(self.found.months)[::-1]

    def words(self, value: Any) -> str:
        """A value of an agreement in words."""
        return in_words(value)


def month_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    found = inputs.month
    page, row = MonthPage(found), found.row
    tables = found.tables()
    shown = (
        Highlight("month.revenue", f"won in {page.title}", row["revenue"], "money"),
        Highlight("month.pipeline", "of pipeline made", row["pipeline"], "money"),
        Highlight("month.alarms", "alarms named in it", len(found.new), "count"),
    )
    numbers = ("touches", "mqls", "opened", "pipeline", "won", "revenue")
    metrics = {f"month/{name}": float(row[name]) for name in numbers} | {"month/alarms": float(len(found.new))}
    return Made(partial(rendered, "month.html.j2", page), tables, shown, found.to_json(), metrics)
