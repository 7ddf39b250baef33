"""`last_run.json`: how the newest run of `score` ended, for alerts; `last_train.json`: that of `train`.

A record is written when a run holds the store, without an exit code, and again when it ends; a run that was killed
leaves the first. A run that could not get the store leaves the record of the one that has it as it is.
"""

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.disk import alone, write_text
from pipelines.store.lock import Holder, holder
from scoring.evidence.finding import GateResult

FILE = "last_run.json"
FORMAT = "closedwon-last-run/1"
#: Seconds to wait for another run that changes the record; it takes less than a millisecond.
PATIENCE = 2.0


@dataclass(frozen=True)
class LastRun:
    """The newest `score` of a store.

    Attributes
    ----------
    run : str
        Its id in the log.
    begun, ended : str
        When, ISO in UTC; `ended` is "" until it has.
    seconds : float
        How long it took.
    exit_code : int or None
        None as long as it is under way, and for ever if it was killed.
    message : str
        Why it did not do its job; "" if it did.
    gates : tuple of GateResult
        What the gates decided, where they refused the night.
    last_success : str
        When a run last ended with 0, this one or one before; "" if none has.
    process, host, held : int, str, str
        Who runs it, and since when it holds the store.
    """

    run: str
    begun: str
    ended: str = ""
    seconds: float = 0.0
    exit_code: int | None = None
    message: str = ""
    gates: tuple[GateResult, ...] = ()
    last_success: str = ""
    process: int = 0
    host: str = ""
    held: str = ""

    def under_way(self, holding: Holder | None) -> bool:
        """Whether it is this run that holds the store."""
        if self.exit_code is not None or holding is None:
            return False
        mine = (holding.process, holding.host) == (self.process, self.host)
        return mine and (not self.held or self.held == holding.started)


def file_of(command: str) -> str:
    """The name of the file that has the newest run of a command."""
    return FILE if command == "score" else f"last_{command}.json"


def read_last_run(store: Path, command: str = "score") -> LastRun | None:
    """The newest run of a command in the store in this folder; None if there was none, or its file cannot be read."""
    try:
        content = json.loads((store / file_of(command)).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            return None
        return LastRun(**content | {"gates": tuple(GateResult.from_json(gate) for gate in content["gates"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def note_begun(store: Path, run: str, begun: datetime, command: str = "score") -> None:
    """Write that a run has begun; it holds the store."""
    with _alone(store):
        before, holding = read_last_run(store, command), holder(store)
        success, since = before.last_success if before else "", holding.started if holding else ""
        me = (os.getpid(), socket.gethostname(), since)
        _put(store, command, LastRun(run, _moment(begun), "", 0.0, None, "", (), success, *me))


def note_ended(
    store: Path,
    run: str,
    begun: datetime,
    seconds: float,
    code: int,
    message: str,
    gates: Sequence[GateResult],
    command: str = "score",
) -> None:
    """Write how a run ended, unless another one is under way. Like all that is written here it never fails the run."""
    now = _moment(datetime.now(UTC))
    with _alone(store):
        before = read_last_run(store, command)
        success = now if code == 0 else before.last_success if before else ""
        if before and before.run != run and before.under_way(holder(store)):
            # It was refused the store, or the next run has begun before this one could say how it ended.
            if code == 0:
                _put(store, command, replace(before, last_success=success))
            return
        ending = (now, seconds, code, message, tuple(gates), success, os.getpid(), socket.gethostname())
        _put(store, command, LastRun(run, _moment(begun), *ending))


@contextlib.contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Hold the lock of the folder while a record is read and written again."""
    try:
        descriptor = os.open(store, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        with alone(descriptor, PATIENCE):
            yield
    finally:
        os.close(descriptor)


def put(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old one or the new one, whole; or leave the old one."""
    with contextlib.suppress(OSError):
        write_text(path, text)


def _put(store: Path, command: str, run: LastRun) -> None:
    content = {"format": FORMAT, **asdict(run)}
    put(store / file_of(command), json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n")


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
