"""Drawings of what a scorecard learned: the shape of a number, and the bars of a category's levels."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, exp

from pipelines.reports.drawing.numbers import MULTIPLIED
from pipelines.reports.drawing.shape import NumberShape
from pipelines.reports.drawing.svg import Axis, Point, area, plot, polyline, stretched, tag, words_at

#: Heights in pixels: of the shape, and of the density under it.
TALL, DENSITY = 112.0, 26.0
_STEPS = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1000.0)


def odds_axis(values: Sequence[float]) -> Axis:
    """An axis of odds, as multiples of the average one's, as far up as down and never closer than by a quarter."""
    reach = exp(max((abs(x) for x in values), default=0.0))
    edge = next((step for step in _STEPS if reach <= step * 1.001), float(ceil(reach)))
    middle = [2.0] if edge >= 10 else []
    ticks = [1.0, *(x for step in (edge, *middle) for x in (step, 1 / step))]
    return Axis(1 / edge, edge, [(x, f"{MULTIPLIED}{x:.2g}") for x in ticks], "log")


def number_shape(shape: NumberShape, label: str) -> str:
    """Odds over the bins of a number, the missing value apart at the left, and below it how many there are of each.

    Parameters
    ----------
    shape : NumberShape
    label : str
        The title for those who cannot see the drawing.
    """
    values, counts = shape.values, shape.counts
    y = odds_axis(values)
    bins = len(values) - 1
    left, width = 12.0, 88.0 / max(bins, 1)  # percent: the missing value has the first tenth for itself

    def level(value: float) -> float:
        return y.at(exp(value))

    parts = []
    for value, words in y.ticks:
        height = TALL * (1.0 - y.at(value) / 100.0)
        parts.append(tag("line", x1="0", x2="100%", y1=height, y2=height, class_="rule" if value != 1 else "even"))
        parts.append(words_at(words, 0, height, dx=-7, dy=4, class_="tick end"))
    steps = [[(left + width * (i + side), level(x)) for side in (0, 1)] for i, x in enumerate(values[1:])]
    parts.append(stretched(_stairs(steps, shape.steady[1:]), height=TALL))
    nobody = counts is not None and bool(counts) and not counts[0]
    if not nobody:
        sign = ("up" if values[0] > 0 else "down") + ("" if shape.steady[0] else " pale")
        parts.append(tag("circle", cx="4.5%", cy=TALL * (1 - level(values[0]) / 100), r=4.5, class_=f"dot {sign}"))
        parts.append(words_at(shape.missing, "0", TALL + 24 + (DENSITY if counts else 0), dx=-38, class_="tick"))
    bottom = TALL + 8 + (DENSITY if counts else 0)
    if counts:
        # Most are often without a value: their bar is cut, or all others would vanish. The words say how many.
        most = max(counts[1:], default=0) or 1
        spans = [(1.5, 6.0), *((left + width * (i + 0.1), 0.8 * width) for i in range(bins))]
        bars = [
            f"M{x:.1f} 100v{-100.0 * min(count / most, 1.0):.1f}h{wide:.1f}V100"
            for count, (x, wide) in zip(counts, spans, strict=True)
            if count
        ]
        parts.append(stretched([tag("path", d="".join(bars), class_="density")], bottom - DENSITY, DENSITY))
    for position, words in shape.ticks:
        x_at = left + width * position
        if x_at < 21.0 and len(shape.missing) > 5 and not nobody:
            continue  # the words of the missing value are there
        parts.append(tag("line", x1=f"{x_at:.2f}%", x2=f"{x_at:.2f}%", y1=bottom, y2=bottom + 4, class_="rule"))
        end = " end" if x_at > 97 else " middle"
        parts.append(words_at(words, f"{x_at:.2f}%", bottom + 16, class_=f"tick{end}"))
    return plot(bottom + 20, parts, label, "plot shape")


def _stairs(steps: Sequence[Sequence[Point]], steady: Sequence[bool]) -> list[str]:
    """The stairs, filled to the middle: runs of steady bins, and paler ones that do not survive resampling."""
    fills, pens = [], []
    starts = [i for i in range(len(steps)) if i == 0 or steady[i] != steady[i - 1]]
    for start, end in pairwise([*starts, len(steps)]):
        flat = [point for step in steps[start:end] for point in step]
        # Where neighbours are level, the points between say nothing.
        run = [p for i, p in enumerate(flat) if i in (0, len(flat) - 1) or {flat[i - 1][1], flat[i + 1][1]} != {p[1]}]
        pale = "" if steady[start] else " pale"
        for side, clip in (("up", max), ("down", min)):
            edge = [(x, clip(height, 50.0)) for x, height in run]
            if any(height != 50.0 for _, height in edge):
                fills.append(area([(run[0][0], 50.0), *edge, (run[-1][0], 50.0)], f"{side}{pale}"))
        joined = run if start == 0 else [steps[start - 1][1], *run]
        pens.append(polyline(joined, f"line shape{pale}"))
    return [*fills, *pens]


def level_bar(value: float, steady: bool, axis: Axis) -> str:
    """A bar from the middle: to the right raises the odds, to the left lowers them; paler if it is not steady."""
    middle, end = axis.at(1.0), axis.at(exp(value))
    parts = [
        tag(
            "rect",
            x=f"{min(middle, end):.2f}%",
            width=f"{max(abs(end - middle), 0.4):.2f}%",
            y=3,
            height=12,
            class_=("up" if value > 0 else "down") + ("" if steady else " pale"),
        ),
        tag("line", x1=f"{middle:g}%", x2=f"{middle:g}%", y1=0, y2=18, class_="even"),
    ]
    return tag("svg", *parts, class_="row", height=18, width="100%", aria_hidden="true")
