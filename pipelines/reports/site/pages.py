"""The pages of a site, in the order of its navigation. A page is added by one line of `PAGES`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pipelines.errors import UsageError
from pipelines.reports.site.agreement import agreement_page
from pipelines.reports.site.calls import calls_page
from pipelines.reports.site.handoffs import handoffs_page
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Made
from pipelines.reports.site.month import month_page
from pipelines.reports.site.planning import plan_page
from pipelines.reports.site.scorecard import quality_page, scorecard_page
from pipelines.reports.site.sources import sources_page


@dataclass(frozen=True)
class Page:
    """A page of a site.

    Attributes
    ----------
    name : str
        Of its file.
    title : str
        In the navigation.
    about : str
        What it answers, for the overview.
    make : callable
        Computes it. A `ClosedwonError` that it raises says why it cannot be made, and what to do.
    """

    name: str
    title: str
    about: str
    make: Callable[[SiteInputs], Made]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.html"


PAGES = (
    Page("month", "Month", "What a month brought, who is credited with it, and what must be talked about.", month_page),
    Page("plan", "Plan", "What the period ahead brings, how sure that is, and what a target takes.", plan_page),
    Page("sources", "Sources", "What each source brings, by cohort, and what that costs.", sources_page),
    Page("agreement", "Agreement", "What sales and marketing owe each other.", agreement_page),
    Page("handoffs", "Hand-offs", "How soon they are touched, what is accepted, and who was right.", handoffs_page),
    Page("calls", "Calls", "How many calls each owner has this week, and why now.", calls_page),
    Page("scorecard", "Scorecard", "What was learned, what it is worth, and where it is weak.", scorecard_page),
    Page("quality", "Data quality", "What the export holds, and what to mend first.", quality_page),
)


def chosen(names: Collection[str]) -> tuple[Page, ...]:
    """The pages of these names, in the order of the navigation; all of them without a name.

    Parameters
    ----------
    names : collection of str

    Raises
    ------
    UsageError
        If there is no such page.
    """
    if unknown := [name for name in names if name not in {page.name for page in PAGES}]:
        raise UsageError(f"--page {unknown[0]}: there is no such page; give {', '.join(page.name for page in PAGES)}")
    return tuple(page for page in PAGES if not names or page.name in names)
