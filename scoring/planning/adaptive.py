"""Intervals corrected by how past ones held: adaptive conformal inference (Gibbs and Candes 2021).

One dated example. An interval of 80 % misses 20 of 100. On five past days, a whole period apart, it missed three:

    day          holds    miss rate that is stated for the next
    2025-01-01   no       0.20 + 0.05 (0.20 - 1) = 0.16       wider
    2025-04-01   yes      0.16 + 0.05 (0.20 - 0) = 0.17       narrower
    2025-06-30   no       0.17 - 0.04             = 0.13
    ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.planning.pooling import Floats

#: By how much one past day moves the miss rate, as a share of what it was off.
STEP = 0.05
#: Fewest past days that correct anything.
FEWEST = 6
#: The intervals that are stated, in percent, the narrowest first.
PERCENT = (50, 80, 95)
#: No interval is read with a miss rate below so much of the one it states, or above so much, whatever came.
LEAST, MOST = 0.1, 0.95


@dataclass(frozen=True)
class PastForecast:
    """What was stated on a past day, and what came.

    Attributes
    ----------
    day : int
        Day number.
    expected, actual : float
    limits : tuple of tuple of float
        The low and high limits of 50, 80 and 95 %, as drawn.
    miss : float
        The miss rate of the widest interval that lies just at what came: an interval with a smaller one holds it.
    """

    day: int
    expected: float
    actual: float
    limits: tuple[tuple[float, float], ...]
    miss: float


@dataclass(frozen=True)
class Correction:
    """The miss rates with which intervals are read from draws, instead of those that they state.

    Attributes
    ----------
    miss : tuple of float
        For 50, 80 and 95 %; as stated where nothing is corrected.
    days : int
        On how many past days it rests.
    held : tuple of int
        How many of these each interval held, before any correction.
    """

    miss: tuple[float, ...]
    days: int
    held: tuple[int, ...]

    @property
    def is_made(self) -> bool:
        """Whether there were enough past days."""
        return self.days >= FEWEST

    def tail(self, stated: float) -> float:
        """The share of draws below a limit that what comes is below with a probability of `stated`, and the reverse.

        Parameters
        ----------
        stated : float
            From 0 to 1; linear between the limits of the intervals.
        """
        return float(np.interp(stated, *self._knots))

    def stated(self, tail: float) -> float:
        """The probability with which what comes is below a value that a share `tail` of draws is below."""
        known, drawn = self._knots
        return float(np.interp(tail, drawn, known))

    @property
    def _knots(self) -> tuple[Floats, Floats]:
        known = np.array([1.0 - percent / 100.0 for percent in reversed(PERCENT)]) / 2.0
        drawn = np.array(self.miss[::-1]) / 2.0
        both = [np.concatenate([[0.0], side, [0.5], 1.0 - side[::-1], [1.0]]) for side in (known, drawn)]
        return both[0], both[1]


def limits_of_draws(draws: Floats, miss: float, *, whole: bool = False) -> tuple[float, float]:
    """The limits between which all draws lie but for a share `miss`, half of it on each side.

    Parameters
    ----------
    draws : ndarray of shape (n_draws,)
    miss : float
    whole : bool
        Whether they are counts: their limits are whole numbers.
    """
    at = [miss / 2.0, 1.0 - miss / 2.0]
    low, high = np.quantile(draws, at, method="inverted_cdf") if whole else np.quantile(draws, at)
    return float(low), float(high)


def past_forecast(day: int, expected: float, actual: float, draws: Floats, *, whole: bool = False) -> PastForecast:
    """What was stated on a past day, from the totals that were drawn for it.

    Parameters
    ----------
    day : int
        Day number.
    expected, actual : float
    draws : ndarray of shape (n_draws,)
    whole : bool
        Whether they are counts.
    """
    below, above = float((draws <= actual).mean()), float((draws >= actual).mean())
    stated = tuple(limits_of_draws(draws, 1.0 - percent / 100.0, whole=whole) for percent in PERCENT)
    return PastForecast(day, expected, actual, stated, min(2.0 * min(below, above), 1.0))


def corrected(past: Sequence[PastForecast], window: int) -> Correction:
    """The miss rates after all past days.

    Parameters
    ----------
    past : sequence of PastForecast
        The oldest first.
    window : int
        Days of the period. Past days that are closer to one another than that saw partly the same wins, and count for
        the part that is new.

    Returns
    -------
    Correction

    Notes
    -----
    After each day ``a = a + STEP (stated - missed)``, with `missed` 1 where the interval with miss rate a did not hold
    what came. In the long run the corrected intervals miss as often as they state, whatever the distribution.
    """
    stated = [1.0 - percent / 100.0 for percent in PERCENT]
    held = tuple(sum(one.miss >= rate for one in past) for rate in stated)
    if len(past) < FEWEST:
        return Correction(tuple(stated), len(past), held)
    found = []
    for rate in stated:
        miss, before = rate, past[0].day - window
        for one in past:
            new = min((one.day - before) / window, 1.0)
            miss = min(max(miss + STEP * new * (rate - float(one.miss < miss)), LEAST * rate), MOST)
            before = one.day
        found.append(miss)
    # A wider interval stays the wider one.
    found = np.minimum.accumulate(found).tolist()
    return Correction(tuple(found), len(past), held)
