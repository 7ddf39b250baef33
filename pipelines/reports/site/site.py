"""`closedwon site`: all pages as one static folder with one navigation, each with the tables that its figures are from.

site/
    nights/2026-03-01_4/        a complete site, which never changes
        index.html              the overview; plan.html, sources.html and so on beside it
        tables/plan_total.csv   and .parquet
        figures.json            the figures of all pages
    latest -> nights/2026-03-01_4
    index.html -> latest/index.html       and so for each file: these paths are always valid

To put it on a web server, copy what is in `latest`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from pipelines.disk import figures_text, sha256_of, write_figures, write_text
from pipelines.errors import ClosedwonError, not_written
from pipelines.planning.sources.files import write_tables
from pipelines.redaction import redacted
from pipelines.reports.page import Linked, Navigation, rendered
from pipelines.reports.site.inputs import SiteInputs
from pipelines.reports.site.made import Highlight, Made
from pipelines.reports.site.pages import PAGES, Page
from pipelines.store import publication
from pipelines.store.store import Store
from pipelines.store.tracking import started_run

#: Published sites that stay in the folder.
KEPT = 3
INDEX, FIGURES, TABLES = "index.html", "figures.json", "tables"
#: What MLflow takes in the name of a metric.
_NOT_IN_NAMES = re.compile(r"[^\w\-. /]")


@dataclass(frozen=True)
class Missing:
    """A page that could not be made, and why."""

    title: str
    as_of: date
    why: str


@dataclass(frozen=True)
class Card:
    """What the overview says of a page; `why` is empty if it is there."""

    file: str
    title: str
    about: str
    headlines: tuple[Highlight, ...]
    why: str


@dataclass(frozen=True)
class Overview:
    """The content of the first page."""

    as_of: date
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Site:
    """All pages, computed.

    Attributes
    ----------
    as_of : date
    made : mapping of Made
        By name of the page.
    missing : mapping of str
        By name of the page, why it could not be made and what to do.
    """

    as_of: date
    made: Mapping[str, Made]
    missing: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "as_of": self.as_of.isoformat(),
            "pages": [page.name for page in PAGES if page.name in self.made],
            "missing": dict(self.missing),
            **{name: made.figures for name, made in self.made.items() if made.figures},
        }

    @property
    def metrics(self) -> dict[str, float]:
        """The figures for MLflow, by names that it takes."""
        found = {name: value for made in self.made.values() for name, value in made.metrics.items()}
        return {_NOT_IN_NAMES.sub("_", name): float(value) for name, value in found.items() if isfinite(value)}


def computed(inputs: SiteInputs, pages: tuple[Page, ...] = PAGES) -> Site:
    """Compute all pages. One that cannot be made does not stop the others.

    Parameters
    ----------
    inputs : SiteInputs
    pages : tuple of Page
    """
    made, missing = dict[str, Made](), dict[str, str]()
    for page in pages:
        try:
            made[page.name] = page.make(inputs)
        except ClosedwonError as error:
            missing[page.name] = redacted(str(error)).rstrip(".")
            inputs.say(f"  the page {page.title} is not there yet: {error}")
    return Site(inputs.export.as_of, made, missing)


def drawn(site: Site, pages: tuple[Page, ...] = PAGES) -> dict[str, str]:
    """Draw all pages: the HTML of each file.

    Parameters
    ----------
    site : Site
    pages : tuple of Page
    """
    linked = (Linked(INDEX, "Overview"), *(Linked(page.file, page.title) for page in pages))
    cards, files = [], dict[str, str]()
    for page in pages:
        made, why = site.made.get(page.name), site.missing.get(page.name, "")
        cards.append(Card(page.file, page.title, page.about, made.headlines if made else (), why))
        if made is None:
            files[page.file] = rendered(
                "missing.html.j2", Missing(page.title, site.as_of, why), Navigation(linked, page.file)
            )
        else:
            tables = tuple(name for name, table in made.tables.items() if len(table))
            files[page.file] = made.draw(Navigation(linked, page.file, tables))
    files[INDEX] = rendered("index.html.j2", Overview(site.as_of, tuple(cards)), Navigation(linked, INDEX))
    return files


def published(site: Site, out: Path, pages: tuple[Page, ...] = PAGES) -> Path:
    """Write all pages and tables into a new folder, then make it the latest, in one step.

    Parameters
    ----------
    site : Site
    out : Path
    pages : tuple of Page

    Returns
    -------
    Path
        The folder of the site.

    Raises
    ------
    UsageError
        If `out` cannot be used. What was published before stays.
    """
    files = drawn(site, pages)
    final = publication.prepare_folder(out, "site")
    name = f"{site.as_of}_{publication.newest_sequence(final) + 1}"
    try:
        with publication.staged(final, name) as folder:
            for file, text in files.items():
                write_text(folder / file, text)
            tables = {key: table for made in site.made.values() for key, table in made.tables.items() if len(table)}
            write_tables(tables, folder / TABLES)
            write_figures(folder / FIGURES, site.to_json())
            written = sorted(file for file in folder.rglob("*") if file.is_file())
            outputs = {str(file.relative_to(folder)): sha256_of(file) for file in written}
            write_figures(folder / publication.MANIFEST, {"as_of": site.as_of, "outputs": outputs})
        publication.make_latest(final, name)
        publication.tidy(final, KEPT)
    except OSError as error:
        message = f"cannot write to --out {final}: {error.strerror}; choose another folder"
        raise not_written(error, message) from None
    return final / publication.LATEST


def site(inputs: SiteInputs, out: Path, pages: tuple[Page, ...] = PAGES) -> Site:
    """Compute, draw and publish a site, and log its figures.

    Parameters
    ----------
    inputs : SiteInputs
    out : Path
    pages : tuple of Page
        Those that are wanted.

    Raises
    ------
    UsageError
        If `out` cannot be used.
    """
    publication.prepare_folder(out, "site")  # before minutes of computing
    found = computed(inputs, pages)
    folder = published(found, out, pages)
    _log(found, inputs.store)
    inputs.say(f"Published: {folder}")
    return found


def _log(site: Site, store: Store) -> None:
    """Log the figures of a site as a run: those of plan, sources and month as metrics, all as a file."""
    import mlflow

    with started_run(store, f"site {site.as_of}", {"as_of": str(site.as_of), "job": "site"}):
        mlflow.log_metrics(site.metrics)
        mlflow.log_text(figures_text(site.to_json()), "site.json")
