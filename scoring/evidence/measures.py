"""Measures of a forecast probability and of its money: whether it is as high as what came true.

All take arrays over the n rows of the forecast frame and `weights` of shape (n, b) (see `resampling`), and
return shape (b,), NaN where nothing can be said. `ranking` has the measures of an order. What does not depend
on the weights is worked out once: `at_actual_rates`, `equal_bins`, `shares_of_rank`.
"""

import numpy as np

from scoring.evidence.ranking import Codes, Floats, over

#: Probabilities are held this far from 0 and 1 before their logarithm is taken.
LEAST = 1e-9


def log_loss(won: Floats, probability: Floats, weights: Floats) -> Floats:
    """Mean of -log of the probability that was given to what happened, in nats."""
    return over(_losses(won, probability) @ weights, weights.sum(axis=0))


def log_loss_skill(won: Floats, probability: Floats, total: Floats, wins: Floats, weights: Floats) -> Floats:
    """1 - log loss / log loss of the actual rate of each cut-off: what telling rows apart explains.

    Give it `at_actual_rates`: then both know the rates, and a base rate that moved after the cut-off neither
    adds skill nor hides it. 0 is no skill; below 0, a constant would have done better.

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

    `cut_off` holds codes from 0. Solved by bisection over shifts of -30 to 30, for the sample as it is;
    resamples take it as given.
    """
    shifted = np.clip(probability, LEAST, 1 - LEAST)
    odds = shifted / (1.0 - shifted)
    for code in range(int(cut_off.max()) + 1):
        rows = np.flatnonzero(cut_off == code)
        own, rate = odds[rows], won[rows].mean()
        low, high = -30.0, 30.0
        for _ in range(50):
            middle = (low + high) / 2
            moved = 1.0 - 1.0 / (1.0 + own * np.exp(middle))
            low, high = (middle, high) if moved.mean() < rate else (low, middle)
        shifted[rows] = moved
    return shifted


def brier_skill(won: Floats, probability: Floats, total: Floats, wins: Floats, weights: Floats) -> Floats:
    """1 - Brier score / Brier score of the actual rate of each cut-off; the parameters of `log_loss_skill`.

    Nobody knew those rates beforehand, so that 0 is no shame. They are taken by cut-off, for a pooled one
    would credit every forecast with the difference between a good and a bad season.
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
    codes: Codes = (_ranks(value) * bins // len(value)).astype(np.intp)
    return codes


def touch_correlation(value: Floats, touches: Floats, weights: Floats) -> Floats:
    """Spearman's rank correlation of a ranking with the count of touches, of both `shares_of_rank`.

    0 where one of the two is constant: then the ranking owes nothing to touches.
    """
    total = weights.sum(axis=0)
    mean_a, mean_b = over(value @ weights, total), over(touches @ weights, total)
    shared = over((value * touches) @ weights, total) - mean_a * mean_b
    spread = np.sqrt(np.maximum(over((value**2) @ weights, total) - mean_a**2, 0.0))
    spread = spread * np.sqrt(np.maximum(over((touches**2) @ weights, total) - mean_b**2, 0.0))
    result: Floats = shared / np.maximum(spread, 1e-9)
    return result


def shares_of_rank(value: Floats, cut_off: Codes) -> Floats:
    """Ranks within each cut-off, from 0 (least) to 1: the mean rank for equal values.

    The mean is 1/2 at every cut-off, so that they can be pooled; resamples weigh them and do not rank anew.
    """
    ranks = np.empty(len(value))
    for code in range(int(cut_off.max()) + 1):
        rows = np.flatnonzero(cut_off == code)
        ranks[rows] = (_ranks(value[rows]) + 0.5) / len(rows)
    return ranks


def _ranks(value: Floats) -> Floats:
    """Ranks from 0, of equal values the mean."""
    order = np.argsort(value, kind="stable")
    ranked = value[order]
    starts = np.append(np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])), len(value))
    ranks = np.empty(len(value))
    ranks[order] = np.repeat((starts[:-1] + starts[1:] - 1) / 2, np.diff(starts))
    return ranks


def _losses(won: Floats, probability: Floats) -> Floats:
    p = np.clip(probability, LEAST, 1 - LEAST)
    losses: Floats = -(won * np.log(p) + (1.0 - won) * np.log1p(-p))
    return losses
