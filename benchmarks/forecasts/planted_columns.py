"""The columns of the planted-leak study: leaks, and innocent attributes, of accounts whose truth is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Past:
    """What became of the accounts of a market, one entry of each array for each.

    Attributes
    ----------
    fit : ndarray of float
        The true fit, standardised.
    won, lost, opened : ndarray of bool
        Whether it ever won; whether it lost and never won; whether it has or had a deal.
    won_days : ndarray of float
        Days since the first win; NaN for none.
    rng : Generator
    """

    fit: np.ndarray
    won: np.ndarray
    lost: np.ndarray
    opened: np.ndarray
    won_days: np.ndarray
    rng: np.random.Generator

    def __len__(self) -> int:
        """The number of accounts."""
        return len(self.fit)

    @property
    def closed(self) -> np.ndarray:
        """Whether a deal of it was won or lost."""
        return self.won | self.lost

    def some(self, share: float) -> np.ndarray:
        """Each with this probability."""
        return self.rng.random(len(self)) < share

    def likely(self, share: float, weight: float) -> np.ndarray:
        """Each with about this probability, more where fit is better by `weight` in log-odds."""
        return self.rng.random(len(self)) < 1 / (1 + np.exp(-(np.log(share / (1 - share)) + weight * self.fit)))

    def level(self, levels: int, zipf: float = 0.0) -> np.ndarray:
        """One of some words, the first more frequent."""
        weights = 1 / np.arange(1, levels + 1) ** zipf
        return np.array([f"word {i}" for i in range(levels)])[
            self.rng.choice(levels, len(self), p=weights / weights.sum())
        ]

    def level_by_fit(self, levels: int, weight: float) -> np.ndarray:
        """One of some words, which goes with fit."""
        noisy = weight * self.fit + np.sqrt(1 - weight**2) * self.rng.normal(size=len(self))
        ranks = pd.Series(noisy).rank(pct=True).to_numpy()
        return np.array([f"word {i}" for i in range(levels)])[np.minimum((ranks * levels).astype(int), levels - 1)]

    def like_fit(self, correlation: float) -> np.ndarray:
        """A number with this correlation to fit."""
        return correlation * self.fit + np.sqrt(1 - correlation**2) * self.rng.normal(size=len(self))


Make = Callable[[Past], Any]


def _only(where: np.ndarray, values: Any, otherwise: Any = None) -> np.ndarray:
    return np.where(where, np.asarray(values, dtype=object), otherwise)


#: Filled because a deal was won, or closed.
FILLED: dict[str, Make] = {
    "a tier for nine winners in ten": lambda p: _only(p.won & p.some(0.9), p.level(3)),
    "the same, and for one in twenty of the others": lambda p: _only((p.won & p.some(0.8)) | p.some(0.05), p.level(3)),
    "the reason of a loss": lambda p: _only(p.lost & p.some(0.9), p.level(5)),
    "a number of licences": lambda p: _only(p.won, p.rng.integers(5, 500, len(p))),
    "a quote, once a deal is closed": lambda p: _only(p.closed, np.round(p.rng.lognormal(9, 1, len(p)))),
    "filled in the year after the win, for some before": lambda p: _only(
        np.where(p.won, p.rng.random(len(p)) < p.won_days / 500, p.some(0.6)), p.level(4)
    ),
}
#: The same with a word for nothing instead of an empty cell.
ZERO: dict[str, Make] = {
    "the number of deals": lambda p: p.opened * (1 + p.some(0.2)),
    "whether a deal was decided": lambda p: np.where(p.closed, "True", "False"),
    "the last quote, 0 before": lambda p: np.where(p.closed, 1000 + np.arange(len(p)) % 977, 0),
    "a contract, Not started before": lambda p: np.where(p.won & p.some(0.95), "Signed off", "Not started"),
    "-1 for no onboarding, else its days": lambda p: np.where(p.won, p.rng.integers(5, 90, len(p)), -1),
    "None yet, or the quarter of the kick-off": lambda p: np.where(
        p.won, np.array(["Q1", "Q2", "Q3", "Q4"])[p.rng.integers(0, 4, len(p))], "None yet"
    ),
    "Standard for all, Premium for six winners in ten": lambda p: np.where(p.won & p.some(0.6), "Premium", "Standard"),
    "No for all, Yes for those with a deal": lambda p: np.where(p.opened & p.some(0.9), "Yes", "No"),
}
#: Columns of leads that a win empties: the facts of accounts that are derived from them leak.
LEADS: tuple[str, ...] = ("campaign", "source", "title")
#: Filled by the win, with a history that began some days ago.
LATE: dict[str, Make] = {
    "a tier, history from yesterday": lambda p: _only(p.won & p.some(0.9), p.level(3)),
    "a number of deals, history from yesterday": lambda p: p.opened * 1,
    "a stage, history from yesterday": lambda p: np.where(p.won, "done", np.where(p.some(0.5), "early", "middle")),
}
#: Copied from the stage of a deal.
STAGE: dict[str, Make] = {
    "Customer, Lead, Prospect": lambda p: np.where(p.won, "Customer", np.where(p.some(0.5), "Lead", "Prospect")),
    "Evangelist for some winners": lambda p: np.where(p.won & p.some(0.3), "Evangelist", p.level(4)),
    "Closed, Negotiation, New": lambda p: np.where(p.closed, "Closed", np.where(p.opened, "Negotiation", "New")),
    "codes of the stage": lambda p: np.where(p.won, "S7", np.where(p.lost, "S8", np.where(p.some(0.5), "S1", "S2"))),
    "Customer for winners and some partners": lambda p: np.where(
        p.won | (~p.closed & p.some(0.02)), "Customer", p.level(3)
    ),
}
#: What was there before and stays, some of it telling.
INNOCENT: dict[str, Make] = {
    **{f"words, {n} levels": lambda p, n=n: p.level(n) for n in (2, 5, 10, 20, 50, 100, 200)},
    **{f"words, {n} levels, unequal": lambda p, n=n: p.level(n, 1.2) for n in (20, 100)},
    **{f"words by fit, {n} levels": lambda p, n=n: p.level_by_fit(n, 0.6) for n in (2, 4, 25)},
    "words by fit, closely": lambda p: p.level_by_fit(6, 0.85),
    **{f"a number by fit, {r}": lambda p, r=r: p.like_fit(r) for r in (0.3, 0.6, 0.85)},
    "a large number": lambda p: np.round(p.rng.lognormal(5, 1.5, len(p))),
    "employees by fit": lambda p: np.round(np.exp(5 + 1.2 * p.like_fit(0.5))),
    "revenue, a quarter empty": lambda p: _only(p.some(0.75), np.round(p.rng.lognormal(12, 1, len(p)), -3)),
    "a share of 100": lambda p: p.rng.integers(0, 101, len(p)),
    **{f"a flag, {share:.0%}": lambda p, share=share: p.some(share) for share in (0.02, 0.1, 0.3, 0.9)},
    **{f"a flag by fit, {share:.0%}": lambda p, share=share: p.likely(share, 0.8) for share in (0.05, 0.3)},
    "a flag by fit, strongly": lambda p: p.likely(0.3, 1.6),
    "yes or no, a third not known": lambda p: _only(p.some(0.67), np.where(p.likely(0.3, 0.8), "Yes", "No")),
    **{f"a count, {mean:g} on average": lambda p, mean=mean: p.rng.poisson(mean, len(p)) for mean in (0.1, 0.5)},
    "a count by fit, many zeros": lambda p: p.likely(0.25, 0.8) * p.rng.integers(1, 40, len(p)),
    "employees in a country, mostly 0": lambda p: p.some(0.15) * np.round(p.rng.lognormal(3, 1, len(p))),
    "None, or one of five certificates": lambda p: np.where(p.likely(0.2, 0.6), p.level(5), "None"),
    "Not applicable for most": lambda p: np.where(p.some(0.2), p.level(3), "Not applicable"),
    "Unknown for half": lambda p: np.where(p.some(0.5), p.level(6), "Unknown"),
    "-1 for not known": lambda p: np.where(p.some(0.7), p.rng.integers(0, 50, len(p)), -1),
    **{f"empty for {share:.0%}": lambda p, share=share: _only(p.some(1 - share), p.level(4)) for share in (0.3, 0.9)},
    "found more often where fit is good": lambda p: _only(p.likely(0.5, 0.6), p.level(5)),
    "a year of foundation": lambda p: 2020 - np.round(p.rng.exponential(18, len(p))),
    "a year and month": lambda p: np.array([f"{2019 + i // 12}-{1 + i % 12:02}" for i in range(48)])[
        p.rng.integers(0, 48, len(p))
    ],
    "a day of the week, None for a third": lambda p: np.where(
        p.some(0.33), "None", np.array(["Monday", "Tuesday", "Friday"])[p.rng.integers(0, 3, len(p))]
    ),
    "a code of 40 territories": lambda p: p.rng.integers(100, 140, len(p)),
    "Customer, Supplier, Both, of their role": lambda p: np.array(["Customer", "Supplier", "Both"])[
        p.rng.integers(0, 3, len(p))
    ],
    "by fit, history from yesterday": lambda p: p.level_by_fit(4, 0.6),
    "a number, history from yesterday": lambda p: np.round(10 * p.like_fit(0.5)),
}
#: Columns whose values stand in a history that begins a day before the end.
WITH_HISTORY = "history from yesterday"
