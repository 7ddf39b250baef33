"""A command in a process of its own, with its seconds and the peak memory of it and all its children."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
#: Seconds between two readings of the memory.
EVERY = 0.05


@dataclass(frozen=True)
class Run:
    """The time and the memory of a command.

    Attributes
    ----------
    seconds, cpu_seconds : float
        On the clock, and of all cores together (children that it waited for included).
    peak_bytes : int
        The most resident memory that the process and its children held at one moment; pages that two of them share
        count twice. Where there is no /proc, that of the largest of them.
    output : str
        What it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


class Failed(RuntimeError):
    """A command that did not end with exit code 0; the message ends with the last lines of its output."""


def run(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end.

    Raises
    ------
    Failed
        If its exit code is not 0.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output_file, tempfile.TemporaryFile("w+") as error_file:
        began = time.perf_counter()
        process = subprocess.Popen(
            words,
            stdout=output_file,
            stderr=error_file,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        try:
            peak, status, used = _waited(process.pid)
        except BaseException:
            process.kill()
            raise
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output_file.seek(0)
        error_file.seek(0)
        output, complaint = output_file.read(), error_file.read()
    if process.returncode:
        last_lines = "\n".join((output + complaint).splitlines()[-20:])
        raise Failed(f"{' '.join(words)} ended with exit code {process.returncode}:\n{last_lines}")
    return Run(seconds, used.ru_utime + used.ru_stime, peak, output)


def _waited(pid: int) -> tuple[int, int, resource.struct_rusage]:
    peak = 0
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, resident(pid))
        time.sleep(EVERY)
    if not peak:
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return peak, status, used


def resident(pid: int) -> int:
    """Memory in bytes of a process and its descendants now, at least the peak of any one of them; 0 if it has ended."""
    now, most = 0, 0
    for one in process_tree(pid):
        memory = status(one)
        now += memory.get("VmRSS", 0)
        most = max(most, memory.get("VmHWM", 0))  # its own peak, also between two readings
    return max(now, most)


def process_tree(pid: int) -> Iterator[int]:
    """The ids of a process and of its descendants."""
    yield pid
    for file in (PROC / str(pid)).glob("task/*/children"):
        try:
            below = file.read_text().split()
        except OSError:  # ended meanwhile
            continue
        for child in below:
            yield from process_tree(int(child))


def status(pid: int) -> dict[str, int]:
    """The memory of a process in bytes: `VmRSS` now, `VmHWM` at its peak; empty if it has ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    cells = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM")))
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, *_ in cells}
