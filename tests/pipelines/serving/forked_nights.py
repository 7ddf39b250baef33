"""Nights in processes that start quickly, and that can be killed at any touch of a file.

A process that has imported everything forks a child for each command. The child counts the touches of files below a
folder (open, make, rename, remove, link), and the system kills it at the n-th of them.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

IMPORTED = (
    "ibis.backends.duckdb", "mlflow.artifacts", "mlflow.store.tracking.sqlalchemy_store", "pandera.ibis",
    "pipelines.serving.score", "pipelines.intake.point_in_time",
)  # fmt: skip
TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.truncate"}


@dataclass(frozen=True)
class Ended:
    """The exit code of a command (-9: killed), its lines on standard error, and the files that it touched."""

    code: int
    err: str
    touched: tuple[str, ...]


class Nights:
    """Commands that run in the children of one process."""

    def __init__(self, watched: Path) -> None:
        command = [sys.executable, "-m", "tests.pipelines.serving.forked_nights", str(watched)]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *words: object, kill_at: int = 0, **trouble: Any) -> Ended:
        """Run a command; `kill_at` is the number of the touch that it does not survive, 0 for none.

        Touches are counted from the first one that matches `since`, a regular expression.

        `trouble`: `file_bytes`, the largest file it may write; `now`, the time (ISO, UTC) of its clock; `powerless`,
        that permissions hold for it even if it is root; `removes`, a file that is removed at touch `removes_at`;
        `signal`, the name of another signal than SIGKILL that it is sent; `here`, that the parent itself runs it, once,
        so that all children have loaded its modules.
        """
        order = {"words": [str(word) for word in words], "kill_at": kill_at, "since": "", **trouble}
        assert self._parent.stdin
        assert self._parent.stdout
        print(json.dumps(order), file=self._parent.stdin, flush=True)
        answer = json.loads(self._parent.stdout.readline())
        return Ended(answer["code"], answer["err"], tuple(answer["touched"]))

    def close(self) -> None:
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.close()
        self._parent.wait()
        self._parent.stdout.close()


def _serve(watched: str) -> None:
    for slow in IMPORTED:
        importlib.import_module(slow)
    for line in sys.stdin:
        order, (reading, writing) = json.loads(line), os.pipe()
        if order.get("here"):  # the children have the modules that the parent has loaded
            with contextlib.redirect_stdout(sys.stderr):
                code = importlib.import_module("pipelines.cli").main(order["words"])
            print(json.dumps({"code": code, "err": "", "touched": []}), flush=True)
            continue
        child = os.fork()
        if child == 0:
            os.close(reading)
            _child(order, watched, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            lines = pipe.read().splitlines()
        _, status = os.waitpid(child, 0)
        touched = [line[1:] for line in lines if line.startswith("T")]
        err = "\n".join(line[1:] for line in lines if line.startswith("E"))
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "err": err, "touched": touched}), flush=True)


def _child(order: dict[str, Any], watched: str, writing: int) -> None:
    from pipelines.cli import main

    gc.disable()  # it lives for seconds
    count = 0

    def touch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in TOUCHES or not any(watched in str(argument) for argument in arguments[:2]):
            return
        description = f"{event} {arguments[0]}"
        os.write(writing, f"T{description}\n".encode())
        if count or re.search(order["since"], description):
            count += 1
        if count == order["kill_at"]:
            os.kill(os.getpid(), getattr(signal, order.get("signal", "SIGKILL")))
        if count == order.get("removes_at"):
            Path(order["removes"]).unlink()

    class ErrorLines:
        def write(self, text: str) -> int:
            for line in text.splitlines():
                os.write(writing, f"E{line}\n".encode())
            return len(text)

        def flush(self) -> None:
            pass

    code = 1
    try:
        sys.stdout, sys.stderr = io.StringIO(), ErrorLines()  # type: ignore[assignment]
        _troubled(order)
        sys.addaudithook(touch)
        code = main(order["words"])
    finally:
        os._exit(code)


def _troubled(order: dict[str, Any]) -> None:
    if "file_bytes" in order:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"], order["file_bytes"]))
    if "powerless" in order:  # root obeys no permissions unless it gives its capabilities up
        header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        ctypes.CDLL(None).capset(header, none)
    if "now" in order:

        class Then(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return datetime.fromisoformat(order["now"]).replace(tzinfo=tz)

        import pipelines.intake.intake
        import pipelines.intake.point_in_time
        import pipelines.serving.score

        for module in (pipelines.intake.intake, pipelines.serving.score, pipelines.intake.point_in_time):
            module.datetime = Then  # type: ignore[attr-defined]


if __name__ == "__main__":
    _serve(sys.argv[1])
