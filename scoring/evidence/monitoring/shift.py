"""How far a distribution has moved: the population stability index, and how large it is by chance."""

import math
from collections.abc import Sequence

#: Added to every bin, so that an empty one has a logarithm: half an observation, as in Jeffreys' prior.
SMOOTHING = 0.5
#: An index so many standard deviations above its mean is not chance.
BEYOND = 4.0


def psi(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Population stability index of two counts over the same bins.

    `PSI = sum_b (a_b - e_b) * ln(a_b / e_b)` over the bins' shares `e` and `a`, each count raised by `SMOOTHING`;
    it is symmetric, 0 for equal shares and infinite for none. (Siddiqi 2006, Credit Risk Scorecards, section
    "System stability report", where below 0.1 is no change and above 0.25 a significant one.)

    Parameters
    ----------
    expected, actual : sequence of float
        Counts, not shares: how many there are of each bin.

    Returns
    -------
    float
        At least 0; 0 if one side is empty, since then nothing can be said.

    Raises
    ------
    ValueError
        If the two have different bins, or a count is negative.
    """
    if len(expected) != len(actual):
        raise ValueError(f"the bins must be the same: expected has {len(expected)}, actual has {len(actual)}")
    if any(count < 0 for count in (*expected, *actual)):
        raise ValueError(f"a bin cannot hold fewer than none: found {min((*expected, *actual))}")
    if not sum(expected) or not sum(actual):
        return 0.0
    before, now = _shares(expected), _shares(actual)
    return sum((a - e) * math.log(a / e) for e, a in zip(before, now, strict=True))


def chance(expected: Sequence[float], actual: Sequence[float]) -> float:
    """The largest `psi` that two samples of one distribution would reach by chance.

    Parameters
    ----------
    expected, actual : sequence of float
        Counts by bin, as for `psi`.

    Notes
    -----
    For B bins and samples of m and n, `PSI / (1/m + 1/n)` is distributed as chi-squared with B - 1 degrees of
    freedom: mean B - 1, variance 2 (B - 1) (Yurdakul 2018, Statistical properties of population stability index).
    This is `BEYOND` standard deviations above its mean, and infinite if one side is empty.
    """
    if not sum(expected) or not sum(actual):
        return math.inf
    freedom = max(sum(1 for e, a in zip(expected, actual, strict=True) if e + a) - 1, 1)
    return (1 / sum(expected) + 1 / sum(actual)) * (freedom + BEYOND * math.sqrt(2 * freedom))


def _shares(counts: Sequence[float]) -> list[float]:
    total = sum(counts) + SMOOTHING * len(counts)
    return [(count + SMOOTHING) / total for count in counts]
