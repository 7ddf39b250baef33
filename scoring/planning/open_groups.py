"""The open ones in groups of like probability and amount: what a total is drawn from, whatever their number.

Those on whom a total hangs most are drawn one by one: a few large deals decide a quarter. All others are in cells of
the log-odds and of the amount, which hold their number, their expected wins, and two moments of their amounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.planning.pooling import Floats

#: How many are drawn one by one.
ALONE = 120
#: The width of a cell in log-odds, and in how many cells amounts are.
LOG_ODDS, AMOUNTS = 0.4, 6
#: Probabilities below and above count as these: nothing is impossible, and nothing sure.
LEAST, MOST = 1e-9, 1.0 - 1e-9


@dataclass(frozen=True)
class OpenGroups:
    """Groups of open accounts or leads; each entry is of a group.

    Attributes
    ----------
    count : ndarray of shape (n_groups,)
        How many are in it.
    probability : ndarray of shape (n_groups,)
        Of a win before the end of the period, the mean of those in it.
    amount, square : ndarray of shape (n_groups,)
        The mean of a win's amount, and of the square of its expected amount.
    """

    count: Floats
    probability: Floats
    amount: Floats
    square: Floats

    @property
    def wins(self) -> float:
        """Expected wins."""
        return float(self.count @ self.probability)

    @property
    def chance(self) -> float:
        """The variance of the wins by chance."""
        return float((self.count * self.probability) @ (1.0 - self.probability))

    @property
    def revenue(self) -> float:
        """Expected revenue."""
        return float((self.count * self.probability) @ self.amount)

    def __len__(self) -> int:
        return len(self.count)


def grouped(probability: Floats, amount: Floats) -> OpenGroups:
    """The groups of some open accounts or leads.

    Parameters
    ----------
    probability, amount : ndarray of shape (n,)
        Of a win of each before the end of the period, and what is expected of a win.

    Returns
    -------
    OpenGroups
        Its expected wins and revenue are exactly those of all.
    """
    p = np.clip(probability, LEAST, MOST)
    weight = p * (1.0 - p) * amount**2
    alone = np.zeros(len(p), dtype=bool)
    if len(p):
        alone[np.argpartition(weight, -min(ALONE, len(p)))[-min(ALONE, len(p)) :]] = True
    rest, money = p[~alone], amount[~alone]
    if not len(rest):
        return OpenGroups(np.ones(len(p)), p, amount.astype(np.float64), amount.astype(np.float64) ** 2)
    of_odds = np.floor(np.log(rest / (1.0 - rest)) / LOG_ODDS).astype(np.int64)
    steps = np.quantile(money, np.linspace(0.0, 1.0, AMOUNTS + 1)[1:-1])
    cell = (of_odds - of_odds.min()) * AMOUNTS + np.searchsorted(steps, money)
    count, wins, sums, squares = (np.bincount(cell, side) for side in (None, rest, rest * money, rest * money**2))
    there = count > 0
    n, w = count[there].astype(np.float64), wins[there]
    return OpenGroups(
        np.concatenate([np.ones(int(alone.sum())), n]),
        np.concatenate([p[alone], w / n]),
        np.concatenate([amount[alone], sums[there] / w]),
        np.concatenate([amount[alone] ** 2, squares[there] / w]),
    )
