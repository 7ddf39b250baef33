"""The span of the base rate, which changes over time: how many of the newest periods predict the next ones best."""

import numpy as np

from models.calibration import recalibrate, sigmoid
from models.hazard import HazardRows


def newest_rows(rows: HazardRows, score: np.ndarray, periods: int) -> tuple[np.ndarray, int]:
    """The newest rows, which the intercept is learned from: then the base rate is that of today.

    Parameters
    ----------
    rows : HazardRows
    score : ndarray of shape (n_rows,)
        The raw score of each row, without its intercept.
    periods : int
        Periods of the horizon.

    Returns
    -------
    mask : ndarray of bool, shape (n_rows,)
    span : int
        Of how many periods they are.
    """
    overall, _ = recalibrate(rows.won, score, rows.weight, slope=False)
    length = int(np.median(rows.end - rows.start))
    back = (rows.end.max() - rows.end) // length
    age = back.max() - back
    won = np.bincount(age, weights=rows.won * rows.weight)
    expected = np.bincount(age, weights=sigmoid(score + overall) * rows.weight)
    # Every snapshot that looks ahead to a win has a row with it: about half as many as there are periods.
    share = 2.0 / (periods + 1)
    span = best_span(won * share, expected * share, periods)
    return back < span, span


def best_span(won: np.ndarray, expected: np.ndarray, periods: int, *, least_wins: float = 30.0) -> int:
    """The number of newest periods to take the base rate from.

    A short span follows a rate that rises or falls; a whole horizon averages out quarters and seasons. At each past
    period, the ratio of wins to expected wins of each span is compared with that of the horizon after it. The span with
    the smallest mean squared log error is chosen.

    Parameters
    ----------
    won, expected : ndarray of shape (n_periods,)
        Wins, and wins that a model without drift expects, in each past period, oldest first.
    periods : int
        Periods of the horizon.
    least_wins : float
        A span grows until it holds this many.

    Returns
    -------
    int
        At least 1 and at most `n_periods`; the whole horizon if the past is too short to choose.

    Notes
    -----
    A whole year as a further span was tried on the simulated market, whose rate has a yearly wave (wins predicted
    over actual): at 2025-06-30, past the peak, it helps (1.64 to 1.38), at 2025-12-29 it harms (0.99 to 1.17).
    """
    n = len(won)
    spans = sorted({1, max(1, periods // 3), max(1, periods // 2), periods})
    errors: dict[int, list[float]] = {span: [] for span in spans}
    for origin in range(2, n - 1):
        ahead = slice(origin, min(n, origin + periods))
        target = _log_ratio(won[ahead], expected[ahead])
        for span in spans:
            past = slice(max(0, origin - span), origin)
            errors[span].append((_log_ratio(won[past], expected[past]) - target) ** 2)
    enough = len(errors[spans[0]]) >= 3
    best = min(spans, key=lambda span: (np.mean(errors[span]), -span)) if enough else periods
    while best < n and won[n - best :].sum() < least_wins:
        best += 1
    return max(1, min(best, n))


def _log_ratio(won: np.ndarray, expected: np.ndarray) -> float:
    return float(np.log((won.sum() + 2.0) / (expected.sum() + 2.0)))
