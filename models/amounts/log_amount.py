"""Amounts that are linear in their logarithm: one table for each feature, by a penalised least-squares fit."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

#: The penalties that are tried: of a table's bends and of the entries of unordered codes, in wins.
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
#: How much less the slope of an ordered feature is penalised, and the entry of missing values.
SLOPE = 0.03


class LogLinear:
    """`log(amount) = base + sum of one table for each feature`: ridge on unordered codes, smooth lines on ordered ones.

    An ordered feature has a slope, and bends that are penalised thirty times as much (second differences, as P-splines
    have them; Eilers and Marx 1996). So where wins are few its table goes on as it went: a segment that hardly ever
    wins is not expected to bring what the others do. The slope is along the normal scores of the codes.

    Parameters
    ----------
    sizes : sequence of int
        Number of codes of each column.
    categorical : sequence of bool
        Whether the codes of a column are unordered.
    population : ndarray of int, shape (n, n_columns)
        The codes of those that amounts are expected of.
    """

    def __init__(self, sizes: Sequence[int], categorical: Sequence[bool], population: np.ndarray) -> None:
        parts = [
            _unordered(size) if unordered or size < 4 else _ordered(np.bincount(population[:, j], minlength=size))
            for j, (size, unordered) in enumerate(zip(sizes, categorical, strict=True))
        ]
        self._bases = [basis for basis, _ in parts]
        self._weights = np.concatenate([weight for _, weight in parts] or [np.zeros(0)])

    def design(self, codes: np.ndarray) -> np.ndarray:
        """The columns of the fit for codes of shape (n_wins, n_columns)."""
        return np.hstack([basis[codes[:, j]] for j, basis in enumerate(self._bases)])

    def tables(self, design: np.ndarray, logs: np.ndarray, penalty: float) -> list[np.ndarray]:
        """The table of each column.

        Parameters
        ----------
        design : ndarray of shape (n_wins, n_columns_of_the_fit)
            As `design` gives it.
        logs : ndarray of shape (n_wins,)
            Logarithms of amounts.
        penalty : float
        """
        centred = design - design.mean(axis=0)
        ridge = np.diag(penalty * self._weights)
        found = np.linalg.solve(centred.T @ centred + ridge, centred.T @ (logs - logs.mean()))
        ends = np.cumsum([basis.shape[1] for basis in self._bases])[:-1]
        return [basis @ part for basis, part in zip(self._bases, np.split(found, ends), strict=True)]


def _unordered(size: int) -> tuple[np.ndarray, np.ndarray]:
    """An entry for each code, and how much the penalty weighs on each."""
    return np.eye(size), np.ones(size)


def _ordered(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An entry for code 0 (missing), a slope and bends of the others, and how much the penalty weighs on each."""
    n = len(counts) - 1
    values, vectors = np.linalg.eigh(np.diff(np.eye(n), n=2, axis=0).T @ np.diff(np.eye(n), n=2, axis=0))
    # All bends are penalised alike: the more often one turns, the smaller it is. The smoothest has a mean square of 1.
    bends = vectors[:, 2:] * np.sqrt(n * values[2] / values[2:])
    basis = np.zeros((n + 1, n))
    basis[0, 0], basis[1:, 1], basis[1:, 2:] = 1.0, normal_scores(counts[1:]), bends
    return basis, np.concatenate([[SLOPE, SLOPE], np.ones(n - 2)])


def normal_scores(counts: np.ndarray) -> np.ndarray:
    """Where the codes of a number stand: the mean of the part of a normal distribution that each takes up, by rank.

    Employees, revenue and the like are about lognormal, so this is about linear in their logarithm, whatever the unit,
    and the outer codes, which are wide, lie far out.

    Parameters
    ----------
    counts : ndarray of shape (n_codes,)
        How many have each code. Each code counts for one more, so that none has no place.
    """
    normal = NormalDist()
    shares = np.cumsum([0.0, *(counts + 1.0)]) / (counts + 1.0).sum()
    heights = np.array([0.0, *(normal.pdf(normal.inv_cdf(share)) for share in shares[1:-1]), 0.0])
    return np.asarray((heights[:-1] - heights[1:]) / np.diff(shares))
