"""How long hand-offs waited for their first touch, by the clock and in working hours, and which promises were kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.handoffs.answers import is_date
from scoring.handoffs.hours import WorkingHours, elapsed
from scoring.handoffs.promises import OUTCOMES, promises
from scoring.handoffs.waiting import Share, WaitingCurve, survival_curve

#: Times of the table, in hours of each clock.
WORKING, CLOCK = "working_hours", "hours"
#: A second, in hours: times that are closer are one.
DIGITS = 4
_DAY = pd.Timedelta(days=1)


def waits(handed: pd.DataFrame, as_of: pd.Timestamp, hours: WorkingHours) -> pd.DataFrame:
    """How long each waited: until its first touch, or until it was rejected, handed over again, or `as_of`.

    Where a date has no time, a wait is as long as it can have been: from the beginning of the day of the hand-off, to
    the end of the day of the touch. `least` is as short as it can have been.

    Parameters
    ----------
    handed : DataFrame
        `handed_at`, `touched_at`, `rejected_at` and `again_at`.
    as_of : Timestamp
    hours : WorkingHours

    Returns
    -------
    DataFrame
        By row: `touched` and `ended` (rejected or handed over again before a touch), `hours` and `working_hours`, and
        `least` (of the working hours).
    """
    start, touch = handed["handed_at"], handed["touched_at"]
    stop = handed[["rejected_at", "again_at"]].min(axis=1)
    # A touch on the day of a rejection that has no time of day came before it: nobody calls whom he rejected.
    late = stop.notna() & np.where(is_date(stop), touch.dt.normalize() > stop, touch > stop)
    touched = touch.notna() & ~late
    ended = stop.notna() & ~touched
    end = touch.where(touched, stop.where(ended, as_of))
    dated, undated_start = touched & is_date(end), is_date(start)
    latest = _at_most((end + _DAY).where(dated, end), as_of)
    soonest = _at_most((start + _DAY).where(undated_start, start), as_of)
    return pd.DataFrame(
        {
            "touched": touched,
            "ended": ended,
            CLOCK: _rounded(elapsed(start, latest)),
            WORKING: _rounded(hours.between(start, latest)),
            "least": _rounded(hours.between(soonest, end)),
        },
        index=handed.index,
    )


def _at_most(moment: pd.Series, latest: pd.Timestamp) -> pd.Series:
    return moment.where(moment <= latest, latest)


def _rounded(hours: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(np.maximum(hours, 0.0), DIGITS))


@dataclass(frozen=True)
class Waits:
    """How long the hand-offs of one grade or team waited.

    Attributes
    ----------
    name : str
    handed, touched, waiting, ended : int
        All, and those that were touched, still wait, and were rejected or handed over again before a touch.
    working, clock : WaitingCurve
        The share that waits longer, by working hours and by hours.
    promised : float or None
        The hours that were promised; None where there were several promises, or none.
    within_promise : Share
        Of those with a promise, the share that was touched within it; who waits counts for as long as it has waited.
    kept : mapping of int
        By outcome of a promise, how many.
    """

    name: str
    handed: int
    touched: int
    waiting: int
    ended: int
    working: WaitingCurve
    clock: WaitingCurve
    promised: float | None
    within_promise: Share
    kept: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            **{name: getattr(self, name) for name in ("name", "handed", "touched", "waiting", "ended", "promised")},
            "median_working_hours": self.working.median,
            "median_hours": self.clock.median,
            "within_promise": vars(self.within_promise),
            "service_level": self.kept,
            "curve_working_hours": self.working.rows(),
            "curve_hours": self.clock.rows(),
        }


def by(handed: pd.DataFrame, column: str, names: Sequence[str]) -> Iterator[Waits]:
    """The waits of each value of a column that has any, in the order of `names`.

    Parameters
    ----------
    handed : DataFrame
        With the columns of `waits`, and `promised` (hours, NaN for none).
    column : str
    names : sequence of str
    """
    for name in names:
        rows = handed[handed[column] == name]
        if len(rows):
            yield _waits(name, rows)


def _waits(name: str, rows: pd.DataFrame) -> Waits:
    touched, ended = rows["touched"].to_numpy(), rows["ended"].to_numpy()
    working = survival_curve(rows[WORKING].to_numpy(), touched)
    promised = rows["promised"].to_numpy()
    found = promises(promised, rows["least"].to_numpy(), rows[WORKING].to_numpy(), touched, ended)
    finite = np.isfinite(promised)
    different = np.unique(promised[finite])
    return Waits(
        name,
        len(rows),
        int(touched.sum()),
        int((~touched & ~ended).sum()),
        int(ended.sum()),
        working,
        survival_curve(rows[CLOCK].to_numpy(), touched),
        float(different[0]) if len(different) == 1 else None,
        # In parts of the promise, so that several promises are one curve.
        survival_curve(rows[WORKING].to_numpy()[finite] / promised[finite], touched[finite]).by(1.0),
        {outcome: int((found == outcome).sum()) for outcome in OUTCOMES},
    )
