"""The log: what every run did, one JSON object a line, beside what it prints for people.

closedwon-store/
    log/2025-12.jsonl    every command that has a store, a file a month (UTC); `--log` names another place
    last_run.json        the newest `score`, whatever became of it (see `last_run`); last_train.json, the newest `train`
    metrics.prom         the same in figures (see `metrics`)

A line has the keys ``time`` (UTC), ``level`` (info, warning, error), ``command``, ``run``, ``event`` (begun, progress,
gate, ended), ``message`` and ``figures``. It holds nothing of a person: see `redaction`.
"""

import argparse
import contextlib
import json
import os
import secrets
import stat
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines import ROOT
from pipelines.disk import alone
from pipelines.errors import UsageError
from pipelines.redaction import redacted
from scoring.evidence.finding import GateResult
from scoring.persons.written import hidden

#: Options that say what a run was asked for. An id that is explained is somebody's, and no business of the log.
LOGGED_OPTIONS = ("data", "as_of", "config", "entity", "out", "crm", "force")
#: No line is longer, whatever is said.
LONGEST = 8_000
#: Seconds that a line waits for the other runs' lines. Each takes less than a millisecond.
PATIENCE = 2.0
#: Seconds after which half a line is taken for all that will come of it.
SETTLED = 0.1
#: The commands whose newest run is kept for alerts, as `last_run` has them.
RECORDED = ("score", "train")
WARNED = 5
STANDARD_ERROR = "-"


def place_of(error: BaseException) -> str:
    """Where nobody foresaw an error: its kind, and our own line nearest to it; its message may hold anything."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _ours(frame.filename)]
    where = f" at {_ours(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"unexpected failure, {type(error).__name__}{where}"


def _ours(file: str) -> str:
    path = Path(file)
    inside = path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ("pipelines", "scoring", "models")
    return path.relative_to(ROOT).as_posix() if inside else ""


class RunLog:
    """One run's lines of the log. Writing them never fails a run: on a full disk its own error is told.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.
    logged : bool
        Whether the command is in the log of the store. One that only looks leaves no trace.

    Invariants
    ----------
    A line is appended by one write under a lock, so runs at the same time do not mix theirs, and no line is empty.
    Lines wait for a store that is not there yet, and are dropped if the run makes none: a store that is asked for
    and missing is not made.
    """

    def __init__(self, arguments: argparse.Namespace, *, logged: bool = True) -> None:
        self.command: str = arguments.command
        self.begun = datetime.now(UTC)
        self.run = f"{self.begun:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        store: Path | None = getattr(arguments, "store", None)
        self.store = None if store is None or not logged else store.expanduser().absolute()
        self._asked: str | None = getattr(arguments, "log", None)
        asked = getattr(arguments, "id", ())
        self._hidden: tuple[str, ...] = (asked,) if isinstance(asked, str) else tuple(asked)
        self._options = {name: vars(arguments).get(name) for name in LOGGED_OPTIONS}
        self._start = time.perf_counter()
        self._waiting: list[str] = []
        self._recorded = self.command in RECORDED

    def begin(self) -> None:
        """Note what was asked for.

        Raises
        ------
        UsageError
            If `--log` names a file in a folder that is not there.
        """
        if self._asked not in (None, STANDARD_ERROR) and not Path(str(self._asked)).expanduser().parent.is_dir():
            raise UsageError(f"--log {self._asked}: there is no folder {Path(str(self._asked)).parent}")
        asked = {name: value for name, value in self._options.items() if value}
        self.event("begun", f"closedwon {self.command}", **asked)

    def holds(self) -> None:
        """Note that the run holds the store: from now on it is the newest one, also if it is killed."""
        if self._recorded and (store := self._home()):
            from pipelines.store import last_run, metrics

            last_run.note_begun(store, self.run, self.begun, self.command)
            metrics.write_metrics(store)

    def telling(self, say: Callable[[str], None]) -> Callable[[str], None]:
        """`say`, with every text in the log as well."""

        def log_and_say(text: str) -> None:
            self.event("progress", text)
            say(hidden(text))

        return log_and_say

    def event(self, event: str, message: str, *, level: str = "info", **figures: object) -> None:
        """Append a line."""
        text = redacted(message)  # first, for a message that is changed has no redacted form any more
        for identifier in filter(None, self._hidden):
            text = text.replace(identifier, "(id)")
        line = {
            "time": f"{datetime.now(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z",
            "level": level,
            "command": self.command,
            "run": self.run,
            "event": event,
            "message": text.strip()[:LONGEST],
            "figures": _plain(figures),
        }
        self._write(json.dumps(line, ensure_ascii=False))

    def ended(self, code: int, message: str = "", gates: Sequence[GateResult] = ()) -> int:
        """Note how the run ended, and what the gates decided where they refused it; give the exit code back."""
        for gate in gates:
            level = "info" if gate.kept else "error"
            self.event("gate", gate.reason, level=level, gate=gate.name, kept=gate.kept, **gate.figures)
        seconds = round(time.perf_counter() - self._start, 3)
        level = "info" if code == 0 else "warning" if code == WARNED else "error"
        self.event("ended", message, level=level, exit_code=code, seconds=seconds)
        if self._recorded and (store := self._home()):
            from pipelines.store import last_run, metrics

            last_run.note_ended(store, self.run, self.begun, seconds, code, redacted(message), gates, self.command)
            metrics.write_metrics(store)
        return code

    def _home(self) -> Path | None:
        """The store's folder, as soon as there is one."""
        return self.store if self.store is not None and self.store.is_dir() else None

    def _write(self, line: str) -> None:
        if self._asked == STANDARD_ERROR:
            with contextlib.suppress(OSError, ValueError):
                print(line, file=sys.stderr, flush=True)
            return
        if self._asked is not None:
            self._append(Path(self._asked).expanduser(), line)
            return
        self._waiting.append(line)
        if not (store := self._home()):
            return
        with contextlib.suppress(OSError):
            (store / "log").mkdir(exist_ok=True)
        for waiting in self._waiting:
            self._append(store / "log" / f"{self.begun:%Y-%m}.jsonl", waiting)
        self._waiting.clear()

    def _append(self, file: Path, line: str) -> None:
        with contextlib.suppress(OSError):
            descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                with alone(descriptor, PATIENCE) as locked:
                    os.write(descriptor, (f"\n{line}\n" if _torn(descriptor, locked) else f"{line}\n").encode())
            finally:
                os.close(descriptor)


def _torn(descriptor: int, locked: bool) -> bool:
    """Whether a full disk or a power cut has left half a line at the end of the file.

    A run that could not wait for the lock any longer writes without it. What such a run has written half looks torn for
    an instant, so an end is torn only if it stays as it is; a process that has no lock itself does not decide at all.
    """
    if not locked or not (size := _half_a_line(descriptor)):
        return False
    time.sleep(SETTLED)
    return _half_a_line(descriptor) == size


def _half_a_line(descriptor: int) -> int:
    """The size of a file that does not end with a line's end; 0 if it does."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size == 0:
        return 0
    return status.st_size if os.pread(descriptor, 1, status.st_size - 1) != b"\n" else 0


def _plain(figures: Mapping[str, object]) -> dict[str, object]:
    """Figures as JSON takes them: numbers as they are, all else as redacted text."""

    def plain(value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return redacted(str(value))

    return {name: plain(value) for name, value in figures.items()}
