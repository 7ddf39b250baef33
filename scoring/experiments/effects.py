"""What calling sooner did: doubly robust means with the known propensities, analysed as assigned.

For each of the four weeks k the value of i is m_k(x) + 1(week = k) / p_k (y - m_k(x)), and its mean over all i is the
mean outcome had all been called in week k. With the known p_k it is unbiased whatever the model m is; a good model only
makes the interval narrower. m is a ridge regression on a few columns and the week, fitted on the other folds. econml
would estimate the propensities that are known here, and its intervals are not for looking again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from scoring.experiments.assignment import PROPENSITIES, WEEKS
from scoring.experiments.intervals import ALPHA, standard_errors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: With fewer known outcomes no interval is stated: it would not hold.
FEWEST = 40
#: Folds of the cross-fitting, and the weight of the ridge in rows.
FOLDS, RIDGE = 5, 10.0
_LATER = np.arange(WEEKS) - (WEEKS - 1) / 2
#: What is compared, as weights of the means of the four weeks.
FIRST_AGAINST_LAST = np.array([1.0, *[0.0] * (WEEKS - 2), -1.0])
A_WEEK_SOONER = -_LATER / (_LATER**2).sum()


@dataclass(frozen=True)
class Effect:
    """A difference of means.

    Attributes
    ----------
    n : int
        Whose outcome is known.
    estimate, error : float or None
        With its standard error; None with too few.
    low, high : float or None
        The limits of the interval, which holds however often one looks.
    """

    n: int
    estimate: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the interval excludes 0: only then may one say "because"."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


def values(outcome: Floats, week: Ints, columns: Floats, fold: Ints, contrast: Floats) -> Floats:
    """The doubly robust value of each: their mean is the effect.

    Parameters
    ----------
    outcome : ndarray of float, shape (n,)
    week : ndarray of int, shape (n,)
        The week as assigned, from 0.
    columns : ndarray of float, shape (n, d)
        What was known before; finite.
    fold : ndarray of int, shape (n,)
        Below `FOLDS`.
    contrast : ndarray of float, shape (4,)
    """
    model = _cross_fitted(outcome, week, columns, fold)
    found = np.asarray(model @ contrast, dtype=np.float64)
    own = np.arange(len(outcome))
    residual = outcome - model[own, week]
    return np.asarray(found + contrast[week] / np.asarray(PROPENSITIES)[week] * residual, dtype=np.float64)


def effect(of_each: Floats, best_at: int, alpha: float = ALPHA) -> Effect:
    """The effect with its interval.

    Parameters
    ----------
    of_each : ndarray of float, shape (n,)
        As `values` gives them.
    best_at : int
        As `standard_errors` takes it.
    alpha : float
    """
    n = len(of_each)
    if n < FEWEST:
        return Effect(n)
    estimate, error = float(of_each.mean()), float(of_each.std(ddof=1)) / sqrt(n)
    reach = standard_errors(n, best_at, alpha) * error
    return Effect(n, estimate, error, estimate - reach, estimate + reach)


def by_group(of_each: Floats, group: NDArray[np.object_], best_at: int) -> Mapping[str, Effect]:
    """The effect of each group, with intervals that all hold together (Bonferroni).

    Parameters
    ----------
    of_each : ndarray of float, shape (n,)
    group : ndarray of str, shape (n,)
    best_at : int
        Of all together: each group has its share of it.
    """
    names = sorted(set(group.astype(str)))
    found = {}
    for name in names:
        its = group.astype(str) == name
        share = max(1, round(best_at * float(its.mean())))
        found[name] = effect(of_each[its], share, ALPHA / len(names))
    return found


def _cross_fitted(outcome: Floats, week: Ints, columns: Floats, fold: Ints) -> Floats:
    """The expected outcome of each in each week, by a model that did not see its fold; shape (n, 4)."""
    n, in_week = len(outcome), np.eye(WEEKS)
    found = np.zeros((n, WEEKS))
    for number in range(FOLDS):
        test = fold == number
        train = ~test
        if not train.any() or not test.any():
            continue
        mean, spread = columns[train].mean(axis=0), columns[train].std(axis=0)
        scaled = (columns - mean) / np.where(spread > 0, spread, 1.0)
        design = np.hstack([scaled, in_week[week] - 1 / WEEKS])
        base = outcome[train].mean()
        square = design[train].T @ design[train] + RIDGE * np.eye(design.shape[1])
        weights = np.linalg.solve(square, design[train].T @ (outcome[train] - base))
        d = columns.shape[1]
        found[test] = base + (scaled[test] @ weights[:d])[:, None] + ((in_week - 1 / WEEKS) @ weights[d:])[None, :]
    return found
