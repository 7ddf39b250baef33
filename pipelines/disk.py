"""Files on disk: written whole or not at all, and known by their content."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary file to write; when the block ends well it takes the place of `path`, in one step.

    Whoever reads `path` finds the old file or the new one, whole. When the block raises, the old one stays and the
    temporary one is removed.

    Parameters
    ----------
    path : Path
        The file to write or to replace.

    Yields
    ------
    Path
        The temporary file, beside `path` and hidden.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, in UTF-8, so that it is whole or as it was before."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def alone(descriptor: int, patience: float) -> Iterator[bool]:
    """Hold the lock of an open file or folder while the block runs; give whether it could be had.

    A lock that nobody gives back, or a disk without locks, must not stop a run: the block then runs without one.

    Parameters
    ----------
    descriptor : int
    patience : float
        Seconds to wait for whoever holds it.
    """
    deadline, locked = time.monotonic() + patience, False
    while not locked:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            locked = True
        except BlockingIOError:
            if time.monotonic() > deadline:
                break
            time.sleep(0.002)
        except OSError:
            break
    try:
        yield locked
    finally:
        # Not left to `close`: a process that was forked meanwhile has the same lock.
        if locked:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
