"""`last_run.json`: how the newest run of `score` ended, for alerts.

It is written when a run begins, without an exit code, and again when it ends; a run that was killed leaves the first.
"""

import contextlib
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.disk import write_text
from scoring.evidence.finding import GateResult

FILE = "last_run.json"
FORMAT = "closedwon-last-run/1"


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
    process, host : int, str
        Who runs it.
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

    @property
    def alive(self) -> bool:
        """Whether it may still be under way; of another machine's process nobody here can tell that it is not."""
        if self.exit_code is not None or (self.host == socket.gethostname() and self.process == os.getpid()):
            return False
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.process, 0)  # asks whether the process is there, and sends nothing
        except ProcessLookupError:
            return False
        except OSError:  # it is somebody else's
            return True
        return True


def read(store: Path) -> LastRun | None:
    """The newest `score` of the store in this folder; None if there was none, or its file cannot be read."""
    try:
        content = json.loads((store / FILE).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            return None
        return LastRun(**content | {"gates": tuple(GateResult.from_json(gate) for gate in content["gates"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def note_begun(store: Path, run: str, begun: datetime) -> None:
    """Write that a run has begun."""
    before = read(store)
    success = before.last_success if before else ""
    _put(store, LastRun(run, _moment(begun), last_success=success, process=os.getpid(), host=socket.gethostname()))


def note_ended(
    store: Path,
    run: str,
    begun: datetime,
    seconds: float,
    code: int,
    message: str,
    gates: Sequence[GateResult],
) -> None:
    """Write how it ended. Like all that is written here it never fails the run."""
    now, before = _moment(datetime.now(UTC)), read(store)
    success = now if code == 0 else before.last_success if before else ""
    ending = (now, seconds, code, message, tuple(gates), success, os.getpid(), socket.gethostname())
    _put(store, LastRun(run, _moment(begun), *ending))


def put(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old one or the new one, whole; or leave the old one."""
    with contextlib.suppress(OSError):
        write_text(path, text)


def _put(store: Path, run: LastRun) -> None:
    put(store / FILE, json.dumps({"format": FORMAT, **asdict(run)}, indent=1, ensure_ascii=False, default=str) + "\n")


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
