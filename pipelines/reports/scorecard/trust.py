"""Whether the figures can be believed, by the evidence: probabilities, months, segments, refits."""

from typing import Any

from scoring.evidence.backtest_evidence import BacktestEvidence, Segment
from scoring.evidence.comparison_result import Measure
from scoring.evidence.plain import to_plain

Facts = dict[str, Any]

#: Segments that are listed; every weak one is.
MOST_SEGMENTS = 16
#: How far the axis of expected over booked may reach.
EDGES = (2.0, 4.0, 8.0)


def reliability(evidence: BacktestEvidence) -> Facts:
    """Predicted against actual win rate: all bins, the top one, and how many agree within noise."""
    bins = [to_plain(one) for one in evidence.reliability]
    within = sum(one.low <= one.predicted <= one.high for one in evidence.reliability)
    return {"bins": bins, "top": bins[-1], "within": within}


def totals(evidence: BacktestEvidence) -> Facts | None:
    """What the scorecards stated of all and of each grade, and what came; None where an earlier release did not say."""
    found = evidence.totals
    if found is None:
        return None
    named = [("All", found.together), *((part.value, part.total) for part in found.parts if part.feature == "grade")]
    return {
        "rows": [{"name": name, **to_plain(total)} for name, total in named],
        "coverage": to_plain(found.coverage),
        "parts_coverage": to_plain(found.parts_coverage),
    }


def months(evidence: BacktestEvidence) -> list[Facts]:
    """Expected and booked revenue by month of the forecast, for one horizon: the mean of the month's cut-offs."""
    return [
        {
            "month": month.month,
            "expected": month.expected_revenue / len(month.as_of),
            "booked": month.revenue / len(month.as_of),
            "ratio": to_plain(month.revenue_ratio),
        }
        for month in evidence.months
        if evidence.comparison.revenue > 0
    ]


def grid(evidence: BacktestEvidence) -> Facts:
    """The table of fit by intent, the best fit on top: cells with win rate, mean amount and how many were seen."""
    cells = sorted(evidence.grid, key=lambda cell: (-cell.fit, cell.intent))
    bands = cells[0].fit
    rows = [[to_plain(cell) for cell in cells if cell.fit == fit] for fit in range(bands, 0, -1)]
    return {"rows": rows, "bands": bands, "most": max((cell.actual or 0.0) for cell in cells)}


def segments(evidence: BacktestEvidence) -> Facts:
    """The segments: first the weak ones, by how far expected and booked revenue lie apart, then the largest.

    `stated` is the interval of its wins that the scorecards state. `fault` says in a few words why one is weak, or
    that nothing can be said; `of` is the ratio of revenue or, where no amount was booked, of wins; `edge` is how far
    an axis of them must reach.
    """

    def of(segment: Segment) -> Measure:
        return segment.revenue_ratio if evidence.comparison.captures == "revenue" else segment.ratio

    weak = sorted(
        (one for one in evidence.segments if one.weak), key=lambda one: -abs(one.expected_revenue - one.revenue)
    )
    rest = sorted((one for one in evidence.segments if not one.weak), key=lambda one: -one.revenue)
    shown = weak + rest[: max(MOST_SEGMENTS - len(weak), 0)]
    parts = () if evidence.totals is None else evidence.totals.parts
    wins = {(part.feature, part.value): to_plain(part.total.wins) for part in parts}
    reach = max((max(x, 1 / x) for one in shown if (x := of(one).value)), default=1.0)
    return {
        "rows": [
            {
                **to_plain(one),
                "fault": _fault(one),
                "of": to_plain(of(one)),
                "stated": wins.get((one.feature, one.segment)),
            }
            for one in shown
        ],
        "all": len(evidence.segments),
        "weak": len(weak),
        "hidden": len(evidence.segments) - len(shown),
        "edge": next((edge for edge in EDGES if edge >= reach), EDGES[-1]),
    }


def learning_curve(evidence: BacktestEvidence) -> list[Facts]:
    """The points of the learning curve at which something was captured, from the fewest wins up."""
    points = [point for point in evidence.learning_curve or () if point.captured is not None]
    return [to_plain(point) for point in sorted(points, key=lambda point: point.wins or 0.0)]


def _fault(segment: Segment) -> str:
    if not segment.weak:
        return "too few wins to say" if segment.why else ""
    ratios = [segment.revenue_ratio, segment.ratio]
    if any(x.low is not None and x.low > 1.0 for x in ratios):
        return "expects too much"
    if any(x.high is not None and x.high < 1.0 for x in ratios):
        return "expects too little"
    return "touch count is ahead"
