"""SVG by hand. Nothing is computed here: what to draw comes in, marks come out.

A drawing is as wide as the box around it: x is in percent of that width, y in pixels, and text keeps its size on a
phone. So a plot has no margins of its own: labels hang out of it, into the padding that the style sheet gives.
Colours are classes of the style sheet, which light, dark and paper set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import log, sqrt
from typing import Literal

Point = tuple[float, float]


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An element. Attributes are escaped (`class_` is class, `stroke_width` stroke-width), `inside` is markup."""
    pairs = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    written = "".join(f' {key}="{_plain(value)}"' for key, value in pairs.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words_at(words: object, x: object, y: object, **attributes: object) -> str:
    """Words at a position; `x` may be a percentage such as `"40%"`, `dx` and `dy` move it by pixels."""
    return tag("text", escape(str(words)), x=x, y=y, **attributes)


def _plain(value: object) -> str:
    return escape(f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value), quote=True)


@dataclass(frozen=True)
class Axis:
    """From values to a position between 0 and 100, never beyond the ends.

    `root` gives small shares room and still has a zero; `log` puts a half as far from 1 as a double.
    """

    low: float
    high: float
    ticks: Sequence[tuple[float, str]] = ()
    scale: Literal["linear", "root", "log"] = "linear"

    def at(self, value: float) -> float:
        """The position of a value, 0 to 100."""
        low, high, x = self._warped(self.low), self._warped(self.high), self._warped(value)
        return round(100.0 * min(max((x - low) / (high - low or 1.0), 0.0), 1.0), 2)

    def percent(self, value: float) -> str:
        """The position as the percentage that SVG wants."""
        return f"{self.at(value):g}%"

    def _warped(self, x: float) -> float:
        if self.scale == "root":
            return sqrt(max(x, 0.0))
        return log(max(x, 1e-12)) if self.scale == "log" else x


def plot(height: float, parts: Iterable[str], label: str, class_: str = "plot") -> str:
    """A drawing with a title for those who cannot see it."""
    return tag("svg", *parts, class_=class_, height=height, width="100%", role="img", aria_label=label)


def stretched(parts: Iterable[str], y: float = 0.0, height: float | None = None) -> str:
    """What was drawn in percent of both sides (y upwards), stretched over the plot or a part of its height."""
    size = {"width": "100%", "height": "100%" if height is None else height, "y": y or None}
    return tag("svg", *parts, viewBox="0 0 100 100", preserveAspectRatio="none", **size)


def polyline(points: Sequence[Point], class_: str) -> str:
    """A line through points, to be `stretched`: its pen is not."""
    return tag("polyline", points=_path(points), class_=class_, vector_effect="non-scaling-stroke", fill="none")


def area(points: Sequence[Point], class_: str) -> str:
    """A filled shape through points, to be `stretched`."""
    return tag("polygon", points=_path(points), class_=class_)


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{round(x, 2):g},{round(100.0 - y, 1):g}" for x, y in points)


def grid(x: Axis, y: Axis, height: float) -> list[str]:
    """Ticks: lines across for y, marks below for x, their words outside the plot."""
    parts = []
    for value, words in y.ticks:
        level = height * (1.0 - y.at(value) / 100.0)
        parts.append(tag("line", x1="0", x2="100%", y1=level, y2=level, class_="rule"))
        parts.append(words_at(words, 0, level, dx=-8, dy=4, class_="tick end"))
    for value, words in x.ticks:
        position = x.percent(value)
        parts.append(tag("line", x1=position, x2=position, y1=height, y2=height + 4, class_="rule"))
        parts.append(words_at(words, position, height + 18, class_="tick middle"))
    return parts


@dataclass(frozen=True)
class Line:
    """A named line of a chart: points in values, the class that gives it colour and dash, whether points are marked."""

    name: str
    class_: str
    points: Sequence[Point]
    marked: bool = False


