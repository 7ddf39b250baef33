"""What a deal brings, from the amount that sales entered: that amount, times how much of it is usually paid."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.amounts.amount import deviance
from models.amounts.amount_bound import amount_bounds

#: Deals are divided into so many groups of equal size by the amount entered, and each has its share that is paid.
GROUPS = 4
#: A group counts beside so many deals of which the usual share is paid.
AS_ALL = 20.0
_FOLDS = 5


@dataclass
class EnteredAmount:
    """`E[amount | win] = entered * share(entered)`, as one table over the codes of the amount entered.

    The share is that of four groups of deals by amount, drawn towards that of all, and runs in straight lines of the
    logarithm from one to the next. At the end the means are made equal: over the wins, the predicted amounts add up to
    the actual ones. A table of a few steps that is fitted freely would give the largest deals all the same amount.

    Parameters
    ----------
    entered : ndarray of shape (n_codes,)
        What is entered where the amount has each code; the entry of code 0, of which nothing is known, is not used.
    seed : int
        Of the folds.

    Attributes
    ----------
    base_ : float
    tables_ : list of ndarray
        The one table.
    report_ : dict
        The cross-validated deviance.
    """

    entered: np.ndarray
    seed: int = 7
    base_: float = field(default=0.0, init=False)
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    report_: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(self, codes: np.ndarray, amount: np.ndarray) -> "EnteredAmount":
        """Fit to the wins of which the amount entered is known.

        Parameters
        ----------
        codes : ndarray of int, shape (n_wins,)
        amount : ndarray of shape (n_wins,)
            Not below 0.
        """
        amount = amount_bounds(amount).usual(amount)
        fold = np.random.default_rng(self.seed).permutation(len(amount)) % _FOLDS
        predicted = np.zeros(len(amount))
        for k in range(_FOLDS):
            inside, out = fold != k, fold == k
            predicted[out] = np.exp(self._table(codes[inside], amount[inside])[codes[out]])
        self.report_ = {"deviance": {"entered": deviance(amount, predicted)}}
        self.tables_ = [self._table(codes, amount)]
        return self

    def _table(self, codes: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """The logarithm of the expected amount of each code."""
        entered = np.maximum(self.entered, 1e-9)
        if not len(codes):
            return np.asarray(np.log(entered))
        own = entered[codes]
        every = max(float(amount.sum()), 1e-9) / float(own.sum())
        at, share = [], []
        for part in np.array_split(np.argsort(own, kind="stable"), GROUPS):
            if not len(part):
                continue
            mean = float(own[part].mean())
            at.append(float(np.log(mean)))
            share.append((float(amount[part].sum()) + AS_ALL * every * mean) / (float(own[part].sum()) + AS_ALL * mean))
        logs = np.log(entered)
        table = logs + np.interp(logs, at, np.log(share))
        table += np.log(max(float(amount.sum()), 1e-9) / float(np.exp(table[codes]).sum()))
        return np.asarray(table)
