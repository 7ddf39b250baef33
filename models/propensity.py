"""Weights by the estimated chance of a treatment, so that those whom nobody treats do not count as failures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import sigmoid
from models.tables.additive import summed_tables
from models.tables.logistic import BinnedLogistic

#: A weight below this is 0: there the treated are too few to stand for the others.
LEAST = 0.1
#: Rows that a chance is learned from: a hundred coefficients need no more.
ROWS = 50_000
#: The inverse penalty of its logistic regression.
STRENGTH = 0.3


@dataclass(frozen=True)
class Chances:
    """How likely a treatment is, for n rows.

    Attributes
    ----------
    own : ndarray of shape (n,)
        By all that is known of a row.
    usual : ndarray of shape (n,)
        By some of it alone: the chance that is usual for such rows.
    """

    own: np.ndarray
    usual: np.ndarray

    def weights(self, treated: np.ndarray) -> np.ndarray:
        """The stabilised weights of the rows, cut to 0 and 1: shape (n,).

        A treated row counts in full. One that was not counts by its odds of treatment over the usual odds, at most in
        full: then as many of those that count were treated as is usual (weights f(A | V) / f(A | X) of Robins, Hernan
        and Brumback 2000, relative to those of the treated). Where next to none is treated, only the treated count.

        Parameters
        ----------
        treated : ndarray of bool, shape (n,)
        """
        odds = self.own * (1.0 - self.usual) / np.maximum((1.0 - self.own) * self.usual, 1e-12)
        weight = np.minimum(odds, 1.0)
        result: np.ndarray = np.where(treated, 1.0, np.where(weight < LEAST, 0.0, weight))
        return result


def chances(
    codes: np.ndarray,
    treated: np.ndarray,
    learned_from: np.ndarray,
    sizes: Sequence[int],
    categorical: Sequence[bool],
    usual: Sequence[int],
    *,
    weight: np.ndarray | None = None,
    seed: int,
) -> Chances:
    """Estimate the chances of a treatment by logistic regressions.

    Parameters
    ----------
    codes : ndarray of int, shape (n, n_columns)
    treated : ndarray of bool, shape (n,)
    learned_from : ndarray of bool, shape (n,)
        The rows to learn from.
    sizes, categorical : sequences
        As for `AdditiveTrees`.
    usual : sequence of int
        The columns that say what is usual.
    weight : ndarray of shape (n,), optional
        How many rows each stands for.
    seed : int
        Of the sample of rows.
    """
    some = np.flatnonzero(learned_from)
    some = np.sort(np.random.default_rng(seed).permutation(some)[:ROWS])
    y, w = treated[some].astype("float64"), None if weight is None else weight[some]

    def learned(columns: Sequence[int]) -> np.ndarray:
        if not len(some) or not 0.0 < y.mean() < 1.0 or not columns:  # all alike: there is nothing to tell
            return np.full(len(codes), np.average(y, weights=w) if len(some) else 1.0)
        model = BinnedLogistic([sizes[j] for j in columns], [categorical[j] for j in columns], strength=STRENGTH)
        model.fit(codes[some][:, columns], y, weight=w)
        return sigmoid(model.start_ + summed_tables(model.tables_, codes[:, columns]))

    return Chances(learned(range(codes.shape[1])), learned(list(usual)))
