"""What both sides owed each other in a month: how soon hand-offs were touched, and what was accepted or rejected."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipelines.handoffs.followed import FollowedHandoffs
from pipelines.handoffs.grades import GRADES
from pipelines.handoffs.report import answers_by_grade
from pipelines.handoffs.waits import by
from scoring.monthly.month import CalendarMonth


@dataclass(frozen=True)
class MonthService:
    """The hand-offs of a month.

    Attributes
    ----------
    rows : DataFrame
        A row a grade, those without hand-offs left out: `grade`, `handed`, `touched`, `median_working_hours` (NaN where
        not half were touched), `promised` (hours; NaN for none or several), the outcomes of promises (`kept`, `missed`,
        `not due`, `ended`, `not known`, `none`), `accepted`, `rejected`, `unanswered`.
    assumed : bool
        Whether there is no table of hand-offs: then those who arrived stand for them, and nobody answered anything.
    touches_known : bool
        Whether any type of activity counts as a touch.
    """

    rows: pd.DataFrame
    assumed: bool
    touches_known: bool


def month_service(followed: FollowedHandoffs, month: CalendarMonth) -> MonthService:
    """The hand-offs of a month, as far as is known by the day of the export.

    Parameters
    ----------
    followed : FollowedHandoffs
    month : CalendarMonth
    """
    frame = followed.frame
    at = frame["handed_at"]
    own = frame[(at >= pd.Timestamp(month.first_day)) & (at < pd.Timestamp(month.end))]
    answers = {one.grade: one for one in answers_by_grade(own)}
    rows = []
    for waited in by(own, "grade", GRADES):
        one = answers[waited.name]
        row = {
            "grade": waited.name,
            "handed": waited.handed,
            "touched": waited.touched,
            "median_working_hours": waited.working.median,
            "promised": waited.promised,
            **waited.kept,
        }
        if not followed.handed.assumed:
            row |= {"accepted": one.accepted, "rejected": one.rejected, "unanswered": one.unanswered}
        rows.append(row)
    table = pd.DataFrame(rows).astype({"median_working_hours": "float64", "promised": "float64"} if rows else {})
    return MonthService(table, followed.handed.assumed, bool(followed.after.work))
