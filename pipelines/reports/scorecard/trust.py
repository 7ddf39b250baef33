"""Whether the figures can be believed, read off the evidence: probabilities, months, segments, refits."""

from collections.abc import Mapping
from typing import Any

Evidence = Mapping[str, Any]
Facts = dict[str, Any]

#: Segments that are listed; every weak one is.
MOST_SEGMENTS = 16
#: How far the axis of expected over booked may reach.
EDGES = (2.0, 4.0, 8.0)


def reliability(evidence: Evidence) -> Facts:
    """Predicted against actual win rate, the worst of the gaps that noise does not explain, and the top bin."""
    bins = evidence["reliability"]
    off = [row for row in bins if not row["low"] <= row["predicted"] <= row["high"]]
    return {"bins": bins, "top": bins[-1], "within": len(bins) - len(off)}


def months(evidence: Evidence) -> list[Facts]:
    """Expected and booked revenue by month of the forecast, for one horizon: the mean of the month's cut-offs."""
    return [
        {
            "month": row["month"],
            "expected": row["expected_revenue"] / len(row["as_of"]),
            "booked": row["revenue"] / len(row["as_of"]),
            "ratio": row["revenue_ratio"],
        }
        for row in evidence["months"]
        if evidence["comparison"]["revenue"] > 0
    ]


def grid(evidence: Evidence) -> Facts:
    """The table of fit by intent, the best fit on top: cells with win rate, mean amount and how many were seen."""
    cells = evidence["grid"]
    bands = max(cell["fit"] for cell in cells)
    rows = [
        sorted((cell for cell in cells if cell["fit"] == fit), key=lambda cell: cell["intent"])
        for fit in range(bands, 0, -1)
    ]
    return {"rows": rows, "bands": bands, "most": max((cell["actual"] or 0.0) for cell in cells)}


def segments(evidence: Evidence) -> Facts:
    """The segments: first the weak ones, by how far expected and booked revenue lie apart, then the largest.

    `fault` says in a few words why one is weak, or that nothing can be said; `of` is the ratio of revenue or, where
    nothing booked an amount, of wins; `edge` is how far an axis of them must reach.
    """
    ratio = "revenue_ratio" if evidence["comparison"]["revenue"] > 0 else "ratio"
    rows = [dict(row) | {"fault": _fault(row), "of": row[ratio]} for row in evidence["segments"]]
    weak = sorted((row for row in rows if row["weak"]), key=lambda row: -abs(row["expected_revenue"] - row["revenue"]))
    rest = sorted((row for row in rows if not row["weak"]), key=lambda row: -row["revenue"])
    shown = weak + rest[: max(MOST_SEGMENTS - len(weak), 0)]
    ratios = [row["of"]["value"] for row in shown]
    reach = max((max(x, 1 / x) for x in ratios if x), default=1.0)
    return {
        "rows": shown,
        "all": len(rows),
        "weak": len(weak),
        "hidden": len(rows) - len(shown),
        "edge": next((edge for edge in EDGES if edge >= reach), EDGES[-1]),
    }


def learning_curve(evidence: Evidence) -> list[Facts]:
    """The points of the learning curve at which something came true, from the fewest wins up."""
    points = [dict(row) for row in evidence.get("learning_curve") or [] if row["captured"] is not None]
    return sorted(points, key=lambda row: row["wins"])


def _fault(row: Facts) -> str:
    if not row["weak"]:
        return "too few wins to say" if row.get("why") else ""
    ratios = [row["revenue_ratio"], row["ratio"]]
    if any(x["low"] is not None and x["low"] > 1.0 for x in ratios):
        return "expects too much"
    if any(x["high"] is not None and x["high"] < 1.0 for x in ratios):
        return "expects too little"
    return "touch count is ahead"
