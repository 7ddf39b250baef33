"""The report job: of which version it tells, beside what evidence, and where the file goes."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluation.backtest import EVIDENCE
from pipelines.reports.scorecard_report import latest_evidence, newest_inputs
from pipelines.store import registry
from pipelines.store.store import TRACKING, Store
from pipelines.store.tracking import log_training
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.promotion.decision import Decision, Verdict
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import Run
from tests.pipelines.reports import small_report

OLDER, NEWER = small_report.scorecard(as_of=date(2025, 6, 30)), small_report.scorecard()


def trained(store: Store, scorecard: Scorecard, entity: str = "account") -> None:
    log_training(store, entity, replace(scorecard, entity=entity), {}, {}, {}, {}, {})


def kept(store: Store, name: str, evidence: BacktestEvidence, age: int, **changed: Any) -> None:
    """Evidence as a backtest leaves it, so many seconds ago."""
    folder = store.backtests / "account" / name
    folder.mkdir(parents=True)
    (folder / EVIDENCE).write_text(json.dumps(evidence.to_json() | changed))
    os.utime(folder / EVIDENCE, (1_000_000 - age, 1_000_000 - age))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.delenv(TRACKING, raising=False)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def test_the_latest_evidence_of_the_same_horizon_counts(store: Store) -> None:
    assert latest_evidence(store, "account", 182) is None
    evidence = small_report.evidence()
    kept(store, "first", evidence, age=300, as_of="2025-10-01")
    kept(store, "last", evidence, age=200, as_of="2025-11-01")
    kept(store, "other-horizon", evidence, age=100, as_of="2025-12-01", horizon_days=90)
    (store.backtests / "account" / "killed").mkdir()
    found = latest_evidence(store, "account", 182)
    assert found is not None
    assert found.as_of == "2025-11-01"
    assert latest_evidence(store, "lead", 182) is None


def test_the_challenger_stands_beside_its_champion_and_then_the_champion_beside_the_one_before(
    store: Store,
) -> None:
    assert newest_inputs(store, "account") is None
    trained(store, OLDER)
    first = newest_inputs(store, "account")
    assert first is not None
    assert (first.version, first.role, first.champion, first.champion_version) == ("1", "challenger", None, "")
    assert (first.scorecard.as_of, first.evidence, first.decision) == (date(2025, 6, 30), None, None)

    registry.make_champion(store, "account", Decision(Verdict(True, ("the first",), {})))
    trained(store, NEWER)
    registry.record_decision(store, "account", 2, Decision(Verdict(False, ("not yet",), {})))
    kept(store, "now", small_report.evidence(), age=0)
    second = newest_inputs(store, "account")
    assert second is not None
    assert (second.version, second.role, second.champion_version) == ("2", "challenger", "1")
    assert (second.scorecard, second.champion) == (NEWER, OLDER)
    assert second.decision == Decision(Verdict(False, ("not yet",), {}))
    assert second.evidence == small_report.evidence()

    registry.make_champion(store, "account", Decision(Verdict(True, ("better",), {})))
    third = newest_inputs(store, "account")
    assert third is not None
    assert (third.version, third.role, third.champion_version, third.champion) == ("2", "champion", "1", OLDER)
    assert third.decision == Decision(Verdict(True, ("better",), {}))


def test_the_command_writes_one_file_and_keeps_it_with_the_run(tmp_path: Path, closedwon: Run) -> None:
    words = ("--store", tmp_path / "store", "--out", tmp_path / "new folder" / "report.html")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        with Store.open(tmp_path / "store") as store:
            trained(store, NEWER)
            trained(store, OLDER, "lead")
            kept(store, "now", small_report.evidence(), age=0)
    ended = closedwon("report", *words)
    assert (ended.code, ended.err) == (0, "")
    assert "leads have no backtest yet: `closedwon backtest` adds to the report what the model is worth" in ended.out
    assert "accounts have no backtest yet" not in ended.out
    page = (tmp_path / "new folder" / "report.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    copies = list((tmp_path / "store").rglob("report.html"))
    assert [path.read_text() == page for path in copies] == [True, True]  # with the run of each of the two
    assert ended.out.splitlines()[-1].endswith(f"Report: {tmp_path / 'new folder' / 'report.html'}")

    assert closedwon("report", *words, "--entity", "lead", "--quiet").out == ""
    alone = (tmp_path / "new folder" / "report.html").read_text()
    assert "2025-06-30" in alone
    assert len(alone) < len(page)


def test_before_any_training_it_says_what_to_run(tmp_path: Path, closedwon: Run) -> None:
    ended = closedwon("report", "--store", tmp_path / "store")
    assert ended.code == 2
    assert ended.err == (
        f"closedwon report: there is no store at {tmp_path / 'store'}: run `closedwon train` first, or name another "
        "with --store\n"
    )
    with Store.open(tmp_path / "store"):
        pass
    ended = closedwon("report", "--store", tmp_path / "store", "--out", tmp_path / "report.html")
    assert ended.code == 2
    assert ended.err.endswith("/store to report on: run `closedwon train`\n")
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, closedwon: Run) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        with Store.open(tmp_path / "store") as store:
            trained(store, OLDER)
    (tmp_path / "folder").mkdir()
    ended = closedwon("report", "--store", tmp_path / "store", "--out", tmp_path / "folder")
    assert ended.code == 2
    assert ended.err == (
        f"closedwon report: cannot write the report to {tmp_path / 'folder'}: Is a directory; name another file with "
        "--out\n"
    )
    assert list(tmp_path.glob(".*")) == []


def test_evidence_of_a_later_closedwon_is_refused(tmp_path: Path, closedwon: Run) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        with Store.open(tmp_path / "store") as store:
            trained(store, NEWER)
            kept(store, "later", small_report.evidence(), age=0, format="closedwon-evidence/2")
    ended = closedwon("report", "--store", tmp_path / "store", "--out", tmp_path / "report.html")
    assert ended.code == 2
    assert ended.err == (
        f"closedwon report: cannot read {tmp_path / 'store' / 'backtests' / 'account' / 'later' / EVIDENCE}: its "
        "format is closedwon-evidence/2, and this version of closedwon reads up to closedwon-evidence/1: update "
        "closedwon, or run `closedwon backtest` again\n"
    )
