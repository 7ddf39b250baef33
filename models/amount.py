"""E[amount given a win], learned from wins alone: a mean for each segment, or trees if there are enough wins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.additive import AdditiveTrees, summed
from models.amount_bound import amount_bounds


def deviance(y: np.ndarray, mu: np.ndarray) -> float:
    """Mean Tweedie deviance of power 3/2: 4 (sqrt(y) - sqrt(mu))^2 / sqrt(mu) (Joergensen 1987).

    scikit-learn's `mean_tweedie_deviance` adds up terms that cancel. Where all amounts are alike, its rounding errors
    would be larger than the deviance, and would choose the rung.

    Parameters
    ----------
    y, mu : ndarray of shape (n_wins,)
        Actual and predicted amounts, in the currency of the CRM; `mu` above 0.
    """
    return float(np.mean(4.0 * (np.sqrt(y) - np.sqrt(mu)) ** 2 / np.sqrt(mu)))


@dataclass
class AmountModel:
    """`E[amount | win] = exp(base + sum of one table for each feature)`.

    One of three rungs is chosen by cross-validated deviance: `mean` (one amount for all), `segment` (the one feature
    that predicts amounts best), `additive` (boosted trees, from `trees_from` wins on). At the end the means are made
    equal: over the wins, the predicted amounts add up to the actual ones. An amount above the bound of usual amounts
    (`amount_bounds`) counts as that bound.

    Parameters
    ----------
    sizes : sequence of int
        Number of codes of each column.
    categorical : sequence of bool
        Whether the codes of a column are unordered.
    trees_from : int
        Wins with an amount from which trees are tried.
    shrink : float
        How many wins the prior of a segment counts for. The prior is its median, scaled to a mean, from 5 wins on;
        otherwise the mean of all.
    seed : int
        Of the folds and the trees.

    Attributes
    ----------
    rung_ : {"none", "mean", "segment", "additive"}
    base_ : float
    tables_ : list of ndarray
    report_ : dict
        Wins, the bound of their amounts and how many were above it, and the cross-validated deviance of each rung
        that was tried.
    """

    sizes: Sequence[int]
    categorical: Sequence[bool]
    trees_from: int = 150
    shrink: float = 10.0
    seed: int = 7
    rung_: str = field(default="none", init=False)
    base_: float = field(default=0.0, init=False)
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    report_: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(self, codes: np.ndarray, amount: np.ndarray) -> "AmountModel":
        """Fit to the wins that have an amount: `codes` of shape (n_wins, n_columns), `amount` >= 0."""
        self.tables_ = [np.zeros(size) for size in self.sizes]
        highest = amount_bounds(amount).highest
        self.report_ = {"wins_with_amount": len(amount), "bound": highest, "bounded": int((amount > highest).sum())}
        amount = np.minimum(amount, highest)
        if not len(amount) or amount.sum() <= 0:
            # No amount is known: every win counts as one, and expected revenue ranks like the probability.
            return self
        if len(amount) == 1:  # too few to compare rungs
            self.rung_, self.base_ = "mean", float(np.log(amount[0]))
            return self
        fold = np.random.default_rng(self.seed).permutation(len(amount)) % 5
        tried: dict[str, float] = {"mean": self._cross(codes, amount, fold, lambda c, a: self._none())}
        plans: dict[str, Any] = {"mean": lambda c, a: self._none()}
        segments = [(self._cross(codes, amount, fold, self._segment_of(j)), j) for j in self._usable(codes)]
        if segments:
            tried["segment"], best = min(segments)
            plans["segment"] = self._segment_of(best)
        if len(amount) >= self.trees_from:
            trees = self._trees_wanted(codes, amount, fold)
            plans["additive"] = lambda c, a: self._trees(c, a, trees)
            tried["additive"] = self._cross(codes, amount, fold, plans["additive"])
        self.rung_ = min(tried, key=lambda rung: tried[rung])
        self.tables_ = plans[self.rung_](codes, amount)
        self.base_ = self._matched(self.tables_, codes, amount)
        self.report_["deviance"] = tried
        return self

    def _matched(self, tables: list[np.ndarray], codes: np.ndarray, amount: np.ndarray) -> float:
        return float(np.log(max(amount.mean(), 1e-9) / np.exp(summed(tables, codes)).mean()))

    def _cross(self, codes: np.ndarray, amount: np.ndarray, fold: np.ndarray, learn: Any) -> float:
        predicted = np.zeros(len(amount))
        for k in range(5):
            inside, out = fold != k, fold == k
            tables = learn(codes[inside], amount[inside])
            predicted[out] = np.exp(self._matched(tables, codes[inside], amount[inside]) + summed(tables, codes[out]))
        return deviance(amount, predicted)

    def _none(self) -> list[np.ndarray]:
        return [np.zeros(size) for size in self.sizes]

    def _usable(self, codes: np.ndarray) -> list[int]:
        return [j for j in range(len(self.sizes)) if len(np.unique(codes[:, j])) > 1]

    def _segment_of(self, j: int) -> Any:
        def learn(codes: np.ndarray, amount: np.ndarray) -> list[np.ndarray]:
            overall, middle = float(amount.mean()), float(np.median(amount))
            tables = self._none()
            for code in np.unique(codes[:, j]):
                inside = amount[codes[:, j] == code]
                prior = overall
                if len(inside) >= 5 and middle > 0:
                    prior = float(np.median(inside)) * overall / middle
                value = (inside.sum() + self.shrink * prior) / (len(inside) + self.shrink)
                tables[j][code] = np.round(np.log(max(value, 1e-9) / overall), 10) if overall > 0 else 0.0
            return tables

        return learn

    def _grower(self, trees: int) -> AdditiveTrees:
        return AdditiveTrees(
            self.sizes,
            self.categorical,
            objective="tweedie",
            trees=trees,
            learning_rate=0.05,
            leaves=4,
            min_leaf=20,
            seed=self.seed,
        )

    def _trees(self, codes: np.ndarray, amount: np.ndarray, trees: int) -> list[np.ndarray]:
        # Scaled to a mean of one: the penalty then means the same in any currency.
        return self._grower(trees).fit(codes, amount / max(amount.mean(), 1e-9)).tables_

    def _trees_wanted(self, codes: np.ndarray, amount: np.ndarray, fold: np.ndarray) -> int:
        scaled = amount / amount.mean()
        grown = []
        for k in range(5):
            inside, out = fold != k, fold == k
            valid = (codes[out], scaled[out], None, None)
            grown.append(self._grower(400).fit(codes[inside], scaled[inside], valid=valid).trees_)
        return max(1, int(np.median(grown)))
