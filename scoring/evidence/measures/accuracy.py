"""Measures of a forecast probability and of its money: whether it is as high as what came true.

All take arrays over the n rows of the forecast frame and `weights` of shape (n, b) (see `resampling`), and
return shape (b,), NaN where nothing can be said. `ranking` has the measures of an order. What does not depend
on the weights is computed once: `at_actual_rates`, `equal_bins`, `shares_of_rank`.

They are written here, and not taken from scikit-learn or SciPy, because those weight the rows by one column at a time:
200 resamples would take 200 calls, where one product with the weights is enough. The tests compare both.
"""

import math
from functools import partial

import numpy as np
import pandas as pd

from scoring.evidence.measures.ranking import Codes, Floats, over

#: Probabilities are kept this far from 0 and 1 before their logarithm is taken.
LEAST = 1e-9
#: The largest shift of log-odds by `at_actual_rates`, and how precisely it is found.
MOST_SHIFT, PRECISION = 30.0, 6e-14


def log_loss(won: Floats, probability: Floats, weights: Floats) -> Floats:
    """Mean of -log of the probability of the actual outcome, in nats."""
    return over(_losses(won, probability) @ weights, weights.sum(axis=0))


def log_loss_skill(won: Floats, probability: Floats, total: Floats, wins: Floats, weights: Floats) -> Floats:
    """1 - log loss / log loss of the actual rate of each cut-off: the skill in telling rows apart.

    With probabilities from `at_actual_rates`, both losses know the rates, and a base rate that changed after the
    cut-off neither adds skill nor hides it. 0 is no skill; below 0, a constant would have done better.

    Parameters
    ----------
    won, probability : ndarray of shape (n,)
    total, wins : ndarray of shape (cut-offs, b)
        Weight of all rows and of the winning rows of each cut-off, as in `ranking.Standing`.
    weights : ndarray of shape (n, b)
    """
    rate = np.clip(over(wins, total), LEAST, 1 - LEAST)
    constant = -(wins * np.log(rate) + (total - wins) * np.log1p(-rate))
    return 1.0 - over(_losses(won, probability) @ weights, np.nansum(constant, axis=0))


def at_actual_rates(won: Floats, probability: Floats, cut_off: Codes) -> Floats:
    """Shift the log-odds of each cut-off by one number, so that the mean probability is the actual rate.

    The shifts are found once, for the sample as it is, and used in all resamples.

    Parameters
    ----------
    won, probability : ndarray of shape (n,)
    cut_off : ndarray of shape (n,)
        Codes from 0.

    Returns
    -------
    ndarray of shape (n,)
        The shifted probabilities. A shift is at most `MOST_SHIFT`, also where nothing or everything was won.
    """
    from scipy.optimize import bisect

    shifted = np.clip(probability, LEAST, 1 - LEAST)
    odds = shifted / (1.0 - shifted)
    for code in range(int(cut_off.max()) + 1):
        rows = np.flatnonzero(cut_off == code)
        own, rate = odds[rows], float(won[rows].mean())
        shift = math.copysign(MOST_SHIFT, rate - 0.5)
        if 0.0 < rate < 1.0:
            shift = bisect(partial(_excess, own, rate), -MOST_SHIFT, MOST_SHIFT, xtol=PRECISION)
        shifted[rows] = _moved(own, shift)
    return shifted


def _moved(odds: Floats, shift: float) -> Floats:
    """The probabilities of odds whose logarithm is shifted."""
    moved: Floats = 1.0 - 1.0 / (1.0 + odds * math.exp(shift))
    return moved


def _excess(odds: Floats, rate: float, shift: float) -> float:
    """By how much the mean probability after a shift is above a rate."""
    return float(_moved(odds, shift).mean()) - rate


def brier_skill(won: Floats, probability: Floats, total: Floats, wins: Floats, weights: Floats) -> Floats:
    """1 - Brier score / Brier score of the actual rate of each cut-off; the parameters of `log_loss_skill`.

    Nobody knew those rates beforehand, so 0 is not a bad result. Each cut-off has its own rate: a pooled rate would
    credit every forecast with the difference between a good and a bad season.
    """
    constant = np.nansum(wins * (1.0 - over(wins, total)), axis=0)
    return 1.0 - over(((probability - won) ** 2) @ weights, constant)


def ratio(actual: Floats, expected: Floats, weights: Floats) -> Floats:
    """Expected over actual, of wins or of revenue: calibration in the large, 1 is right."""
    return over(expected @ weights, actual @ weights)


def calibration_error(won: Floats, probability: Floats, bins: Codes, weights: Floats) -> Floats:
    """Expected calibration error: mean of abs(predicted - actual) over `bins`, codes of shape (n,)."""
    off = probability - won
    gaps = [np.abs(off[rows] @ weights[rows]) for rows in (np.flatnonzero(bins == code) for code in np.unique(bins))]
    return over(np.sum(gaps, axis=0), weights.sum(axis=0))


def equal_bins(value: Floats, bins: int = 10) -> Codes:
    """Code 0 to bins - 1 for each of n values: as many in each as ties allow, equal values together."""
    ranks = pd.Series(value).rank().to_numpy() - 1.0
    codes: Codes = (ranks * bins // len(value)).astype(np.intp)
    return codes


def touch_correlation(value: Floats, touches: Floats, weights: Floats) -> Floats:
    """Spearman's rank correlation of a ranking with the count of touches, each given by its `shares_of_rank`.

    0 where one of the two is constant: then the ranking does not depend on touches.
    """
    total = weights.sum(axis=0)
    mean_a, mean_b = over(value @ weights, total), over(touches @ weights, total)
    shared = over((value * touches) @ weights, total) - mean_a * mean_b
    spread = np.sqrt(np.maximum(over((value**2) @ weights, total) - mean_a**2, 0.0))
    spread = spread * np.sqrt(np.maximum(over((touches**2) @ weights, total) - mean_b**2, 0.0))
    result: Floats = shared / np.maximum(spread, 1e-9)
    return result


def shares_of_rank(value: Floats, cut_off: Codes) -> Floats:
    """Ranks within each cut-off, from 0 (least) to 1; equal values have their mean rank.

    The mean is 1/2 at every cut-off, so the cut-offs can be pooled. Resamples weight these ranks and do not rank again.
    """
    cut_offs = pd.Series(value).groupby(cut_off)
    shares: Floats = ((cut_offs.rank() - 0.5) / cut_offs.transform("size")).to_numpy()
    return shares


def _losses(won: Floats, probability: Floats) -> Floats:
    p = np.clip(probability, LEAST, 1 - LEAST)
    losses: Floats = -(won * np.log(p) + (1.0 - won) * np.log1p(-p))
    return losses
