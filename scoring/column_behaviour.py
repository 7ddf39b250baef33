"""Columns of numbers that nobody should learn from, told by their values: row numbers, counts and days of touches."""

import numpy as np
import pandas as pd

from scoring.leaks import Suspicion

#: With fewer units than this, nothing is concluded.
LEAST_UNITS = 100
#: Share of the values that occur once in a row number, and the most by which its range may exceed their number.
UNIQUE, DENSE = 0.99, 1.05
#: Rank correlation with the order of the rows above which a unique number is a number of the row or of its day.
IN_ORDER = 0.98
#: Rank correlation with the engagement days, or the newest of them, above which a number counts or dates touches.
LIKE_TOUCHES = 0.80
#: A rank correlation is computed on at most so many units, which are the same in every run.
MOST_RANKED = 20_000
#: A count has at least so many different values.
COUNTS = 5


def told_by_values(
    values: pd.DataFrame, created: np.ndarray, days: np.ndarray | None, newest: np.ndarray | None
) -> list[Suspicion]:
    """The columns of numbers whose values say that they are row numbers or ids, or count or date touches.

    Parameters
    ----------
    values : DataFrame of shape (n_units, n_attributes)
        Of one row for each unit, by id.
    created : ndarray of float, shape (n_units,)
        The day on which each unit was created; NaN where it is not known.
    days : ndarray of float, shape (n_units,), optional
        The number of engagement days of each unit; None without activities.
    newest : ndarray of float, shape (n_units,), optional
        The newest of them; NaN for none.
    """
    found: list[Suspicion] = []
    for name in values.columns:
        column = values[name]
        if column.dtype.kind not in "fiu":
            continue
        numbers = column.to_numpy(dtype="float64")
        known = np.isfinite(numbers)
        if known.sum() < LEAST_UNITS or (numbers[known] != np.floor(numbers[known])).any():
            continue
        suspicion = _numbers_rows(name, numbers, known, created)
        if suspicion is None and days is not None and newest is not None:
            suspicion = _counts_touches(name, numbers, known, days) or _dates_touches(name, numbers, known, newest)
        if suspicion is not None:
            found.append(suspicion)
    return found


def _numbers_rows(name: str, numbers: np.ndarray, known: np.ndarray, created: np.ndarray) -> Suspicion | None:
    given = numbers[known]
    different = len(np.unique(given))
    if different < UNIQUE * len(given) or known.mean() < 0.5:
        return None
    rises = 0.0
    dated = known & np.isfinite(created)
    for order in (np.flatnonzero(known).astype("float64"), created[dated]):
        some = given if len(order) == len(given) else numbers[dated]
        rises = max(rises, abs(rank_correlation(some, order)))
    dense = given.max() - given.min() + 1 <= DENSE * len(given)
    if not dense and rises < IN_ORDER:
        return None
    why = "each value once, without a gap" if dense else "each value once, and it rises with the rows or their dates"
    return Suspicion(name, "numbers_rows", f"a row number or an id: {why}", {"different": float(different)})


def _counts_touches(name: str, numbers: np.ndarray, known: np.ndarray, days: np.ndarray) -> Suspicion | None:
    if numbers[known].min() < 0 or len(np.unique(numbers[known])) < COUNTS or (days[known] > 0).sum() < LEAST_UNITS:
        return None
    alike = rank_correlation(numbers[known], days[known])
    if alike < LIKE_TOUCHES:
        return None
    why = f"it goes with the number of engagement days (rank correlation {alike:.2f}): it counts touches"
    return Suspicion(name, "counts_touches", why, {"rank_correlation": alike})


def _dates_touches(name: str, numbers: np.ndarray, known: np.ndarray, newest: np.ndarray) -> Suspicion | None:
    both = known & np.isfinite(newest)
    if both.sum() < LEAST_UNITS:
        return None
    alike = rank_correlation(numbers[both], newest[both])
    if abs(alike) < LIKE_TOUCHES:
        return None
    why = f"it goes with the day of the last engagement (rank correlation {alike:.2f}): it dates touches"
    return Suspicion(name, "dates_touches", why, {"rank_correlation": alike})


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation, of evenly spaced units if there are many; 0 where either is the same everywhere."""
    step = 1 + (len(one) - 1) // MOST_RANKED
    ranks = [pd.Series(values[::step]).rank().to_numpy() for values in (one, other)]
    if len(one) < 2 or min(np.ptp(rank) for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
