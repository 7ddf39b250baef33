"""Measures of a ranking: what is won by working from its top, and how well it puts winners first.

A ranking is measured within each cut-off, since that is how it is worked, and only by the positions of the winning
rows: one sort is enough for every measure and every resample. Rows of equal value share their positions: a ranking
that gives everybody the same value gets what chance gets, in every measure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Standing:
    """Where the k winning rows stand in a ranking, in each of b resamples.

    `row` (k,) is their index in the frame, `cut_off` (k,) the code of their cut-off. Of shape (k, b):
    `weight`, how often the row is there; `ahead` and `level`, the weight of the rows of its cut-off ranked
    strictly above it, and as high (itself included); `wins_ahead` and `wins_level`, that of the winning rows among
    them. Of shape (cut-offs, b): `total` and `wins`, the weight of all rows and of the winning rows.
    """

    row: Codes
    cut_off: Codes
    weight: Floats
    ahead: Floats
    level: Floats
    wins_ahead: Floats
    wins_level: Floats
    total: Floats
    wins: Floats


class Ranking:
    """A ranking of the rows within their cut-offs, sorted once.

    Parameters
    ----------
    value : ndarray of shape (n,)
        Higher is better; no NaN.
    won : ndarray of shape (n,)
        0 or 1.
    cut_off : ndarray of shape (n,)
        Codes 0 to the number of cut-offs - 1.
    """

    def __init__(self, value: Floats, won: Floats, cut_off: Codes) -> None:
        self._parts = [_Part(value, won, np.flatnonzero(cut_off == code)) for code in range(int(cut_off.max()) + 1)]

    def standing(self, weights: Floats) -> Standing:
        """Where the winning rows stand with these weights, of shape (n, b)."""
        parts = [part.standing(weights) for part in self._parts]
        winners = [part.winners for part in self._parts]
        ahead, level, wins_ahead, wins_level, total, wins = zip(*parts, strict=True)
        row = np.concatenate(winners)
        return Standing(
            row=row,
            cut_off=np.repeat(np.arange(len(winners)), [len(rows) for rows in winners]),
            weight=weights[row],
            ahead=np.concatenate(ahead),
            level=np.concatenate(level),
            wins_ahead=np.concatenate(wins_ahead),
            wins_level=np.concatenate(wins_level),
            total=np.array(total),
            wins=np.array(wins),
        )


class _Part:
    """The ranking of one cut-off: its rows from the top down, its winners, and where their ties start and end."""

    def __init__(self, value: Floats, won: Floats, rows: Codes) -> None:
        self.order = rows[np.argsort(-value[rows], kind="stable")]
        ranked = value[self.order]
        starts = np.append(np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])), len(rows))
        positions = np.flatnonzero(won[self.order])
        tie = np.searchsorted(starts, positions, side="right") - 1
        self.winners, start, end = self.order[positions], starts[tie], starts[tie + 1]
        self.bounds = np.unique(np.concatenate([[0, len(rows)], start, end]))
        self.start, self.end = np.searchsorted(self.bounds, start), np.searchsorted(self.bounds, end)
        self.first = np.searchsorted(start, start, side="left")
        self.last = np.searchsorted(start, start, side="right")

    def standing(self, weights: Floats) -> tuple[Floats, ...]:
        above = _cumulated(np.add.reduceat(weights[self.order], self.bounds[:-1], axis=0))
        wins = _cumulated(weights[self.winners])
        return (
            above[self.start],
            above[self.end] - above[self.start],
            wins[self.first],
            wins[self.last] - wins[self.first],
            above[-1],
            wins[-1],
        )


def revenue_captured(standing: Standing, amount: Floats, share: Floats) -> Floats:
    """Share of all revenue booked in the horizons that comes from the units worked.

    Parameters
    ----------
    standing : Standing
    amount : ndarray of shape (n,)
        What each row booked.
    share : ndarray of shape (cut-offs,)
        Share of the open units that is worked at each cut-off, from the top of the ranking down. Rows of equal value
        at the limit are each worked in part: that is what a random choice among them brings on average.

    Returns
    -------
    ndarray of shape (b,)
        NaN where nothing was booked.
    """
    return _captured(standing, amount[standing.row][:, None] * standing.weight, share)


def wins_captured(standing: Standing, share: Floats) -> Floats:
    """Share of all wins that comes from the units worked; see `revenue_captured`."""
    return _captured(standing, standing.weight, share)


def precision(standing: Standing, share: Floats) -> Floats:
    """Wins per worked unit, of shape (b,)."""
    return over((_worked(standing, share) * standing.weight).sum(axis=0), share @ standing.total)


def lift(standing: Standing, share: Floats) -> Floats:
    """Wins among the units worked, over the wins among as many units taken at random at the same cut-offs."""
    return over((_worked(standing, share) * standing.weight).sum(axis=0), share @ standing.wins)


def auc(standing: Standing) -> Floats:
    """The probability that of a winning and another row of the same cut-off, the winning one is ranked higher.

    Equal values count half (Mann and Whitney 1947). Only pairs within a cut-off are compared, since nobody chooses
    between units of two cut-offs.
    """
    others = (standing.total - standing.wins)[standing.cut_off]
    ahead, level = standing.ahead - standing.wins_ahead, standing.level - standing.wins_level
    beaten = (standing.weight * (others - ahead - 0.5 * level)).sum(axis=0)
    return over(beaten, (standing.wins * (standing.total - standing.wins)).sum(axis=0))


def auc_of(value: Floats, won: Floats) -> float:
    """The `auc` of one ranking of n rows that all count once: `value` (higher is better) and `won` (0 or 1)."""
    ranking = Ranking(value, won, np.zeros(len(value), dtype=np.intp))
    return float(auc(ranking.standing(np.ones((len(value), 1))))[0])


def average_precision(standing: Standing) -> Floats:
    """Mean, over the wins, of the precision among all that are ranked as high or higher at their cut-off."""
    upto = over(standing.wins_ahead + standing.wins_level, standing.ahead + standing.level)
    return over(np.where(standing.weight > 0, standing.weight * upto, 0.0).sum(axis=0), standing.wins.sum(axis=0))


def _captured(standing: Standing, worth: Floats, share: Floats) -> Floats:
    return over((_worked(standing, share) * worth).sum(axis=0), worth.sum(axis=0))


def _worked(standing: Standing, share: Floats) -> Floats:
    """How much of each winning row is worked, 0 to 1: shape (k, b)."""
    room = (share[:, None] * standing.total)[standing.cut_off] - standing.ahead
    return np.clip(room / np.maximum(standing.level, 1e-12), 0.0, 1.0)


def _cumulated(parts: Floats) -> Floats:
    return np.concatenate([np.zeros((1, parts.shape[1])), np.cumsum(parts, axis=0)])


def over(part: Floats, whole: Floats) -> Floats:
    """Part / whole, NaN where there is no whole."""
    result: Floats = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
    return result
