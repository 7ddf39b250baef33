"""The lock of a store: one run writes at a time, and says who it is."""

import fcntl
import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pipelines.errors import StoreBusy, UsageError
from pipelines.redaction import without_secrets

#: Seconds in which the lock may be asked about (`holder`), which holds it for an instant.
MOMENT = 0.3


@dataclass(frozen=True)
class Holder:
    """Who holds the lock of a store.

    Attributes
    ----------
    process, host : int, str
    command, started : str
        What it runs, and since when; all is empty where another program holds the lock, such as a backup.
    """

    process: int = 0
    host: str = ""
    command: str = ""
    started: str = ""


def holder(store: Path) -> Holder | None:
    """Who holds the lock of the store in this folder; None if nobody does. It is asked, and not held.

    The number of a process says nothing: of another container's or host's it cannot be asked, and it is given again.
    """
    if not (store / "lock").is_file():  # to open a pipe would wait for ever
        return None
    with suppress(OSError), open(store / "lock", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(file)
        fcntl.flock(file, fcntl.LOCK_UN)
    return None


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock at `path`. The system releases it when the process ends, in whatever way.

    The file stays when the lock is released. If it were removed, two processes could hold two files of one name.
    """
    if path.exists() and not path.is_file():
        raise UsageError(
            f"{path} is no file, so the store cannot be held: move it away, and the next run makes its lock"
        )
    with open(path, "a+", encoding="utf-8") as file:
        deadline = time.monotonic() + MOMENT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    held = f"the store {path.parent} is in use by {_named(file)}"
                    raise StoreBusy(f"{held}: try again when it is done") from None
                time.sleep(0.01)
        _write(file, json.dumps(_this_process()))
        try:
            yield
        finally:
            _write(file, "")


def _this_process() -> dict[str, str | int]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": without_secrets(shlex.join([Path(sys.argv[0]).name, *_without_ids(sys.argv[1:])])),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _without_ids(words: list[str]) -> list[str]:
    """The words of a command; who is to be forgotten must not stand in the lock of a run that was killed."""
    return words[:1] if words[:1] == ["forget"] else words


def _holder(file: IO[str]) -> Holder:
    file.seek(0)
    try:
        record = json.load(file)
        return Holder(int(record["pid"]), str(record["host"]), str(record["command"]), str(record["started"]))
    except (ValueError, KeyError, TypeError):  # it has not written its name yet, or writes none
        return Holder()


def _named(file: IO[str]) -> str:
    found = _holder(file)
    who = f"`{found.command}` (process {found.process} on {found.host}, since {found.started})"
    return who if found.command else "another process"


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
