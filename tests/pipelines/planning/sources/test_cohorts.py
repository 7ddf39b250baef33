"""Sources by cohort, on an export of a few accounts, as of 2026-04-01; all that is asserted is counted by hand."""

from datetime import date
from typing import Any

import pytest

from pipelines.config import Config, Sources
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export, read_export
from pipelines.planning.sources.cohorts import SourceReport, source_report
from pipelines.planning.sources.gap import lines as gap_lines
from pipelines.planning.sources.gap import quarter_of, review
from pipelines.planning.sources.report import lines
from tests.pipelines.crm_export import export

ACCOUNTS = """account_id,created_at,source,industry,team
A0,2023-11-05,fair,Retail,north
A1,2025-02-03,ads,Software,north
A2,2025-02-05,ads,Retail,south
A3,2025-03-05,ads,Retail,south
A4,2025-02-10,fair,Software,north
A5,2025-03-10,fair,Software,north
A6,2025-03-11,fair,Retail,north
A7,2026-03-30,,Retail,south
B1,2023-12-01,ads,Retail,south
B2,2023-12-01,ads,Retail,south
B3,2023-12-01,fair,Retail,south
"""
ACTIVITIES = """account_id,activity_type,occurred_at,direction
A1,email_sent,2025-02-10,outbound
A1,page_view,2025-02-12,inbound
A1,reply,2025-02-20,inbound
A2,email_sent,2025-02-10,outbound
A4,page_view,2025-02-11,inbound
A4,call,2025-02-15,outbound
A5,meeting,2025-06-30,inbound
A6,page_view,2025-06-15,inbound
A6,call connected,2025-06-30,outbound
"""
OPPORTUNITIES = """opportunity_id,account_id,created_at,closed_at,status,amount
O0,A0,2023-12-01,2024-01-15,lost,
O1,A1,2025-03-01,2025-04-01,won,1000
O2,A6,2025-08-01,,open,
O3,A1,2025-05-01,2025-06-01,won,250
"""
SPEND = """source,month,cost
ads,2025-02,400
ads,2025-03,100
Fair,2025-02,70
ads,2024-12,999
tv,2025-02,50
"""
CONFIG = Config(sources=Sources(fewest=1))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("crm") / "export"
    tables = {"accounts": ACCOUNTS, "leads": None, "activities": ACTIVITIES, "opportunities": OPPORTUNITIES}
    return read_export(
        export(folder, **tables, spend=SPEND), CONFIG, date(2026, 4, 1), lambda text: None, with_pandera=False
    )


@pytest.fixture(scope="module")
def by_source(read: Export) -> SourceReport:
    return source_report(read, "account", "source", None, CONFIG, lambda text: None)


def rows(report: SourceReport, *columns: str) -> dict[Any, tuple[Any, ...]]:
    found = report.months.set_index(["source", "month"])
    return {key: tuple(row) for key, row in found[list(columns)].iterrows()}


def test_each_step_is_counted_for_the_month_of_arrival(by_source: SourceReport) -> None:
    assert rows(by_source, "arrived", "targets", "reached", "engaged", "conversation", "in_deal", "won", "revenue") == {
        ("ads", "2025-02"): (2, 2, 2, 1, 1, 1, 1, 1000),
        ("ads", "2025-03"): (1, 1, 0, 0, 0, 0, 0, 0),
        # A call of ours is no conversation: nobody says that it was answered.
        ("fair", "2025-02"): (1, 1, 1, 1, 0, 0, 0, 0),
        # A5's meeting came months after it did anything else; A6's call was the result of its visit to our page.
        ("fair", "2025-03"): (2, 2, 2, 2, 1, 1, 0, 0),
        ("others", "2026-03"): (1, 1, 0, 0, 0, 0, 0, 0),
    }


def test_costs_are_of_the_source_and_the_months_shown(by_source: SourceReport) -> None:
    whole = by_source.sources.set_index("source")
    assert whole["cost"].fillna(-1).to_dict() == {"ads": 500, "fair": 70, "others": -1}
    assert "costs of no source above: tv (50)" in by_source.notes
    assert whole.loc["ads", "cost_per_target"] == pytest.approx(500 / 3)
    assert rows(by_source, "cost")[("ads", "2025-03")] == (100,)


