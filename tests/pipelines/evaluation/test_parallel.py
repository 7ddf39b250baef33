"""Processes of a backtest end with it, however it ends, and no more are begun than memory allows."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.evaluation import parallel

CHILD = """
import os, time
from pipelines.processes import end_with_parent
end_with_parent(os.getppid())
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_a_process_ends_when_its_parent_is_killed() -> None:
    words = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(child)


@pytest.mark.parametrize(
    ("free", "bytes_of_tables", "processes"),
    [
        (None, 1_000, 4),  # the system does not say
        (8_000_000_000, 1_000, 4),
        (4_600_000_000, 1_000, 3),
        (8_000_000_000, 50_000_000, 1),  # 4.5 GB each
        (100_000_000, 1_000, 1),  # one is always tried
    ],
)
def test_as_many_processes_as_cores_and_memory_allow(
    free: int | None, bytes_of_tables: int, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "activities.parquet").write_bytes(bytes(bytes_of_tables))
    monkeypatch.setattr(parallel, "free_memory_bytes", lambda: free)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    assert parallel.allowed(tmp_path) == processes
