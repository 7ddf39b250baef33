"""Progress: the lines that show a person how far a run is."""

import os
import sys
import time
from collections.abc import Callable

from pipelines.redaction import without_secrets

#: Takes one or more lines of progress.
Say = Callable[[str], None]


def progress_printer(quiet: bool) -> Say:
    """A printer of progress: it prints each line with the seconds since the start, or nothing when quiet."""
    start = time.perf_counter()

    def say(text: str) -> None:
        if quiet:
            return
        stamp = "" if text.startswith(("\n", " ")) or "\n" in text else f"[{time.perf_counter() - start:5.1f} s] "
        try:
            print(f"{stamp}{without_secrets(text)}", flush=True)
        except BrokenPipeError:  # nobody reads the output any more; the run goes on
            silence_output()

    return say


def silence_output() -> None:
    """Discard standard output from now on, since its reader is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
