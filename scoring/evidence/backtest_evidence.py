"""The evidence of a backtest: what was found about closedwon and the baselines at past cut-offs.

`comparison` and `breakdown` make its parts, `pipelines.evaluation.backtest` puts them together, and `evidence.json`
holds it. Money is in the currency of the amounts; shares, rates and probabilities are from 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.entity import Entity
from scoring.evidence.comparison_result import Comparison, Curve, Measure
from scoring.evidence.measures.totals import StatedTotals
from scoring.evidence.plain import KEY, OMIT_NONE, from_plain, to_plain
from scoring.format import require_readable
from scoring.question import Win

#: The format of `evidence.json`. Files of release 0.1.0 have no key `format`: they are of this one too.
FORMAT = "closedwon-evidence/1"


@dataclass(frozen=True)
class CutOffSummary:
    """One cut-off: how many were open, won, booked and could be worked, and what its scorecard was learned from."""

    as_of: str
    open: int
    wins: int
    revenue: float
    capacity: float
    trained_wins: int
    rung: str


@dataclass(frozen=True)
class ReliabilityBin:
    """Rows of similar probability (`least` to `most`): predicted and actual win rate, and the latter's interval."""

    least: float
    most: float
    rows: int
    units: int
    wins: int
    predicted: float
    actual: float
    low: float
    high: float


@dataclass(frozen=True)
class Segment:
    """Expected against actual in one segment; see `breakdown.by_segment`.

    Attributes
    ----------
    feature, segment : str
        The name of the feature, and its level here, in words.
    rows, units, wins : int
        Snapshots, accounts or leads, and their wins.
    expected_wins : float
    revenue, expected_revenue : float
        Booked, and expected.
    ratio, revenue_ratio : Measure
        Expected over actual wins, and over booked revenue.
    captured_minus_touches : Measure
        The share of the segment's revenue that closedwon captures, minus that of the touch count.
    weak : bool
    why : str
        Whether the forecast is off beyond noise here, and why, in words.
    """

    feature: str
    segment: str
    rows: int
    units: int
    wins: int
    expected_wins: float
    revenue: float
    expected_revenue: float
    ratio: Measure
    revenue_ratio: Measure
    captured_minus_touches: Measure
    weak: bool
    why: str


@dataclass(frozen=True)
class Month:
    """Expected against actual of the cut-offs (`as_of`, ISO dates) in one calendar month, such as "2026-03"."""

    month: str
    as_of: tuple[str, ...]
    rows: int
    units: int
    wins: int
    expected_wins: float
    revenue: float
    expected_revenue: float
    ratio: Measure
    revenue_ratio: Measure


@dataclass(frozen=True)
class GridCell:
    """The outcomes of one band of fit and of intent, from 1 up; None where there is nothing to take a mean of."""

    fit: int
    intent: int
    rows: int
    units: int
    wins: int
    predicted: float | None
    actual: float | None
    low: float | None
    high: float | None
    mean_amount: float | None


@dataclass(frozen=True)
class RefitStep:
    """What changed from one refit (`older`, an ISO date) to the next (`newer`); see `Stability`."""

    older: str = field(metadata={KEY: "from"})
    newer: str = field(metadata={KEY: "to"})
    kept: float
    rank_correlation: float | None
    reason_kept: float | None


@dataclass(frozen=True)
class Stability:
    """What refitting changes of the list of those that can be worked, and of its reasons.

    Attributes
    ----------
    open, capacity : int
        How many were scored, and how many of them can be worked.
    steps : tuple of RefitStep
        One for each two successive refits.
    kept : float or None
        Share of the older list that the newer one holds too: the mean over the steps, None without one.
    rank_correlation : float or None
        Spearman's correlation of the expected revenue of all, likewise.
    reason_kept : float or None
        Share of those on the newer list whose first reason by the older scorecard is among their first three by the
        newer one, likewise.
    stable_reasons : tuple of float or None
        For the newest scorecard, the share of the first, second and third reasons that survive resampling.
    """

    open: int
    capacity: int
    steps: tuple[RefitStep, ...]
    kept: float | None
    rank_correlation: float | None
    reason_kept: float | None
    stable_reasons: tuple[float | None, ...] = field(metadata={KEY: "told"})


@dataclass(frozen=True)
class LearningPoint:
    """What a share of the units teaches: means over `draws` draws; None where nothing was won."""

    share: float
    wins: float | None
    auc: float | None
    captured: float | None
    rung: str
    draws: int


@dataclass(frozen=True)
class BacktestEvidence:
    """All that a backtest found of one entity, as `evidence.json` holds it.

    Attributes
    ----------
    entity : {"account", "lead"}
    as_of : str
        The day of the export, an ISO date.
    horizon_days : int
    cut_offs : tuple of CutOffSummary
        The oldest first.
    comparison, curve
        The rankings.
    reliability, segments, months, grid
        closedwon's forecast, broken down.
    stability : Stability or None
        None where nothing was open.
    learning_curve : tuple of LearningPoint or None
        None where it was not asked for.
    totals : StatedTotals or None
        What the scorecards stated of their totals; None where an earlier release wrote the evidence.
    win : {"new_business", "any"} or None
        The question that was asked: see `scoring.question`. None stands for `new_business`.
    """

    entity: Entity
    as_of: str
    horizon_days: int
    cut_offs: tuple[CutOffSummary, ...]
    comparison: Comparison
    curve: Curve
    reliability: tuple[ReliabilityBin, ...]
    segments: tuple[Segment, ...]
    months: tuple[Month, ...]
    grid: tuple[GridCell, ...]
    stability: Stability | None = None
    learning_curve: tuple[LearningPoint, ...] | None = None
    totals: StatedTotals | None = field(default=None, metadata={OMIT_NONE: True})
    win: Win | None = field(default=None, metadata={OMIT_NONE: True})

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "BacktestEvidence":
        """The evidence from the content of an `evidence.json`.

        Parameters
        ----------
        found : mapping
            What `to_json` gave, by this release or an earlier one.

        Raises
        ------
        NewerFormat
            If a later release wrote it.
        ValueError
            If it is something else, or a key is missing.
        """
        require_readable(str(found.get("format", FORMAT)), FORMAT, "the evidence of a backtest")
        return from_plain(cls, found)

    def to_json(self) -> dict[str, Any]:
        """The content of `evidence.json`: dicts, lists and scalars."""
        return {"format": FORMAT, **to_plain(self)}
