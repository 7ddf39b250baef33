"""Boosted trees that each use one feature: what they learn is exactly one lookup table for each feature.

LightGBM's interaction constraints hold every tree to a single feature, so the sum of the trees is a sum of
functions of one feature each (a generalized additive model; Lou, Caruana and Gehrke 2012), and a function of
a few codes is a table. A pair term is a second, small booster with its two features.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: Table values carry this many decimals: far below any effect, and equal on every machine.
DECIMALS = 10


@dataclass
class AdditiveTrees:
    """Additive model of integer codes.

    Parameters
    ----------
    sizes : sequence of int
        Number of codes of each column.
    categorical : sequence of bool
        Whether the codes of a column are unordered. Of ordered codes, 0 (missing) is put behind the largest,
        as "never" is behind "long ago".
    objective : str
        A LightGBM objective with one output, such as `binary` or `tweedie`.
    trees : int
        Most trees; fewer when `fit` is given validation rows.
    learning_rate, leaves, min_leaf, l2, cat_l2, onehot, seed, threads
        As LightGBM's. One thread: a sum must not depend on the machine's cores, and the threads of a busy
        machine wait for each other longer than they work (measured: 9 times slower with two on two shared
        cores).
    most_step : float
        How far a leaf may move the raw score, before `learning_rate`; 0 for no limit. Where wins are rare and rows
        without one stand for hundreds, unlimited Newton steps overshoot and may never come back.
    together : bool
        Whether one tree may use all columns, as a pair term needs; otherwise each tree uses one.

    Attributes
    ----------
    tables_ : list of ndarray
        For each column, the raw score of each code, relative to code 0.
    start_ : float
        The raw score where every code is 0.
    trees_ : int
        Trees grown, or the best number on the validation rows.
    """

    sizes: Sequence[int]
    categorical: Sequence[bool]
    objective: str = "binary"
    trees: int = 600
    learning_rate: float = 0.1
    leaves: int = 4
    min_leaf: int = 50
    l2: float = 1.0
    cat_l2: float = 1.0
    onehot: int = 64
    seed: int = 7
    threads: int = 1
    most_step: float = 0.0
    together: bool = False
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    start_: float = field(default=0.0, init=False)
    trees_: int = field(default=0, init=False)

    def fit(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        valid: tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray | None] | None = None,
    ) -> "AdditiveTrees":
        """Fit to `codes` of shape (n, n_columns) and `y` of shape (n,).

        Parameters
        ----------
        codes : ndarray of int, shape (n, n_columns)
        y : ndarray of shape (n,)
        weight : ndarray of shape (n,), optional
        offset : ndarray of shape (n,), optional
            A raw score to start from.
        valid : tuple of (codes, y, weight, offset), optional
            Rows on which the boosting stops early.
        """
        import lightgbm as lgb

        columns = list(range(len(self.sizes)))
        parameters: dict[str, Any] = {
            "objective": self.objective,
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.min_leaf,
            "lambda_l2": self.l2,
            "cat_l2": self.cat_l2,
            "min_data_per_group": self.min_leaf,
            "max_cat_to_onehot": self.onehot,
            # If the main effects are fitted already, no first split gains anything, and an effect of two features
            # together would never be found. On a sample of the rows it does not cancel out.
            "bagging_fraction": 0.7 if self.together else 1.0,
            "bagging_freq": 1 if self.together else 0,
            "interaction_constraints": [columns] if self.together else [[column] for column in columns],
            "max_delta_step": self.most_step,
            "max_bin": 255,
            "min_data_in_bin": 1,
            "feature_pre_filter": False,
            "boost_from_average": offset is None,
            "deterministic": True,
            "force_row_wise": True,  # the same sums in the same order, in two thirds of the time
            "num_threads": self.threads,
            "seed": self.seed,
            "verbosity": -1,
        }
        unordered = [column for column in columns if self.categorical[column]]
        train = lgb.Dataset(
            self._ordered(codes),
            y,
            weight=weight,
            init_score=offset,
            categorical_feature=unordered,
            params=parameters,
        )
        callbacks: list[Any] = []
        sets: list[Any] = []
        if valid is not None:
            v_codes, v_y, v_weight, v_offset = valid
            sets = [train.create_valid(self._ordered(v_codes), v_y, weight=v_weight, init_score=v_offset)]
            callbacks = [lgb.early_stopping(40, verbose=False)]
        booster = lgb.train(parameters, train, self.trees, valid_sets=sets, callbacks=callbacks)
        self.trees_ = booster.best_iteration if valid is not None else self.trees
        self._read(booster)
        return self

    def _ordered(self, codes: np.ndarray) -> np.ndarray:
        ordered = codes.astype("float32")
        for column, size in enumerate(self.sizes):
            if not self.categorical[column]:
                ordered[:, column] = np.where(codes[:, column] == 0, size, codes[:, column])
        return ordered

    def _read(self, booster: Any) -> None:
        probes = np.zeros((1 + sum(self.sizes), len(self.sizes)), dtype="int64")
        row = 1
        for column, size in enumerate(self.sizes):
            probes[row : row + size, column] = np.arange(size)
            row += size
        raw = booster.predict(self._ordered(probes), raw_score=True, num_iteration=self.trees_)
        self.start_ = float(raw[0])
        splits = np.cumsum(self.sizes)[:-1]
        self.tables_ = [np.round(part, DECIMALS) for part in np.split(raw[1:] - raw[0], splits)]
        self._booster = booster

    def grid(self) -> np.ndarray:
        """The joint table of a two-column model grown `together`, on top of its offset: (size_a, size_b)."""
        a, b = np.meshgrid(np.arange(self.sizes[0]), np.arange(self.sizes[1]), indexing="ij")
        probes = np.column_stack([a.ravel(), b.ravel()])
        raw = self._booster.predict(self._ordered(probes), raw_score=True, num_iteration=self.trees_)
        return np.round(raw.reshape(a.shape), DECIMALS)


def summed_tables(tables: Sequence[np.ndarray], codes: np.ndarray) -> np.ndarray:
    """Sum of every column's table at its code, for `codes` of shape (n, n_columns)."""
    total = np.zeros(len(codes))
    for column, table in enumerate(tables):
        total += table[codes[:, column]]
    return total
