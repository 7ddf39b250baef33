"""The line for an alert: the newest run, whatever became of it, and the newest night."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ClosedwonError
from pipelines.store import last_run
from pipelines.store.last_run import LastRun
from pipelines.store.ledger import nights
from pipelines.store.status import verdict
from pipelines.store.store import Store
from scoring.evidence.finding import GateResult
from scoring.evidence.night_parts import Forced
from scoring.evidence.night_record import NightRecord
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.small_crm import AS_OF

NOW = datetime(2025, 12, 30, 8, 0, tzinfo=UTC)
ON_DISK: dict[str, Any] = {
    "format": "closedwon-night/1",
    "night": "2025-12-29_ab12cd34",
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
        (
            NIGHT,
            ran(None, host=socket.gethostname(), process=os.getpid()),
            30,
            "CRITICAL last run broke off, begun 2025-12-30T02:00:00Z: run it again, no repair needed; "
            "last good night 2025-12-29",
        ),
        (
            NIGHT,
            ran(None, host=socket.gethostname(), process=os.getppid()),
            30,
            f"OK {WELL}; a run is under way since 2025-12-30T02:00:00Z",
        ),
        (
            NIGHT,
            ran(None, host="elsewhere", process=1),
            30,
            f"OK {WELL}; a run is under way since 2025-12-30T02:00:00Z",
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
    assert verdict(night, run, hours, NOW) == (expected.startswith("OK"), expected)


def ledger(store: Path, *records: dict[str, Any]) -> Path:
    """A store with these nights in its ledger, and no more of a store than a reader asks for."""
    store.mkdir()
    (store / "mlflow.db").touch()
    for record in records:
        night = store / "ledger" / record["night"]
        night.mkdir(parents=True)
        (night / "night.json").write_text(json.dumps(record))
    return store


def test_a_check_ends_with_0_or_1_and_leaves_no_trace(closedwon: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    older = {"night": "2025-12-28_11", "sequence": 11, "as_of": "2025-12-28"}
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
        ("--store {here} --max-age-hours 0", "--max-age-hours 0: must be above 0"),
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
    assert (ended.code, ended.out.startswith(f"CRITICAL {file} cannot be read: ")) == (1, True)
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


def test_a_killed_run_is_seen_and_the_next_one_is_the_newest(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from pipelines.store import last_run\nlast_run.note_begun(Path(sys.argv[1]), 'killed', datetime.now(UTC))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    last_run.note_ended(tmp_path, "good", NOW, 5.0, 0, "", [])
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)]).returncode == -9
    found = last_run.read(tmp_path)
    assert found is not None
    assert (found.run, found.exit_code, found.alive) == ("killed", None, False)
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(found.last_success) < timedelta(hours=1)
    last_run.note_ended(tmp_path, "refused", NOW, 5.0, 4, "why", [GateResult("rows", False, "few", {"rows": 0.5})])
    after = last_run.read(tmp_path)
    assert after is not None
    assert (after.run, after.exit_code, after.last_success) == ("refused", 4, found.last_success)
    assert after.gates == (GateResult("rows", False, "few", {"rows": 0.5}),)
    assert [path.name for path in tmp_path.iterdir()] == ["last_run.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "closedwon-last-run/9"}', '{"format": 1, "x": 2}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "last_run.json").write_text(content)
    assert last_run.read(tmp_path) is None


def test_a_note_that_cannot_be_written_leaves_the_old_one_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    last_run.put(tmp_path / "here", "a folder cannot be replaced by a file")
    last_run.put(tmp_path / "nowhere" / "x", "nor a file be where no folder is")
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


def test_a_night_that_went_well_is_noted_in_its_store(trained: TrainedStore) -> None:
    found = last_run.read(trained.store)
    assert found is not None
    assert (found.exit_code, found.message, found.gates) == (0, "", ())
    assert found.last_success == found.ended >= found.begun > AS_OF
