"""Bootstrap resamples of the forecast rows: how much a figure would differ with other accounts."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.evidence.comparison_result import Measure

Floats = NDArray[np.float64]

#: Most cells of one block of weights (64 MB).
BLOCK = 8_000_000


def resamples(unit: pd.Series, replicates: int, seed: int, *, block: int = BLOCK) -> Iterator[Floats]:
    """The weights of the rows in the sample itself and in its bootstrap resamples, some columns at a time.

    Units are drawn with replacement, as many as there are, and every unit brings all of its rows: the outcomes of one
    account at successive cut-offs are nearly one outcome, and count as one (cluster bootstrap, Davison and Hinkley
    1997, section 3.8). `scipy.stats.bootstrap` draws rows, and calls a statistic for each figure: here all figures of
    all rankings are taken from the same weights, which makes their differences paired.

    Parameters
    ----------
    unit : Series of shape (n,)
        Whose row it is.
    replicates : int
        Number of resamples B; 0 for the sample alone.
    seed : int
    block : int
        Most cells in memory at a time; any number gives the same weights.

    Yields
    ------
    ndarray of shape (n, b)
        How often each row is there. All blocks together have B + 1 columns; the first column, the sample itself, is
        all ones. The weights of a unit do not depend on the order of the rows.
    """
    codes, units = pd.factorize(unit, sort=True)
    random = np.random.default_rng(seed)
    size = max(1, block // max(1, len(codes)))
    for first in range(0, replicates + 1, size):
        columns = range(first, min(first + size, replicates + 1))
        weights = np.empty((len(codes), len(columns)))
        for position, column in enumerate(columns):
            drawn = np.bincount(random.integers(len(units), size=len(units)), minlength=len(units)) if column else None
            weights[:, position] = 1.0 if drawn is None else drawn[codes]
        yield weights


def drawn_together(frame: pd.DataFrame) -> pd.Series:
    """Whose rows are drawn together: the column `account` if the frame has it, otherwise `unit`.

    The leads of one account win by the same deals and must not count as independent observations.
    """
    return frame["account"] if "account" in frame else frame["unit"]


def with_interval(draws: Floats, level: float = 0.95) -> Measure:
    """A figure with its percentile interval.

    Parameters
    ----------
    draws : ndarray of shape (B + 1,)
        The figure itself, then its resamples. Those without a value (no win was drawn) are left out.
    level : float
        The share of the resamples within the interval, 0 to 1.

    Returns
    -------
    Measure
        None where there is no value or no interval. The interval always contains the value: an error that
        cannot be negative is larger in most resamples than in the sample.
    """
    value, drawn = float(draws[0]), draws[1:][np.isfinite(draws[1:])]
    if not np.isfinite(value):
        return Measure(None)
    if not len(drawn):
        return Measure(value)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Measure(value, min(float(low), value), max(float(high), value))
