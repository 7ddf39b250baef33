"""A period looked back at: what was planned on its first day, and what came, as the six sums that `gap` splits.

The plan is what would have come if all had gone on as before: those who were open on the first day, arrivals as they
were to be expected, and each ratio as in the period of the same length before it. One dated example, of the 90 days
from 2026-01-01:

    planned     open on 2026-01-01, and 40 arrivals a month as forecast then; followed up, won and in time as in the 90
                days before 2026-01-01; amounts of all wins before
    came        the same who were open, and those who came; what was done and won from 2026-01-01 to 2026-03-31
"""

from dataclasses import dataclass

import numpy as np

from scoring.planning.sources.gap import CAUSES

#: Expected wins with which the ratio of all is held against that of a group.
HELD_BY = 5.0
VOLUME, FIT, FOLLOW_UP, CLOSE_RATE, TIMING, AMOUNT = range(len(CAUSES))


@dataclass(frozen=True)
class AtRisk:
    """Those who could be won in a period; arrays of shape (n,).

    Attributes
    ----------
    group : ndarray of int
    new : ndarray of bool
        Who came in the period; the others were open on its first day.
    usual : ndarray
        The usual chance, at their age, to be won in the period.
    scored : ndarray
        The chance by their scores, on the first day or soon after arrival; as `usual` where there is none.
    followed : ndarray of bool
        Who was worked in the period. Whoever was won or is in a deal was.
    open_deals : ndarray
        Wins still to be expected later, of deals that are open at the end.
    won : ndarray of bool
    revenue : ndarray
    """

    group: np.ndarray
    new: np.ndarray
    usual: np.ndarray
    scored: np.ndarray
    followed: np.ndarray
    open_deals: np.ndarray
    won: np.ndarray
    revenue: np.ndarray

    def rows(self) -> np.ndarray:
        """What each adds to the six sums, shape (n, 6)."""
        followed = self.scored * self.followed
        won = self.won.astype(np.float64)
        return np.stack([self.usual, self.scored, followed, won + self.open_deals, won, self.revenue], axis=1)

    def sums(self, groups: int) -> np.ndarray:
        """The six sums by group, shape (groups, 6)."""
        rows = self.rows()
        return np.stack([np.bincount(self.group, rows[:, j], groups) for j in range(rows.shape[1])], axis=1)


def planned(now: AtRisk, before: AtRisk, arriving: np.ndarray, amount: float) -> np.ndarray:
    """The six sums as they were planned on the first day.

    Parameters
    ----------
    now : AtRisk
        Of the period; of those who came in it nothing is read, and of the others only what was known on its first day.
    before : AtRisk
        Of the period of the same length before.
    arriving : ndarray of shape (n_groups,)
        `usual` of those who were expected to come, added up.
    amount : float
        Mean revenue of a win before the first day.

    Returns
    -------
    ndarray of shape (n_groups, 6)
    """
    groups = len(arriving)
    there = ~now.new
    volume = np.bincount(now.group[there], now.usual[there], groups) + arriving
    arrived = before.new
    usual, scored = (
        np.bincount(before.group[arrived], part[arrived], groups) for part in (before.usual, before.scored)
    )
    fit_of_new = _held(scored, usual)
    fit = np.bincount(now.group[there], now.scored[there], groups) + arriving * fit_of_new
    past = before.sums(groups)
    follow_up = np.minimum(_held(past[:, FOLLOW_UP], past[:, FIT]), 1.0)
    every = past.sum(axis=0)
    close_rate = every[CLOSE_RATE] / every[FOLLOW_UP] if every[FOLLOW_UP] > 0 else 1.0
    timing = every[TIMING] / every[CLOSE_RATE] if every[CLOSE_RATE] > 0 else 1.0
    factors = [fit, follow_up, np.full(groups, close_rate), np.full(groups, timing), np.full(groups, amount)]
    sums = [volume, fit]
    for factor in factors[1:]:
        sums.append(sums[-1] * factor)
    return np.stack(sums, axis=1)


def _held(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The ratio of each group, held to that of all the more, the less there is of the group."""
    of_all = float(part.sum() / whole.sum()) if whole.sum() > 0 else 1.0
    return np.asarray((part + HELD_BY * of_all) / (whole + HELD_BY))
