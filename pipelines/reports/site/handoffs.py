"""The page of hand-offs: how soon they were touched, which promises were kept, the answers, and who was right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from pipelines.handoffs.report import HandoffReport
from pipelines.reports.page import rendered, rows_of
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made, hours
from scoring.handoffs.promises import KEPT, MISSED

#: So many teams are shown; the table beside the page has all.
MOST_ROWS = 15


@dataclass(frozen=True)
class HandoffsPage:
    """The content of the page.

    Attributes
    ----------
    found : HandoffReport
    waits, answers, steps, overridden : DataFrame
        A row a grade or team, a grade, a grade, and a direction of overrides.
    """

    found: HandoffReport
    waits: pd.DataFrame
    answers: pd.DataFrame
    steps: pd.DataFrame
    overridden: pd.DataFrame

    @classmethod
    def of(cls, found: HandoffReport) -> HandoffsPage:
        """The page of a report."""
        waits = [
            {
                "by": by,
                "of": one.name,
                "handed": one.handed,
                "touched": one.touched,
                "waiting": one.waiting,
                "median_working_hours": one.working.median,
                "promised": one.promised,
                **one.kept,
            }
            for by, several in (("grade", found.grades), ("team", found.owners))
            for one in several
        ]
        steps = [
            {"grade": one.grade, "handed": one.handed, "talked": one.talked, "won": one.won}
            | {
                f"{name}{part}": getattr(share, key)
                for name, share in (("conversation", one.conversation), ("win", one.win))
                for part, key in (("", "value"), ("_low", "low"), ("_high", "high"))
            }
            for one in found.steps
        ]
        overridden = [
            {
                **{name: getattr(one, name) for name in ("direction", "overrides", "pending", "matured", "won")},
                "expected_by_scores": None if one.score is None else one.score * one.matured,
                "expected_by_overrides": None if one.override is None else one.override * one.matured,
                "nearer": one.difference.value,
                "nearer_low": one.difference.low,
                "nearer_high": one.difference.high,
                "words": one.words,
            }
            for one in (found.overrides.compared if found.overrides else ())
            if one.overrides
        ]
        answers = pd.DataFrame([vars(one) for one in found.answers])
        return cls(found, pd.DataFrame(waits), answers, pd.DataFrame(steps), pd.DataFrame(overridden))

    def rows(self, by: str) -> list[dict[str, Any]]:
        """The waits of grades, or of teams."""
        return [row for row in rows_of(self.waits) if row["by"] == by][:MOST_ROWS] if len(self.waits) else []

    def total(self, column: str, of: str = "waits") -> int:
        """The sum over grades."""
        table = self.waits[self.waits["by"] == "grade"] if of == "waits" and len(self.waits) else getattr(self, of)
        return int(table[column].sum()) if len(table) else 0

    @property
    def totals(self) -> dict[str, Any]:
        """What the head of the page says."""
        found = {name: self.total(name) for name in ("handed", "touched", "waiting", KEPT, MISSED)}
        found["handed"] = self.total("handed", "answers")
        return found | {name: self.total(name, "answers") for name in ("accepted", "rejected", "unanswered")}

    def hours(self, value: float | None) -> str:
        """Working hours in words."""
        return hours(value)


def handoffs_page(inputs: SiteInputs) -> Made:
    """Make the page.

    Parameters
    ----------
    inputs : SiteInputs
    """
    page = HandoffsPage.of(inputs.handoff_report)
    found, totals = page.found, page.totals
    tables = {name: table for name, table in found.tables().items() if name != "handoff_a_not_worked"}
    tables |= {
        "handoff_total": pd.DataFrame([totals | {"a_not_worked": len(found.unworked)}]),
        "handoff_waits": page.waits,
        "handoff_answers": page.answers,
        "handoff_steps": page.steps,
        "handoff_overrides": page.overridden,
    }
    shown = (
        Highlight("handoffs.handed", "arrived" if found.assumed else "handed over", totals["handed"], "count"),
        Highlight("handoffs.touched", "touched", totals["touched"], "count"),
        Highlight("handoffs.a_not_worked", "of grade A wait", len(found.unworked), "count"),
    )
    figures = {name: value for name, value in found.to_json().items() if name != "a_not_worked"}
    if figures["overrides"] is not None:
        figures["overrides"] = {name: value for name, value in figures["overrides"].items() if name != "in_force"}
    metrics = {f"handoffs/{name}": float(value) for name, value in totals.items()}
    return Made(partial(rendered, "handoffs.html.j2", page), tables, shown, figures, metrics)
