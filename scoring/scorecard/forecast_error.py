"""How sure a scorecard is of its totals: how many wins and how much revenue of some entities, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from math import ceil, exp, floor, inf, sqrt
from statistics import NormalDist
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: By how much a segment or grade is off beyond its chance and the level of all: measured by benchmarks.calibration.
PART = 0.15
#: Below so many expected wins their number sets how revenue is distributed; above, a gamma distribution is as good.
FEW_WINS = 50.0
#: A variance of revenue below so much of that of as many wins of one amount each: nearly all of them are sure to win.
NEARLY_SURE = 0.4
#: Which quantiles the limits are, in the order of `Interval`.
_WANTED = (0.10, 0.90, 0.025, 0.975)
_Z80, _Z95 = NormalDist().inv_cdf(0.90), NormalDist().inv_cdf(0.975)
_FURTHER = NormalDist().inv_cdf(0.995) / _Z95


@dataclass(frozen=True)
class Interval:
    """What is expected of a total, and the limits that it keeps in 80 and in 95 of 100 cases."""

    expected: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float

    @property
    def ratio(self) -> tuple[float, float]:
        """Between what predicted / actual lies in 95 of 100 cases; the upper limit may be infinite."""
        low, high = (self.expected / limit if limit > 0 else inf for limit in (self.high_95, self.low_95))
        return low, high

    @property
    def wins_99(self) -> tuple[float, float]:
        """The limits of 99 of 100 cases, of a count: those of 95 moved on in the logarithm by the normal distribution.

        They start half a win beyond the limits of 95, by which those may have been rounded, and end at whole wins.
        """
        if self.expected <= 0:
            return self.low_95, self.high_95
        limits = max(self.low_95 - 0.5, 0.0), self.high_95 + 0.5
        low, high = (self.expected * (limit / self.expected) ** _FURTHER for limit in limits)
        return float(floor(low)), float(ceil(high))

    def rounded(self, digits: int) -> Interval:
        """The same to some decimals: then it does not depend on the order in which it was summed up."""
        return Interval(*(round(limit, digits) for limit in astuple(self)))

    def holds(self, actual: float, percent: int = 95) -> bool:
        """Whether an actual total lies within the limits of 80 or of 95 %."""
        low, high = (self.low_80, self.high_80) if percent == 80 else (self.low_95, self.high_95)
        return low <= actual <= high


@dataclass(frozen=True)
class Spread:
    """A total with its standard deviation; `wins` are those that are expected to bring it, None of a count of wins."""

    mean: float
    deviation: float
    wins: float | None = None

    def interval(self, *, whole: bool = False) -> Interval:
        """The limits of a distribution with this mean and deviation: a total is not negative, and skewed.

        It is a gamma distribution, but of the revenue of few wins a sum of gamma variables, as many as a Poisson
        variable says: there the chance that nobody wins is much of the whole.

        Parameters
        ----------
        whole : bool
            Whether it is a count: its limits are whole numbers, and a limit counts as inside.

        Notes
        -----
        Quantiles of gamma by Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal. The sum is
        the compound Poisson of Tweedie (1984); its shape follows from mean, deviation and wins.
        """
        scattered = (self.wins or 0.0) * self._relative
        if self.wins is not None and self.wins < FEW_WINS and scattered > NEARLY_SURE:
            return Interval(self.mean, *self._few(self.wins, 1.0 / min(max(scattered - 1.0, 1e-3), 1e6)))
        limits = [self._quantile(z) for z in (-_Z80, _Z80, -_Z95, _Z95)]
        return Interval(self.mean, *(self._counted(limits) if whole else limits))

    def _counted(self, limits: list[float]) -> list[float]:
        """Limits as whole numbers; they agree with those of revenue on how likely it is that nobody wins."""
        counts = [float(round(limit)) for limit in limits]
        if self.deviation**2 <= NEARLY_SURE * self.mean:
            return counts
        nobody = exp(-self.mean)
        low = [0.0 if nobody >= wanted else count for wanted, count in zip(_WANTED[::2], counts[::2], strict=True)]
        high = [
            count if nobody >= wanted else max(count, 1.0)
            for wanted, count in zip(_WANTED[1::2], counts[1::2], strict=True)
        ]
        return [low[0], high[0], low[1], high[1]]

    @property
    def _relative(self) -> float:
        """The variance relative to the square of the mean; limited, as the least probabilities that there are ask."""
        return min(self.deviation / self.mean, 1e100) ** 2 if self.mean > 0.0 else 0.0

    def _few(self, wins: float, shape: float) -> list[float]:
        """The limits of the revenue of few wins, whose amounts are gamma variables of a shape, by bisection."""
        from scipy.special import gammainc, gammaln

        count = np.arange(1.0, wins + 10.0 * sqrt(wins) + 20.0)
        chance = np.exp(count * np.log(wins) - wins - gammaln(count + 1.0))
        wanted = np.array(_WANTED)
        low, high = np.zeros(4), np.full(4, self.mean + 40.0 * self.deviation)
        for _ in range(60):
            middle = (low + high) / 2.0
            amounts = middle[:, None] * wins * shape / self.mean
            below = np.exp(-wins) + gammainc(count * shape, amounts) @ chance >= wanted
            low, high = np.where(below, low, middle), np.where(below, middle, high)
        nobody: Floats = np.where(np.exp(-wins) >= wanted, 0.0, high)
        return [float(limit) for limit in nobody]

    def _quantile(self, z: float) -> float:
        if self.mean <= 0.0 or self.deviation <= 0.0:
            return max(self.mean, 0.0)
        relative = self._relative / 9.0
        return self.mean * max(1.0 - relative + z * sqrt(relative), 0.0) ** 3

    @classmethod
    def together(cls, spreads: Iterable[Spread]) -> Spread:
        """The sum of totals that err together, such as those of past days whose horizons overlap.

        They scatter like one of them, and so its `wins` are those of one.
        """
        found = list(spreads)
        wins = [one.wins for one in found if one.wins is not None]
        mean = sum(wins) / len(wins) if wins else None
        return cls(sum(one.mean for one in found), sum(one.deviation for one in found), mean)


@dataclass(frozen=True)
class ForecastError:
    """How far the totals of a scorecard may be off: what it learned from its own past.

    Attributes
    ----------
    level : float
        Standard deviation of log(actual / predicted) of all wins within a horizon, beyond the chance of each win.
    amount : float
        Mean square of a win's amount over that of its expected amount; 1 where every amount is as expected.
    mean_amount : float
        Standard deviation of the mean amount of a win, relative to it.
    horizons : float
        Over how many horizons the past errors reach that `level` was learned from; 0 where it is assumed.
    part : float
        Standard deviation of log(actual / predicted) of a segment or grade, beyond that of all.
    """

    level: float
    amount: float
    mean_amount: float
    horizons: float
    part: float = PART

    def wins(self, probability: Floats, *, part: bool = False) -> Spread:
        """The wins of some entities.

        Parameters
        ----------
        probability : ndarray of shape (n,)
            Of a win of each within the horizon.
        part : bool
            Whether they are a segment or a grade, and not all.
        """
        mean = float(probability.sum())
        chance = float((probability * (1.0 - probability)).sum())
        return Spread(mean, sqrt(chance + self._beyond(part) * mean**2))

    def revenue(self, probability: Floats, amount: Floats, *, part: bool = False) -> Spread:
        """The revenue of some entities.

        Parameters
        ----------
        probability, amount : ndarray of shape (n,)
            Of a win of each within the horizon, and what is expected of a win.
        part : bool
            Whether they are a segment or a grade, and not all.
        """
        money = probability * amount
        mean = float(money.sum())
        chance = float((money * amount).sum()) * self.amount - float((money**2).sum())
        beyond = (self._beyond(part) + self.mean_amount**2) * mean**2
        return Spread(mean, sqrt(max(chance, 0.0) + beyond), float(probability.sum()))

    def _beyond(self, part: bool) -> float:
        """The variance of log(actual / predicted) beyond chance."""
        return self.level**2 + (self.part**2 if part else 0.0)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["level"], content["amount"], content["mean_amount"], content["horizons"], content["part"])

    def to_json(self) -> dict[str, float]:
        """Give plain data, as JSON takes it."""
        return {
            "level": self.level,
            "amount": self.amount,
            "mean_amount": self.mean_amount,
            "horizons": self.horizons,
            "part": self.part,
        }
