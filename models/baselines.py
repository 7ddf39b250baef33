"""The estimators of the baselines that learn: from the win rate of a source to unconstrained trees.

A frame has one row for each snapshot, and at least the columns that the estimator was given. Numbers are floats, NaN
where missing; levels are text, None where missing. Levels, means and spreads are learned from the rows of `fit`, so
the rows to forecast have no part in them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from models.calibration import sigmoid

#: Column to `numeric`, `days` or `category`, as `models.encoding` knows them.
Kinds = Mapping[str, str]
#: The fewest and most of the unconstrained trees.
FEWEST_TREES, MOST_TREES = 20, 800


class Estimator(Protocol):
    """What every estimator here can do."""

    def fit(self, frame: pd.DataFrame, won: np.ndarray, weight: np.ndarray) -> "Estimator":
        """Fit to the n rows of `frame`; `won` (0 or 1) and `weight` have shape (n,)."""

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """P(win) of every row: shape (n,)."""


class SourceRate:
    """The win rate of the source that an entity came through.

    Parameters
    ----------
    column : str or None
        The source. Without one, everybody has the mean rate.
    strength : float
        A source's rate is shrunk towards the mean rate, as if by this many rows more that have it.
    """

    def __init__(self, column: str | None, *, strength: float = 200.0) -> None:
        self.column = column
        self.strength = strength

    def fit(self, frame: pd.DataFrame, won: np.ndarray, weight: np.ndarray) -> "SourceRate":
        """Learn the rates: `(wins + strength * mean) / (rows + strength)`."""
        self.mean_ = float(np.average(won, weights=weight))
        self.rates_: dict[str, float] = {}
        if self.column is not None:
            level = frame[self.column].to_numpy(dtype=object)
            sums = pd.DataFrame({"won": won * weight, "rows": weight}).groupby(level, dropna=True).sum()
            rates = (sums["won"] + self.strength * self.mean_) / (sums["rows"] + self.strength)
            self.rates_ = {str(name): float(rate) for name, rate in rates.items()}
        return self

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """The rate of each row's source, or the mean rate if it is not known: shape (n,)."""
        if self.column is None:
            return np.full(len(frame), self.mean_)
        return frame[self.column].map(self.rates_).fillna(self.mean_).to_numpy(dtype="float64")


class NaiveBayes:
    """Naive Bayes on how often each value of a field was won and not won, as open-source CRMs ship it.

    Parameters
    ----------
    columns : sequence of str
        The fields, all with levels. A missing value has no effect.
    start : float
        Where both frequencies of a value start (Odoo's predictive lead scoring: 0.1).
    """

    def __init__(self, columns: Sequence[str], *, start: float = 0.1) -> None:
        self.columns = columns
        self.start = start

    def fit(self, frame: pd.DataFrame, won: np.ndarray, weight: np.ndarray) -> "NaiveBayes":
        """Count the values of each field among the won and the others."""
        wins, others = won * weight, (1.0 - won) * weight
        self.prior_ = float(np.log((wins.sum() + self.start) / (others.sum() + self.start)))
        self.tables_: dict[str, dict[str, float]] = {}
        for column in self.columns:
            level = frame[column].to_numpy(dtype=object)
            counts = pd.DataFrame({"won": wins, "other": others}).groupby(level, dropna=True).sum() + self.start
            share = counts / counts.sum()
            odds = np.log(share["won"]) - np.log(share["other"])
            self.tables_[column] = {str(name): float(value) for name, value in odds.items()}
        return self

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """The probability of a win as if the fields were independent: shape (n,)."""
        score = np.full(len(frame), self.prior_)
        for column, table in self.tables_.items():
            score += frame[column].map(table).fillna(0.0).to_numpy(dtype="float64")
        return sigmoid(score)


class LinearLogistic:
    """Logistic regression as in a textbook: standardised numbers, one indicator for each level, an L2 penalty.

    Numbers enter as `sign(x) log(1 + |x|)`, because days, people and money differ by orders of magnitude; a missing
    number as the mean, with an indicator of its own.

    Parameters
    ----------
    kinds : mapping
        The columns and their kinds.
    strength : float
        Inverse of the penalty (scikit-learn's `C`). On simulated markets held-out log loss is lowest at 0.02 to 0.1.
    least : int
        A level of fewer rows has no indicator.
    """

    def __init__(self, kinds: Kinds, *, strength: float = 0.02, least: int = 20) -> None:
        self.kinds = kinds
        self.strength = strength
        self.least = least

    def fit(self, frame: pd.DataFrame, won: np.ndarray, weight: np.ndarray) -> "LinearLogistic":
        """Fit to `won`, which must hold both 0 and 1."""
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        self.levels_ = _levels(frame, self.kinds, self.least)
        numbers = np.ma.masked_invalid(self._numbers(frame))
        self.means_ = numbers.mean(axis=0).filled(0.0)
        spread = numbers.std(axis=0).filled(0.0)
        self.spreads_ = np.where(spread > 1e-12, spread, 1.0)
        # Newton's method takes few steps, each one product of the design with itself: there are few columns.
        model = LogisticRegression(C=self.strength, solver="newton-cholesky", max_iter=50)
        with threadpool_limits(1):  # a sum must not depend on the machine's cores, or wait for busy ones
            self.model_: Any = model.fit(self._design(frame), won, sample_weight=weight)
        return self

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """P(win): shape (n,)."""
        result: np.ndarray = self.model_.predict_proba(self._design(frame))[:, 1]
        return result

    def _numbers(self, frame: pd.DataFrame) -> np.ndarray:
        numbers = _numbers(frame, self.kinds)
        result: np.ndarray = np.sign(numbers) * np.log1p(np.abs(numbers))
        return result

    def _design(self, frame: pd.DataFrame) -> np.ndarray:
        numbers = self._numbers(frame)
        missing = ~np.isfinite(numbers)
        blocks = [np.where(missing, 0.0, (numbers - self.means_) / self.spreads_), missing.astype("float64")]
        for name, levels in self.levels_.items():
            codes = _codes(frame[name], levels)
            blocks.append((codes[:, None] == np.arange(len(levels))[None, :]).astype("float64"))
        return np.hstack(blocks)


