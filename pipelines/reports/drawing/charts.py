"""The charts of the page: parts of the content in, drawings out. Only axes are chosen here."""

from collections.abc import Mapping, Sequence

from pipelines.reports.drawing.numbers import MULTIPLIED, short, tick
from pipelines.reports.drawing.svg import Axis, Line, bar, diagonal, interval, months, named_lines, tag, words_at
from pipelines.reports.scorecard.trust import MonthRow, Reliability
from pipelines.reports.scorecard.worth import Brought, RankingRow, ShownCurve
from scoring.evidence.backtest_evidence import GridCell, LearningPoint
from scoring.evidence.comparison_result import Measure

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_RATES = (0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def rising(top: float, ticks: int = 4) -> Axis:
    """An axis from 0 to a round figure at or above `top`."""
    size = 10.0 ** _magnitude(top / ticks) if top > 0 else 1.0
    step = next(factor * size for factor in _STEPS if factor * size * ticks >= top * 0.999)
    return Axis(0.0, step * ticks, [(i * step, short(i * step)) for i in range(ticks + 1)])


def _magnitude(x: float) -> int:
    power = 0
    while x >= 10.0**power * 10:
        power += 1
    while x < 10.0**power:
        power -= 1
    return power


def shares(top: float) -> Axis:
    """An axis of shares from 0 to `top`, with a tick every fifth or so."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / step <= 6.001 or step == 0.25)
    return Axis(0.0, top, [(i * step, tick(i * step)) for i in range(int(top / step + 0.001) + 1)])


def headline_bar(row: Brought, rows: Sequence[Brought]) -> str:
    """What is brought in, beside the other rankings."""
    top = max(r.brought.high or r.brought.value or 0.0 for r in rows)
    value = row.brought.value or 0.0
    low, high = (value if end is None else end for end in (row.brought.low, row.brought.high))
    return bar(value, low, high, Axis(0.0, top * 1.02 or 1.0), row.name)


def curve(found: ShownCurve) -> str:
    """What is captured against share worked."""
    top = max(y for line in found.lines for _, y in line.points)
    drawn = [Line(line.words, line.name, line.points) for line in found.lines]
    x, y = shares(found.reach), shares(min(1.0, -(-top // 0.2) * 0.2))
    words = f"capacity: {tick(found.capacity)}"
    return named_lines(drawn, x, y, 330.0, "Share captured by share of the list worked", (found.capacity, words))


def key(name: str) -> str:
    """A sample of a line, for the legend."""
    return tag(
        "svg", tag("line", x1=0, x2=26, y1=5, y2=5, class_=f"line {name}"), width=26, height=10, aria_hidden="true"
    )


def reliability(found: Reliability) -> str:
    """Predicted against actual win rate; the axes give small rates room."""
    bins = [row for row in found.bins if row.rows]
    top = min(1.0, max(max(row.predicted, row.high) for row in bins) * 1.05)
    first = next((rate for rate in _RATES if rate >= top), 1.0)
    ticks = [(0.0, tick(0.0)), *((rate, tick(rate)) for rate in _RATES if rate <= top and rate >= first / 40)]
    axis = Axis(0.0, top, ticks, "root")
    points = [(row.predicted, row.actual, row.low, row.high) for row in bins]
    return diagonal(points, axis, 380.0, "Predicted against actual win rate")


def captured(row: RankingRow, rows: Sequence[RankingRow]) -> str:
    """The share that one ranking captures, with its interval, and closedwon's as a fine line."""
    top = max(r.captured.high or r.captured.value or 0.0 for r in rows)
    own = next((r.captured.value for r in rows if r.name == "closedwon"), None)
    return _interval(row.captured, Axis(0.0, top * 1.02 or 1.0), row.name, own)


def ratio(figure: Measure, edge: float, weak: bool) -> str:
    """Expected over booked, with 1 as a fine line."""
    return _interval(figure, _ratios(edge), "weak" if weak else "closedwon", 1.0)


def ratio_axis(edge: float) -> str:
    """The ticks over a column of ratios."""
    axis = _ratios(edge)
    anchored = zip(axis.ticks, ("", " middle", " end"), strict=True)
    parts = [words_at(words, axis.percent(x), 12, class_=f"tick{anchor}") for (x, words), anchor in anchored]
    return tag("svg", *parts, class_="row", height=14, width="100%", aria_hidden="true")


def _ratios(edge: float) -> Axis:
    ticks = [(1 / edge, f"1/{edge:g}"), (1.0, f"{MULTIPLIED}1"), (edge, f"{MULTIPLIED}{edge:g}")]
    return Axis(1 / edge, edge, ticks, "log")


def _interval(figure: Measure, axis: Axis, class_: str, at: float | None) -> str:
    value = figure.value
    if value is None:
        return ""
    low, high = (value if end is None else end for end in (figure.low, figure.high))
    return interval(value, low, high, axis, class_, at)


def by_month(rows: Sequence[MonthRow], named: Mapping[str, str]) -> str:
    """Booked revenue by month as bars, the expected one as lines across."""
    top = max((max(row.expected, row.booked) for row in rows), default=0.0)
    pairs = [(named[row.month], row.expected, row.booked) for row in rows]
    return months(pairs, rising(top), 220.0, "Expected against booked revenue by month of the forecast")


def learning(rows: Sequence[LearningPoint]) -> str:
    """What is captured by the number of wins learned from, each doubling as far as the last."""
    points = [(float(row.wins or 0.0), float(row.captured or 0.0)) for row in rows]
    least, most, top = points[0][0], points[-1][0], max(y for _, y in points)
    x = Axis(least / 1.15, most * 1.15, [(a, f"{a:,.0f}") for a, _ in points], "log")
    drawn = [Line("", "closedwon", points, marked=True)]
    return named_lines(
        drawn, x, shares(min(1.0, max(-(-top // 0.1) * 0.1, 0.1))), 170.0, "Captured by wins learned from", None
    )


def heat(cell: GridCell, most: float) -> str:
    """The colour of a cell of the table of fit by intent: the style of its background and its ink."""
    strength = (cell.actual or 0.0) / (most or 1.0)
    paper, full = (240, 244, 249), (18, 80, 155)
    red, green, blue = (round(a + (b - a) * strength**0.7) for a, b in zip(paper, full, strict=True))
    return f"background:rgb({red},{green},{blue});color:{'#fff' if strength**0.7 > 0.65 else '#17212e'}"
