"""How often a conversation or a win came after a trigger, beside others alike on the same day: a ratio, no cause.

Who had a trigger is compared with who had not, on the same past day and in the same state. The ratio of risks is that
of Mantel and Haenszel over these strata. Its standard error counts what one account does on several days as one: it
sums the deviations of each account, so that a win seen from six days is not six wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Of how many a limit of the interval is taken: 95 %.
Z = 1.959963984540054
#: With fewer outcomes among those with a trigger nothing is said.
FEWEST = 10


@dataclass(frozen=True)
class Association:
    """What came after a trigger.

    Attributes
    ----------
    looked_at, occurred : int
        On how many past days somebody had the trigger, each of them counted, and after how many of these it came.
    share, share_of_others : float
        After how many of them it came, and after how many of the others alike, weighed as those with the trigger are.
    ratio, low, high : float or None
        How many times as often as after the others, with the limits of its 95 % interval; None with too few.
    """

    looked_at: int
    occurred: int
    share: float
    share_of_others: float
    ratio: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_more(self) -> bool:
        """Whether it came clearly more often."""
        return self.low is not None and self.low > 1.0

    @property
    def is_less(self) -> bool:
        """Whether it came clearly less often."""
        return self.high is not None and self.high < 1.0


def association(occurred: Bools, has: Bools, stratum: Ints, unit: Ints) -> Association:
    """Compare those with a trigger with the others of their stratum.

    Parameters
    ----------
    occurred : ndarray of bool, shape (n,)
        Whether the outcome came.
    has : ndarray of bool, shape (n,)
        Whether the trigger was there.
    stratum, unit : ndarray of int, shape (n,)
        Codes from 0: of what is compared with one another, and whose row it is.

    Notes
    -----
    With n1 and n0 the rows of a stratum with and without the trigger, N their sum, and p1 and p0 the shares of those
    after whom it came: ratio = sum(p1 n1 n0 / N) / sum(p0 n0 n1 / N) (Mantel and Haenszel 1959; Greenland and Robins
    1985). The variance of its logarithm is the sum over units of the square of their summed influence.
    """
    size = int(stratum.max(initial=-1)) + 1
    n1 = np.bincount(stratum[has], minlength=size).astype(np.float64)
    n0 = np.bincount(stratum[~has], minlength=size).astype(np.float64)
    y1 = np.bincount(stratum[has & occurred], minlength=size).astype(np.float64)
    y0 = np.bincount(stratum[~has & occurred], minlength=size).astype(np.float64)
    both = (n1 > 0) & (n0 > 0)
    total = np.where(both, n1 + n0, 1.0)
    p1, p0 = y1 / np.maximum(n1, 1.0), y0 / np.maximum(n0, 1.0)
    above, below = float((both * p1 * n1 * n0 / total).sum()), float((both * p0 * n0 * n1 / total).sum())
    looked_at, events = int(n1[both].sum()), int(y1[both].sum())
    share = events / looked_at if looked_at else 0.0
    others = float((p0 * n1)[both].sum()) / looked_at if looked_at else 0.0
    if events < FEWEST or below <= 0.0:
        return Association(looked_at, events, share, others)
    ratio = above / below
    weight = np.where(has, n0[stratum] / above, -n1[stratum] / below) / total[stratum] * both[stratum]
    influence = weight * (occurred - np.where(has, p1[stratum], p0[stratum]))
    error = sqrt(float((np.bincount(unit, influence) ** 2).sum()))
    low, high = (exp(log(ratio) + side * Z * error) for side in (-1, 1))
    return Association(looked_at, events, share, others, ratio, low, high)