def test_what_is_still_expected_is_added_to_what_came(by_source: SourceReport) -> None:
    for step in ("reached", "engaged", "conversation", "in_deal", "won", "revenue"):
        frame = by_source.months
        assert (frame[f"{step}_completed"] >= frame[step]).all()
        assert (frame[f"{step}_low"] >= frame[step]).all()
        assert (frame[f"{step}_high"] >= frame[f"{step}_low"]).all()
    # After a year nothing more is counted; who came this week can still be won.
    assert rows(by_source, "won_completed")[("ads", "2025-02")] == (1,)


def test_without_a_scorecard_it_says_why_there_is_no_alarm(by_source: SourceReport) -> None:
    assert any(note.startswith("no scorecard could be trained, so everybody is in target") for note in by_source.notes)
    assert by_source.watch.sources == 0
    printed = "\n".join(lines(by_source))
    assert "What each source brought from 2025-01-01 to 2026-04-01, known by accounts.source" in printed
    assert "Watched since" not in printed


def test_by_segment_there_are_no_costs(read: Export) -> None:
    found = source_report(read, "account", "segment", date(2025, 3, 1), CONFIG, lambda text: None)
    assert found.named_by == "accounts.industry"
    assert rows(found, "arrived") == {
        ("Retail", "2025-03"): (2,),
        ("Retail", "2026-03"): (1,),
        ("Software", "2025-03"): (1,),
    }
    assert found.sources["cost"].isna().all()


def test_campaigns_need_leads(read: Export) -> None:
    with pytest.raises(UsageError, match="--by campaign needs the table leads"):
        source_report(read, "account", "campaign", None, CONFIG, lambda text: None)


def test_a_gap_adds_up_and_says_what_it_cannot_tell(read: Export) -> None:
    """One account was won on the first day of the period, for 1,000."""
    found = review(read, date(2025, 4, 1), 5_000.0, CONFIG, lambda text: None)
    assert found.gap.actual.sum() == 100_000
    assert found.gap.total.sum() == found.gap.planned.sum() - 100_000
    for column, names in (("source", {"ads", "fair", "others"}), ("team", {"north", "south"})):
        by = found.by(column)
        assert set(by.index) <= names
        assert (by[list(by.columns[2:])].sum(axis=1) == by["planned"] - by["booked"]).all()
        assert by["booked"].sum() == 100_000
    assert any(note.startswith("fit is not told apart") for note in found.notes)
    # A1 bought again.
    assert any("2 deals won in these days brought 1,250.00; 250.00 of it is not looked at" in n for n in found.notes)
    printed = "\n".join(gap_lines(found))
    assert "5,000.00" in printed
    assert "1,000.00" in printed
    content = found.to_json()
    parts = sum(round(100 * cause["part"]) for cause in content["causes"].values())
    assert parts == round(100 * content["planned"]) - round(100 * content["booked"])


@pytest.mark.parametrize("target", [0.0, -5.0, float("nan"), float("inf")])
def test_a_target_that_is_no_amount_is_refused(read: Export, target: float) -> None:
    with pytest.raises(UsageError, match="give an amount above 0"):
        review(read, date(2025, 4, 1), target, CONFIG, lambda text: None)


@pytest.mark.parametrize(
    ("begin", "says"),
    [
        (date(2026, 4, 1), "is not before 2026-04-01"),
        (date(2030, 1, 1), "is not before 2026-04-01"),
        (date(2024, 1, 20), "asks about the days up to 2026-04-01"),
    ],
)
def test_a_period_without_a_past_is_refused(read: Export, begin: date, says: str) -> None:
    with pytest.raises(UsageError, match=f"--from {begin} {says}"):
        review(read, begin, None, CONFIG, lambda text: None)
    if "before" in says:
        with pytest.raises(UsageError, match=f"--since {begin} {says}"):
            source_report(read, "account", "source", begin, CONFIG, lambda text: None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2025, 12, 5), date(2025, 10, 1)),
    ],
)
def test_a_quarter_begins(day: date, expected: date) -> None:
    assert quarter_of(day) == expected
