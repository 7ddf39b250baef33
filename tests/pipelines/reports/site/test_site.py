"""The pages of a site: one figure is one number everywhere, and each is found in a table that lies beside its page."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.reports.site.made import Made
from pipelines.reports.site.pages import PAGES, chosen
from pipelines.reports.site.site import Site, computed, published
from tests.pipelines.monthly.small_market import AS_OF, HOSTILE
from tests.pipelines.reports.site.small_site import opened, planned
from tests.pipelines.reports.test_browser import ON_EACH_OTHER, STICKING_OUT, browser
from tests.pipelines.reports.test_browser import opened as opened_page
from tests.pipelines.reports.test_page import Page

__all__ = ["browser"]


pytestmark = pytest.mark.slow
#: What axe-core finds that is serious or critical, with where.
FAULTS = """
const done = arguments[0];
axe.run(document).then(found => done(found.violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 90)).slice(0, 3).join(' | ')}`)));
"""
#: The pages of the site that is written out.
PLANNED = chosen(("month", "plan", "sources", "agreement", "handoffs", "calls"))


class Shown(HTMLParser):
    """Every figure that a page shows, as often as it does: its name, its value, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.open: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "data-figure" in values:
            self.open = [values["data-figure"] or "", values["data-value"] or "", ""]

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.open[2] += data

    def handle_endtag(self, tag: str) -> None:
        if self.open is not None:
            name, value, words = self.open
            self.found.append((name, value, words))
            self.open = None


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The market, its store, the site that is written out, and `bare`: what the command makes without a champion."""
    home = tmp_path_factory.mktemp("site")
    with opened(home) as bare:
        inputs = planned(bare)
        published(computed(inputs, PLANNED), home / "site", PLANNED)
    for kept in (home / "store" / "agreements").iterdir():
        kept.unlink()
    (home / "closedwon.toml").write_text("[sources]\nfewest = 1\n")
    words = ("site", "--data", home / "crm", "--as-of", AS_OF, "--store", home / "store", "--out", home / "bare")
    words = (*words, "--config", home / "closedwon.toml", "--json", home / "bare.json", "--quiet")
    assert main([str(word) for word in words]) == 0
    return home


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    return home / "site" / "latest"


def pages(folder: Path) -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.html"))}


def test_the_command_makes_what_it_can_and_says_what_to_do_for_the_rest(home: Path) -> None:
    found = json.loads((home / "bare.json").read_text(encoding="utf-8"))
    assert found["pages"] == ["month", "sources", "handoffs", "quality"]
    missing = found["missing"]
    assert missing["scorecard"] == "there is no model yet: run `closedwon train`"
    assert "`closedwon train`" in missing["plan"]
    assert "`closedwon agree agreements/NAME.toml`" in missing["agreement"]
    texts = pages(home / "bare" / "latest")
    assert set(texts) == {"index", *(page.name for page in PAGES)}
    assert "There is no model yet: run `closedwon train`." in Page(texts["scorecard"]).words
    assert "there is no model yet" in Page(texts["index"]).words
    assert "data quality" in Page(texts["quality"]).words.lower()


def test_the_command_writes_private_files_and_logs_its_figures(home: Path) -> None:
    written = [file for file in (home / "bare" / "latest").resolve().rglob("*") if file.is_file()]
    assert {file.stat().st_mode & 0o777 for file in written} == {0o600}
    with closing(sqlite3.connect(home / "store" / "mlflow.db")) as database:
        logged = dict(database.execute("select key, value from metrics"))
    assert logged["month/revenue"] == 12_000.0
    assert logged["sources/by/web/won"] == 3.0


def test_one_figure_is_one_number_in_the_same_words_on_every_page(folder: Path) -> None:
    seen: dict[str, dict[tuple[str, str], set[str]]] = {}
    for name, text in pages(folder).items():
        for figure, value, words in Shown(text).found:
            seen.setdefault(figure, {}).setdefault((value, words), set()).add(name)
    assert {figure: found for figure, found in seen.items() if len(found) > 1} == {}
    several = {figure for figure, found in seen.items() if len(next(iter(found.values()))) > 1}
    # What would go unnoticed if names were not shared: figures that stand on several pages.
    assert {"plan.revenue", "plan.probability", "agreement.target", "agreement.booked", "month.revenue"} <= several
    assert {"sources.won", "source.web.targets", "source.web.revenue_completed"} <= several


@pytest.mark.parametrize("name", ["month", "plan", "sources", "agreement", "handoffs", "calls", "quality"])
def test_each_figure_is_in_a_table_that_the_page_links(home: Path, folder: Path, name: str) -> None:
    folder = home / "bare" / "latest" if name == "quality" else folder
    text = pages(folder)[name]
    files = {link for link in Page(text).links if link.endswith(".csv")}
    numbers: set[float] = set()
    for file in files:
        table = pd.read_csv(folder / file)
        assert (folder / file).with_suffix(".parquet").exists()
        cells = pd.to_numeric(pd.Series(table.to_numpy().ravel()), errors="coerce").dropna()
        numbers |= {float(f"{float(cell):.9g}") for cell in cells}
    shown = {(figure, float(f"{float(value):.9g}")) for figure, value, _ in Shown(text).found if value}
    assert len(shown) > 3
    assert {figure for figure, value in shown if value not in numbers} == set()


def test_pages_have_no_script_ask_for_nothing_and_link_only_what_is_there(folder: Path) -> None:
    for name, text in pages(folder).items():
        page = Page(text)
        assert not page.tags & {"script", "img", "iframe", "form", "object", "embed", "link rel=stylesheet"}, name
        assert page.handlers == set()
        assert not re.search(r"@import|url\(|https?:", text), name
        for link in page.links - {"data:,"}:
            if link.startswith("#"):
                assert link[1:] in page.ids, (name, link)
            else:
                assert (folder / link).is_file(), (name, link)
        assert len(page.ids) == len(set(page.ids)), name
        assert text.count('aria-current="page"') == 1


def test_nothing_of_a_crm_is_taken_for_markup_or_names_anybody(folder: Path) -> None:
    everything = "".join(pages(folder).values())
    assert HOSTILE not in everything
    assert "&lt;script&gt;alert(1)" in everything
    tables = "".join(file.read_text(encoding="utf-8") for file in folder.glob("tables/*.csv"))
    assert not re.search(r"\bL?A[1-7]\b", everything + tables)  # no account, no lead


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("month", "January 2026: 12,000 won in 2 deals"),
        ("month", "2,000"),
        ("month", "2026-Q1, 2026-01-01 to 2026-03-31, agreed on 2026-01-02"),
        ("month", "no night was published yet"),
        ("plan", "In 8 of 10 cases it is 800,000 to 1.20 million, from 50 wins within 90 days"),
        ("plan", "Agreement 2026-Q1 asks for 1.21 million; 12,000 are booked since 1 January 2026"),
        ("plan", "more than the market holds"),
        ("plan", "0 of 1past plans held revenue"),
        ("sources", "only they are followed"),
        ("sources", "no scorecard could be trained"),
        ("month", "nobody is known to have accepted or rejected"),
        ("handoffs", "of 8 who arrived were touched"),
        ("handoffs", "there is no table handoffs"),
        ("calls", "3 calls within 4 places this week"),
        ("calls", "came back after a silence"),
        ("agreement", "2026-Q1: 1.21 million to be won by 31 March 2026"),
        ("agreement", "2025-H2"),
        ("agreement", "no night is in the store yet, so its market was not measured"),
    ],
)
def test_the_pages_say_what_was_found(folder: Path, page: str, said: str) -> None:
    words = re.sub(r"\s+", " ", Page(pages(folder)[page]).words.replace("\N{NO-BREAK SPACE}", " ")).lower()
    assert said.lower() in words


def test_the_figures_are_plain_data(folder: Path) -> None:
    figures: dict[str, Any] = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert figures["plan"]["revenue"]["expected"] == 1e6
    assert figures["month"]["month"] == "2026-01"
    assert figures["missing"] == {}


def test_pages_are_chosen_by_name_in_the_order_of_the_navigation() -> None:
    assert [page.name for page in chosen(("sources", "month"))] == ["month", "sources"]
    assert chosen(()) == PAGES
    with pytest.raises(UsageError, match="--page weather: there is no such page; give month, plan, sources"):
        chosen(("weather",))


def test_metrics_have_names_that_mlflow_takes() -> None:
    made = Made(str, {}, metrics={"sources/by/Café: (new)/won": 3.0, "sources/cost": float("nan")})
    assert Site(date(2026, 2, 10), {"sources": made}, {}).metrics == {"sources/by/Café_ _new_/won": 3.0}


def test_a_site_is_replaced_as_a_whole_and_old_ones_go(tmp_path: Path) -> None:
    out, site = tmp_path / "site", Site(date(2026, 2, 10), {}, {page.name: "nothing is there" for page in PAGES})
    first = published(site, out).resolve()
    for _ in range(3):
        published(site, out)
    assert not first.exists()
    assert sorted(path.name for path in (out / "nights").iterdir()) == [f"2026-02-10_{n}" for n in (2, 3, 4)]
    (out / "plan.html").unlink()
    (out / "plan.html").write_text("mine")
    with pytest.raises(UsageError, match=r"plan.html is not closedwon's"):
        published(site, out)
    assert (out / "index.html").resolve().parent.name == "2026-02-10_4"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 900, "light"), (390, 844, "dark")])
def test_a_browser_finds_no_fault_of_access_and_no_request(
    browser: Any, home: Path, width: int, height: int, scheme: str
) -> None:
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    written = [home / "site" / "latest" / page.file for page in PLANNED]
    for file in (*written, *(home / "bare" / "latest" / name for name in ("index.html", "plan.html", "quality.html"))):
        asked = opened_page(browser, file, width, height)
        assert {address for address in asked if not address.startswith("data:")} == {file.as_uri()}
        assert browser.get_log("browser") == []
        assert browser.execute_script(STICKING_OUT) == [], file
        assert browser.execute_script(ON_EACH_OTHER) == [], file
        browser.execute_script(axe)
        assert browser.execute_async_script(FAULTS) == [], (file, scheme)
