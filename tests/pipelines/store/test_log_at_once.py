"""Runs that log at the same time: whole lines, no empty one, and nobody waits for ever."""

import contextlib
import fcntl
import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from pipelines import ROOT
from tests.pipelines.store.test_run_log import book, lines


def test_processes_that_write_at_once_after_half_a_line_leave_whole_lines_and_no_empty_one(tmp_path: Path) -> None:
    """Each line is the first of a run, which looks whether the line before it is whole."""
    program = (
        "import argparse, pathlib, sys\n"
        "from pipelines.store.run_log import RunLog\n"
        "folder, number = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
        "for _ in range(50):\n"
        "    RunLog(argparse.Namespace(command='train', store=folder)).event('progress', number * 8_000)\n"
    )
    book("train", store=tmp_path).event("progress", "first")
    (file,) = (tmp_path / "log").glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"time": "20')
    # A digit of four bytes: a line is so long that the system does not write it in one go.
    digits = [chr(ord("\N{MATHEMATICAL BOLD DIGIT ZERO}") + number) for number in range(8)]
    with contextlib.ExitStack() as stack:
        commands = [[sys.executable, "-c", program, str(tmp_path), digit] for digit in digits]
        runs = [
            stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for command in commands
        ]
        assert [run.stdout.readline() for run in runs if run.stdout] == [b"ready\n"] * 8
        for run in runs:
            assert run.stdin
            run.stdin.close()
        assert [run.wait() for run in runs] == [0] * 8
    first, half, *others = file.read_text(encoding="utf-8").splitlines()
    assert (json.loads(first)["message"], half) == ("first", '{"time": "20')
    assert Counter(json.loads(line)["message"] for line in others) == {digit * 8_000: 50 for digit in digits}


@pytest.mark.parametrize("waits", [True, False])
def test_a_line_that_another_run_is_still_writing_is_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """A run without the lock, or one that could not wait for it: what is there of its line grows."""
    monkeypatch.setattr("pipelines.store.run_log.PATIENCE", 0.01)
    monkeypatch.setattr("pipelines.store.run_log.SETTLED", 0.5)
    book("train", store=tmp_path).event("progress", "first")
    (file,) = (tmp_path / "log").glob("*.jsonl")
    with file.open("a") as other:
        if not waits:
            fcntl.flock(other, fcntl.LOCK_EX)
        other.write('{"message": "sec')
        other.flush()
        if not waits:  # this one does not judge: at worst two lines stand in one
            book("train", store=tmp_path).event("progress", "third")
            assert "\n\n" not in file.read_text()
            return
        finish = threading.Timer(0.1, lambda: (other.write('ond"}\n'), other.flush()))
        finish.start()
        book("train", store=tmp_path).event("progress", "third")
        finish.join()
    assert [line["message"] for line in lines(tmp_path)] == ["first", "second", "third"]


def test_a_lock_that_nobody_gives_back_stops_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.store.run_log.PATIENCE", 0.01)
    book("train", store=tmp_path).event("progress", "first")
    (file,) = (tmp_path / "log").glob("*.jsonl")
    with file.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        book("train", store=tmp_path).event("progress", "second")
    assert [line["message"] for line in lines(tmp_path)] == ["first", "second"]
