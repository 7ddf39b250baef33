"""Cut-offs backtested in parallel, in as many processes as there are cores and memory for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from pipelines.config import Config
from pipelines.errors import ClosedwonError, Refused
from pipelines.evaluation.cutoff import CutOff, backtest_cut_off
from pipelines.processes import cores, free_memory_bytes, own_code_first, spawned_processes
from pipelines.progress import Say
from scoring.evidence.finished_cut_off import FinishedCutOff
from scoring.scorecard.scorecard import Scorecard

#: Memory that a process takes before any data, and how much more for each byte of Parquet: measured, then doubled.
PROCESS_BYTES, BYTES_EACH = 1_500_000_000, 60
T = TypeVar("T")


def backtest_all(cut_offs: Sequence[CutOff], config: Config, say: Say) -> list[tuple[CutOff, Scorecard]]:
    """Backtest all cut-offs; give those with enough wins to learn from, each with the scorecard learned for it.

    Parameters
    ----------
    cut_offs : sequence of CutOff
        The oldest first.
    config : Config
    say : callable
        Takes each message.

    Raises
    ------
    Refused
        If there were too few wins before every one of them.
    """
    finished = run(backtest_cut_off, cut_offs, config, say)
    learned = [
        (cut_off, one.scorecard) for cut_off, one in zip(cut_offs, finished, strict=True) if one.scorecard is not None
    ]
    if not learned:
        raise Refused(f"no cut-off has enough wins before it to learn from: {finished[-1].refused}")
    return learned


def run(
    work: Callable[[CutOff], FinishedCutOff], cut_offs: Sequence[CutOff], config: Config, say: Say
) -> list[FinishedCutOff]:
    """Do the work for the cut-offs that are not finished yet, the newest first: they take longest.

    Parameters
    ----------
    work : callable
        Backtests one cut-off. It can travel to another process.
    cut_offs : sequence of CutOff
    config : Config
    say : callable
        Takes a message for each cut-off.

    Returns
    -------
    list of FinishedCutOff
        All cut-offs, in their order.
    """
    done: dict[int, FinishedCutOff] = {}
    for i, cut_off in enumerate(cut_offs):
        if (finished := cut_off.finished()) is not None:
            done[i] = finished
            say(f"  {cut_off.date}: done before")
    open_ = {i: cut_offs[i] for i in reversed(range(len(cut_offs))) if i not in done}
    for i, finished in run_parallel(work, open_, config):
        done[i] = finished
        say(f"  {cut_offs[i].date}: {finished.words} ({len(done)} of {len(cut_offs)})")
    return [done[i] for i in range(len(cut_offs))]


def run_parallel(work: Callable[[CutOff], T], open_: Mapping[int, CutOff], config: Config) -> Iterator[tuple[int, T]]:
    """The result of each cut-off under its key, in the order in which they are ready.

    Parameters
    ----------
    work : callable
        What to do with a cut-off. It can travel to another process.
    open_ : mapping of int to CutOff
        By any number.
    config : Config
        Says how many processes; with 0, as many as `allowed`.

    Raises
    ------
    ClosedwonError
        If a process was ended from outside.
    """
    workers = min(config.backtest.workers or allowed(next(iter(open_.values())).tables), len(open_)) if open_ else 0
    if workers <= 1:
        yield from ((i, work(cut_off)) for i, cut_off in open_.items())
        return
    with own_code_first(), spawned_processes(workers) as pool:
        waiting = {pool.submit(work, cut_off): i for i, cut_off in open_.items()}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BrokenProcessPool:
            raise ClosedwonError(
                "a process of the backtest was ended from outside, most likely because memory ran out. Run it again: "
                "finished cut-offs are kept. With [backtest] workers = 1 it needs the least memory"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def allowed(tables: Path) -> int:
    """The number of processes: as many as there are cores, and memory for these tables in each of them."""
    need = PROCESS_BYTES + BYTES_EACH * sum(file.stat().st_size for file in tables.iterdir())
    free = free_memory_bytes()
    return cores() if free is None else max(1, min(cores(), free // need))
