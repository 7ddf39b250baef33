"""The threshold of links by name, from pairs whose domain is known, so that no number is set by hand."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    probability: float | None
    pairs: int
    found: int
    right: int
    known: int

    @property
    def precision(self) -> float | None:
        """The share of right ones among those found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what could be found that was found rightly."""
        return self.right / self.known if self.known else None


def threshold(probabilities: np.ndarray, right: np.ndarray, known: int, precision: float) -> Threshold:
    """The lowest probability from which on links are right often enough, for sure.

    The share of right ones above it must not be below `precision` by the lower end of the interval of Clopper and
    Pearson (1934), one-sided at `SURE`. So few pairs allow nothing: for .95, 59 that are all right are needed.

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
    from scipy.stats import beta

    order = np.argsort(-probabilities, kind="stable")
    scores, good = probabilities[order], np.cumsum(right[order])
    count = np.arange(1, len(scores) + 1)
    # Candidates of one probability stand or fall together.
    last = np.append(scores[1:] != scores[:-1], True) if len(scores) else np.zeros(0, bool)
    lowest = beta.ppf(1 - SURE, good, count - good + 1)
    enough = np.flatnonzero(last & (np.nan_to_num(lowest) >= precision))
    if not len(enough):
        return Threshold(None, len(scores), 0, 0, known)
    at = int(enough[-1])
    return Threshold(float(scores[at]), len(scores), at + 1, int(good[at]), known)