class UnconstrainedTrees:
    """LightGBM without constraints: a tree may use all columns, also touch counts.

    Parameters
    ----------
    kinds : mapping
        The columns and their kinds.
    group : str
        The column that says whose row it is. The number of trees is chosen on the rows of a fifth of the units, which
        are held out as a whole, because all rows of a unit look ahead to the same win. Then all rows are fitted.
    least : int
        A level of fewer rows counts as missing.
    seed : int
    """

    def __init__(self, kinds: Kinds, group: str = "unit", *, least: int = 20, seed: int = 7) -> None:
        self.kinds = kinds
        self.group = group
        self.least = least
        self.seed = seed

    def fit(self, frame: pd.DataFrame, won: np.ndarray, weight: np.ndarray) -> "UnconstrainedTrees":
        """Fit to `won` of 0 and 1."""
        import lightgbm as lgb

        self.levels_ = _levels(frame, self.kinds, self.least)
        x = self._design(frame)
        unordered = list(range(x.shape[1] - len(self.levels_), x.shape[1]))
        settings: Any = {"params": self._parameters, "categorical_feature": unordered, "free_raw_data": False}
        held = self._held_out(frame)
        self.trees_ = FEWEST_TREES
        if won[held].any() and won[~held].any():
            train = lgb.Dataset(x[~held], won[~held], weight=weight[~held], **settings)
            valid = train.create_valid(x[held], won[held], weight=weight[held])
            stop: list[Any] = [lgb.early_stopping(50, verbose=False)]
            best = lgb.train(self._parameters, train, MOST_TREES, valid_sets=[valid], callbacks=stop).best_iteration
            self.trees_ = max(best, FEWEST_TREES)
        whole = lgb.Dataset(x, won, weight=weight, **settings)
        self.model_: Any = lgb.train(self._parameters, whole, self.trees_)
        return self

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """P(win): shape (n,)."""
        result: np.ndarray = self.model_.predict(self._design(frame))
        return result

    @property
    def _parameters(self) -> dict[str, Any]:
        """Chosen on six cut-offs of three simulated markets: no others that were tried are better beyond noise."""
        return {
            "objective": "binary",
            "learning_rate": 0.1,
            "num_leaves": 8,
            "min_data_in_leaf": 100,
            "lambda_l2": 5.0,
            "cat_smooth": 20.0,
            # A tree gets half of the columns if they are many. If they are few, it needs those that belong together.
            "feature_fraction": float(np.clip(10 / max(1, len(self.kinds)), 0.5, 1.0)),
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": 1,
            "seed": self.seed,
            "verbosity": -1,
        }

    def _held_out(self, frame: pd.DataFrame) -> np.ndarray:
        members, names = pd.factorize(frame[self.group], sort=True)
        drawn: np.ndarray = np.random.default_rng(self.seed).random(len(names)) < 0.2
        return drawn[members]

    def _design(self, frame: pd.DataFrame) -> np.ndarray:
        codes = [_codes(frame[name], levels) for name, levels in self.levels_.items()]
        missing = [np.where(code < 0, np.nan, code) for code in codes]
        return np.column_stack([_numbers(frame, self.kinds), *missing]).astype("float32")


def _numbers(frame: pd.DataFrame, kinds: Kinds) -> np.ndarray:
    """The columns that are no categories: shape (n_rows, n_numbers)."""
    names = [name for name, kind in kinds.items() if kind != "category"]
    if not names:
        return np.empty((len(frame), 0))
    return np.column_stack([frame[name].to_numpy(dtype="float64", na_value=np.nan) for name in names])


def _levels(frame: pd.DataFrame, kinds: Kinds, least: int) -> dict[str, dict[str, int]]:
    """The codes by column and level, for levels in at least `least` rows. The order of the rows does not matter."""
    levels = {}
    for name in (name for name, kind in kinds.items() if kind == "category"):
        counts = frame[name].value_counts()
        levels[name] = {str(level): code for code, level in enumerate(sorted(map(str, counts.index[counts >= least])))}
    return levels


def _codes(column: pd.Series, levels: Mapping[str, int]) -> np.ndarray:
    """The code of each value, -1 for a missing one and one without a code: shape (n,)."""
    return np.array([levels.get(value, -1) for value in column.tolist()], dtype="int64")
