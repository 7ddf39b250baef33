import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.reports.drawing import numbers
from pipelines.reports.notebook.picture import STYLE
from pipelines.reports.page import html, write_report
from pipelines.reports.scorecard.content import content
from scoring.buying_groups.group import NO_DEAL, OPENING, BuyingGroup, TitleRole, carried, stage_group
from scoring.evidence.baselines import CLOSEDWON, DRAWN
from scoring.evidence.promotion.decision import Decision, Verdict
from scoring.nights.parts import EntityCounts, ScoreFacts
from scoring.nights.record import NightRecord
from scoring.nights.totals import ExpectedTotal, NightTotals
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.neglect import Neglect, WorkedSegment
from tests.pipelines.reports.small_report import DECISION, HOSTILE, evidence, scorecard, section


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
        values = dict(attrs)
        self.tags.add(tag)
        self.links |= {values[key] or "" for key in ("href", "src", "action", "xlink:href") if key in values}
        self.handlers |= {key for key in values if key.startswith("on")}
        self.ids += [values["id"] or ""] if "id" in values else []
        if "data-figure" in values:
            value = values["data-value"]
            self.figures[values["data-figure"] or ""] = float(value) if value else None

    def handle_data(self, data: str) -> None:
        self.words += data


def page(**changed: object) -> Page:
    return Page(html(content([section(**changed)])))


def test_every_figure_of_the_page_is_one_of_the_evidence() -> None:
    shown, found = page().figures, evidence()
    rankings, stability = found.comparison.rankings, found.stability
    own = rankings["closedwon"].measures
    assert stability is not None
    expected: dict[str, float | None] = {
        "account.per_week": 1.0,
        "account.wins": 312.0,
        "account.base_rate": 0.031,
        "account.champion.lead": 0.021,
        "account.precision": own["precision"].value,
        "account.revenue_ratio": own["revenue_ratio"].value,
        "account.closedwon.share": own["revenue_captured"].value,
    }
    for name in ("closedwon", "mql"):
        share = rankings[name].measures["revenue_captured"].value or 0.0
        expected[f"account.{name}.brought"] = share * found.comparison.revenue / 2
    for name, ranking in rankings.items():
        expected[f"account.{name}.captured"] = ranking.measures["revenue_captured"].value
        expected |= {f"account.{name}.{key}": measure.value for key, measure in ranking.measures.items()}
        if name != "closedwon":
            expected[f"account.{name}.lead"] = ranking.minus("closedwon")["revenue_captured"].value
    for i, one in enumerate(found.reliability, start=1):
        expected |= {f"account.bin{i}.{key}": getattr(one, key) for key in ("predicted", "actual")}
    expected |= {f"account.grid.{cell.fit}.{cell.intent}": cell.actual for cell in found.grid}
    for month in found.months:
        expected[f"account.{month.month}.expected"] = month.expected_revenue / 2
        expected[f"account.{month.month}.booked"] = month.revenue / 2
    assert found.totals is not None
    totals = {"All": found.totals.together} | {part.value: part.total for part in found.totals.parts}
    for name in ("All", "A", "B", "C"):
        expected[f"account.totals.{name}.wins"] = totals[name].wins.expected
        expected[f"account.totals.{name}.revenue"] = totals[name].revenue.expected
    expected |= {f"account.{cut_off.as_of}.revenue": cut_off.revenue for cut_off in found.cut_offs}
    expected |= {f"account.{key}": getattr(stability, key) for key in ("kept", "reason_kept", "rank_correlation")}
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
    lead = section(scorecard=scorecard(entity="lead"), version="7", champion=None, decision=None)
    out = write_report([section(), lead], tmp_path / "reports" / "report.html")
    assert out.stat().st_size < 300_000
    assert [file.name for file in out.parent.iterdir()] == ["report.html"]
    found = Page(out.read_text(encoding="utf-8"))
    assert len(found.ids) == len(set(found.ids))
    assert {"account", "lead", "lead-limits"} <= set(found.ids)
    assert "What changed since the champion" in found.words


