"""The report on the scorecards, and the findings on the export, as pages of a site."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pandas as pd

from pipelines.errors import UsageError
from pipelines.quality.check import examined
from pipelines.reports.data_quality import html_of
from pipelines.reports.page import html
from pipelines.reports.scorecard.content import Section, content
from pipelines.reports.scorecard_report import newest_inputs
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made
from pipelines.store import ledger
from scoring.entity import asked_entities


class _Figures(HTMLParser):
    """The figures that a page shows, by their names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, float | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, value = values.get("data-figure"), values.get("data-value")
        if name:
            self.found[name] = float(value) if value else None


def figures_of(page: str) -> pd.DataFrame:
    """Every figure of a page by its name, unrounded.

    Parameters
    ----------
    page : str
        As HTML.
    """
    reader = _Figures()
    reader.feed(page)
    return pd.DataFrame({"figure": list(reader.found), "value": list(reader.found.values())})


def scorecard_page(inputs: SiteInputs) -> Made:
    """Make the page of the report: the newest version of each entity.

    Parameters
    ----------
    inputs : SiteInputs

    Raises
    ------
    UsageError
        If nothing was trained yet.
    """
    store, night = inputs.store, ledger.last_published(inputs.store)
    record = None if night is None else night.record
    found = [newest_inputs(store, entity) for entity in asked_entities(None)]
    sections = [replace(section, night=record) for section in found if section is not None]
    if not sections:
        raise UsageError("there is no model yet: run `closedwon train`")
    page = content(sections)
    tables = {"scorecard_figures": figures_of(html(page)), **_evidence(sections)}
    shown = [
        Highlight("", f"{section.scorecard.entity}s", f"version {section.version}, {section.role}")
        for section in sections
    ]
    return Made(partial(html, page), tables, tuple(shown))


def _evidence(sections: list[Section]) -> dict[str, pd.DataFrame]:
    """What backtests found: every measure of each ranking, and every past day."""
    measures, cut_offs, months = [], [], []
    for section in sections:
        evidence, entity = section.evidence, {"entity": section.scorecard.entity}
        if evidence is None:
            continue
        measures += [
            {**entity, "ranking": name, "measure": key, "value": one.value, "low": one.low, "high": one.high}
            for name, ranking in evidence.comparison.rankings.items()
            for key, one in ranking.measures.items()
        ]
        cut_offs += [{**entity, **vars(one)} for one in evidence.cut_offs]
        months += [
            {**entity, "month": one.month, "expected": one.expected_revenue, "booked": one.revenue}
            for one in evidence.months
        ]
    return {
        "scorecard_measures": pd.DataFrame(measures),
        "scorecard_past_days": pd.DataFrame(cut_offs),
        "scorecard_months": pd.DataFrame(months),
    }


def quality_page(inputs: SiteInputs) -> Made:
    """Make the page of the findings on the export.

    Parameters
    ----------
    inputs : SiteInputs
    """
    found = examined(inputs.export, inputs.config)
    coverage = [
        {"table": one.table, "part": one.part, "month": month, "rows": rows}
        for one in found.coverage
        for month, rows in one.months.items()
    ]
    rejects = [
        {"table": name, "rule": rule, "rows": rows}
        for name, table in found.tables.items()
        for rule, rows in table.set_aside.items()
    ]
    tables = {
        "quality_figures": figures_of(html_of(found)),
        "quality_tables": pd.DataFrame(
            [
                {"table": name, "rows": one.rows, "last_known": str(one.last_known or "")}
                for name, one in found.tables.items()
            ]
        ),
        "quality_set_aside": pd.DataFrame(rejects),
        "quality_coverage": pd.DataFrame(coverage),
        "quality_references": pd.DataFrame([vars(join) for join in found.joins]),
        "quality_attributes": pd.DataFrame([vars(fill) for fill in found.fills]),
    }
    rows = sum(table.rows for table in found.tables.values())
    aside = sum(sum(table.set_aside.values()) for table in found.tables.values())
    shown = (
        Highlight("rows", "rows read", rows, "count"),
        Highlight("set_aside", "rows set aside", aside, "count"),
        Highlight("changes", "sudden changes", len(found.changes), "count"),
    )
    return Made(partial(html_of, found), tables, shown)
