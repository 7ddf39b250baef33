"""Drawings of the report as pictures of their own, which need no style sheet around them: for a notebook."""

from dataclasses import dataclass, field

from pipelines.reports.drawing import charts
from pipelines.reports.drawing.numbers import percent, times
from pipelines.reports.drawing.shape import CategoryShape, NumberShape
from pipelines.reports.drawing.shapes import level_bar, number_shape, odds_axis
from pipelines.reports.drawing.svg import tag, words_at
from pipelines.reports.scorecard import worth
from scoring.entity import plural
from scoring.evidence.backtest_evidence import BacktestEvidence

#: The rules of the report's style sheet that these drawings need, on paper: a picture does not know its page.
STYLE = """
svg{overflow:visible} svg svg svg svg{overflow:hidden}
text{font:12.5px "Segoe UI",system-ui,"Helvetica Neue",Arial,sans-serif;fill:#556273}
.title{font-size:15px;font-weight:600;fill:#17212e} .strong{fill:#17212e}
.end{text-anchor:end} .middle,.note{text-anchor:middle}
.rule{stroke:#dde3ea} .even{stroke:#8793a2} .mark{stroke:#8793a2;stroke-dasharray:2 3}
.line{stroke-width:2;stroke-linejoin:round;stroke:#6b7888} .line.shape{stroke:#17212e;stroke-width:1.75}
.line.closedwon{stroke:#12509b;stroke-width:3} .line.mql{stroke:#c05a00;stroke-dasharray:7 4}
.line.touches{stroke:#7a4a8c;stroke-dasharray:2 4} .line.chance,.line.even{stroke:#8793a2;stroke-width:1.25}
.name{font-weight:600} .name.closedwon{fill:#12509b} .name.mql{fill:#c05a00} .name.touches{fill:#7a4a8c}
.up,.dot.up{fill:#2a6fbb} .down,.dot.down{fill:#d27a26} .dot{stroke:#fff;stroke-width:1.5}
polygon.up,polygon.down{fill-opacity:.22} .density{fill:#c5ceda} .pale{opacity:.35}
"""
#: The width of a picture, and the room that labels need beside a plot.
WIDE, LEFT, RIGHT, TOP = 640.0, 56.0, 24.0, 52.0


@dataclass(frozen=True)
class Picture:
    """An SVG file as text, and a description (`about`) for those who cannot see it."""

    svg: str = field(repr=False)
    about: str

    def _repr_svg_(self) -> str:
        return self.svg


def of_shape(shape: NumberShape | CategoryShape) -> Picture:
    """A picture of one shape of a scorecard, as `reports.scorecard.shapes` gives it: odds by value, and counts."""
    about = f"{shape.label}: odds against the average, by value"
    if isinstance(shape, NumberShape):
        return framed([placed(number_shape(shape, about), LEFT, TOP)], TOP + 178.0, shape.label, about)
    axis = odds_axis([level.value for level in shape.levels])
    parts = [
        words_at("odds", WIDE - 92, TOP - 8, class_="end"),
        words_at("" if shape.levels[0].share is None else "of them", WIDE - RIGHT, TOP - 8, class_="end"),
    ]
    row = 22.0
    for i, level in enumerate(shape.levels):
        y = TOP + row * i
        share = "" if level.share is None else percent(level.share)
        parts += [
            words_at(_short(level.words), 0, y + 13, class_="strong"),
            placed(level_bar(level.value, level.steady, axis), 190.0, y, 150.0),
            words_at(times(level.odds), WIDE - 92, y + 13, class_="end strong"),
            words_at(share, WIDE - RIGHT, y + 13, class_="end"),
        ]
    if shape.more:
        parts.append(words_at(f"and {shape.more} more", 0, TOP + row * len(shape.levels) + 13))
    return framed(parts, TOP + row * (len(shape.levels) + bool(shape.more)) + 8.0, shape.label, about)


def of_curve(evidence: BacktestEvidence) -> Picture:
    """A picture of what is captured by share worked, beside the MQL rule, touch count and chance."""
    found = worth.curve(evidence)
    title = (
        f"Share of the {evidence.comparison.captures} captured, by share of the open {plural(evidence.entity)} worked"
    )
    return framed([placed(charts.curve(found), LEFT, TOP + 14, 112.0)], TOP + 386.0, title, title)


def placed(drawing: str, x: float, y: float, right: float = RIGHT) -> str:
    """A drawing at x and y of the picture (in pixels), which ends `right` pixels before the right edge."""
    return tag("svg", drawing, x=x, y=y, width=WIDE - x - right)


def framed(parts: list[str], height: float, title: str, about: str, style: str = "") -> Picture:
    """A picture with a title above its parts.

    Parameters
    ----------
    parts : list of str
        What is in it, as markup.
    height : float
        In pixels.
    title : str
    about : str
        A description for those who cannot see it.
    style : str
        Rules of a style sheet that its parts need beside `STYLE`.
    """
    body = [tag("style", STYLE + style), words_at(title, 0, 20, class_="title"), *parts]
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDE:g} {height:g}", "width": WIDE}
    return Picture(tag("svg", *body, **frame, height=height, role="img", aria_label=about), about)


def _short(words: str, most: int = 30) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
