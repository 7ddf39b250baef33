"""Seconds and memory by size, as a picture: on logarithmic axes, where linear growth is a straight line."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from benchmarks.speed.history import Figure
from pipelines.reports.drawing.svg import Axis, Line, named_lines, words_at
from pipelines.reports.notebook.picture import LEFT, RIGHT, TOP, framed, placed

#: The stages that are drawn, with their classes of the style sheet.
DRAWN = {"night, first": "closedwon", "night, next": "mql", "training": "touches"}
#: The points in the colours of their lines.
DOTS = ".dot.closedwon{fill:#12509b} .dot.mql{fill:#c05a00} .dot.touches{fill:#7a4a8c}"
HEIGHT, NAMES = 220.0, 96.0
GIGABYTE = 1e9


def picture(figures: Sequence[Figure]) -> str:
    """An SVG of how a night grows with the accounts: seconds above, peak memory below.

    The grey line grows in proportion to the accounts, from the smallest first night.

    Raises
    ------
    ValueError
        If there are fewer than two sizes to draw a line through.
    """
    sizes = sorted({figure.accounts for figure in figures if figure.stage in DRAWN})
    if len(sizes) < 2:
        raise ValueError(f"growth needs figures at two sizes or more, found sizes {sizes}")
    x = Axis(sizes[0], sizes[-1], [(size, _size(size)) for size in sizes], "log")
    plots = [
        ("Seconds", _plot(figures, x, lambda figure: figure.seconds, "Seconds by accounts", "{:,g}")),
        (
            "Peak memory, GB",
            _plot(figures, x, lambda figure: figure.peak_bytes / GIGABYTE, "Memory by accounts", "{:g}"),
        ),
    ]
    parts, y = [], TOP + 14
    for title, drawing in plots:
        parts.append(words_at(title, 0, y - 14))
        parts.append(placed(drawing, LEFT, y, RIGHT + NAMES))
        y += HEIGHT + 68
    about = "Seconds and peak memory of nights by the number of accounts, beside what grows as the accounts do"
    return framed(parts, y - 20, "A night by the number of accounts", about, DOTS).svg + "\n"


def _plot(figures: Sequence[Figure], x: Axis, value: Any, label: str, form: str) -> str:
    drawn = []
    for stage, class_ in DRAWN.items():
        points = sorted((figure.accounts, value(figure)) for figure in figures if figure.stage == stage)
        if points:
            drawn.append(Line(stage, class_, points, marked=True))
    first = drawn[0].points[0]
    linear = [first, (x.high, first[1] * x.high / first[0])]
    every = [y for line in [*drawn, Line("", "", linear)] for _, y in line.points]
    drawn.append(Line("in proportion", "chance", linear))
    low, high = floor(log10(min(every))), ceil(log10(max(every)))
    ticks = [(10.0**power, form.format(10.0**power)) for power in range(low, high + 1)]
    y = Axis(10.0**low, 10.0**high, ticks, "log")
    return named_lines(drawn, x, y, HEIGHT, label, None)


def _size(accounts: int) -> str:
    return f"{accounts / 1e6:g} M" if accounts >= 1_000_000 else f"{accounts:,}"
