"""How long it takes until something happens, where some still wait: the survival curve of Kaplan and Meier.

Who still waits counts for as long as it has waited, and is never left out: to look only at those who were called makes
a team look faster the more it forgets.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class WaitingCurve:
    """The share for which it has not happened yet, by time.

    Attributes
    ----------
    time : ndarray of shape (k,)
        The different durations, rising.
    at_risk, happened, left : ndarray of int, shape (k,)
        Who was waiting just before each, for whom it happened then, and whose waiting ended then without it.
    waiting, low, high : ndarray of shape (k,)
        The share that still waits after it, with its 95 % interval; NaN where there is no interval.
    """

    time: Floats = field(repr=False)
    at_risk: NDArray[np.int64] = field(repr=False)
    happened: NDArray[np.int64] = field(repr=False)
    left: NDArray[np.int64] = field(repr=False)
    waiting: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    @property
    def n(self) -> int:
        """How many were looked at."""
        return int(self.happened.sum() + self.left.sum())

    def by(self, time: float) -> Share:
        """The share for which it has happened within a time; None where nobody was followed for so long.

        Parameters
        ----------
        time : float
        """
        # Whoever left at this very time was followed until then.
        if not len(self.time) or (time > self.time[-1] and self.waiting[-1] > 0):
            return Share(None)
        step = int(np.searchsorted(self.time, time, side="right")) - 1
        if step < 0 or self.waiting[step] == 1.0:
            # Greenwood's variance is 0 before the first event. Of those who were followed for so long, the exact
            # upper limit for none of n holds.
            followed = int((self.left + self.happened)[self.time >= time].sum())
            return Share(0.0, 0.0, 1.0 - float(((1 - LEVEL) / 2) ** (1 / followed)))
        low, high = 1.0 - self.high[step], 1.0 - self.low[step]
        ends = (float(low), float(high)) if np.isfinite(low) else (None, None)
        return Share(1.0 - float(self.waiting[step]), *ends)

    @property
    def median(self) -> float | None:
        """The time by which it has happened for half of them; None if more still wait."""
        reached = np.flatnonzero(self.waiting <= 0.5)
        return float(self.time[reached[0]]) if len(reached) else None

    def rows(self) -> list[dict[str, Any]]:
        """A row a time, as plain data; what is not known is None."""
        columns = ("time", "at_risk", "happened", "left", "waiting", "low", "high")
        values = (getattr(self, name).tolist() for name in columns)
        found = [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
        return [{name: None if value != value else value for name, value in row.items()} for row in found]


def survival_curve(duration: Floats, happened: Flags) -> WaitingCurve:
    """The survival curve of some durations.

    Parameters
    ----------
    duration : ndarray of shape (n,)
        0 or more; how long each waited until it happened, or has waited so far.
    happened : ndarray of bool, shape (n,)
        False for who still waits, or stopped waiting for another reason.

    Notes
    -----
    The product-limit estimator of Kaplan and Meier (1958) with Greenwood's variance and the interval of the log-log
    transformation (Kalbfleisch and Prentice 1980), which stays within 0 and 1: `scipy.stats.ecdf` computes both. The
    interval is undefined where the share is 1 or 0.
    """
    from scipy.stats import CensoredData, ecdf

    if not len(duration):
        nothing = np.zeros(0)
        counts = np.zeros(0, dtype=np.int64)
        return WaitingCurve(nothing, counts, counts, counts, nothing, nothing, nothing)
    survival = ecdf(CensoredData(uncensored=duration[happened], right=duration[~happened])).sf
    with warnings.catch_warnings():
        # It says that the interval is undefined at 0 and 1, where it is NaN here.
        warnings.filterwarnings("ignore", message="The confidence interval is undefined", category=RuntimeWarning)
        found = survival.confidence_interval(LEVEL, method="log-log")
    time = np.asarray(survival.quantiles, dtype=np.float64)
    ends = np.searchsorted(np.sort(duration), time, side="left")
    at_risk = len(duration) - ends
    step = np.searchsorted(time, duration)
    events = np.bincount(step[happened], minlength=len(time))
    left = np.bincount(step[~happened], minlength=len(time))
    return WaitingCurve(
        time,
        at_risk.astype(np.int64),
        events.astype(np.int64),
        left.astype(np.int64),
        np.asarray(survival.probabilities, dtype=np.float64),
        np.asarray(found.low.probabilities, dtype=np.float64),
        np.asarray(found.high.probabilities, dtype=np.float64),
    )
