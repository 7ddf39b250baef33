"""Empirical Bayes: what few events say of a group counts little, and what all groups say together holds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: By how much groups may differ: the standard deviations of their factors that are tried.
_DEVIATIONS = np.exp(np.linspace(np.log(0.03), np.log(3.0), 60))
#: How large a deviation is thought to be before anything is seen: of a half-normal distribution.
_USUAL = 0.7


@dataclass(frozen=True)
class Factors:
    """What the rate of all is multiplied by in each group: a gamma distribution a group.

    Attributes
    ----------
    shape, rate : ndarray of shape (n_groups,)
        Its mean is ``shape / rate``, its variance ``shape / rate ** 2``.
    """

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        """The expected factor of each group, shape (n_groups,)."""
        found: Floats = self.shape / self.rate
        return found

    def drawn(self, rng: np.random.Generator, draws: int) -> Floats:
        """Factors as they may be, shape (n_groups, draws)."""
        return rng.gamma(self.shape[:, None], 1.0 / self.rate[:, None], (len(self.shape), draws))


def pooled(events: Floats, expected: Floats, information: float = 1.0) -> Factors:
    """The factors of some groups, pulled to 1 the more the fewer events they have.

    Parameters
    ----------
    events, expected : ndarray of shape (n_groups,)
        How many events came, and how many the rate of all would have brought.
    information : float
        How many independent events one event counts as: weights and over-dispersion change it.

    Returns
    -------
    Factors

    Notes
    -----
    Events are Poisson with mean ``factor * expected``, and factors come from a gamma distribution of mean 1 (Clayton
    and Kaldor 1987). Its deviation is the one under which the events of all groups were most likely, with a half-normal
    prior: of two groups nobody can tell how much groups differ.
    """
    from scipy.special import gammaln

    n, e = events * information, expected * information
    shape = 1.0 / _DEVIATIONS[:, None] ** 2
    likelihood = gammaln(shape + n) - gammaln(shape) + shape * np.log(shape) - (shape + n) * np.log(shape + e)
    best = int(np.argmax(likelihood.sum(axis=1) - 0.5 * (_DEVIATIONS / _USUAL) ** 2))
    return Factors(shape[best] + n, shape[best] + e)
