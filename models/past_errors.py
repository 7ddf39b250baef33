"""How far total wins were off at the past days of a training: the rule of the level, applied to what was known then."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.amounts.amount_bound import amount_bounds
from models.drift import level
from models.hazard import HazardRows

#: Fewest wins before a past day, and the largest number of such days, the newest.
FEWEST_WINS, MOST_DAYS = 10, 18
#: What is assumed of the error before any is measured, as standard deviation of a log ratio, and for how many horizons
#: that counts. With a history of one horizon the assumed variance is `1 + SHORT` times as large.
ASSUMED, WEIGHT, SHORT = 0.10, 3.0, 2.0
#: What is assumed of the mean square of amounts over expected amounts, and for how many wins that counts.
ASSUMED_AMOUNT, AMOUNT_WEIGHT = 4.0, 10.0


@dataclass(frozen=True)
class PastDay:
    """A past day: wins predicted of the snapshots of that day, their variance by chance, and those that came."""

    day: int
    predicted: float
    chance: float
    won: float


def finished_days(
    rows: HazardRows,
    score: np.ndarray,
    as_of: np.ndarray,
    won: np.ndarray,
    weight: np.ndarray | None,
    probability: Callable[[np.ndarray, float], np.ndarray],
    periods: int,
) -> list[PastDay]:
    """The past days whose horizon is over, each with a level of its own, from the rows that were over by then.

    Parameters
    ----------
    rows : HazardRows
    score : ndarray of shape (n_rows,)
        The raw score of each row, without its intercept.
    as_of : ndarray of int, shape (n_snapshots,)
        The day of each snapshot.
    won : ndarray of float, shape (n_snapshots,)
        Whether it was won in its horizon; NaN where that is not over.
    weight : ndarray of shape (n_snapshots,), optional
        How many snapshots each stands for.
    probability : callable
        Takes the indices of some snapshots and a level, and gives their probabilities of a win.
    periods : int
        Periods of the horizon.
    """
    known = np.isfinite(won)
    found = []
    for day in np.unique(as_of[known])[::-1][:MOST_DAYS]:
        past = rows.end <= day
        winners = np.unique(rows.snapshot[past & (rows.won == 1)])
        # A unit has a snapshot in each period before its win: those of its last one are as many as the units.
        wins = int((rows.won[past] * (rows.period[past] == 0)).sum())
        if min(len(winners), wins) < FEWEST_WINS:
            continue
        then = np.flatnonzero(known & (as_of == day))
        p = probability(then, level(rows.where(past), score[past], periods, wins))
        w = np.ones(len(then)) if weight is None else weight[then]
        found.append(PastDay(int(day), float(w @ p), float(w @ (p * (1.0 - p))), float(w @ won[then])))
    return found[::-1]


def level_error(past: list[PastDay], history: float, horizon: int) -> tuple[float, float]:
    """The standard deviation of the log of actual over predicted wins, beyond chance, shrunk to what is assumed.

    Parameters
    ----------
    past : list of PastDay
    history : float
        Days from the first outcome to the training.
    horizon : int
        Days.

    Returns
    -------
    deviation : float
    horizons : float
        Over how many horizons the past days reach: those that overlap are not independent.
    """
    assumed = ASSUMED**2 * (1.0 + SHORT * horizon / max(history, 1.0))
    if not past:
        return float(np.sqrt(assumed)), 0.0
    horizons = 1.0 + (past[-1].day - past[0].day) / horizon
    beyond = [
        np.log((day.won + 0.5) / (day.predicted + 0.5)) ** 2 - day.chance / (day.predicted + 0.5) ** 2 for day in past
    ]
    measured = max(float(np.mean(beyond)), 0.0)
    return float(np.sqrt((WEIGHT * assumed + horizons * measured) / (WEIGHT + horizons))), horizons


def amount_error(amount: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """The mean square of amounts over expected amounts, and the relative standard deviation of their mean.

    Parameters
    ----------
    amount, expected : ndarray of shape (n_wins,)
        Of the wins that were learned from. An amount that is far from all others counts as in `AmountModel`: squared,
        one mistyped amount would be all that there is to see.
    """
    amount = amount_bounds(amount).usual(amount)
    if not amount.sum() > 0:  # every win counts as one
        return 1.0, 0.0
    measured, n = float((amount**2).sum() / (expected**2).sum()), len(amount)
    square = max((n * measured + AMOUNT_WEIGHT * ASSUMED_AMOUNT) / (n + AMOUNT_WEIGHT), 1.0)
    return square, float(np.sqrt((square - 1.0) / (n + AMOUNT_WEIGHT)))
