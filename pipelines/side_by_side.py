"""Work carried out side by side: cut-offs in as many processes as there are cores and memory for, or one beside."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from pipelines.config import Config
from pipelines.cutoff import CutOff
from pipelines.failures import ClosedwonError

#: Memory that a process takes before any data, and how much more for each byte of Parquet: measured, then doubled.
PROCESS_BYTES, BYTES_EACH = 1_500_000_000, 60
T = TypeVar("T")


def side_by_side(work: Callable[[CutOff], T], open_: Mapping[int, CutOff], config: Config) -> Iterator[tuple[int, T]]:
    """Results as they come, from as many processes as there are cores, and memory for."""
    workers = min(config.backtest.workers or allowed(next(iter(open_.values())).tables), len(open_)) if open_ else 0
    if workers <= 1:
        yield from ((i, work(order)) for i, order in open_.items())
        return
    # Spawned, for a fork would take over the threads of DuckDB in an unknown state.
    spawn = get_context("spawn")
    with ours_first(), ProcessPoolExecutor(workers, spawn, initializer=_ends_with, initargs=(os.getpid(),)) as pool:
        waiting = {pool.submit(work, order): i for i, order in open_.items()}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BrokenProcessPool:
            raise ClosedwonError(
                "a process of the backtest was ended from outside, most likely for want of memory. Run it again: "
                "finished cut-offs are kept. With [backtest] workers = 1 it needs least"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def one_beside() -> Iterator[ProcessPoolExecutor]:
    """A process beside this one, for work that this one need not wait for; it starts with the first piece of work.

    Raises
    ------
    ClosedwonError
        If it was ended from outside before its work was done.
    """
    spawn = get_context("spawn")
    with ours_first(), ProcessPoolExecutor(1, spawn, initializer=_ends_with, initargs=(os.getpid(),)) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise ClosedwonError(
                "a process of the training was ended from outside, most likely for want of memory. Train one entity "
                "at a time with --entity, or set a smaller max_snapshot_rows in [training]"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ends_with(parent: int) -> None:
    """End this process when its parent is gone: one that was killed could not say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def ours_first() -> Iterator[None]:
    """Let new processes, which inherit the path, find this closedwon.

    A model that MLflow loaded in this process has put its own copy of a part of it there.
    """
    root = str(Path(__file__).resolve().parent.parent)
    sys.path.insert(0, root)
    try:
        yield
    finally:
        sys.path.remove(root)


def allowed(tables: Path) -> int:
    """As many processes as there are cores, and memory for."""
    need = PROCESS_BYTES + BYTES_EACH * sum(file.stat().st_size for file in tables.iterdir())
    free = _free_bytes()
    return cores() if free is None else max(1, min(cores(), free // need))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_bytes() -> int | None:
    """Memory that can be had without swapping, caches included; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
