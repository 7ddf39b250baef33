"""Resamples of the judged rows: how much a figure would have moved had other accounts been there."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Most cells of one block of weights (64 MB).
BLOCK = 8_000_000


def resamples(unit: pd.Series, replicates: int, seed: int, *, block: int = BLOCK) -> Iterator[Floats]:
    """Weights of the rows in the sample as it is and in its bootstrap resamples, some columns at a time.

    Units are drawn with replacement, as many as there are, and every unit brings all of its rows: the
    outcomes of one account at successive cut-offs are nearly one outcome, and count as one (cluster
    bootstrap, Davison and Hinkley 1997, section 3.8).

    Parameters
    ----------
    unit : Series of shape (n,)
        Whose row it is.
    replicates : int
        Number of resamples B; 0 for the sample as it is alone.
    seed : int
    block : int
        Most cells in memory at a time; any number gives the same weights.

    Yields
    ------
    ndarray of shape (n, b)
        How often each row is there. All blocks together have B + 1 columns, the first one all ones.
        The weights of a unit do not depend on the order of the rows.
    """
    codes, units = pd.factorize(unit, sort=True)
    random = np.random.default_rng(seed)
    size = max(1, block // max(1, len(codes)))
    for first in range(0, replicates + 1, size):
        columns = range(first, min(first + size, replicates + 1))
        weights = np.empty((len(codes), len(columns)))
        for place, column in enumerate(columns):
            drawn = np.bincount(random.integers(len(units), size=len(units)), minlength=len(units)) if column else None
            weights[:, place] = 1.0 if drawn is None else drawn[codes]
        yield weights


def whose(frame: pd.DataFrame) -> pd.Series:
    """Whose rows are drawn together: their `account`, where the frame says it, else their `unit`.

    The leads of one account win by the same deals, and must not count as so many witnesses.
    """
    return frame["account"] if "account" in frame else frame["unit"]


def interval(draws: Floats, level: float = 0.95) -> dict[str, float | None]:
    """A figure with its percentile interval, as plain facts.

    Parameters
    ----------
    draws : ndarray of shape (B + 1,)
        The figure itself, then its resamples. Those without a value (no win was drawn) are left out.
    level : float

    Returns
    -------
    dict
        `value`, `low` and `high`, None where there is none. The interval always holds the value: an error
        that cannot be negative is larger in most resamples than in the sample.
    """
    value, drawn = float(draws[0]), draws[1:][np.isfinite(draws[1:])]
    if not np.isfinite(value):
        return {"value": None, "low": None, "high": None}
    if not len(drawn):
        return {"value": value, "low": None, "high": None}
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return {"value": value, "low": min(float(low), value), "high": max(float(high), value)}
