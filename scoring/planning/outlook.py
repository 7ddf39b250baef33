"""What is expected of a period, with intervals: wins and revenue of all or of a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.planning.adaptive import PERCENT, Correction, limits_of_draws
from scoring.planning.draws import Totals
from scoring.planning.pooling import Floats


@dataclass(frozen=True)
class Expected:
    """What is expected, and between which limits it lies in 50, 80 and 95 of 100 cases."""

    expected: float
    interval_50: tuple[float, float]
    interval_80: tuple[float, float]
    interval_95: tuple[float, float]

    @classmethod
    def of_draws(cls, expected: float, draws: Floats, correction: Correction, *, whole: bool = False) -> Expected:
        """Read the limits from draws.

        Parameters
        ----------
        expected : float
        draws : ndarray of shape (n_draws,)
        correction : Correction
        whole : bool
            Whether they are counts.
        """
        found = [limits_of_draws(draws, miss, whole=whole) for miss in correction.miss]
        return cls(expected, *found)

    def interval(self, percent: int) -> tuple[float, float]:
        """The limits of 50, 80 or 95 %."""
        return (self.interval_50, self.interval_80, self.interval_95)[PERCENT.index(percent)]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        found: dict[str, Any] = {"expected": self.expected}
        return found | {f"interval_{percent}": list(self.interval(percent)) for percent in PERCENT}


@dataclass(frozen=True)
class Outlook:
    """The wins and the revenue of a period, of all or of a part."""

    wins: Expected
    revenue: Expected

    @classmethod
    def of_totals(
        cls, wins: float, revenue: float, totals: Totals, of_wins: Correction, of_revenue: Correction
    ) -> Outlook:
        """Read it from drawn totals.

        Parameters
        ----------
        wins, revenue : float
            As expected.
        totals : Totals
        of_wins, of_revenue : Correction
        """
        return cls(
            Expected.of_draws(wins, totals.wins, of_wins, whole=True),
            Expected.of_draws(revenue, totals.revenue, of_revenue),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"wins": self.wins.to_json(), "revenue": self.revenue.to_json()}


def reached(revenue: Floats, target: float, correction: Correction) -> float:
    """P(revenue >= target), corrected as the intervals are.

    Parameters
    ----------
    revenue : ndarray of shape (n_draws,)
    target : float
    correction : Correction
    """
    return 1.0 - correction.stated(float(np.mean(revenue < target)))
