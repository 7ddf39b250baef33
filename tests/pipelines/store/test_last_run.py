"""The record of the newest run: who writes it, who leaves it as it is, and what a killed run leaves."""

import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.store import last_run
from pipelines.store.lock import holder
from pipelines.store.store import Store
from tests.pipelines.conftest import Run
from tests.pipelines.store.test_status import NOW, ON_DISK, ledger

#: It holds the store as a night does, says so, and waits until it is told how to end.
RUN = """
import os, signal, sys
from argparse import Namespace
from pathlib import Path
from pipelines.store.run_log import RunLog
from pipelines.store.store import Store
run = RunLog(Namespace(command=sys.argv[2], store=Path(sys.argv[1])))
run.begin()
with Store.open(sys.argv[1], held=run.holds):
    print("holds", flush=True)
    if sys.stdin.readline() == "die\\n":
        os.kill(os.getpid(), signal.SIGKILL)
run.ended(0)
"""


def begun(store: Path, command: str = "score") -> subprocess.Popen[str]:
    words = [sys.executable, "-c", RUN, str(store), command]
    run = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    assert run.stdout.readline() == "holds\n"
    return run


def end(run: subprocess.Popen[str], how: str) -> int:
    with run:
        run.communicate(f"{how}\n")
    return run.returncode


def fresh(tmp_path: Path) -> Path:
    """A store whose newest night is of this moment, and was run well."""
    now = datetime.now(UTC)
    store = ledger(tmp_path / "s", ON_DISK | {"scored_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"})
    last_run.note_ended(store, "good", now, 5.0, 0, "", [])
    return store


def test_a_run_that_was_killed_is_seen_wherever_it_ran(closedwon: Run, tmp_path: Path) -> None:
    store = fresh(tmp_path)
    run = begun(store)
    assert "; a run is under way since" in closedwon("status", "--store", store).out
    assert "closedwon_last_run_ended{" in (store / "metrics.prom").read_text()
    assert end(run, "die") == -9
    # Neither its number, which another process may have, nor its host is asked.
    alive = {"process": os.getpid(), "host": "another-container"}
    record = json.loads((store / "last_run.json").read_text())
    (store / "last_run.json").write_text(json.dumps(record | alive))
    ended = closedwon("status", "--store", store)
    assert (ended.code, ended.out.startswith("CRITICAL last run broke off, begun ")) == (1, True)
    figures = (store / "metrics.prom").read_text()
    assert re.search(r"^closedwon_last_run_ended\{.*\} 0\.0$", figures, re.M)
    assert "closedwon_last_run_exit_code" not in figures
    assert end(begun(store), "end") == 0
    assert closedwon("status", "--store", store).code == 0
    assert re.search(r"^closedwon_last_run_ended\{.*\} 1\.0$", (store / "metrics.prom").read_text(), re.M)


@pytest.mark.parametrize("code", [2, 4, 5])
def test_a_run_that_did_not_get_the_store_leaves_the_record_of_the_one_under_way(tmp_path: Path, code: int) -> None:
    store = fresh(tmp_path)
    run = begun(store)
    under_way = last_run.read_last_run(store)
    last_run.note_ended(store, "second", NOW, 0.1, code, "in use", [])
    assert last_run.read_last_run(store) == under_way
    assert end(run, "end") == 0
    after = last_run.read_last_run(store)
    assert after is not None
    assert under_way is not None
    assert (after.run, after.exit_code) == (under_way.run, 0)


def test_who_finds_the_store_held_by_another_program_says_so(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    with Store.open(store):
        last_run.note_ended(store, "second", NOW, 0.1, 5, "in use", [])
    found = last_run.read_last_run(store)
    assert found is not None
    assert (found.run, found.exit_code) == ("second", 5)


def test_the_next_run_may_begin_before_the_last_one_has_said_how_it_ended(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    before = last_run.read_last_run(store)
    run = begun(store)
    under_way = last_run.read_last_run(store)
    assert before is not None
    assert under_way is not None
    last_run.note_ended(store, "good", NOW, 5.0, 0, "", [])
    after = last_run.read_last_run(store)
    assert after is not None
    assert replace(after, last_success="") == replace(under_way, last_success="")
    assert after.last_success >= before.last_success
    assert end(run, "end") == 0


def test_a_training_is_no_night(closedwon: Run, tmp_path: Path) -> None:
    store = fresh(tmp_path)
    run = begun(store, "train")
    ended = closedwon("status", "--store", store)
    assert (ended.code, "; a training is under way, begun " in ended.out) == (0, True)
    assert end(run, "die") == -9
    ended = closedwon("status", "--store", store)
    assert (ended.code, "; a training broke off, begun " in ended.out) == (0, True)


def test_who_asks_about_the_lock_does_not_stop_a_run(tmp_path: Path) -> None:
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            holder(tmp_path)

    with Store.open(tmp_path):
        found = holder(tmp_path)
        assert found is not None
        assert found.process == os.getpid()
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(50):
            with Store.open(tmp_path):
                pass
    finally:
        stop.set()
        asking.join()
    assert holder(tmp_path) is None
    assert holder(tmp_path / "none") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "closedwon-last-run/9"}', '{"format": 1, "x": 2}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "last_run.json").write_text(content)
    assert last_run.read_last_run(tmp_path) is None


def test_a_note_that_cannot_be_written_leaves_the_old_one_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    last_run.put(tmp_path / "here", "a folder cannot be replaced by a file")
    last_run.put(tmp_path / "nowhere" / "x", "nor a file be where no folder is")
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]
