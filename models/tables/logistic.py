"""Penalised logistic regression on coarse bins: the rung for few wins, with which the trees are compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.tables.additive import DECIMALS


class BinnedLogistic:
    """Logistic regression on indicator columns, with an L2 penalty.

    Ordered codes enter as steps ("at or above this bin"), so the penalty shrinks neighbours towards each other. It
    shrinks missing values towards the largest, as "never" is next to "long ago". Unordered codes enter as one indicator
    each. Bins are merged until each holds `min_share` of the rows.

    Parameters
    ----------
    sizes, categorical
        As for `AdditiveTrees`.
    strength : float
        Inverse of the penalty (scikit-learn's `C`).
    min_share : float
        Least share of rows in a bin.

    Attributes
    ----------
    tables_ : list of ndarray
        The raw score of each code of each column.
    start_ : float
        Intercept.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        categorical: Sequence[bool],
        *,
        strength: float = 0.1,
        min_share: float = 0.05,
    ) -> None:
        self.sizes = sizes
        self.categorical = categorical
        self.strength = strength
        self.min_share = min_share

    def fit(self, codes: np.ndarray, y: np.ndarray, *, weight: np.ndarray | None = None) -> "BinnedLogistic":
        """Fit to `codes` of shape (n, n_columns) and `y` of 0 and 1."""
        from sklearn.linear_model import LogisticRegression

        designs = [self._design(codes[:, j], j) for j in range(len(self.sizes))]
        if not any(design.shape[1] for design in designs):  # nearly all rows are alike: there is only the rate
            rate = float(np.average(y, weights=weight))
            self.start_, self.tables_ = float(np.log(rate / (1 - rate))), [np.zeros(size) for size in self.sizes]
            return self
        model = LogisticRegression(C=self.strength, max_iter=500, tol=1e-4)
        model.fit(self._matrix(codes, designs), y, sample_weight=weight)
        self.start_ = float(model.intercept_[0])
        splits = np.cumsum([design.shape[1] for design in designs])[:-1]
        parts = np.split(model.coef_[0], splits)
        self.tables_ = [np.round(design @ part, DECIMALS) for design, part in zip(designs, parts, strict=True)]
        return self

    def _matrix(self, codes: np.ndarray, designs: Sequence[np.ndarray]) -> Any:
        """The indicators of every row, sparse, by one product: column by column takes four times as long."""
        from scipy import sparse

        rows, columns = codes.shape
        indices = codes + np.cumsum([0, *self.sizes[:-1]])
        chosen = sparse.csr_matrix(
            (np.ones(rows * columns), indices.ravel(), np.arange(0, rows * columns + 1, columns)),
            shape=(rows, sum(self.sizes)),
        )
        matrix = chosen @ sparse.block_diag(designs, format="csr")
        matrix.sort_indices()  # sums must not depend on the order in which the product comes
        return matrix

    def _design(self, column: np.ndarray, j: int) -> np.ndarray:
        """Indicators of each code: shape (size, n_indicators)."""
        size = self.sizes[j]
        counts = np.bincount(column, minlength=size)
        least = max(1.0, self.min_share * len(column))
        if self.categorical[j]:
            own = [code for code in range(size) if counts[code] >= least]
            return (np.arange(size)[:, None] == np.array(own, dtype=int)[None, :]).astype("float64")
        steps, run = [], 0
        for code in range(1, size):
            if run >= least and counts[code:].sum() >= least:
                steps.append(code)
                run = 0
            run += counts[code]
        at_or_above = (np.arange(size)[:, None] >= np.array(steps, dtype=int)[None, :]).astype("float64")
        at_or_above[0] = 1.0  # missing comes after the largest, as for the trees
        missing = (np.arange(size) == 0).astype("float64")[:, None]
        return np.hstack([missing, at_or_above]) if least <= counts[0] <= len(column) - least else at_or_above
