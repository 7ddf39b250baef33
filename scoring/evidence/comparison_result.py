"""The result of a comparison: the measures of every ranking with their intervals, and their curves.

Money is in the currency of the amounts; shares, rates and probabilities are from 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scoring.evidence.baselines import CHALLENGER, CLOSEDWON
from scoring.evidence.plain import KEY, OMIT_NONE


@dataclass(frozen=True)
class Measure:
    """A figure with its 95 % interval; None where nothing can be said."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def scaled(self, factor: float) -> "Measure":
        """The figure and its interval, times a factor."""
        value, low, high = (None if x is None else x * factor for x in (self.value, self.low, self.high))
        return Measure(value, low, high)


Measures = Mapping[str, Measure]


@dataclass(frozen=True)
class RankingMeasures:
    """The measures of one ranking, by name, and those of a reference minus its own.

    Attributes
    ----------
    measures : mapping of str to Measure
        See `comparison.compare` for their names.
    closedwon_minus, challenger_minus : mapping of str to Measure, or None
        The measures of closedwon, and of the challenger, minus those of this ranking, on the same resamples. None
        for the reference itself, and where it was not compared.
    """

    measures: Measures
    closedwon_minus: Measures | None = field(default=None, metadata={OMIT_NONE: True})
    challenger_minus: Measures | None = field(default=None, metadata={OMIT_NONE: True})

    def minus(self, reference: str) -> Measures:
        """The measures of closedwon or of the challenger minus those of this ranking; empty where there are none."""
        return {CLOSEDWON: self.closedwon_minus, CHALLENGER: self.challenger_minus}[reference] or {}


@dataclass(frozen=True)
class Comparison:
    """The rankings compared on the same rows.

    Attributes
    ----------
    rows, units, cut_offs : int
        Forecasts, different accounts or leads among them, and days.
    wins : int
        Winning rows: horizons that overlap count a win twice.
    revenue : float
        Booked, over all cut-offs: horizons that overlap count twice.
    capacity, share : float
        Units worked over all cut-offs, and their share of the open units.
    replicates : int
        Bootstrap resamples behind the intervals.
    rankings : mapping of str to RankingMeasures
        By name, see `baselines.BY_NAME`.
    winners : int or None
        Different accounts or leads that won; None where an earlier release wrote the evidence.
    """

    rows: int
    units: int
    cut_offs: int
    wins: int
    revenue: float
    capacity: float
    share: float
    replicates: int
    rankings: Mapping[str, RankingMeasures] = field(metadata={KEY: "contenders"})
    winners: int | None = field(default=None, metadata={OMIT_NONE: True})

    @property
    def captures(self) -> Literal["revenue", "wins"]:
        """What a ranking is measured by: the revenue that it captures, or wins where no amount was booked."""
        return "revenue" if self.revenue > 0 else "wins"


@dataclass(frozen=True)
class CapturedCurve:
    """What one ranking captures at each share worked: of the revenue, of the wins, and the money of one horizon."""

    revenue: tuple[float, ...]
    wins: tuple[float, ...]
    money: tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """What is captured when more and more of the open units are worked: the shares worked, and each ranking."""

    share: tuple[float, ...]
    rankings: Mapping[str, CapturedCurve] = field(metadata={KEY: "contenders"})
