"""Worker processes: how many there may be, how they find this program, and how they end with it."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from pipelines import ROOT
from pipelines.errors import ClosedwonError


def spawned_processes(workers: int) -> ProcessPoolExecutor:
    """A pool of new processes, which end when this one does.

    They are spawned: a fork would take over the threads of DuckDB in an unknown state.
    """
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=end_with_parent, initargs=(os.getpid(),))


@contextmanager
def one_worker_process() -> Iterator[ProcessPoolExecutor]:
    """A pool of one worker process, which starts with its first task.

    Raises
    ------
    ClosedwonError
        If the process was ended from outside before its task was done.
    """
    spawn = get_context("spawn")
    with (
        own_code_first(),
        ProcessPoolExecutor(1, spawn, initializer=end_with_parent, initargs=(os.getpid(),)) as pool,
    ):
        try:
            yield pool
        except BrokenProcessPool:
            raise ClosedwonError(
                "a process of the training was ended from outside, probably because memory ran out. Train one entity "
                "at a time with --entity, or set a smaller max_snapshot_rows in [training]"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def end_with_parent(parent: int) -> None:
    """End this process when its parent is gone, also when the parent was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def own_code_first() -> Iterator[None]:
    """Put the code of this program first on `sys.path`, which new processes inherit.

    A model that MLflow loaded in this process has put its own copy of a part of the code there.
    """
    sys.path.insert(0, str(ROOT))
    try:
        yield
    finally:
        sys.path.remove(str(ROOT))


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_memory_bytes() -> int | None:
    """The memory that is available without swapping, caches included; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
