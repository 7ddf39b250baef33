"""What is expected, with its intervals of 50, 80 and 95 %, and cohorts as far as they have come."""

from collections.abc import Sequence

from pipelines.reports.drawing.charts import rising
from pipelines.reports.drawing.numbers import month
from pipelines.reports.drawing.svg import Axis, grid, plot, tag, words_at

Limits = tuple[float, float]

#: The height of a row, and of the bands in it from the widest interval to the narrowest, in pixels.
ROW, BANDS = 30.0, (8.0, 14.0, 20.0)


def interval_row(
    expected: float, limits: Sequence[Limits], top: float, at: float | None = None, actual: float | None = None
) -> str:
    """One row: bands of 95, 80 and 50 %, a line at what is expected, a fine one `at` a target, a dot at what came.

    Parameters
    ----------
    expected : float
    limits : sequence of tuple of float
        Of 50, 80 and 95 %.
    top : float
        The largest value of all rows below one another.
    at, actual : float, optional
    """
    axis, parts = rising(top), []
    for i, (tall, (low, high)) in enumerate(zip(BANDS, reversed(limits), strict=True)):
        x, wide = axis.at(low), max(axis.at(high) - axis.at(low), 0.3)
        parts.append(
            tag("rect", x=f"{x:g}%", width=f"{wide:.2f}%", y=(ROW - tall) / 2, height=tall, rx=2, class_=f"band{i + 1}")
        )
    position = axis.percent(expected)
    parts.append(tag("line", x1=position, x2=position, y1=4, y2=ROW - 4, class_="expected"))
    if at is not None:
        parts.append(tag("line", x1=axis.percent(at), x2=axis.percent(at), y1=0, y2=ROW, class_="target"))
    if actual is not None:
        low, high = limits[1]
        held = "closedwon" if low <= actual <= high else "weak"
        parts.append(tag("circle", cx=axis.percent(actual), cy=ROW / 2, r=5, class_=f"dot {held}"))
    return tag("svg", *parts, class_="row", height=ROW, width="100%", aria_hidden="true")


def interval_axis(top: float) -> str:
    """The ticks over a column of such rows."""
    axis = rising(top)
    last = len(axis.ticks) - 1
    parts = []
    for i, (value, words) in enumerate(axis.ticks):
        anchor = "" if i == 0 else " end" if i == last else " middle"
        far = " far" if 0 < i < last else ""  # a phone has room for the ends
        parts.append(words_at(words, axis.percent(value), 12, class_=f"tick{anchor}{far}"))
    return tag("svg", *parts, class_="row", height=16, width="100%", aria_hidden="true")


def completed_row(to_date: float, completed: float, low: float, high: float, top: float) -> str:
    """One row: a bar as far as a cohort has come, a pale one to where it will, and the interval of that.

    Parameters
    ----------
    to_date, completed : float
    low, high : float
        The interval of `completed`.
    top : float
        The largest value of all rows below one another.
    """
    axis = rising(top)
    parts = [
        tag("rect", x=0, y=5, width=axis.percent(completed), height=18, rx=2, class_="booked"),
        tag("rect", x=0, y=5, width=axis.percent(to_date), height=18, rx=2, class_="bar closedwon"),
    ]
    ends = {"x1": axis.percent(low), "x2": axis.percent(high), "y1": 14, "y2": 14}
    parts.append(tag("line", class_="whisker over", **ends))
    return tag("svg", *parts, class_="row", height=28, width="100%", aria_hidden="true")


def cohort_months(rows: Sequence[tuple[str, float, float]], label: str) -> str:
    """For each month of arrival a bar of what it brought so far, and a pale one of what it is expected to bring.

    Parameters
    ----------
    rows : sequence of tuple
        The month, such as ``2026-10``, what it has brought to date, and completed.
    label : str
        The title for those who cannot see the drawing.
    """
    height = 200.0
    y = rising(max((completed for _, _, completed in rows), default=0.0))
    parts, step = grid(Axis(0.0, 1.0), y, height), 100.0 / max(len(rows), 1)
    every = max(1, -(-len(rows) // 12))
    for i, (name, to_date, completed) in enumerate(rows):
        x = {"x": f"{(i + 0.15) * step:.2f}%", "width": f"{0.7 * step:.2f}%"}
        for value, class_ in ((completed, "booked"), (to_date, "bar closedwon")):
            tall = height * y.at(value) / 100.0
            parts.append(tag("rect", y=height - tall, height=tall, class_=class_, **x))
        if i % every == 0:
            far = "" if (i // every) % 3 == 0 else " far"
            parts.append(words_at(month(name), f"{(i + 0.5) * step:.2f}%", height + 18, class_=f"tick middle{far}"))
    return plot(height, parts, label)
