"""Rows a month, drawn as bars that lie under one another: all rows of a table have the same months."""

from collections.abc import Sequence

from pipelines.reports.drawing.svg import stretched, tag, words_at

#: The height of a row of bars in pixels.
TALL = 30.0
#: With more years than these, every second one is named.
MANY_YEARS = 6


def month_bars(counts: Sequence[int], words: str) -> str:
    """The bars of one row, the highest as high as the row. A month without rows has a line at its foot.

    Parameters
    ----------
    counts : sequence of int
        The rows of each month.
    words : str
        The title for those who cannot see the drawing.
    """
    top, wide = max(counts, default=0) or 1, 100.0 / max(len(counts), 1)
    parts = []
    for i, count in enumerate(counts):
        tall = max(100.0 * count / top, 4.0) if count else 0.0
        if count:
            parts.append(f"M{wide * (i + 0.1):.2f} 100v-{tall:.1f}h{0.8 * wide:.2f}V100")
    bars = [tag("path", d="".join(parts), class_="months")] if parts else []
    foot = tag("line", x1="0", x2="100%", y1=TALL, y2=TALL, class_="rule")
    return tag("svg", foot, stretched(bars), class_="row", height=TALL, width="100%", role="img", aria_label=words)


def years_axis(months: Sequence[str]) -> str:
    """The years over a column of bars, each where its January is; a phone shows every second one.

    Parameters
    ----------
    months : sequence of str
        Such as ``2026-03``, without a gap.
    """
    januaries = [(i, month[:4]) for i, month in enumerate(months) if month.endswith("-01")]
    named = januaries[:: 2 if len(januaries) > MANY_YEARS else 1]
    wide = 100.0 / max(len(months), 1)
    # A year that begins near the right end would stick out.
    parts = [
        words_at(year, f"{wide * i:.2f}%", 12, class_="tick" if n % 2 == 0 else "tick far")
        for n, (i, year) in enumerate(named)
        if wide * i < 88
    ]
    if not parts and months:
        parts = [words_at(months[0], 0, 12, class_="tick")]
    return tag("svg", *parts, class_="row", height=14, width="100%", aria_hidden="true")
