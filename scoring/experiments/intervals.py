"""Intervals that hold however often one looks, and the smallest effect that an experiment could find."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, sqrt

from scoring.experiments.assignment import PROPENSITIES

#: Of 100 experiments without an effect at most five ever say that there is one.
ALPHA = 0.05
#: The normal quantile of a power of 80 %.
Z_POWER = 0.8416212335729143


def standard_errors(n: int, best_at: int, alpha: float = ALPHA) -> float:
    """How many standard errors the interval reaches to each side after n; at a fixed time it would be 1.96.

    Parameters
    ----------
    n : int
        Whose outcomes are known, at least 1.
    best_at : int
        The number at which the interval is to be narrowest. It must be fixed before the first outcome is seen.
    alpha : float
        The probability that the interval ever misses.

    Notes
    -----
    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), "Time-uniform central
    limit theory and asymptotic confidence sequences", theorem 2.2: for the mean of n values with standard deviation s,

        mean +/- s sqrt(2 (n r^2 + 1) / (n^2 r^2) log(sqrt(n r^2 + 1) / alpha)),

    with r^2 = (-2 log alpha + log(-2 log alpha) + 1) / best_at. This gives the factor of s / sqrt(n). It holds at all n
    at once as n grows from a large one: it is no promise for a handful.
    """
    squared = (-2 * log(alpha) + log(-2 * log(alpha)) + 1) / best_at
    return sqrt(2 * (n * squared + 1) / (n * squared) * log(sqrt(n * squared + 1) / alpha))


@dataclass(frozen=True)
class Detectable:
    """What an experiment could find before it starts.

    Attributes
    ----------
    n : int
    base_rate : float
        Of the outcome, without the experiment.
    effect : float
        The smallest difference of shares that is found with a power of 80 %.
    """

    n: int
    base_rate: float
    effect: float


def detectable(n: int, base_rate: float) -> Detectable:
    """The smallest effect of the first week against the fourth that n could show, with intervals valid under looking.

    Parameters
    ----------
    n : int
        In all four weeks, at least 1.
    base_rate : float

    Examples
    --------
    >>> [round(detectable(n, 0.1).effect, 3) for n in (200, 800, 3200)]
    [0.316, 0.144, 0.065]
    """
    reach = (standard_errors(n, n) + Z_POWER) ** 2 / n / PROPENSITIES[0]
    # e^2 = reach (p (1 - p) + (p + e) (1 - p - e)): those called in the first week have the higher share.
    twice = 2 * base_rate * (1 - base_rate)
    slope = reach * (1 - 2 * base_rate)
    found = (slope + sqrt(slope**2 + 4 * (1 + reach) * reach * twice)) / (2 * (1 + reach))
    return Detectable(n, base_rate, found)


def needed(effect: float, base_rate: float) -> int:
    """How many it takes in all four weeks to find an effect with a power of 80 %.

    Parameters
    ----------
    effect : float
        Above 0.
    base_rate : float
    """
    higher = min(1.0, base_rate + effect)
    variance = (base_rate * (1 - base_rate) + higher * (1 - higher)) / PROPENSITIES[0]
    # The factor does not depend on n where n is the number at which it is narrowest.
    return ceil(variance * ((standard_errors(1, 1) + Z_POWER) / effect) ** 2)
