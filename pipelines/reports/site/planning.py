"""The page of the plan: how sure the period is, what a target takes, and how past plans held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pandas as pd

from pipelines.planning.files import plan_tables
from pipelines.reports.drawing.numbers import count, decimals, money
from pipelines.reports.page import rendered
from pipelines.reports.site.inputs import Goal, SiteInputs
from pipelines.reports.site.made import Highlight, Made
from scoring.planning.adaptive import PERCENT, PastForecast
from scoring.planning.outlook import Expected, Outlook
from scoring.planning.plan import Plan, PlannedSource, Split
from scoring.timeline import calendar_date

#: A row of a table of intervals: the name of its figures, its words, and what is expected.
Row = tuple[str, str, Outlook]


@dataclass(frozen=True)
class PlanPage:
    """The content of the page."""

    plan: Plan
    goal: Goal

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.plan.until - timedelta(days=1)

    @property
    def totals(self) -> list[Row]:
        """All, those who are open, and those who still come."""
        plan = self.plan
        return [
            ("plan", "All", plan.total),
            ("plan.open", "Open today", plan.open),
            ("plan.coming", "Still to come", plan.coming),
        ]

    @property
    def arrivals(self) -> float:
        """How many are still to come."""
        return sum(source.arrivals for source in self.plan.sources)

    @property
    def coming(self) -> list[PlannedSource]:
        """The sources, the one that brings most by then first."""
        return sorted(self.plan.sources, key=lambda one: (-one.revenue, -one.arrivals, one.name))

    @property
    def is_late(self) -> bool:
        """Whether no order can help any more."""
        order = self.plan.order
        return bool(order and order.sources and order.median_days and all(one.is_late for one in order.sources))

    @property
    def notes(self) -> list[str]:
        """What a reader must know."""
        return [*self.goal.notes, *self.plan.notes]

    def parts(self, split: Split) -> list[Row]:
        """The parts of a split."""
        return [(f"by.{split.of}.{part.value}", part.value, part.outlook) for part in split.parts]

    def limits(self, found: Expected) -> list[tuple[float, float]]:
        """The limits of 50, 80 and 95 %."""
        return [found.interval(percent) for percent in PERCENT]

    def top(self, rows: Sequence[Row], what: str) -> float:
        """The largest value that is drawn in some rows."""
        found = [getattr(outlook, what) for _, _, outlook in rows]
        asked = self.plan.target if what == "revenue" and rows[:1] == self.totals[:1] else None
        return max([*(one.interval_95[1] for one in found), *(one.expected for one in found), asked or 0.0])

    def past_top(self, rows: Sequence[PastForecast]) -> float:
        """The same of past plans."""
        return max(max(one.limits[-1][1], one.expected, one.actual) for one in rows)

    def day_of(self, one: PastForecast) -> date:
        """The day of a past plan."""
        return calendar_date(one.day)

    def shown(self, value: float, what: str) -> str:
        """Revenue as money, and wins with a digit where they are few."""
        return money(value) if what == "revenue" else decimals(value, 1) if 0 < abs(value) < 10 else count(value)


def plan_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    plan, goal = inputs.plan, inputs.goal
    page = PlanPage(plan, goal)
    revenue, wins = plan.total.revenue, plan.total.wins
    shown = [
        Highlight("plan.revenue", f"revenue expected by {page.last_day}", revenue.expected, "money"),
        Highlight("plan.revenue.low_80", "at least, in 9 of 10 cases", revenue.interval_80[0], "money"),
    ]
    if plan.probability is not None:
        shown.append(Highlight("plan.probability", "how likely the target is", plan.probability, "percent"))
    metrics = {
        f"plan/{what}/{name}": value
        for what, found in (("wins", wins), ("revenue", revenue))
        for name, value in [("expected", found.expected)]
        + [
            (f"{side}_{percent}", limit)
            for percent in PERCENT
            for side, limit in zip(("low", "high"), found.interval(percent), strict=True)
        ]
    }
    metrics |= {"plan/open": float(plan.n_open), "plan/arrivals": page.arrivals}
    metrics |= {} if plan.probability is None else {"plan/probability": plan.probability}
    return Made(partial(rendered, "plan.html.j2", page), _tables(page), tuple(shown), plan.to_json(), metrics)


def _tables(page: PlanPage) -> dict[str, pd.DataFrame]:
    """The tables of the page: those of `closedwon plan`, with the totals and the coverage."""
    plan, goal = page.plan, page.goal
    total = []
    for _, label, outlook in page.totals:
        for what in ("wins", "revenue"):
            found: Expected = getattr(outlook, what)
            limits = {
                f"{side}_{percent}": value
                for percent in PERCENT
                for side, value in zip(("low", "high"), found.interval(percent), strict=True)
            }
            total.append({"of": label, "what": what, "expected": found.expected, **limits})
    held = [
        {"what": what, "past_days": found.days}
        | {f"held_{percent}": number for percent, number in zip(PERCENT, found.held, strict=True)}
        for what, found in (("wins", plan.past.of_wins), ("revenue", plan.past.of_revenue))
    ]
    asked = {
        "as_of": plan.as_of.isoformat(),
        "until": plan.until.isoformat(),
        "n_open": plan.n_open,
        "arrivals": page.arrivals,
        "target": plan.target,
        "probability": plan.probability,
        "known": plan.order.known if plan.order else None,
        "agreement": goal.agreed,
        "agreement_target": goal.whole,
        "booked": goal.booked,
    }
    named = {f"plan_{name}": pd.DataFrame(rows) for name, rows in plan_tables(plan).items()}
    coverage = pd.DataFrame(held if plan.past.wins else [])
    return {"plan_period": pd.DataFrame([asked]), "plan_total": pd.DataFrame(total), "plan_coverage": coverage, **named}
