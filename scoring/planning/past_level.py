"""How far the level may be off over a period as long as this one, from past periods of the same length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.scorecard.forecast_error import ForecastError

#: For how many periods counts what the scorecard says of its level.
WEIGHT = 3.0


@dataclass(frozen=True)
class PastTotal:
    """The wins of a past period: its first day, those that were expected, their variance by chance, and those won."""

    day: int
    expected: float
    chance: float
    won: float


def with_past(error: ForecastError, past: Sequence[PastTotal], window: int) -> ForecastError:
    """The error of a scorecard with the level's error as past periods show it, shrunk to what the scorecard says.

    A scorecard learned it over whole horizons. In a shorter period bursts do not even out, and a level that is wrong
    has less time to drift: which of the two is larger differs from market to market.

    Parameters
    ----------
    error : ForecastError
    past : sequence of PastTotal
        Periods that were over, the oldest first.
    window : int
        Days of the period. Past periods that overlap are not independent.
    """
    if not past:
        return error
    windows = 1.0 + (past[-1].day - past[0].day) / window
    beyond = [
        np.log((one.won + 0.5) / (one.expected + 0.5)) ** 2 - one.chance / (one.expected + 0.5) ** 2 for one in past
    ]
    variance = max(float(np.mean(beyond)), 0.0)
    return replace(error, level=float(np.sqrt((WEIGHT * error.level**2 + windows * variance) / (WEIGHT + windows))))
