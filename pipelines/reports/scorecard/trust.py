"""Whether the figures can be believed, by the evidence: probabilities, months, segments, refits."""

from dataclasses import dataclass

from scoring.evidence.backtest_evidence import BacktestEvidence, GridCell, LearningPoint, ReliabilityBin, Segment
from scoring.evidence.comparison_result import Measure
from scoring.evidence.measures.totals import IntervalCoverage, Total
from scoring.scorecard.forecast_error import Interval

#: Segments that are listed; every weak one is.
MOST_SEGMENTS = 16
#: How far the axis of expected over booked may reach.
EDGES = (2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Reliability:
    """Predicted against actual win rate: all bins from the least likely up, and how many agree within noise."""

    bins: tuple[ReliabilityBin, ...]
    within: int

    @property
    def top(self) -> ReliabilityBin:
        """The bin of the most likely."""
        return self.bins[-1]


@dataclass(frozen=True)
class NamedTotal:
    """What was expected of all or of a grade, and what came."""

    name: str
    total: Total


@dataclass(frozen=True)
class ShownTotals:
    """The totals of all and of each grade, and how many intervals held: of all, and of grades and segments."""

    rows: tuple[NamedTotal, ...]
    coverage: IntervalCoverage
    parts_coverage: IntervalCoverage


@dataclass(frozen=True)
class MonthRow:
    """Expected and booked revenue of one horizon, by month of the forecast, such as "2026-03"."""

    month: str
    expected: float
    booked: float
    ratio: Measure


@dataclass(frozen=True)
class FitByIntent:
    """The table of fit by intent, the best fit on top; `most` is the highest win rate in it."""

    rows: tuple[tuple[GridCell, ...], ...]
    bands: int
    most: float


@dataclass(frozen=True)
class SegmentRow:
    """One segment.

    Attributes
    ----------
    segment : Segment
    fault : str
        Why it is weak, in a few words, or that nothing can be said.
    of : Measure
        The ratio of revenue or, where no amount was booked, of wins.
    stated : Interval or None
        The interval of its wins that the scorecards state.
    """

    segment: Segment
    fault: str
    of: Measure
    stated: Interval | None


@dataclass(frozen=True)
class Segments:
    """The segments that are shown, how many there are in all, how many are weak and how many are not shown.

    `edge` is how far an axis of their ratios must reach.
    """

    rows: tuple[SegmentRow, ...]
    every: int
    weak: int
    hidden: int
    edge: float


def reliability(evidence: BacktestEvidence) -> Reliability:
    """Predicted against actual win rate."""
    within = sum(one.low <= one.predicted <= one.high for one in evidence.reliability)
    return Reliability(tuple(evidence.reliability), within)


def totals(evidence: BacktestEvidence) -> ShownTotals | None:
    """What the scorecards stated of all and of each grade, and what came; None where an earlier release did not say."""
    found = evidence.totals
    if found is None:
        return None
    named = [("All", found.together), *((part.value, part.total) for part in found.parts if part.feature == "grade")]
    return ShownTotals(tuple(NamedTotal(*one) for one in named), found.coverage, found.parts_coverage)


def months(evidence: BacktestEvidence) -> tuple[MonthRow, ...]:
    """Expected and booked revenue by month of the forecast, for one horizon: the mean of the month's cut-offs."""
    return tuple(
        MonthRow(
            month.month,
            expected=month.expected_revenue / len(month.as_of),
            booked=month.revenue / len(month.as_of),
            ratio=month.revenue_ratio,
        )
        for month in evidence.months
        if evidence.comparison.revenue > 0
    )


def fit_intent_table(evidence: BacktestEvidence) -> FitByIntent:
    """The table of fit by intent, the best fit on top: cells with win rate, mean amount and how many were seen."""
    cells = sorted(evidence.grid, key=lambda cell: (-cell.fit, cell.intent))
    bands = cells[0].fit
    rows = tuple(tuple(cell for cell in cells if cell.fit == fit) for fit in range(bands, 0, -1))
    return FitByIntent(rows, bands, most=max((cell.actual or 0.0) for cell in cells))


def segments(evidence: BacktestEvidence) -> Segments:
    """The segments: first the weak ones, by how far expected and booked revenue lie apart, then the largest."""

    def of(segment: Segment) -> Measure:
        return segment.revenue_ratio if evidence.comparison.captures == "revenue" else segment.ratio

    weak = sorted(
        (one for one in evidence.segments if one.weak), key=lambda one: -abs(one.expected_revenue - one.revenue)
    )
    rest = sorted((one for one in evidence.segments if not one.weak), key=lambda one: -one.revenue)
    shown = weak + rest[: max(MOST_SEGMENTS - len(weak), 0)]
    parts = () if evidence.totals is None else evidence.totals.parts
    wins = {(part.feature, part.value): part.total.wins for part in parts}
    reach = max((max(x, 1 / x) for one in shown if (x := of(one).value)), default=1.0)
    return Segments(
        rows=tuple(SegmentRow(one, _fault(one), of(one), wins.get((one.feature, one.segment))) for one in shown),
        every=len(evidence.segments),
        weak=len(weak),
        hidden=len(evidence.segments) - len(shown),
        edge=next((edge for edge in EDGES if edge >= reach), EDGES[-1]),
    )


def learning_curve(evidence: BacktestEvidence) -> tuple[LearningPoint, ...]:
    """The points of the learning curve at which something was captured, from the fewest wins up."""
    points = [point for point in evidence.learning_curve or () if point.captured is not None]
    return tuple(sorted(points, key=lambda point: point.wins or 0.0))


def _fault(segment: Segment) -> str:
    if not segment.weak:
        return "too few wins to say" if segment.why else ""
    ratios = [segment.revenue_ratio, segment.ratio]
    if any(x.low is not None and x.low > 1.0 for x in ratios):
        return "expects too much"
    if any(x.high is not None and x.high < 1.0 for x in ratios):
        return "expects too little"
    return "touch count is ahead"
