"""The bounds of usual amounts: one mistyped amount must not set what everybody is expected to bring."""

from dataclasses import dataclass

import numpy as np

#: Fewest amounts above 0 from which bounds are known.
FEWEST = 10
#: How far an amount must be from the median, in robust standard deviations of the logarithm (Rousseeuw, Croux 1993).
DEVIATIONS = 6.0
#: How many times the median it must be as well, since price lists have little spread,
TIMES_MEDIAN = 20.0
#: and how many times the largest of the others, which are all but this share of the amounts, and at least all but two
#: (one below `FEW_WINS` amounts, where two large customers are no mistake).
TIMES_OTHERS = 10.0
FEW = 0.02
FEW_WINS = 20


@dataclass(frozen=True)
class AmountBounds:
    """Below `lowest` and above `highest` an amount is far from all others.

    Attributes
    ----------
    lowest, highest : float
        In the currency of the amounts; 0 and infinity if there are too few to know.
    median : float
    least, most : float
        The smallest and the largest of the usual amounts: what the others count as.
    """

    lowest: float = 0.0
    highest: float = float("inf")
    median: float = 0.0
    least: float = 0.0
    most: float = float("inf")

    def usual(self, amounts: np.ndarray) -> np.ndarray:
        """The amounts, with those that are far from all others counted as the nearest usual one; 0 stays 0."""
        low = (amounts > 0) & (amounts < self.lowest)
        return np.where(amounts > self.highest, self.most, np.where(low, self.least, amounts))


def amount_bounds(amounts: np.ndarray) -> AmountBounds:
    """The bounds of usual amounts.

    They are wide: of 100,000 lognormal amounts none is expected outside, and none of the won deals of the data sets
    of `benchmarks.real_data` is.

    Parameters
    ----------
    amounts : ndarray of shape (n_wins,)
        Amounts of won deals; those of 0 are left out, for they are real and of another kind.
    """
    above_0 = amounts[np.isfinite(amounts) & (amounts > 0)]
    if len(above_0) < FEWEST:
        return AmountBounds()
    above_0 = np.sort(above_0)
    logs = np.log(above_0)
    median = float(np.median(logs))
    spread = DEVIATIONS * 1.4826 * float(np.median(np.abs(logs - median)))
    few = max(1 if len(logs) < FEW_WINS else 2, int(FEW * len(logs)))
    below = min(median - max(spread, np.log(TIMES_MEDIAN)), logs[few] - np.log(TIMES_OTHERS))
    above = max(median + max(spread, np.log(TIMES_MEDIAN)), logs[-1 - few] + np.log(TIMES_OTHERS))
    inside = above_0[(logs >= below) & (logs <= above)]
    highest = float(np.exp(min(above, 700.0)))
    return AmountBounds(float(np.exp(below)), highest, float(np.exp(median)), float(inside[0]), float(inside[-1]))
