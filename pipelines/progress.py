"""Progress: the lines that tell a person how far a run is."""

import os
import sys
import time
from collections.abc import Callable

#: Takes one line, or several, for the person who waits.
Say = Callable[[str], None]


def progress_printer(quiet: bool) -> Say:
    """What prints progress: each line with the seconds since the start; nothing when quiet."""
    start = time.perf_counter()

    def say(text: str) -> None:
        if quiet:
            return
        stamp = "" if text.startswith(("\n", " ")) or "\n" in text else f"[{time.perf_counter() - start:5.1f} s] "
        try:
            print(f"{stamp}{text}", flush=True)
        except BrokenPipeError:  # nobody reads any more, and the night is to be published all the same
            silence_output()

    return say


def silence_output() -> None:
    """Send standard output to nowhere: whoever read it has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
