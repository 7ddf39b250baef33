"""Weights of evidence: for few wins, how often each code won beside how often it was to be expected, and no more."""

from collections.abc import Sequence

import numpy as np

from models.calibration import sigmoid
from models.tables.additive import DECIMALS, summed_tables

#: How much a code shares with the codes next to it, with those two away, and so on.
SHARED = (2 / 3, 1 / 3)


class WeightsOfEvidence:
    """A table of `log((wins + k * usual) / (expected wins + k))` for each column, times a strength that is 0 or more.

    The expected wins of a code are its share of the rows, and `usual` is 1. Of ordered codes, whether there is anything
    counts first, and how much of it next: what is usual of a code is what all codes that are something have together,
    and neighbours share their wins, so that a table is smooth. The code for nothing shares with no other: a customer
    with one deal is no prospect with a deal more. The strengths weigh the columns against each other. They are fit to
    tables that were made without the rows that they are looked up for, and with whole units apart: a column that tells
    nothing is worth nothing there, however many codes it has. Strengths cannot turn a table round, so what a reason
    says is what was counted.

    Parameters
    ----------
    sizes, categorical
        As for `AdditiveTrees`.
    nothing : sequence of bool
        Whether code 1 of a column says that there is nothing, as in a count of 0; of columns that it does not reach, it
        does not. Code 0, missing, always does.
    prior : float
        k: for so many wins a code counts as ordinary.
    pull : float
        The ridge that pulls strengths to 0, for log likelihoods that count every won unit once.
    folds : int
        Parts of the units that the tables are made without.
    seed : int
        Of the parts.

    Attributes
    ----------
    tables_ : list of ndarray
        The raw score of each code of each column.
    start_ : float
        Intercept.
    strengths_ : ndarray of shape (n_columns,)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        categorical: Sequence[bool],
        nothing: Sequence[bool] = (),
        *,
        prior: float = 3.0,
        pull: float = 3.0,
        folds: int = 5,
        seed: int = 7,
    ) -> None:
        self.sizes = sizes
        self.categorical = categorical
        self.nothing = [*nothing, *[False] * (len(sizes) - len(nothing))]
        self.prior = prior
        self.pull = pull
        self.folds = folds
        self.seed = seed

    def fit(
        self, codes: np.ndarray, y: np.ndarray, unit: np.ndarray, *, weight: np.ndarray | None = None
    ) -> "WeightsOfEvidence":
        """Fit to `codes` of shape (n, n_columns).

        Parameters
        ----------
        codes : ndarray of int, shape (n, n_columns)
        y : ndarray of shape (n,)
            0 or 1.
        unit : ndarray of int, shape (n,)
            The unit of each row, counted from 0. The rows of a unit are no evidence for one another.
        weight : ndarray of shape (n,), optional
        """
        w = np.ones(len(y)) if weight is None else weight
        # Several rows look ahead to the same win: all of them together count once.
        once = len(np.unique(unit[y == 1])) / (w @ y)
        fold = folds_of(unit, y, self.folds, self.seed)
        tables, apart = [], np.empty(codes.shape)
        for j in range(codes.shape[1]):
            cell = fold * self.sizes[j] + codes[:, j]
            shape = (self.folds, self.sizes[j])
            won = once * np.bincount(cell, w * y, self.folds * self.sizes[j]).reshape(shape)
            rows = np.bincount(cell, w, self.folds * self.sizes[j]).reshape(shape)
            tables.append(self._table(won.sum(axis=0), rows.sum(axis=0), j))
            without = [self._table(won.sum(axis=0) - won[k], rows.sum(axis=0) - rows[k], j) for k in range(self.folds)]
            apart[:, j] = np.stack(without)[fold, codes[:, j]]
        self.start_, self.strengths_ = _strengths(apart, y, once * w, self.pull)
        self.tables_ = [np.round(b * table, DECIMALS) for b, table in zip(self.strengths_, tables, strict=True)]
        return self

    def log_odds(self, codes: np.ndarray) -> np.ndarray:
        """The raw score of rows of codes: shape (n,)."""
        return self.start_ + summed_tables(self.tables_, codes)

    def _table(self, won: np.ndarray, rows: np.ndarray, j: int) -> np.ndarray:
        """The weights of evidence of one column, from its won and its rows by code: shape (size,)."""
        expected = won.sum() * rows / max(rows.sum(), 1e-300)
        usual = np.ones(len(won))
        if not self.categorical[j]:
            first = 2 if self.nothing[j] else 1
            usual[first:] = (won[first:].sum() + self.prior) / (expected[first:].sum() + self.prior)
            won, expected = _shared(won, first), _shared(expected, first)
        result: np.ndarray = np.log((won + self.prior * usual) / (expected + self.prior))
        return result


def folds_of(unit: np.ndarray, y: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The part of each row, from 0: whole units, with as many won units in each part as in any other.

    Parameters
    ----------
    unit : ndarray of int, shape (n,)
        Counted from 0.
    y : ndarray of shape (n,)
        0 or 1.
    count, seed : int
    """
    members = int(unit.max()) + 1
    won = np.zeros(members, dtype=bool)
    won[unit[y == 1]] = True
    shuffled = np.random.default_rng(seed).permutation(members)
    part = np.empty(members, dtype=np.intp)
    for kind in (shuffled[won[shuffled]], shuffled[~won[shuffled]]):
        part[kind] = np.arange(len(kind)) % count
    return part[unit]


def _shared(counts: np.ndarray, first: int) -> np.ndarray:
    """Counts of ordered codes with their share of the neighbours', of the codes from `first` on."""
    ordered, total = counts[first:], counts.astype("float64")
    for away, share in enumerate(SHARED, start=1):
        total[first + away :] += share * ordered[:-away]
        total[first : len(total) - away] += share * ordered[away:]
    return total


def _strengths(x: np.ndarray, y: np.ndarray, weight: np.ndarray, pull: float) -> tuple[float, np.ndarray]:
    """The intercept, and a strength of 0 or more for each column: logistic regression with a ridge."""
    from scipy.optimize import minimize

    design = np.column_stack([np.ones(len(y)), x])
    ridge = np.append(0.0, np.full(x.shape[1], pull))
    rate = np.average(y, weights=weight)
    start = np.append(np.log(rate / (1 - rate)), np.full(x.shape[1], 0.1))

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        eta = design @ theta
        value = weight @ (np.logaddexp(0.0, eta) - y * eta) + 0.5 * ridge @ theta**2
        return float(value), design.T @ (weight * (sigmoid(eta) - y)) + ridge * theta

    bounds = [(None, None), *([(0.0, None)] * x.shape[1])]
    options = {"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return float(found[0]), found[1:]
