"""What is ahead of customers: who leaves by when, how many years they stay, and what they pay while they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.planning.pooling import Factors, Floats

#: The days of a step, and of a year.
STEP, YEAR = 30.0, 365.0
#: Draws of the intervals.
DRAWS = 2_000
#: By what all rates may have to be multiplied; between these the totals are interpolated.
_LEVELS = np.exp(np.linspace(np.log(0.1), np.log(8.0), 25))


@dataclass(frozen=True)
class ExpectedStay:
    """An expected value and its interval (80 %)."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"expected": self.value, "interval_80": [self.low, self.high]}


@dataclass(frozen=True)
class RetentionTotal:
    """What is expected of some customers.

    Attributes
    ----------
    customers : int
    leaving : ExpectedStay
        How many leave within a year.
    years : ExpectedStay
        How many years one stays, of the years looked ahead.
    recurring : float
        What they pay a year now; NaN where nobody says.
    retained : ExpectedStay
        What they pay within the next year.
    lifetime : ExpectedStay
        What they pay in the years looked ahead.
    """

    customers: int
    leaving: ExpectedStay
    years: ExpectedStay
    recurring: float
    retained: ExpectedStay
    lifetime: ExpectedStay

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        money = {"recurring": self.recurring, "retained": self.retained.to_json(), "lifetime": self.lifetime.to_json()}
        return {
            "customers": self.customers,
            "leaving": self.leaving.to_json(),
            "years": self.years.to_json(),
            **({} if np.isnan(self.recurring) else money),
        }


