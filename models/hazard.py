"""The hazard rows of snapshots: one row for each period in which a snapshot was observed and could win."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class HazardRows:
    """The rows that a hazard is learned from; every array has shape (n_rows,).

    Attributes
    ----------
    snapshot : index of the snapshot a row belongs to.
    period : period of the horizon, from 0.
    won : 1 if the first win fell into the period, else 0.
    start, end : day numbers between which the period lies, end excluded.
    weight : how many rows it stands for, where rows without a win were sampled.
    """

    snapshot: np.ndarray
    period: np.ndarray
    won: np.ndarray
    start: np.ndarray
    end: np.ndarray
    weight: np.ndarray

    def __len__(self) -> int:
        return len(self.won)

    def where(self, mask: np.ndarray) -> "HazardRows":
        """The rows of a mask."""
        return HazardRows(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))

    def design(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What estimators are fitted to: the snapshots' codes with the period as last column, and `won`."""
        return np.column_stack([codes[self.snapshot], self.period.astype(codes.dtype)]), self.won


def hazard_rows(
    as_of: np.ndarray,
    observed: np.ndarray,
    won_period: np.ndarray,
    bounds: Sequence[int],
    *,
    max_rows: int,
    seed: int,
    weight: np.ndarray | None = None,
) -> HazardRows:
    """The hazard rows: one for each period from the first to the winning one, as far as observed.

    Parameters
    ----------
    as_of, observed : ndarray of int, shape (n_snapshots,)
        Day of each snapshot; how many of its periods are over.
    won_period : ndarray of float, shape (n_snapshots,)
        The period it was won in, NaN if in none observed. The at-risk rows end there.
    bounds : sequence of int
        Days after `as_of` at which periods start, and the end of the last.
    max_rows : int
        Rows without a win are sampled so that there are at most about this many rows, and weighted up.
    seed : int
        Of the sample.
    weight : ndarray of float, shape (n_snapshots,), optional
        How many snapshots each stands for, if they are a sample.
    """
    won = np.isfinite(won_period)
    last = np.where(won, np.nan_to_num(won_period), observed - 1).astype("int64")
    at_risk = np.maximum(last + 1, 0)
    snapshot = np.repeat(np.arange(len(as_of)), at_risk)
    period = np.arange(len(snapshot)) - np.repeat(np.cumsum(at_risk) - at_risk, at_risk)
    wins = (won[snapshot] & (period == last[snapshot])).astype("float64")
    edges = np.asarray(bounds)
    rows = HazardRows(
        snapshot=snapshot,
        period=period,
        won=wins,
        start=as_of[snapshot] + edges[period],
        end=as_of[snapshot] + edges[period + 1],
        weight=np.ones(len(snapshot)) if weight is None else weight[snapshot],
    )
    return thinned(rows, max_rows, seed)


def hazard_rows_of(
    frame: pd.DataFrame, bounds: Sequence[int], *, max_rows: int, seed: int, weight: np.ndarray | None = None
) -> HazardRows:
    """The hazard rows of snapshots.

    Parameters
    ----------
    frame : DataFrame
        A row a snapshot, with `as_of`, `observed` and `won_period` as `hazard_rows` takes them.
    bounds, max_rows, seed, weight
        See `hazard_rows`.
    """
    return hazard_rows(
        frame["as_of"].to_numpy(),
        frame["observed"].to_numpy(),
        frame["won_period"].to_numpy(dtype="float64", na_value=np.nan),
        bounds,
        max_rows=max_rows,
        seed=seed,
        weight=weight,
    )


def thinned(rows: HazardRows, most: int, seed: int) -> HazardRows:
    """At most about `most` rows: all with a win, and a random sample of the others, weighted up to stand for all.

    However many the wins are, half of `most` is left for rows without one. A row that stands for many is more likely to
    be kept, so that the kept rows stand for equally many (sampling in proportion to size).

    Parameters
    ----------
    rows : HazardRows
    most : int
    seed : int
    """
    won = rows.won == 1
    wins, idle = int(won.sum()), int((~won).sum())
    if len(rows) <= most:
        return rows
    wanted = max(most - wins, most // 2)
    if wanted >= idle:
        return rows
    share = np.full(len(rows), wanted / idle)
    heavy = rows.weight / rows.weight[~won].mean()
    if np.ptp(heavy[~won]) > 0:
        share = np.minimum(share * heavy, 1.0)
    kept = won | (np.random.default_rng(seed).random(len(rows)) < share)
    weight = np.where(won, rows.weight, rows.weight / share)
    weight = np.where(won, weight, weight * rows.weight[~won].sum() / weight[kept & ~won].sum())
    return replace(rows, weight=weight).where(kept)


def spared(rows: HazardRows, most: int, seed: int) -> HazardRows:
    """A random sample of at most about `most` of the rows with a win, and all others, weighted down by the same share.

    Parameters
    ----------
    rows : HazardRows
    most : int
    seed : int
    """
    won = rows.won == 1
    wins = int(won.sum())
    if wins <= most:
        return rows
    kept = ~won | (np.random.default_rng(seed).random(len(rows)) < most / wins)
    weight = np.where(won, rows.weight, rows.weight * (kept & won).sum() / wins)
    return replace(rows, weight=weight).where(kept)


def split_day(rows: HazardRows, held_share: float) -> int:
    """The latest day such that rows starting on it or later have at least `held_share` (0 to 1) of the wins."""
    starts = rows.start[rows.won == 1]
    return int(np.quantile(starts, 1.0 - held_share, method="lower")) if len(starts) else int(rows.start.max())


def newest_apart(rows: HazardRows, held_share: float, least: float) -> tuple[HazardRows, HazardRows] | None:
    """The older and the newest periods; None where the history is too short to hold any of it out.

    Parameters
    ----------
    rows : HazardRows
    held_share : float
        As for `split_day`.
    least : float
        Fewest rows with a win that the older periods must have.
    """
    day = split_day(rows, held_share)
    older, newest = rows.where(rows.end <= day), rows.where(rows.start >= day)
    return None if older.won.sum() < least or not newest.won.sum() else (older, newest)
