"""Why the outcome is not the plan: the gap split into six causes that add up to it, to the cent.

Revenue is a product of six factors. Each is the ratio of two sums over those who could be won in the period:

    sum                                                              factor: this sum over the one before
    usual     of the usual chance to be won in the period            volume (the sum itself)
    fitting   of that chance, by how well each fits                  fit
    followed  the same of those who were followed up                 follow-up
    won       of wins, in the period or still to be expected later   close rate
    in time   of wins in the period                                  timing
    revenue   of their amounts                                       amount

Replacing the planned factors by those that came, one after the other, splits the gap, but the parts depend on the
order. Here they are averaged over all orders: the Shapley values of the six factors (Shapley, 1953, "A value for
n-person games"; for decompositions: Shorrocks, 2013, Journal of Economic Inequality 11, 99-126). So they add up by
construction.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

#: The causes, in the order of the sums.
CAUSES = ("volume", "fit", "follow_up", "close_rate", "timing", "amount")
#: Each cause in words.
IN_WORDS = {
    "volume": "how many came, and when",
    "fit": "how well those who came fit",
    "follow_up": "how many of them were followed up",
    "close_rate": "how many of those were won",
    "timing": "how many of these came in time",
    "amount": "what a win brought",
}
_N = len(CAUSES)
#: From so many cents on a number does not hold each of them.
_MOST_CENTS = 2.0**53
_SUBSETS = tuple(np.array([bool(bits >> j & 1) for j in range(_N)]) for bits in range(2**_N))


@dataclass(frozen=True)
class Gap:
    """The gap between plan and outcome of some groups, in cents.

    Attributes
    ----------
    planned, actual : ndarray of int, shape (n_groups,)
        Revenue as planned, and as it came.
    parts : ndarray of int, shape (n_groups, 6)
        What each of `CAUSES` takes from the plan (negative: adds to it); a row adds up to `planned - actual`.
    """

    planned: np.ndarray
    actual: np.ndarray
    parts: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The parts of all groups together, shape (6,): they add up to the whole gap."""
        return np.asarray(self.parts.sum(axis=0))

    @property
    def largest(self) -> str:
        """The cause that takes most from the plan; where more came than planned, the one that adds most."""
        total = self.total
        return CAUSES[int(np.argmax(total if total.sum() >= 0 else -total))]


def split(planned: np.ndarray, actual: np.ndarray) -> Gap:
    """Split the gap of each group into its causes.

    Parameters
    ----------
    planned, actual : ndarray of shape (n_groups, 6)
        The six sums, as planned and as they came, none below 0; money in whole units, which the result has in cents.

    Raises
    ------
    ValueError
        If a sum is negative or not finite, or a sum is 0, or next to it, and the next one is not: then no factor leads
        to it.
    """
    shares = shares_of(planned, actual)
    if (np.abs(shares) * 100 >= _MOST_CENTS).any():
        raise ValueError(
            f"parts of {np.abs(shares).max():.3g} cannot be said to the cent: a sum is near 0 and the next is not"
        )
    begin, end = (np.rint(np.asarray(sums)[:, -1] * 100).astype(np.int64) for sums in (planned, actual))
    return Gap(begin, end, _in_cents(shares * 100, begin - end))


def shares_of(planned: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """The part of each cause, as numbers that are not rounded.

    Parameters
    ----------
    planned, actual : ndarray of shape (..., 6)
        As for `split`.

    Returns
    -------
    ndarray of shape (..., 6)
        Along the last axis they add up to planned less outcome, but for rounding errors.
    """
    plan, outcome = _factors(np.asarray(planned, dtype="float64"), np.asarray(actual, dtype="float64"))
    worth = {tuple(chosen): np.where(chosen, outcome, plan).prod(axis=-1) for chosen in _SUBSETS}
    found = np.zeros(np.broadcast_shapes(plan.shape, outcome.shape))
    for cause in range(_N):
        others = [j for j in range(_N) if j != cause]
        for size in range(_N):
            weight = factorial(size) * factorial(_N - 1 - size) / factorial(_N)
            for subset in combinations(others, size):
                without = np.isin(np.arange(_N), subset)
                with_it = without | (np.arange(_N) == cause)
                found[..., cause] += weight * (worth[tuple(without)] - worth[tuple(with_it)])
    return found


def _factors(planned: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The factors of both sides; one that nothing tells (0 of 0) is the other side's, so that it explains nothing."""
    planned, actual = np.broadcast_arrays(planned, actual)
    for name, sums in (("planned", planned), ("actual", actual)):
        if not (np.isfinite(sums) & (sums >= 0)).all():
            raise ValueError(f"the sums of {name} must be finite and not below 0: found {sums}")
        if ((sums[..., :-1] == 0) & (sums[..., 1:] > 0)).any():
            raise ValueError(f"after a sum of 0 no other can follow in {name}: found {sums}")
    plan, outcome = _ratios(planned), _ratios(actual)
    filled = np.where(np.isnan(plan), outcome, plan), np.where(np.isnan(outcome), plan, outcome)
    return np.nan_to_num(filled[0], nan=1.0), np.nan_to_num(filled[1], nan=1.0)


def _ratios(sums: np.ndarray) -> np.ndarray:
    before = np.concatenate([np.ones((*sums.shape[:-1], 1)), sums[..., :-1]], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, sums / before, np.nan)


def _in_cents(parts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Parts as whole cents that add up to the total of their row: what is left goes where most was cut off."""
    low = np.floor(parts).astype(np.int64)
    left = totals - low.sum(axis=1)
    # Rounding both sides to cents can leave more or less than one cent a cause.
    each, rest = np.divmod(left, _N)
    order = np.argsort(low - parts, axis=1, kind="stable")
    rank_of = np.argsort(order, axis=1, kind="stable")
    return np.asarray(low + each[:, None] + (rank_of < rest[:, None]))


def intervals(
    planned: np.ndarray,
    rows: np.ndarray,
    group: np.ndarray,
    *,
    seed: int,
    replicates: int = 400,
    level: float = 0.8,
) -> tuple[np.ndarray, np.ndarray]:
    """How far chance alone moves each part: other customers of the same market, drawn again and again.

    Parameters
    ----------
    planned : ndarray of shape (n_groups, 6)
        As for `split`: the plan stays as it was.
    rows : ndarray of shape (n_entities, 6)
        What each entity adds to the sums that came.
    group : ndarray of int, shape (n_entities,)
        The group of each.
    seed : int
    replicates : int
        How often all are drawn again (the bootstrap of Efron, 1979, with Poisson weights).
    level : float
        The share of the draws within an interval.

    Returns
    -------
    low, high : ndarray of shape (n_groups + 1, 6)
        Of each part, in whole units of money; the last row is of all groups together.

    Notes
    -----
    In small groups the parts of drawn companies are not around those that came, since a ratio of few is not straight.
    So the draws are moved until their mean is the part that came.
    """
    rng = np.random.default_rng(seed)
    drawn = np.empty((replicates, len(planned) + 1, _N))
    for draw in range(replicates):
        weight = rng.poisson(1.0, len(rows))
        sums = np.stack(
            [np.bincount(group, weights=weight * rows[:, j], minlength=len(planned)) for j in range(_N)], axis=1
        )
        parts = shares_of(planned, sums)
        drawn[draw] = np.concatenate([parts, parts.sum(axis=0, keepdims=True)])
    actual = np.stack([np.bincount(group, rows[:, j], len(planned)) for j in range(_N)], axis=1)
    parts = shares_of(planned, actual)
    drawn += np.concatenate([parts, parts.sum(axis=0, keepdims=True)]) - drawn.mean(axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high
