"""Work carried out side by side: cut-offs in as many processes as there are cores and memory for, or one beside."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from pipelines.config import Config
from pipelines.errors import ClosedwonError
from pipelines.evaluation.cutoff import CutOff
from pipelines.processes import cores, free_memory_bytes, own_code_first, spawned_processes

#: Memory that a process takes before any data, and how much more for each byte of Parquet: measured, then doubled.
PROCESS_BYTES, BYTES_EACH = 1_500_000_000, 60
T = TypeVar("T")


def run_parallel(work: Callable[[CutOff], T], open_: Mapping[int, CutOff], config: Config) -> Iterator[tuple[int, T]]:
    """Results as they come, from as many processes as there are cores, and memory for."""
    workers = min(config.backtest.workers or allowed(next(iter(open_.values())).tables), len(open_)) if open_ else 0
    if workers <= 1:
        yield from ((i, work(order)) for i, order in open_.items())
        return
    with own_code_first(), spawned_processes(workers) as pool:
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


def allowed(tables: Path) -> int:
    """As many processes as there are cores, and memory for."""
    need = PROCESS_BYTES + BYTES_EACH * sum(file.stat().st_size for file in tables.iterdir())
    free = free_memory_bytes()
    return cores() if free is None else max(1, min(cores(), free // need))
