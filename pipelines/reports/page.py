"""The page of `closedwon report`, and what all pages share: one HTML file that needs nothing else, from its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import __version__
from pipelines.disk import write_text
from pipelines.reports.drawing import bands, charts, months, numbers, shapes
from pipelines.reports.scorecard import worth
from pipelines.reports.scorecard.content import Section, content
from pipelines.reports.scorecard.page_parts import EntityPart, ReportContent
from scoring.features.intent import type_in_words

if TYPE_CHECKING:
    import pandas as pd

#: How a figure can be put into words, by the names that the tables of measures use.
WORDS = {
    "percent": numbers.percent,
    "points": numbers.points,
    "times": numbers.times,
    "money": numbers.money,
    "decimals": numbers.decimals,
    "count": numbers.count,
}


@dataclass(frozen=True)
class Linked:
    """A page of the site, as its navigation names it."""

    file: str
    title: str


@dataclass(frozen=True)
class Navigation:
    """Where a page stands in the site.

    Attributes
    ----------
    pages : tuple of Linked
        All pages, in the order of the navigation.
    here : str
        The file of the page itself.
    tables : tuple of str
        The names of the tables that lie beside it.
    """

    pages: tuple[Linked, ...]
    here: str
    tables: tuple[str, ...] = ()


def write_report(sections: Sequence[Section], out: Path) -> Path:
    """Write the report of one or several entities as one self-contained HTML file.

    Parameters
    ----------
    sections : sequence of Section
        One for each entity, in the order of the page.
    out : Path
        The file; its folder is made. It is replaced as a whole or not at all.

    Returns
    -------
    Path
        `out`.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, html(content(sections)))
    return out


def html(page: ReportContent, site: Navigation | None = None) -> str:
    """The page of a content as HTML. Whatever comes from a CRM is escaped."""
    return rendered("page.html.j2", page, site)


def rendered(template: str, page: Any, site: Navigation | None = None) -> str:
    """A page made from a template and its content.

    Parameters
    ----------
    template : str
        The name of a file of `pipelines/reports/templates`.
    page : object
        The content, `page` in the template.
    site : Navigation, optional
        None for a page that stands alone.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("pipelines.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= WORDS | {
        "count": numbers.count,
        "one_in": numbers.one_in,
        "day": numbers.day,
        "month": numbers.month,
        "short": numbers.short,
        "tick": numbers.tick,
        "brought": lambda x, what: numbers.money(x) if what == "revenue" else f"{numbers.count(x)} wins",
        "level": lambda words: words.replace("_", " "),
        "weekly": lambda x: numbers.count(x) if x >= 1.95 else numbers.decimals(x, 1),
        "factor": lambda x: f"{numbers.MULTIPLIED}{exp(x):.2f}",
        "rows": rows_of,
        "worded": lambda x, words: WORDS[words](x),
        "sentence": type_in_words,
    }
    drawn = {
        "headline_bar": charts.headline_bar,
        "curve": charts.curve,
        "key": charts.key,
        "captured": charts.captured,
        "reliability": charts.reliability,
        "by_month": charts.by_month,
        "ratio": charts.ratio,
        "ratio_axis": charts.ratio_axis,
        "learning": charts.learning,
        "number_shape": shapes.number_shape,
        "level_bar": shapes.level_bar,
        "month_bars": months.month_bars,
        "years_axis": months.years_axis,
        "interval_row": bands.interval_row,
        "interval_axis": bands.interval_axis,
        "completed_row": bands.completed_row,
        "cohort_months": bands.cohort_months,
    }
    # Drawings escape their inputs; they alone are markup.
    environment.globals |= {name: partial(_markup, Markup, function) for name, function in drawn.items()}
    environment.globals |= {
        "heat": charts.heat,
        "levels_axis": lambda levels: shapes.odds_axis([level.value for level in levels]),
        "contents": _contents,
        "measures": {"ranking": worth.RANKING, "probability": worth.PROBABILITY},
        "month_names": lambda rows: {row.month: numbers.month(row.month) for row in rows},
    }
    return environment.get_template(template).render(page=page, site=site, version=__version__)


def rows_of(table: pd.DataFrame, most: int | None = None) -> list[dict[str, Any]]:
    """The rows of a table for a template, where this is the filter `rows`; what is not known is None.

    Parameters
    ----------
    table : DataFrame
    most : int, optional
        How many rows are given. Default: all.
    """
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(name): value for name, value in row.items()} for row in plain.head(most or len(plain)).to_dict("records")
    ]


def _contents(entity: EntityPart) -> list[tuple[str, str]]:
    """The parts of an entity that are on the page: the name of each in links, and its short heading."""
    found, tested = entity.backtest, entity.backtest is not None
    parts = [
        ("worth", "Worth", tested),
        ("trust", "Probabilities", tested),
        ("grid", "Fit and intent", tested),
        ("segments", "Segments", found is not None and bool(found.segments.rows)),
        ("neglect", "What is not worked", entity.neglect is not None),
        ("group", "Buying groups", entity.group is not None),
        ("shapes", "What the score is made of", True),
        ("steady", "Steadiness", found is not None and bool(found.stability or found.learning_curve)),
        ("changes", "What changed", entity.changes is not None),
        ("learned", "What it learned from", True),
        ("measures", "All measures", tested),
        ("night", "The newest night", entity.night is not None),
        ("limits", "Limits", True),
    ]
    return [(name, words) for name, words, shown in parts if shown]


def _markup(markup: Any, function: Any, *arguments: Any) -> Any:
    return markup(function(*arguments))