def test_what_was_not_measured_has_no_part() -> None:
    found = page(evidence=replace(evidence(), stability=None, learning_curve=None))
    assert "account-steady" not in found.ids
    assert "#account-steady" not in found.links


def test_the_page_says_of_a_worse_challenger_that_it_captures_less() -> None:
    name = "challenger_minus_champion"
    figures = {name: -0.06, f"{name}_low": -0.09, f"{name}_high": -0.03}
    found = page(decision=Decision(replace(DECISION.verdict, figures=figures)))
    assert "captures 6.0 percentage points of the revenue less than the champion's" in found.words


def test_before_any_backtest_it_says_so_and_shows_the_shapes() -> None:
    found = page(evidence=None, decision=None, champion=None)
    assert "has not been tested on the past yet" in found.words
    assert "What the score is made of" in found.words
    assert "All measures" not in found.words
    assert set(found.figures) == {"account.base_rate"}


def test_where_no_win_has_an_amount_wins_are_counted() -> None:
    found, comparison = page(evidence=evidence(worthless=True)), evidence(worthless=True).comparison
    share = comparison.rankings["closedwon"].measures["wins_captured"].value or 0.0
    assert found.figures["account.closedwon.brought"] == pytest.approx(share * comparison.wins / 2)
    assert re.search(r"brings in \d+ wins in 182", found.words)
    assert "Expected against booked revenue" not in found.words


def test_a_refusal_gives_its_reasons() -> None:
    found = page(decision=Decision(Verdict(False, ("the champion captures more", "it expects 3 times the wins"), {})))
    assert "Refused" in found.words
    assert "It expects 3 times the wins" in found.words


def test_what_each_crm_got_in_the_newest_night_is_on_the_page() -> None:
    sent = {"salesforce": {"rows": 5_900, "left_out": 13, "changed": 40, "retired": 7}}
    record = {
        "night": "2025-12-29_12_a", "sequence": 12, "as_of": "2025-12-29", "scored_at": "2025-12-29T02:14:09Z",
        "since": "2025-12-28", "out": "scores", "identity": "a", "models": {"account": {"version": "3"}},
        "counts": {"account": {"scored": 5_913, "crms": sent}},
    }  # fmt: skip
    found = page(night=NightRecord.from_json(record))
    assert "account-night" in found.ids
    assert "As of 29 December 2025, 5,913 accounts were scored with version 3." in " ".join(found.words.split())
    assert "salesforce5,90013407" in found.words  # the cells of a row, one after another
    assert "account-night" not in page().ids
    assert "lead-night" not in page(scorecard=scorecard(entity="lead"), night=NightRecord.from_json(record)).ids


def test_what_the_newest_night_expects_is_on_the_page_with_its_intervals() -> None:
    def total(wins: float, revenue: float) -> ExpectedTotal:
        limits = ([x, 0.8 * x, 1.2 * x, 0.6 * x, 1.4 * x] for x in (wins, revenue))
        return ExpectedTotal(*(Interval(*one) for one in limits))

    totals = NightTotals(total(100.0, 1e6), {"grade": {"A": total(60.0, 7e5)}, "industry": {"Software": total(9, 9)}})
    record = NightRecord(
        night="2025-12-29_12_a", sequence=12, as_of=date(2025, 12, 29), scored_at=datetime(2025, 12, 29, 2, tzinfo=UTC),
        since=date(2025, 12, 28), out="scores", identity="a", models={"account": "3"},
        counts={"account": EntityCounts(scored=5_913, changed=0, retired=0)},
        facts={"account": ScoreFacts(5_913, {}, {}, {}, totals=totals)},
    )  # fmt: skip
    found = page(night=record)
    assert {name: value for name, value in found.figures.items() if ".expected." in name} == {
        "account.expected.All.wins": 100.0,
        "account.expected.All.revenue": 1e6,
        "account.expected.A.wins": 60.0,
        "account.expected.A.revenue": 7e5,
    }
    assert "10060 to 140" in found.words
    without = page(night=record, scorecard=scorecard(amount_rung="none"))
    assert [name for name in without.figures if ".expected." in name] == [
        "account.expected.All.wins",
        "account.expected.A.wins",
    ]


