"""What is said of hand-offs and overrides, by hand: the tables are in `example_handoffs`."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.config_input import Input
from pipelines.disk import write_figures
from pipelines.errors import UsageError
from pipelines.handoffs.report import HandoffReport, handoff_report
from pipelines.handoffs.text import lines
from pipelines.intake.point_in_time import Export, read_export
from pipelines.store.store import Store
from pipelines.validation.rejects import write_all_rejects
from scoring.knowledge import upto
from scoring.timeline import day_number
from tests.pipelines.conftest import Run
from tests.pipelines.handoffs.example_handoffs import AS_OF, SECRET, crm, past

pytestmark = pytest.mark.slow
CONFIG = Config(input=Input(max_reject_share=1.0))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    with Store.open(folder) as opened:
        past(folder)
        yield opened


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return read_export(crm(tmp_path_factory.mktemp("crm")), CONFIG, AS_OF, lambda text: None, with_pandera=False)


@pytest.fixture(scope="module")
def report(export: Export, store: Store) -> HandoffReport:
    return handoff_report(export, store, None, CONFIG)


def went(report: HandoffReport) -> int:
    """How many rows of the table went somewhere."""
    assert report.counted is not None
    return sum(n for name, n in report.counted.to_json().items() if name != "rows")


def test_every_row_went_somewhere(report: HandoffReport) -> None:
    assert report.counted is not None
    assert went(report) == report.counted.rows
    assert {name: n for name, n in report.counted.to_json().items() if n} == {
        "rows": 17,
        "broke_a_rule": 2,  # L99, and the one without a time
        "not_known_yet": 1,
        "of_unknown_records": 1,  # L10 was not there yet
        "before_since": 1,
        "repeated": 1,
        "contradictory": 1,
        "accepted": 3,  # L1, L5 and L8; L7 was accepted on the day itself, which nobody knows yet
        "rejected": 3,
        "unanswered": 4,
    }
    assert sum(one.handed for one in report.answers) == report.counted.shown == 10
    assert sum(one.count for one in report.reasons if one.answer == "rejected") == report.counted.rejected


def by_grade(report: HandoffReport) -> dict[str, dict[str, Any]]:
    return {one.name: one.to_json() for one in report.grades}


def test_how_long_it_took_by_grade(report: HandoffReport) -> None:
    """In working hours: L1 2, L2 9, L3 waits 2, L5 at most 9, L7 waits, L8 1, L9 40 until it came again, then 0.5."""
    found = by_grade(report)
    a = found["A"]
    assert (a["handed"], a["touched"], a["waiting"], a["ended"]) == (8, 5, 2, 1)
    assert [(row["time"], row["happened"], row["left"]) for row in a["curve_working_hours"]] == [
        (0.5, 1, 0),
        (1.0, 1, 0),
        (2.0, 1, 1),
        (9.0, 2, 0),
        (40.0, 0, 1),
        (279.0, 0, 1),  # 35 working days but for an hour
    ]
    assert [row["time"] for row in a["curve_hours"] if row["happened"]] == [0.5, 1.0, 2.0, 25.0, 32.0]
    assert (a["median_working_hours"], a["median_hours"]) == (9.0, 25.0)
    assert found["no grade"]["handed"] == 1  # the account: accounts were not scored


def test_a_promise_is_that_of_the_agreement_that_held(report: HandoffReport) -> None:
    kept = {grade: {k: n for k, n in row["service_level"].items() if n} for grade, row in by_grade(report).items()}
    assert kept == {
        # L1 and L9's second; L2, L7 and L9's first; L3; L5, called on a date; L8, before there was an agreement
        "A": {"kept": 2, "missed": 3, "not_due": 1, "not_known": 1, "nothing_promised": 1},
        "B": {"ended": 1},
        "no grade": {"nothing_promised": 1},
    }
    assert report.unworked[["unit", "promised"]].to_numpy().tolist() == [["L7", 2.0], ["L3", 4.0]]


def test_whose_they_are(report: HandoffReport) -> None:
    assert {one.name: one.handed for one in report.owners} == {
        "0055g00000A1B2C": 2,
        "named by a name, which is not shown": 1,
        "north": 2,  # L4 and the account, by the team of the account
        "south": 2,  # L5 by its owner, which is a team, and L7
        "nobody": 3,
    }


def test_why_they_were_rejected(report: HandoffReport) -> None:
    assert [(one.reason, one.about, one.count) for one in report.reasons] == [
        ("duplicate", "data", 1),
        ("no budget", "timing", 1),
        ("other", "", 1),
    ]


def test_the_two_steps(report: HandoffReport) -> None:
    found = {one.grade: one for one in report.steps}
    # L8 talked after 11 days and won 31 days later; L9 came again after 7 days, L3 has waited for 2.
    assert (found["A"].handed, found["A"].talked, found["A"].won) == (8, 1, 1)
    # At risk on day 11: all but L3, who came lately, and both hand-offs of L9, which ended before.
    assert found["A"].conversation.value == pytest.approx(1 / 5)
    assert found["A"].win.value == 1.0
    assert found["B"].win.value is None
    # The account talked too: a reply of one of its people on 10 May, but it was rejected on 4 May.
    assert (found["no grade"].talked, found["all"].talked) == (0, 1)


def test_overrides_are_compared_once_their_days_are_over(report: HandoffReport, export: Export, store: Store) -> None:
    found = report.overrides
    assert found is not None
    # L1 twice, L2, L3 and L8; of A3 there is no score
    assert (found.rows, found.without_score) == (6, 1)
    assert {one.direction: (one.overrides, one.pending) for one in found.compared} == {
        "raised": (2, 2),
        "lowered": (2, 2),
        "unchanged": (1, 1),
    }
    assert found.outcomes["raised"] == {
        "won": 1,
        "in an open deal": 0,
        "lost a deal": 1,
        "in a conversation": 0,
        "nothing yet": 0,
    }
    assert found.outcomes["unchanged"]["in an open deal"] == 1
    assert [(row.id, row.override_grade, row.grade, row.expires_on) for row in found.holding] == [
        ("A3", "B", "no grade", None),
        ("L1", "C", "A", "2026-12-31"),
        ("L3", "A", "A", None),
        ("L8", None, "no grade", None),
    ]
    assert found.reasons == {"none given": 4, "not now": 1, "other": 1}
    # After the 60 days of a shorter horizon all of these are over but for L1's second.
    shorter = Config(input=CONFIG.input, training=CONFIG.training.__class__(horizon_days=60))
    later = handoff_report(export, store, None, shorter).overrides
    assert later is not None
    raised = next(one for one in later.compared if one.direction == "raised")
    # Scores 0.2 and 0.2, overrides 0.9 and 0.5; L8 won within the 60 days, and L2 lost.
    assert (raised.matured, raised.won, raised.score, raised.override) == (2, 1, 0.2, pytest.approx(0.7))
    assert raised.difference.value == pytest.approx(((0.04 - 0.81) + (0.64 - 0.25)) / 2)


def test_nothing_of_a_person_is_shown(report: HandoffReport, export: Export, tmp_path: Path) -> None:
    tables = "".join(table.to_csv() for table in report.tables().values())
    shown = "\n".join(lines(report)) + json.dumps(report.to_json(), default=str) + tables
    write_all_rejects(tmp_path, export.intake.rejected_rows)
    rejects = (tmp_path / "handoffs.csv").read_text(encoding="utf-8")
    assert "lead_id,account_id,handed_at,accepted_at,rejected_at,rule" in rejects
    for part in (*SECRET.split(), "said so", "ask"):
        assert part not in shown + rejects + (tmp_path / "overrides.csv").read_text(encoding="utf-8"), part


def test_lines(report: HandoffReport) -> None:
    text = lines(report)
    assert (
        text[0] == "Hand-offs from 2025-06-01 to 2026-06-01, working hours mon, tue, wed, thu, fri, 9:00 to 17:00 UTC"
    )
    assert text[2] == (
        "  17 rows of handoffs = 3 accepted + 3 rejected + 4 unanswered + 1 contradictory + "
        "1 repeated + 1 before --since + 1 on --as-of or later + 1 of records not known then + "
        "2 set aside by a rule"
    )
    assert "         1  no budget  [timing]" in text
    assert "    lead L7  handed over 2026-04-13, unanswered, 279 working hours" in text
    # The first hand-off of L9 was an A that nobody touched, but it waits no more: L9 was handed over again.
    assert "  Nobody of grade A still waits for a first touch" in lines(replace(report, unworked=report.unworked[:0]))


def test_a_first_day_that_is_not_over_is_refused(export: Export, store: Store) -> None:
    with pytest.raises(UsageError, match="--since 2026-06-01 is not before 2026-06-01"):
        handoff_report(export, store, AS_OF, CONFIG)


def test_the_command_writes_the_same(
    report: HandoffReport, export: Export, store: Store, closedwon: Run, tmp_path: Path
) -> None:
    config, file, out = tmp_path / "c.toml", tmp_path / "found.json", tmp_path / "tables"
    config.write_text("[input]\nmax_reject_share = 1.0\n", encoding="utf-8")
    words = ("handoffs", "--data", export.data, "--as-of", AS_OF, "--store", store.path, "--config", config)
    ended = closedwon(*words, "--quiet", "--json", file, "--out", out)
    assert (ended.code, ended.out.splitlines()) == (0, lines(report))
    write_figures(tmp_path / "expected.json", report.to_json())
    assert json.loads(file.read_text()) == json.loads((tmp_path / "expected.json").read_text())
    names = {f"handoff_{name}" for name in ("curves", "service_level", "answers", "reasons", "a_not_worked")}
    assert {path.stem for path in out.iterdir()} == names
    curves = pd.read_csv(out / "handoff_curves.csv")
    of_a = curves[(curves["by"] == "grade") & (curves["value"] == "A") & (curves["clock"] == "hours")]
    assert of_a["happened"].sum() == 5


def test_what_was_not_known_yet_changes_nothing(export: Export, store: Store) -> None:
    """As of 14 April, nothing of that day or later is known."""
    day = date(2026, 4, 14)
    known = replace(export, as_of=day, tables=upto(export.intake.tables, day_number(day)))
    found = handoff_report(known, store, None, CONFIG)
    assert found.counted is not None
    assert went(found) == found.counted.rows
    # L5 was accepted on a date, the 14th; L9 was rejected on the 21st, the account on 4 May.
    assert (found.counted.accepted, found.counted.rejected, found.counted.unanswered) == (2, 1, 5)
    assert {one.name: one.touched for one in found.grades} == {"A": 2, "B": 0, "no grade": 0}


def test_without_the_table_arrivals_stand_for_it(export: Export, store: Store) -> None:
    without = replace(export, tables=replace(export.tables, handoffs=None, overrides=None))
    found = handoff_report(without, store, None, CONFIG)
    assert (found.assumed, found.counted, found.overrides) == (True, None, None)
    assert sum(one.handed for one in found.grades) == 9
    assert found.notes[0].startswith("there is no table handoffs: everybody counts as handed over on arrival")
    # L1, L2, L4, L5, L8 and L9 were called or met; L2 by a call to its account.
    assert sum(one.accepted for one in found.answers) == 6
    assert "  Answers" not in lines(found)
