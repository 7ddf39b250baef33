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
#: Seconds between two looks at the memory.
EVERY = 0.05


@dataclass(frozen=True)
class Run:
    """What a command took.

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
    """A command that did not end with 0; the message ends with what it said."""


def run(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end.

    Raises
    ------
    Failed
        If it ends with anything but 0.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said, tempfile.TemporaryFile("w+") as complained:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, stdout=said, stderr=complained, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
        )
        try:
            peak, status, used = _waited(process.pid)
        except BaseException:
            process.kill()
            raise
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        output, complaint = said.read(), complained.read()
    if process.returncode:
        told = "\n".join((output + complaint).splitlines()[-20:])
        raise Failed(f"{' '.join(words)} ended with {process.returncode}:\n{told}")
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
    """Bytes that a process and all below it hold now; at least what one of them ever held. 0 if it is gone."""
    now, most = 0, 0
    for one in _tree(pid):
        said = _status(one)
        now += said.get("VmRSS", 0)
        most = max(most, said.get("VmHWM", 0))  # its own peak, also between two looks
    return max(now, most)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for file in (PROC / str(pid)).glob("task/*/children"):
        try:
            below = file.read_text().split()
        except OSError:  # ended meanwhile
            continue
        for child in below:
            yield from _tree(int(child))


def _status(pid: int) -> dict[str, int]:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    cells = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM")))
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, *_ in cells}
