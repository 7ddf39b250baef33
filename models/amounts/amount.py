"""E[amount given a win], learned from wins alone: one mean, or a mean that is linear in its logarithm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.amounts.amount_bound import amount_bounds
from models.amounts.log_amount import PENALTIES, LogLinear
from models.tables.additive import DECIMALS, summed_tables

#: The penalties that are tried for what is added to the tables so that the mean of a segment is right, in wins.
MEAN_PENALTIES = (1000.0, 100.0, 10.0)
#: How far one amount may be above what is expected of it, in times, where means are made right.
MOST_ABOVE = 5.0


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

    One of two rungs is chosen by cross-validated deviance: `mean` (one amount for all) or `log_linear`. The second is
    fitted to the logarithms of amounts (`LogLinear`). What the mean of a segment is above that of its logarithms, and
    how many of its wins bring nothing, is added after that, by one step of a gamma regression, if it makes the deviance
    smaller. At the end the means are made equal: over the wins, the predicted amounts add up to the actual ones. An
    amount that is far from all others (`amount_bounds`) counts as the nearest usual one.

    Parameters
    ----------
    sizes : sequence of int
        Number of codes of each column.
    categorical : sequence of bool
        Whether the codes of a column are unordered.
    seed : int
        Of the folds.

    Attributes
    ----------
    rung_ : {"none", "mean", "log_linear"}
    base_ : float
    tables_ : list of ndarray
    report_ : dict
        Wins, the largest usual amount and how many were above it, and the cross-validated deviance of each rung that
        was tried.
    """

    sizes: Sequence[int]
    categorical: Sequence[bool]
    seed: int = 7
    rung_: str = field(default="none", init=False)
    base_: float = field(default=0.0, init=False)
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    report_: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(self, codes: np.ndarray, amount: np.ndarray, population: np.ndarray | None = None) -> "AmountModel":
        """Fit to the wins that have an amount.

        Parameters
        ----------
        codes : ndarray of int, shape (n_wins, n_columns)
        amount : ndarray of shape (n_wins,)
            Not below 0.
        population : ndarray of int, shape (n, n_columns), optional
            The codes of those that amounts are expected of; without it, those of the wins.
        """
        self.tables_ = [np.zeros(size) for size in self.sizes]
        bounds = amount_bounds(amount)
        self.report_ = {
            "wins_with_amount": len(amount),
            "bound": bounds.most,
            "bounded": int((amount > bounds.highest).sum()),
        }
        amount = bounds.usual(amount)
        if not len(amount) or amount.sum() <= 0:
            # No amount is known: every win counts as one, and expected revenue ranks like the probability.
            return self
        self.rung_, self.base_ = "mean", float(np.log(amount.mean()))
        if len(amount) == 1 or not self.sizes:  # too few to compare rungs, or nothing to tell them by
            return self
        wins = _Wins(
            LogLinear(self.sizes, self.categorical, codes if population is None else population), codes, amount
        )
        fold = np.random.default_rng(self.seed).permutation(len(amount)) % 5
        tried = {"mean": wins.deviance(fold, None, None)}
        penalty = min(PENALTIES, key=lambda penalty: wins.log_error(fold, penalty))
        steps = {step: wins.deviance(fold, penalty, step) for step in (None, *MEAN_PENALTIES)}
        best = min(steps, key=lambda step: steps[step])
        tried["log_linear"] = steps[best]
        self.report_ |= {"deviance": tried, "penalty": penalty, "mean_penalty": best}
        if tried["log_linear"] < tried["mean"]:
            self.rung_ = "log_linear"
            everyone = np.ones(len(amount), dtype=bool)
            self.tables_ = [np.round(table, DECIMALS) for table in wins.tables(everyone, penalty, best)]
            self.base_ = wins.base(self.tables_, everyone)
        return self


@dataclass(frozen=True)
class _Wins:
    """The wins that amounts are learned from, and the fits to some of them (`inside`, a mask)."""

    shape: LogLinear
    codes: np.ndarray
    amount: np.ndarray
    design: np.ndarray = field(init=False)
    logs: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "design", self.shape.design(self.codes))
        object.__setattr__(self, "logs", np.log(np.where(self.amount > 0, self.amount, 1.0)))

    def tables(self, inside: np.ndarray, penalty: float | None, step: float | None) -> list[np.ndarray]:
        """The tables for a penalty (None: of one mean), with the step to the means of segments for another."""
        some = inside & (self.amount > 0)
        if penalty is None or not some.any():
            return []
        tables = self.shape.tables(self.design[some], self.logs[some], penalty)
        if step is None:
            return tables
        expected = np.exp(self.base(tables, inside) + summed_tables(tables, self.codes[inside]))
        above = np.minimum(self.amount[inside] / expected - 1.0, MOST_ABOVE)
        more = self.shape.tables(self.design[inside], above, step)
        return [table + part for table, part in zip(tables, more, strict=True)]

    def base(self, tables: list[np.ndarray], inside: np.ndarray) -> float:
        """The base with which the amounts add up."""
        mean = max(float(self.amount[inside].mean()), 1e-9)
        return float(np.log(mean / np.exp(self._score(tables)[inside]).mean()))

    def deviance(self, fold: np.ndarray, penalty: float | None, step: float | None) -> float:
        """The cross-validated deviance."""
        predicted = np.zeros(len(self.amount))
        for k in range(5):
            inside, out = fold != k, fold == k
            tables = self.tables(inside, penalty, step)
            predicted[out] = np.exp(self.base(tables, inside) + self._score(tables)[out])
        return deviance(self.amount, predicted)

    def log_error(self, fold: np.ndarray, penalty: float) -> float:
        """The cross-validated squared error of the logarithms of amounts above 0."""
        error = 0.0
        for k in range(5):
            inside, out = (fold != k) & (self.amount > 0), (fold == k) & (self.amount > 0)
            rest = self.logs - self._score(self.tables(inside, penalty, None))
            error += float(((rest[out] - rest[inside].mean()) ** 2).sum()) if inside.any() else 0.0
        return error

    def _score(self, tables: list[np.ndarray]) -> np.ndarray:
        return summed_tables(tables, self.codes) if tables else np.zeros(len(self.amount))
