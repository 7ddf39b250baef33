"""The threshold of links by name, from pairs whose domain is known, so that no number is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: How sure it must be that the share of right links is not smaller than was asked for.
SURE = 0.95


@dataclass(frozen=True)
class Threshold:
    """From which probability on a link by name is offered as good.

    Attributes
    ----------
    probability : float, optional
        None where the labelled pairs do not show that any would do.
    pairs : int
        The labelled leads whose best candidate was looked at.
    found, right : int
        Of them: those at or above the threshold, and those of these that are right.
    known : int
        The labelled leads whose company has an account: what could be found.
    shares : tuple of (float, float)
        The probabilities of the model in ascending order, and the share of the pairs with it that is right.
    """

    probability: float | None
    pairs: int
    found: int
    right: int
    known: int
    shares: tuple[tuple[float, float], ...] = field(default=(), repr=False)

    def share_of(self, probabilities: np.ndarray) -> np.ndarray:
        """The share of labelled pairs that are right, where the model says these probabilities."""
        scores, shares = np.array(self.shares).reshape(-1, 2).T
        of_each: np.ndarray = shares[np.clip(np.searchsorted(scores, probabilities, side="right") - 1, 0, None)]
        return of_each

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {name: value for name, value in vars(self).items() if name != "shares"}


def threshold(probabilities: np.ndarray, right: np.ndarray, known: int, precision: float) -> Threshold:
    """The lowest probability from which on links are right often enough.

    Two things must hold. Of all at or above it, the share of right ones must not be below `precision` by the lower end
    of the interval of Clopper and Pearson (1934), one-sided at `SURE`: so few pairs allow nothing, and for .95 there
    must be 59 that are all right. And of those at the threshold itself it must not be below it either, by an isotonic
    regression: else many good ones would carry a few that are mostly wrong.

    Parameters
    ----------
    probabilities : array of float
        Of the best candidate of each labelled lead.
    right : array of bool
        Whether it is the account of that lead.
    known : int
        The labelled leads whose company has an account.
    precision : float

    Examples
    --------
    >>> threshold(np.full(58, 0.9), np.full(58, True), 58, 0.95).probability is None
    True
    >>> threshold(np.full(59, 0.9), np.full(59, True), 59, 0.95).probability
    0.9
    """
    from scipy.optimize import isotonic_regression
    from scipy.stats import beta

    if not len(probabilities):
        return Threshold(None, 0, 0, 0, known)
    scores, at, weights = np.unique(probabilities, return_inverse=True, return_counts=True)
    good = np.bincount(at, right.astype(float), len(scores))
    shares = isotonic_regression(good / weights, weights=weights).x
    found, correct = (np.cumsum(each[::-1])[::-1] for each in (weights, good))
    lowest = np.nan_to_num(beta.ppf(1 - SURE, correct, found - correct + 1))
    enough = np.flatnonzero((lowest >= precision) & (shares >= precision))
    curve = tuple(zip(scores.tolist(), shares.tolist(), strict=True))
    if not len(enough):
        return Threshold(None, len(probabilities), 0, 0, known, curve)
    cut = int(enough[0])
    return Threshold(float(scores[cut]), len(probabilities), int(found[cut]), int(correct[cut]), known, curve)
