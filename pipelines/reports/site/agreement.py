"""The page of the agreement: what holds, what changed against the one before, and how the period stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from pipelines.alignment.standing import AgreementStanding
from pipelines.errors import ClosedwonError
from pipelines.reports.page import rendered
from pipelines.reports.site.inputs import Goal, SiteInputs
from pipelines.reports.site.made import Highlight, Made
from scoring.persons.written import hidden
from scoring.planning.plan import Plan


@dataclass(frozen=True)
class AgreementPage:
    """The content of the page.

    Attributes
    ----------
    standing : AgreementStanding
    goal : Goal
    plan : Plan or None
        None where there is none, or where it is for something else.
    """

    standing: AgreementStanding
    goal: Goal
    plan: Plan | None

    @property
    def target(self) -> float:
        """The revenue target of the agreement that holds."""
        agreed = self.standing.agreed
        return 0.0 if agreed is None else float(agreed.content.get("agreement", {}).get("revenue_target", 0.0))

    @property
    def terms(self) -> list[tuple[str, Any]]:
        """Every key of the agreement that holds."""
        return [] if self.standing.agreed is None else list(keys_of(self.standing.agreed.content))

    @property
    def grades(self) -> list[tuple[str, int]]:
        """How many of the market are in each grade."""
        return sorted(self.standing.market.grades.items()) if self.standing.market else []

    def words(self, value: Any) -> str:
        """A value in words."""
        return in_words(value)


def keys_of(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Each key with its section, as `differences` names it, and its value."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from keys_of(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def in_words(value: Any) -> str:
    """A value of an agreement in words, without what is somebody's."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    return f"{value:,.10g}" if isinstance(value, int | float) else hidden(str(value))


def agreement_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    found = inputs.standing
    goal, plan = Goal(found.day, None), None
    if found.agreed is not None:
        booked = inputs.booked_since(found.agreed.first_day)
        goal = Goal(found.day, None, found.agreed.name, 0.0, booked, found.agreed.first_day)
        try:
            if inputs.goal.agreed == found.agreed.name:
                plan = inputs.plan
        except ClosedwonError:
            plan = None  # the page of the plan says why
    page = AgreementPage(found, goal, plan)
    days = ("first_day", "last_day", "agreed_on")
    kept = [
        {"name": one.name, **{day: str(getattr(one, day)) for day in days}, "digest": one.digest} for one in found.kept
    ]
    terms = [{"key": key, "value": in_words(value)} for key, value in page.terms]
    changes = [{"key": one.key, "before": in_words(one.before), "after": in_words(one.after)} for one in found.changes]
    market = [{"grade": grade, "known_and_open": number} for grade, number in page.grades]
    if found.market is not None:
        market.append({"grade": "all", "known_and_open": found.market.known})
    status = []
    if found.agreed is not None:
        status = [{"agreement": found.agreed.name, "target": page.target, "booked": goal.booked}]
        status[0] |= {} if plan is None else {"probability": plan.probability, "expected": plan.total.revenue.expected}
    tables = {
        "agreement_terms": pd.DataFrame(terms),
        "agreement_changes": pd.DataFrame(changes),
        "agreement_market": pd.DataFrame(market),
        "agreement_status": pd.DataFrame(status),
        "agreement_all": pd.DataFrame(kept),
    }
    shown = [Highlight("", "holds now", found.agreed.name if found.agreed else "none")]
    if found.agreed is not None:
        shown += [
            Highlight("agreement.target", "to be won", page.target, "money"),
            Highlight("agreement.booked", "booked so far", goal.booked, "money"),
        ]
    figures = {"holds": found.agreed.name if found.agreed else None, "target": page.target, "booked": goal.booked}
    return Made(partial(rendered, "agreement.html.j2", page), tables, tuple(shown), figures)