def _segment(value: str, **changed: float) -> WorkedSegment:
    facts = {"open": 300, "snapshots": 1_000.0, "worked": 0.0, "usual": 0.1, "fit": 50.0, "fit_of_all": 50.0}
    interval = Interval(12.0, 8.0, 17.0, 6.0, 21.0)
    return WorkedSegment(**(facts | changed), feature="industry", value=value, as_it_is=5.0, if_worked=interval)  # type: ignore[arg-type]


def test_it_names_what_fits_and_is_not_worked_with_both_numbers() -> None:
    segments = (_segment(HOSTILE), _segment("Retail", fit=20.0, worked=0.02), _segment("Software", worked=0.1))
    neglect = Neglect(kinds=("call", "visit"), days=180, share=0.08, kept=0.7, segments=segments)
    found = page(scorecard=scorecard(neglect=neglect))
    words = " ".join(found.words.split())
    assert f"{HOSTILE} fitsIndustry: never tried3000 %10 %5.012.06 to 21" in words
    assert "Retail fits lessIndustry3002.0 %10 %5.012.06 to 21" in words
    assert "Work is told by call, visit within 180 days" in words
    assert "Probabilities are those of accounts that sales works as is usual" in words
    assert "account-neglect" in found.ids
    assert found.figures["account.neglect.share"] == 0.08
    assert "script" not in found.tags


def test_it_says_where_nothing_is_left_alone_and_nothing_where_it_was_not_asked() -> None:
    neglect = Neglect(kinds=("call",), days=180, share=0.08, kept=1.0, segments=(_segment("Software", worked=0.1),))
    assert "Nothing is left alone" in page(scorecard=scorecard(neglect=neglect)).words
    assert "account-neglect" not in page().ids


def test_a_segment_shows_the_ratio_of_wins_and_its_interval_that_it_is_marked_by() -> None:
    text = " ".join(page().words.split())
    shown = [one.ratio for one in evidence().segments if one.ratio.low is not None and one.ratio.high is not None]
    assert shown
    for ratio in shown:
        value, low, high = (numbers.times(x) for x in (ratio.value, ratio.low, ratio.high))
        assert f"{value}, {low} to {high}" in text


def test_it_shows_which_roles_won_deals_had_engaged_by_stage() -> None:
    stages = (
        stage_group(NO_DEAL, 100, 400, {"economic buyer": (80, 80), "user": (60, 80)}),
        stage_group(OPENING, 0, 0, {}),
        stage_group(HOSTILE, 80, 60, {"economic buyer": (70, 50)}),
    )
    group = BuyingGroup(carried(stages), (TitleRole("vp", "sales", "economic buyer", 120),))
    found = page(scorecard=scorecard(buying_group=group))
    words = " ".join(found.words.split())
    assert "Typical of won deals: economic buyer, user." in words
    assert "Before a deal100400 without a deal76 %20 %57 %20 %" in words
    assert f"{HOSTILE}806087 %84 %0 %0 %" in words
    assert "At its opening" not in words
    assert "vp, sales: economic buyer (120 accounts)." in words
    assert "account-group" in found.ids
    assert "script" not in found.tags


def test_it_says_where_no_role_is_typical_and_nothing_where_none_was_learned() -> None:
    group = BuyingGroup((stage_group(NO_DEAL, 30, 30, {"user": (10, 10)}), stage_group(OPENING, 30, 30, {})))
    assert "No role clearly tells won deals from others" in page(scorecard=scorecard(buying_group=group)).words
    assert "account-group" not in page().ids


@pytest.mark.parametrize("name", [CLOSEDWON, *DRAWN])
def test_every_ranking_that_is_drawn_has_a_colour(name: str) -> None:
    sheet = (ROOT / "pipelines/reports/templates/page.css").read_text(encoding="utf-8")
    for style in (sheet, STYLE):
        assert re.search(rf"\.line\.{name}\b[^{{]*\{{[^}}]*stroke:", style)
        assert re.search(rf"\.name\.{name}\b[^{{]*\{{[^}}]*fill:", style)
