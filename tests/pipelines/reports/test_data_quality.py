"""The page of `check --report`: it says what the findings say, asks for nothing, and names nobody."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.quality.attribute_drift import AttributeFill
from pipelines.quality.coverage import Coverage
from pipelines.quality.findings import Advice, EntityFindings, ExportFindings, TableFindings
from pipelines.quality.joins import Join
from pipelines.quality.rungs import Rung
from pipelines.quality.sudden_changes import SuddenChange
from pipelines.redaction import Message
from pipelines.reports.data_quality import html_of, page_of, write_data_quality
from scoring.leaks.guard import Suspicion
from scoring.outcomes.wins import WinCounts
from tests.pipelines.reports.small_report import HOSTILE
from tests.pipelines.reports.test_page import Page

WINS = WinCounts(
    to_learn=140, outside=3, repeat=0, other_type=0, set_aside=0, unclear=0, first_day=19_000, last_day=20_000
)


def findings() -> ExportFindings:
    """Findings in which everything that the page shows is found once, with names that would break a page."""
    months = {f"2025-{month:02}": 10 * month for month in range(1, 13)}
    whole = Coverage("activities", "occurred_at", months, 2, date(2025, 1, 3), date(2025, 12, 30))
    return ExportFindings(
        as_of=date(2026, 1, 1),
        tables={"activities": TableFindings(782, ("activities.csv",), {"unknown_lead": 5}, date(2025, 12, 30))},
        missing={"leads": "leads are not scored"},
        notes=("leads: 3 rows, such as ada@x.example", Message.with_example("leads: 2 rows, such as", "Ada Lovelace")),
        entities={
            "account": EntityFindings(
                wins=WINS,
                customers=150,
                open=900,
                attributes=("industry",),
                left_out={"note": "describes single records"},
                quarantined=(Suspicion(HOSTILE, "filled", "filled for 93% of the won", {}),),
                notes=("employees is trusted",),
                rung=Rung(140, 25),
            )
        },
        advice=(Advice("no lost deals", "export them", 0.9),),
        coverage=(whole, Coverage("activities", "occurred_at", months, 0, whole.first, whole.last, HOSTILE)),
        changes=(SuddenChange("activities", "webinar", "stops", date(2025, 11, 1), 10.0, 0.0),),
        joins=(Join("activities", "lead_id", "leads", 782, 700, 7),),
        fills=(AttributeFill("accounts", "industry", 0.9, 0.95, 0.4, 0.8), AttributeFill("accounts", HOSTILE, 1.0)),
    )


def test_every_figure_of_the_page_is_one_of_the_findings() -> None:
    assert Page(html_of(findings())).figures == {
        "account.wins_to_learn": 140.0,
        "rows": 782.0,
        "rows.activities": 782.0,
        "set_aside": 5.0,
        "changes": 1.0,
        "unjoined": 7.0,
        "held": 1.0,
        "unknown.activities.lead_id": 7.0,
        "filled.accounts.industry": 0.9,
        f"filled.accounts.{HOSTILE}": 1.0,
    }


def test_the_page_has_no_script_and_asks_for_nothing() -> None:
    page = Page(html_of(findings()))
    assert not page.tags & {"script", "img", "iframe", "form", "object", "embed"}
    assert page.handlers == set()
    assert {link for link in page.links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_page_names_nobody() -> None:
    words = html_of(findings())
    assert "ada@x.example" not in words
    assert "Lovelace" not in words


def test_the_parts_say_what_was_found() -> None:
    words = " ".join(Page(html_of(findings())).words.split())
    for said in (
        "No lost deals.Export them.",
        "No activities of type webinar since 2025-11-01, where 304 a month were usual.",
        "filled less lately",
        "With 140 wins, training tries weights of evidence and a logistic regression",
        "Ten more wins: with 150 wins, training tries additive trees",
        "filled for 93% of the won",
        "unknown lead: 5",
        "leads are not scored",
    ):
        assert said in words, said


def test_months_have_no_gap_and_end_with_the_day_before() -> None:
    assert page_of(findings()).months == tuple(f"2025-{month:02}" for month in range(1, 13))


def test_an_export_without_anything_has_a_page() -> None:
    nothing = ExportFindings(date(2026, 1, 1), {}, {}, (), {})
    assert "Sudden changes" in Page(html_of(nothing)).words


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--report .*file/page.html cannot be written"):
        write_data_quality(findings(), tmp_path / "file" / "page.html")
