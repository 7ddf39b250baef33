"""The line for an alert: the newest run, whatever became of it, and the newest night."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ClosedwonError
from pipelines.store import last_run
from pipelines.store.last_run import LastRun
from pipelines.store.ledger import nights
from pipelines.store.lock import Holder
from pipelines.store.metrics import newest_night
from pipelines.store.status import Health, _with_history, health
from pipelines.store.store import REVISION, Store
from scoring.nights.parts import Forced
from scoring.nights.record import NightRecord
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.history.nights import kept
from tests.pipelines.small_crm import AS_OF

NOW = datetime(2025, 12, 30, 8, 0, tzinfo=UTC)
ON_DISK: dict[str, Any] = {
    "format": "closedwon-night/1",
    "night": "2025-12-29_12_ab12cd34",
    "sequence": 12,
    "as_of": "2025-12-29",
    "scored_at": "2025-12-29T02:14:09Z",
    "since": "2025-12-28",
    "identity": "ab12cd34",
    "out": "scores",
    "models": {"account": {"version": "3"}, "lead": {"version": "2"}},
    "counts": {"account": {"scored": 5913}, "lead": {"scored": 8102}},
    "forced": None,
}
NIGHT = NightRecord.from_json(ON_DISK)
WELL = "last night 2025-12-29 published 2025-12-29T02:14:09Z, 5,913 accounts, 8,102 leads, models account 3, lead 2"


def ran(code: int | None, message: str = "", **more: Any) -> LastRun:
    ended = "2025-12-30T02:10:00Z" if code is not None else ""
    return LastRun("r1", "2025-12-30T02:00:00Z", ended, 600.0, code, message, **more)


@pytest.mark.parametrize(
    ("night", "run", "hours", "expected"),
    [
        (NIGHT, ran(0), 30, f"OK {WELL}"),
        (NIGHT, None, 30, f"OK {WELL}"),
        (replace(NIGHT, forced=Forced("ada", ["half"])), ran(0), 30, f"OK {WELL}, forced by ada"),
        (
            NIGHT,
            ran(0),
            24,
            "CRITICAL last night 2025-12-29 was published 30 hours ago, 2025-12-29T02:14:09Z (more than 24)",
        ),
        (
            NIGHT,
            ran(4, "activities: 20 rows,\nand 9,000 are usual"),
            30,
            "CRITICAL last run was refused (4) 2025-12-30T02:10:00Z: activities: 20 rows, and 9,000 are usual; "
            "last good night 2025-12-29",
        ),
        (
            NIGHT,
            ran(5),
            30,
            "CRITICAL last run found the store in use (5) 2025-12-30T02:10:00Z; last good night 2025-12-29",
        ),
        (
            None,
            ran(3, "x" * 400),
            30,
            f"CRITICAL last run found bad input (3) 2025-12-30T02:10:00Z: {'x' * 300} ...; no night was ever published",
        ),
        (None, None, 30, "CRITICAL no night was ever published"),
        (
            replace(NIGHT, scored_at=datetime(2025, 12, 31, 2, tzinfo=UTC)),
            ran(0),
            30,
            "CRITICAL last night 2025-12-29 was published 2025-12-31T02:00:00Z, which is yet to come: "
            "is the clock right?",
        ),
    ],
)
def test_the_line_says_what_is_wrong_or_how_fresh_the_scores_are(
    night: NightRecord | None, run: LastRun | None, hours: float, expected: str
) -> None:
    assert health(night, run, hours, NOW) == (expected.startswith("OK"), expected)


#: The run that holds the store, and how `LastRun` has it.
MINE = Holder(7, "box", "closedwon score", "2025-12-30T02:00:01+00:00")
BEGUN = {"process": 7, "host": "box", "held": MINE.started}


@pytest.mark.parametrize(
    ("who", "holding", "expected"),
    [
        (BEGUN, MINE, f"OK {WELL}; a run is under way since 2025-12-30T02:00:00Z"),
        # An earlier version did not write since when.
        (BEGUN | {"held": ""}, MINE, f"OK {WELL}; a run is under way since 2025-12-30T02:00:00Z"),
        (BEGUN, None, "broke off"),
        (BEGUN, Holder(), "broke off"),
        (BEGUN, replace(MINE, process=8), "broke off"),
        (BEGUN, replace(MINE, host="other"), "broke off"),
        # Another run has the same number, as the only process of a container always has.
        (BEGUN, replace(MINE, started="2025-12-30T03:00:00+00:00"), "broke off"),
    ],
)
def test_a_run_is_under_way_as_long_as_it_holds_the_store(
    who: dict[str, Any], holding: Holder | None, expected: str
) -> None:
    if expected == "broke off":
        expected = (
            "CRITICAL last run broke off, begun 2025-12-30T02:00:00Z: run it again, no repair needed; "
            "last good night 2025-12-29"
        )
    assert health(NIGHT, ran(None, **who), 30, NOW, holding).line == expected


def test_others_that_hold_the_store_are_named() -> None:
    other = replace(MINE, command="closedwon train")
    assert (
        health(NIGHT, ran(0), 30, NOW, other).line
        == f"OK {WELL}; the store is held by `closedwon train` since {other.started}"
    )
    assert health(NIGHT, ran(0), 30, NOW, Holder()).line == f"OK {WELL}; the store is held by another program"


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        (ran(0), ""),
        (
            ran(0, "the lead scorecard was not trained: 3 wins"),
            "; last training 2025-12-30T02:10:00Z: the lead scorecard was not trained: 3 wins",
        ),
        (ran(4, "lead: 3 wins"), "; last training was refused (4) 2025-12-30T02:10:00Z: lead: 3 wins"),
        (ran(None), "; a training broke off, begun 2025-12-30T02:00:00Z"),
    ],
)
def test_what_became_of_the_newest_training_is_said(training: LastRun, expected: str) -> None:
    assert health(NIGHT, ran(0), 30, NOW, training=training) == (True, f"OK {WELL}{expected}")


def test_what_each_crm_got_is_said() -> None:
    counts = {"rows": 5900, "left_out": 13, "changed": 40, "retired": 7}
    record = ON_DISK | {"counts": {"account": {"scored": 5913, "salesforce": 5900, "crms": {"salesforce": counts}}}}
    line = health(NightRecord.from_json(record), ran(0), 30, NOW).line
    assert line.endswith("; salesforce 5,900 accounts (13 left out, 40 changed, 7 to clear)")
    assert NightRecord.from_json(record).counts["account"].to_json() == record["counts"]["account"] | {
        "changed": 0,
        "retired": 0,
    }


def ledger(store: Path, *records: dict[str, Any]) -> Path:
    """A store with these nights in its ledger, and no more of a store than a reader asks for."""
    store.mkdir()
    with closing(sqlite3.connect(store / "mlflow.db")) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES (?)", (REVISION,))
    for record in records:
        night = store / "ledger" / record["night"]
        night.mkdir(parents=True)
        (night / "night.json").write_text(json.dumps(record))
    return store


def test_a_check_ends_with_0_or_1_and_leaves_no_trace(closedwon: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    older = {"night": "2025-12-28_11_a", "sequence": 11, "as_of": "2025-12-28"}
    store = ledger(tmp_path / "s", ON_DISK | {"scored_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}, ON_DISK | older)
    before = sorted(store.rglob("*"))
    words = ("status", "--store", store)
    ended = closedwon(*words)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("OK last night 2025-12-29 published ")
    assert closedwon(*words, "--quiet").out == ""
    last_run.note_ended(store, "r", now - timedelta(minutes=1), 60.0, 4, "half is missing", [])
    ended = closedwon(*words, "--quiet")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.endswith(": half is missing; last good night 2025-12-29\n")
    assert sorted(store.rglob("*")) == sorted([*before, store / "last_run.json"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--store {here}/none", "there is no store at {here}/none: run `closedwon train` first"),
        ("--store {here}", "there is no store at {here}: run `closedwon train` first"),
        ("--store {here} --max-age-hours 0", "--max-age-hours 0: must be a number above 0"),
        ("--store {here} --max-age-hours nan", "--max-age-hours nan: must be a number above 0"),
        ("--store {here} --max-age-hours inf", "--max-age-hours inf: must be a number above 0"),
        ("--store {here} --max-age-hours -1", "--max-age-hours -1: must be a number above 0"),
    ],
)
def test_a_check_of_nothing_is_wrong_usage(closedwon: Run, tmp_path: Path, words: str, message: str) -> None:
    ended = closedwon("status", *words.format(here=tmp_path).split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"closedwon status: {message.format(here=tmp_path)}")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_nobody_can_read_is_critical(closedwon: Run, tmp_path: Path) -> None:
    store = ledger(tmp_path / "s", ON_DISK)
    file = store / "ledger" / NIGHT.night / "night.json"
    file.write_text("{")
    ended = closedwon("status", "--store", store)
    assert (ended.code, ended.out.startswith(f"CRITICAL {file} cannot be read, ")) == (1, True)
    assert len(ended.out.splitlines()) == 1


def test_a_ledger_of_a_later_version_is_named(closedwon: Run, tmp_path: Path) -> None:
    store = ledger(tmp_path / "s", ON_DISK | {"format": "closedwon-night/2"})
    sentence = (
        f"{store / 'ledger' / NIGHT.night / 'night.json'} cannot be read: its format is closedwon-night/2, and this "
        "version of closedwon reads up to closedwon-night/1: update closedwon"
    )
    ended = closedwon("status", "--store", store)
    assert (ended.code, ended.out) == (1, f"CRITICAL {sentence}\n")
    with pytest.raises(ClosedwonError) as refused:
        nights(Store(store, "", own=True))
    assert str(refused.value) == sentence


@pytest.mark.parametrize("place", [".", "ledger", "lock", "mlflow.db", "../out"])
def test_a_store_that_cannot_be_written_to_is_critical(closedwon: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "out").mkdir()
    store = ledger(
        tmp_path / "s", ON_DISK | {"scored_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "out": str(tmp_path / "out")}
    )
    (store / "lock").touch()
    assert closedwon("status", "--store", store).code == 0
    closed = (store / place).resolve()
    mode = closed.stat().st_mode
    closed.chmod(0o555)
    try:
        ended = closedwon("status", "--store", store)
    finally:
        closed.chmod(mode)
    assert (ended.code, ended.out.startswith(f"CRITICAL {closed} is read-only: ")) == (1, True)


def test_of_a_thousand_nights_one_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ledger(tmp_path / "s", *(ON_DISK | {"night": f"2025-12-29_{n}_a", "sequence": n} for n in range(1, 1_002)))
    pending = store / "ledger" / "pending" / "2025-12-30_1002_a"
    pending.mkdir(parents=True)
    (pending / "night.json").write_text(json.dumps(ON_DISK | {"night": pending.name, "sequence": 1002}))
    for left in ("README", ".DS_Store", "2025-12-31_9999_torn"):
        (store / "ledger" / left).mkdir()
    opened: list[str] = []
    real = Path.read_text

    def counted(path: Path, *words: Any, **named: Any) -> str:
        opened.append(path.parent.name)
        return real(path, *words, **named)

    monkeypatch.setattr(Path, "read_text", counted)
    found = newest_night(store)
    assert found is not None
    assert (found.sequence, sorted(opened)) == (1_001, ["2025-12-29_1001_a", "2025-12-30_1002_a"])


def test_a_night_that_went_well_is_noted_in_its_store(trained: TrainedStore) -> None:
    found = last_run.read_last_run(trained.store)
    assert found is not None
    assert (found.exit_code, found.message, found.gates) == (0, "", ())
    assert found.last_success == found.ended >= found.begun > AS_OF


def test_the_line_says_since_when_a_history_is_kept_and_that_a_damaged_one_is_none(tmp_path: Path) -> None:
    well = Health(True, "OK last night")
    assert _with_history(well, tmp_path) == well
    history = kept(tmp_path, (0, {"A": {"tier": "gold"}}))
    found = _with_history(well, tmp_path)
    assert re.fullmatch(r"OK last night; history since 2026-03-01, \d+ B", found.line)
    (tmp_path / history.record().files[0].name).unlink()
    damaged = _with_history(well, tmp_path)
    assert (damaged.well, damaged.line.startswith(f"WARNING {tmp_path}/account_2026-03-01_")) == (False, True)