@dataclass(frozen=True)
class Ahead:
    """The rates of leaving of some customers, added up over the days ahead; n is how many they are.

    Attributes
    ----------
    days : ndarray of shape (n_days,)
        From 0 on, rising.
    hazard : ndarray of shape (n, n_days)
        0 at the first day: who has not left by day d has the probability ``exp(-hazard)``.
    yearly : ndarray of shape (n,)
        What each pays a year; NaN where nobody says.
    """

    days: Floats
    hazard: Floats
    yearly: Floats

    def leaves(self, days: float) -> Floats:
        """P(each leaves within so many days), shape (n,)."""
        return np.asarray(-np.expm1(-self._hazard_at(days)))

    def years(self, within: float | None = None) -> Floats:
        """How many years each is expected to stay, within all the days looked ahead or fewer, shape (n,).

        Parameters
        ----------
        within : float, optional
            In days.
        """
        return self._moments(self.hazard, within)[0]

    def total(self, rows: np.ndarray, level_error: float, factors: Factors, group: int, seed: int) -> RetentionTotal:
        """What is expected of some of them together, with intervals.

        Parameters
        ----------
        rows : ndarray of int
            Which of them.
        level_error : float
            The relative standard error of all rates together.
        factors : Factors
            Of the groups.
        group : int
            Theirs; -1 for those of all groups.
        seed : int
            Of the draws.

        Notes
        -----
        Draws vary the level of all (log-normal), the factor of the group (gamma), and who leaves when: as numbers, and
        as sums of years with their variance, normally distributed. The level of the next year may be off by
        `level_error`, and goes on drifting: see `drifted`.
        """
        hazard, yearly = self.hazard[rows], self.yearly[rows]
        rng = np.random.default_rng(seed)
        level = _log_normal(level_error, rng)
        if group >= 0:
            level = level * factors.drawn(rng, DRAWS)[group] / factors.mean[group]
        later = level * _log_normal(level_error * (drifted(self.days[-1] / YEAR) - 1.0) ** 0.5, rng)
        alike, paying = np.full(len(rows), 1.0 / max(len(rows), 1)), np.nan_to_num(yearly)
        return RetentionTotal(
            len(rows),
            self._leaving(hazard, level, rng),
            self._sum(hazard, alike, later, None, rng),
            float(np.nansum(yearly)) if np.isfinite(yearly).any() else float("nan"),
            self._sum(hazard, paying, level, YEAR, rng),
            self._sum(hazard, paying, later, None, rng),
        )

    def _leaving(self, hazard: Floats, level: Floats, rng: np.random.Generator) -> ExpectedStay:
        """How many leave within a year."""
        year = self._at(hazard, YEAR)
        chance = [-np.expm1(-year * one) for one in _LEVELS]
        mean = _of_levels(level, [float(p.sum()) for p in chance])
        variance = _of_levels(level, [float((p * (1.0 - p)).sum()) for p in chance])
        drawn = np.round(mean + rng.standard_normal(DRAWS) * np.sqrt(variance))
        return _expected(float(-np.expm1(-year).sum()), np.clip(drawn, 0, len(hazard)))

    def _sum(
        self, hazard: Floats, weight: Floats, level: Floats, within: float | None, rng: np.random.Generator
    ) -> ExpectedStay:
        """The years that all stay, each weighted."""
        mean, variance = [], []
        for one in _LEVELS:
            years, square = self._moments(hazard * one, within)
            mean.append(float(weight @ years))
            variance.append(float(weight**2 @ np.maximum(square - years**2, 0.0)))
        drawn = _of_levels(level, mean) + rng.standard_normal(DRAWS) * np.sqrt(_of_levels(level, variance))
        most = float(weight.sum()) * min(self.days[-1], within or np.inf) / YEAR
        return _expected(float(weight @ self._moments(hazard, within)[0]), np.clip(drawn, 0.0, most))

    def _hazard_at(self, days: float) -> Floats:
        return self._at(self.hazard, days)

    def _at(self, hazard: Floats, days: float) -> Floats:
        """The hazard by a day, between two days in proportion."""
        after = min(int(np.searchsorted(self.days, days)), len(self.days) - 1)
        before = max(after - 1, 0)
        width = self.days[after] - self.days[before]
        part = 0.0 if width == 0 else (days - self.days[before]) / width
        return np.asarray(hazard[:, before] + min(part, 1.0) * (hazard[:, after] - hazard[:, before]))

    def _moments(self, hazard: Floats, within: float | None) -> tuple[Floats, Floats]:
        """The mean and the mean square of the years that each stays: ``E T = sum S dt``, ``E T^2 = sum 2 t S dt``."""
        days = self.days
        if within is not None and within < days[-1]:
            hazard = np.column_stack([hazard[:, days < within], self._at(hazard, within)])
            days = np.append(days[days < within], within)
        stays, years = np.exp(-hazard), days / YEAR
        each = (stays[:, 1:] + stays[:, :-1]) / 2.0
        return np.asarray(each @ np.diff(years)), np.asarray(each @ np.diff(years**2))


def drifted(years: float) -> float:
    """What the variance of a year's level is multiplied by for the mean level of so many years.

    Parameters
    ----------
    years : float

    Notes
    -----
    As in the plan, a level that is off by so much in one year is off by as much again, in variance, a year later. The
    errors of years j and k then share the variance of the earlier one, and the mean of ``min(j, k)`` over n years is
    ``(n + 1) (2 n + 1) / (6 n)``.
    """
    return (years + 1.0) * (2.0 * years + 1.0) / (6.0 * years) if years > 1.0 else 1.0


def _log_normal(deviation: float, rng: np.random.Generator) -> Floats:
    """Factors of mean 1."""
    return np.exp(rng.standard_normal(DRAWS) * deviation - 0.5 * deviation**2)


def _of_levels(level: Floats, values: list[float]) -> Floats:
    """Totals at drawn levels, from those at `_LEVELS`."""
    return np.asarray(np.interp(np.log(level), np.log(_LEVELS), values))


def _expected(value: float, drawn: Floats) -> ExpectedStay:
    low, high = np.quantile(drawn, [0.1, 0.9])
    return ExpectedStay(value, float(low), float(high))


def steps(years: float) -> Floats:
    """The days looked ahead: months up to so many years, and the end of the last.

    Parameters
    ----------
    years : float
    """
    end = years * YEAR
    return np.append(np.arange(0.0, end, STEP), end)