def named_lines(
    drawn: Sequence[Line], x: Axis, y: Axis, height: float, label: str, mark: tuple[float, str] | None
) -> str:
    """Lines with their names at the right end, `mark`ed at one x by a line and a word."""
    parts = grid(x, y, height)
    if mark is not None:
        position = x.percent(mark[0])
        parts.append(tag("line", x1=position, x2=position, y1=-6, y2=height, class_="mark"))
        # Near the right end the words would stick out.
        side = {"dx": -5, "class_": "note"} if x.at(mark[0]) < 70 else {"dx": 5, "class_": "note end"}
        parts.append(words_at(mark[1], position, -11, **side))
    # The last is drawn first: what the chart is about lies on top.
    pens = [polyline([(x.at(a), y.at(b)) for a, b in line.points], f"line {line.class_}") for line in drawn[::-1]]
    parts.append(stretched(pens))
    parts += [
        tag("circle", cx=x.percent(a), cy=height * (1.0 - y.at(b) / 100.0), r=4.5, class_=f"dot {line.class_}")
        for line in drawn
        if line.marked
        for a, b in line.points
    ]
    ends = [height * (1.0 - y.at(line.points[-1][1]) / 100.0) for line in drawn]
    for line, level in zip(drawn, apart(ends, 16.0), strict=True):
        if line.name:
            parts.append(words_at(line.name, "100%", level, dx=8, dy=4, class_=f"name {line.class_}"))
    return plot(height, parts, label)


def apart(positions: Sequence[float], least: float) -> list[float]:
    """The places moved downwards where needed, so that neighbours are at least so many pixels apart."""
    moved = [0.0] * len(positions)
    last = -1e9
    for i in sorted(range(len(positions)), key=lambda i: positions[i]):
        last = moved[i] = max(positions[i], last + least)
    return moved


def diagonal(points: Sequence[tuple[float, float, float, float]], axis: Axis, height: float, label: str) -> str:
    """Predicted (x) against actual (y), each point with its interval, beside the line where both agree.

    Parameters
    ----------
    points : sequence of (predicted, actual, low, high)
    axis : Axis
        Of both directions.
    height : float
        In pixels.
    label : str
        The title for those who cannot see the drawing.
    """
    parts = grid(axis, axis, height)
    parts.append(stretched([polyline([(0.0, 0.0), (100.0, 100.0)], "line even")]))

    def level(value: float) -> float:
        return height * (1.0 - axis.at(value) / 100.0)

    for predicted, actual, low, high in points:
        position = axis.percent(predicted)
        parts.append(tag("line", x1=position, x2=position, y1=level(low), y2=level(high), class_="whisker closedwon"))
        parts.append(tag("circle", cx=position, cy=level(actual), r=4.5, class_="dot closedwon"))
    return plot(height, parts, label)


def interval(value: float, low: float, high: float, axis: Axis, class_: str, at: float | None = None) -> str:
    """One row of a table: a dot with its interval, and a fine line `at` a value to compare with."""
    parts = [] if at is None else [tag("line", x1=axis.percent(at), x2=axis.percent(at), y1=0, y2=24, class_="mark")]
    parts.append(tag("line", x1=axis.percent(low), x2=axis.percent(high), y1=12, y2=12, class_=f"whisker {class_}"))
    parts.append(tag("circle", cx=axis.percent(value), cy=12, r=5, class_=f"dot {class_}"))
    return tag("svg", *parts, class_="row", height=24, width="100%", aria_hidden="true")


def bar(value: float, low: float, high: float, axis: Axis, class_: str) -> str:
    """A bar from 0 with the whisker of its interval."""
    parts = [
        tag("rect", x=0, y=3, width=axis.percent(value), height=22, rx=2, class_=f"bar {class_}"),
        *(
            tag("line", x1=axis.percent(low), x2=axis.percent(high), y1=14, y2=14, class_=f"whisker {class_}")
            for class_ in ("halo", "over")
            if low < high
        ),
    ]
    return tag("svg", *parts, class_="row", height=28, width="100%", aria_hidden="true")


def months(pairs: Sequence[tuple[str, float, float]], y: Axis, height: float, label: str) -> str:
    """For each month a bar of what was booked, and a line across it at what was expected."""
    step = 100.0 / max(len(pairs), 1)
    parts = grid(Axis(0.0, 1.0), y, height)
    for i, (words, expected, booked) in enumerate(pairs):
        left, level = i * step, height * (1.0 - y.at(expected) / 100.0)
        tall = height * y.at(booked) / 100.0
        bar_from = f"{left + 0.2 * step:.2f}%"
        parts.append(tag("rect", x=bar_from, y=height - tall, width=f"{0.6 * step:.2f}%", height=tall, class_="booked"))
        ends = {"x1": f"{left + 0.08 * step:.2f}%", "x2": f"{left + 0.92 * step:.2f}%"}
        parts.append(tag("line", y1=level, y2=level, class_="expected", **ends))
        parts.append(words_at(words, f"{left + 0.5 * step:.2f}%", height + 18, class_="tick middle"))
    return plot(height, parts, label)
