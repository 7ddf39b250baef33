"""The page of the calls of the week: how many each owner has, and what came after triggers. It names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from pipelines.reports.page import rendered
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made
from scoring.calls.call_list import CallLists
from scoring.calls.triggers import BY_NAME

NO_TRIGGER = "the best of whom nothing is new"


@dataclass(frozen=True)
class CallsWeekPage:
    """The content of the page.

    Attributes
    ----------
    lists : CallLists
    owners, triggers, not_called, learned : DataFrame
        A row an owner, a trigger, a reason, and a trigger and outcome.
    """

    lists: CallLists
    owners: pd.DataFrame
    triggers: pd.DataFrame
    not_called: pd.DataFrame
    learned: pd.DataFrame

    @classmethod
    def of(cls, lists: CallLists) -> CallsWeekPage:
        """The page of the lists of a week."""
        owners = [
            {
                "owner": owner,
                "capacity": lists.slots[owner],
                "calls": len(calls),
                "with_trigger": sum(bool(call.trigger) for call in calls),
                "stayed": sum(call.since < lists.week for call in calls),
                "expected_revenue": sum(call.expected_revenue for call in calls),
            }
            for owner, calls in lists.by_owner.items()
        ]
        names = pd.Series([call.trigger for call in lists.calls], dtype=object).value_counts()
        triggers = [
            {"trigger": BY_NAME[name].words if name in BY_NAME else NO_TRIGGER, "calls": int(count)}
            for name, count in names.items()
        ]
        learned = [
            {
                "trigger": one.words,
                "outcome": f"{one.outcome} in {one.days} days",
                **{name: getattr(one.found, name) for name in ("looked_at", "occurred", "share", "share_of_others")},
                **{name: getattr(one.found, name) for name in ("ratio", "low", "high")},
            }
            for one in lists.learned
        ]
        reasons = [{"reason": words, "open": number} for words, number in lists.not_called.items()]
        return cls(lists, pd.DataFrame(owners), pd.DataFrame(triggers), pd.DataFrame(reasons), pd.DataFrame(learned))

    @property
    def totals(self) -> dict[str, Any]:
        """Over all owners."""
        names = ("capacity", "calls", "with_trigger", "stayed", "expected_revenue")
        found = {name: self.owners[name].sum() if len(self.owners) else 0 for name in names}
        return {name: float(value) if name == "expected_revenue" else int(value) for name, value in found.items()} | {
            "open": self.lists.open,
            "left": len(self.lists.left),
        }


def calls_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    page = CallsWeekPage.of(inputs.calls)
    totals = page.totals
    tables = {
        "calls_total": pd.DataFrame([totals]),
        "calls_by_owner": page.owners,
        "calls_by_trigger": page.triggers,
        "calls_not_made": page.not_called,
        "calls_after_triggers": page.learned,
    }
    shown = (
        Highlight("calls.calls", "calls on the lists of the week", totals["calls"], "count"),
        Highlight("calls.with_trigger", "of them with a trigger", totals["with_trigger"], "count"),
        Highlight("calls.expected_revenue", "expected of those called or not", totals["expected_revenue"], "money"),
    )
    found = page.lists.to_json()
    figures = {name: found[name] for name in ("week", "entity", "model_version", "capacity", "open", "not_called")}
    figures["week"] = page.lists.week.isoformat()
    figures |= {name: table.to_dict("records") for name, table in tables.items() if name != "calls_not_made"}
    metrics = {f"calls/{name}": float(value) for name, value in totals.items()}
    return Made(partial(rendered, "calls_week.html.j2", page), tables, shown, figures, metrics)
