import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.reports.page import html, write_report
from pipelines.reports.scorecard.content import content
from tests.pipelines.reports.small_report import HOSTILE, VERDICT, evidence, scorecard, section


class Page(HTMLParser):
    """What a page holds: its figures by name, its tags, where its attributes point, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.figures: dict[str, float | None] = {}
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.handlers: set[str] = set()
        self.ids: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.add(tag)
        self.links |= {said[key] or "" for key in ("href", "src", "action", "xlink:href") if key in said}
        self.handlers |= {key for key in said if key.startswith("on")}
        self.ids += [said["id"] or ""] if "id" in said else []
        if "data-figure" in said:
            value = said["data-value"]
            self.figures[said["data-figure"] or ""] = float(value) if value else None

    def handle_data(self, data: str) -> None:
        self.words += data


def page(**changed: object) -> Page:
    return Page(html(content([section(**changed)])))


def test_every_figure_of_the_page_is_one_of_the_evidence() -> None:
    shown, found = page().figures, evidence()
    judged = found["comparison"]["contenders"]
    expected: dict[str, float | None] = {
        "account.per_week": 1.0,
        "account.wins": 312.0,
        "account.base_rate": 0.031,
        "account.champion.lead": 0.021,
        "account.precision": judged["closedwon"]["measures"]["precision"]["value"],
        "account.revenue_ratio": judged["closedwon"]["measures"]["revenue_ratio"]["value"],
        "account.closedwon.share": judged["closedwon"]["measures"]["revenue_captured"]["value"],
    }
    for name in ("closedwon", "mql"):
        share = judged[name]["measures"]["revenue_captured"]["value"]
        expected[f"account.{name}.brought"] = share * found["comparison"]["revenue"] / 2
    for name, said in judged.items():
        expected[f"account.{name}.captured"] = said["measures"]["revenue_captured"]["value"]
        expected |= {f"account.{name}.{key}": x["value"] for key, x in said["measures"].items()}
        if name != "closedwon":
            expected[f"account.{name}.lead"] = said["closedwon_minus"]["revenue_captured"]["value"]
    for i, row in enumerate(found["reliability"], start=1):
        expected |= {f"account.bin{i}.{key}": row[key] for key in ("predicted", "actual")}
    for row in found["grid"]:
        expected[f"account.grid.{row['fit']}.{row['intent']}"] = row["actual"]
    for row in found["months"]:
        expected[f"account.{row['month']}.expected"] = row["expected_revenue"] / 2
        expected[f"account.{row['month']}.booked"] = row["revenue"] / 2
    for row in found["cut_offs"]:
        expected[f"account.{row['as_of']}.revenue"] = row["revenue"]
    expected |= {f"account.{key}": found["stability"][key] for key in ("kept", "reason_kept", "rank_correlation")}
    expected |= {"account.learning1.captured": 0.4, "account.learning2.captured": 0.5}  # one of three says nothing
    assert shown == {name: value if value is None else pytest.approx(value) for name, value in expected.items()}


def test_nothing_of_a_crm_is_taken_for_markup() -> None:
    text = html(content([section()]))
    assert HOSTILE not in text
    assert text.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") >= 4  # a label, a level, a segment, a left-out
    found = Page(text)
    assert "script" not in found.tags
    assert found.handlers == set()


def test_the_file_needs_nothing_else() -> None:
    text = html(content([section()]))
    found = Page(text)
    assert {link for link in found.links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert not re.search(r"@import|url\(|https?:", text)
    assert "default-src 'none'" in text


def test_it_names_no_account() -> None:
    assert "SECRET" not in html(content([section()]))


def test_a_report_is_written_whole_and_small(tmp_path: Path) -> None:
    lead = section(scorecard=scorecard(entity="lead"), version="7", champion=None, verdict=None)
    out = write_report([section(), lead], tmp_path / "reports" / "report.html")
    assert out.stat().st_size < 300_000
    assert [file.name for file in out.parent.iterdir()] == ["report.html"]
    found = Page(out.read_text(encoding="utf-8"))
    assert len(found.ids) == len(set(found.ids))
    assert {"account", "lead", "lead-limits"} <= set(found.ids)
    assert "What changed since the champion" in found.words


def test_what_was_not_measured_has_no_part() -> None:
    found = page(evidence=evidence() | {"stability": None, "learning_curve": None})
    assert "account-steady" not in found.ids
    assert "#account-steady" not in found.links


def test_a_worse_challenger_is_said_to_capture_less() -> None:
    figures = {"challenger_minus_champion": -0.06, "challenger_minus_champion_low": -0.09}
    found = page(verdict=VERDICT | figures | {"challenger_minus_champion_high": -0.03})
    assert "captures 6.0 percentage points of the revenue less than the champion's" in found.words


def test_before_any_backtest_it_says_so_and_shows_the_shapes() -> None:
    found = page(evidence=None, verdict=None, champion=None)
    assert "has not been held against the past yet" in found.words
    assert "What the score is made of" in found.words
    assert "All measures" not in found.words
    assert set(found.figures) == {"account.base_rate"}


def test_where_no_win_has_an_amount_wins_are_counted() -> None:
    found, given = page(evidence=evidence(worthless=True)), evidence(worthless=True)["comparison"]
    share = given["contenders"]["closedwon"]["measures"]["wins_captured"]["value"]
    assert found.figures["account.closedwon.brought"] == pytest.approx(share * given["wins"] / 2)
    assert re.search(r"brings in \d+ wins in 182", found.words)
    assert "Expected against booked revenue" not in found.words


def test_a_refusal_gives_its_reasons() -> None:
    found = page(verdict={"promoted": False, "reasons": "the champion captures more; it expects 3 times the wins"})
    assert "Refused" in found.words
    assert "It expects 3 times the wins" in found.words
