"""Kills at random moments of any command, and a good night after each: nobody repairs anything.

A simulated market is trained on and scored. Then, night after night, a command runs on its store and the system kills
it (SIGKILL, every second time with its worker processes) at a random moment of the time that it needs. The next night
must end with 0, and hold what `benchmarks.nights` checks: the ledger is what was published, a CRM that imports only
changes holds what the full file holds, and a past night is made again as it was served. Nothing of the killed run may
be left. After a `forget`, somebody runs it again: then no file may hold the account that it was asked for.

    python -m benchmarks.kills [--kills 40] [--accounts 400]
"""

import argparse
import contextlib
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import document
from benchmarks.nights import OPTIONS, START, Nights
from benchmarks.traces.contents import contents
from benchmarks.traces.crm_mirror import rows_of
from benchmarks.traces.earlier_release import made_earlier
from pipelines import ROOT
from pipelines.cli import main
from pipelines.commands.known import COMMANDS
from pipelines.store import ledger, publication, registry
from pipelines.store.store import Store
from scoring.simulator import simulate

#: A training, a backtest and a promotion in seconds.
CONFIG = """
[training]
max_rows = 5_000
max_snapshots = 12
min_wins = 10
resamples = 0
[backtest]
cut_offs = 2
replicates = 20
[gate]
cut_offs = 1
"""
#: The commands that write to a store, those that are killed in turn. What is not there yet is left out.
KILLED = ("score", "train", "score", "promote", "backtest", "score", "monitor", "imported", "forget", "upgrade")
#: What a child needs, imported once.
IMPORTED = (
    "ibis.backends.duckdb", "mlflow.artifacts", "mlflow.store.tracking.sqlalchemy_store", "pandera.ibis", "lightgbm",
    "pipelines.serving.score", "pipelines.intake.point_in_time", "pipelines.evaluation.promotion",
    "pipelines.evaluation.monitor", "pipelines.training.train", "pipelines.delivery.import_results",
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a command ended (-9: killed), after how many seconds, and its last line on standard error."""

    code: int
    seconds: float
    err: str


class Forks:
    """Commands in children of a process that has imported everything and done nothing: so they begin at once."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.kills", "--serve", str(folder / "err")]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *words: object, kill_after: float | None = None, group: bool = False) -> Ran:
        """Run a command, and kill it after so many seconds if it has not ended by then.

        Parameters
        ----------
        *words
            Of the command line.
        kill_after : float, optional
        group : bool
            Whether the processes that it started are killed as well.
        """
        assert self._parent.stdin
        assert self._parent.stdout
        order = {"words": [str(word) for word in words], "kill_after": kill_after, "group": group}
        print(json.dumps(order), file=self._parent.stdin, flush=True)
        return Ran(**json.loads(self._parent.stdout.readline()))

    def close(self) -> None:
        """End the parent."""
        assert self._parent.stdin
        self._parent.stdin.close()
        self._parent.wait()


def serve(err: Path) -> None:
    """Be the parent: a child for each line of standard input."""
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    for slow in IMPORTED:
        importlib.import_module(slow)
    for line in sys.stdin:
        order = json.loads(line)
        begun, child = time.monotonic(), os.fork()
        if child == 0:
            _child(order["words"], err)
        with contextlib.suppress(OSError):  # here and there, for either may be first
            os.setpgid(child, child)
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            if order["kill_after"] is not None and time.monotonic() - begun >= order["kill_after"]:
                (os.killpg if order["group"] else os.kill)(child, signal.SIGKILL)
                ended = os.waitpid(child, 0)
                break
            time.sleep(0.001)
        lines = err.read_text(errors="replace").splitlines()
        code, seconds = os.waitstatus_to_exitcode(ended[1]), time.monotonic() - begun
        print(json.dumps({"code": code, "seconds": seconds, "err": lines[-1] if lines else ""}), flush=True)


def _child(words: list[str], err: Path, code: int = 1) -> None:
    try:
        os.setpgid(0, 0)
        with err.open("w") as stderr, open(os.devnull, "w") as nowhere:
            os.dup2(stderr.fileno(), 2)
            os.dup2(nowhere.fileno(), 1)
        code = main(words)
    finally:
        sys.stderr.flush()
        os._exit(code)


class Kills:
    """A market with a store, and the commands that are killed on it."""

    def __init__(self, folder: Path, accounts: int) -> None:
        self.nights = Nights(folder, simulate(accounts=accounts, seed=11))
        self.folder, self.forks, self.seconds = folder, Forks(folder), dict[str, float]()
        (folder / "c.toml").write_text(CONFIG)
        data = self.nights.export(START - pd.Timedelta(days=1), drift=0)
        self.well("train", *data)
        self.well("promote", "--force", "--entity", "account")
        # Measured on a night that is published: one that was published before is over sooner.
        self.seconds["score"] = self.well("score", *self.words("score", 0)).seconds
        self.nights.night(0, {})

    def well(self, command: str, *more: object) -> Ran:
        """Run a command to its end, which must be a good one."""
        done = self.run(command, *more)
        assert done.code == 0, (command, done)
        return done

    def run(self, command: str, *more: object, **kill: Any) -> Ran:
        """Run a command on the store, and kill it if asked."""
        config = ("--config", self.folder / "c.toml") if "--config" in OPTIONS[command] else ()
        return self.forks.run(command, *more, "--store", self.folder / "store", *config, "--quiet", **kill)

    def words(self, command: str, number: int) -> tuple[object, ...]:
        """What else a command is given on the day of a night, after what it needs has been done."""
        day = START + pd.Timedelta(days=number)
        data = self.nights.export(day, drift=0.003 * number)
        if command == "promote":
            with Store.open(self.folder / "store", writing=False) as store:
                waiting = registry.challenger(store, "account")
            if waiting is None:
                self.well("train", *data)
            return ("--force", "--entity", "account")
        if command == "imported":
            return (self.nights._results(self.folder / "scores" / "latest" / "salesforce", set()),)
        if command == "forget":
            return (self._somebody(day),)
        if command == "upgrade":
            made_earlier(self.folder / "store")
            return ()
        return (*data, "--out", self.folder / "scores") if command == "score" else data

    def _somebody(self, day: pd.Timestamp) -> str:
        """An account that was scored last night, and that the CRM has deleted since."""
        served = rows_of(self.folder / "scores" / "latest" / "salesforce" / "account_scores.csv")
        who = random.Random(str(day)).choice(sorted(row["Id"] for row in served))
        self.nights.forgotten.add(who)
        self.nights.mirror.rows.pop(who, None)
        return who

    def kill(self, number: int, command: str, rng: random.Random) -> dict[str, Any]:
        """Kill a command on the day of a night, run the night, and say how both ended."""
        if command not in self.seconds:  # once to its end: how long it takes
            done = self.run(command, *self.words(command, number - 1))
            assert done.code in (0, 4), (command, done)
            self.seconds[command] = done.seconds
        before = self.nights.past()[-1].name
        words, share = self.words(command, number), rng.random()
        ran = self.run(command, *words, kill_after=share * self.seconds[command], group=number % 2 == 0)
        running = self.status() if command == "score" else 0
        if command == "upgrade":  # what is begun is run again: nights may need it
            self.well("upgrade")
        broke_off = ran.code == -9 and self._begun()
        if self.nights.past()[-1].name != before:  # it was published: its files are imported, whatever the code
            self.nights.mirror.imports(self.folder / "scores" / "latest" / "salesforce", set())
        self.nights.night(number, {})
        night = self.nights.rows[-1]
        gone = self._gone(str(words[0])) if command == "forget" else True
        return {
            "command": command,
            "killed after": f"{ran.seconds:.1f} s" if ran.code == -9 else f"ended with {ran.code}",
            "of about": f"{self.seconds[command]:.1f} s",
            "next night": 0,
            "seen by status": running == 1 if command == "score" and broke_off else True,
            "nothing left": self.tidy(),
            **{check: night[check] for check in NIGHT},
            "forgotten": gone,
            "status after": self.status() == 0,
        }

    def _gone(self, who: str) -> bool:
        """Whether no file of store and scores holds an account any more, once `forget` was run again."""
        again = self.run("forget", who)
        assert again.code in (0, 2), again  # 2: nothing is kept of it
        files = [path for top in ("store", "scores") for path in (self.folder / top).rglob("*") if path.is_file()]
        return not [path for path in files if any(who.encode() in part for part in contents(path))]

    def status(self) -> int:
        """The exit code of `closedwon status`."""
        return main(["status", "--store", str(self.folder / "store"), "--quiet"])

    def _begun(self) -> bool:
        """Whether the newest night has begun and not ended, as its record says."""
        return json.loads((self.folder / "store" / "last_run.json").read_text())["exit_code"] is None

    def tidy(self) -> bool:
        """Whether nothing is left of runs that did not come to their end."""
        store, out = self.folder / "store", self.folder / "scores"
        nights = {night.name for night in self.nights.past()}
        kept = {path.name for path in (out / publication.NIGHTS).iterdir()}
        hidden = [path for top in (store / "ledger", out) for path in top.rglob(".*")]
        return not (store / "ledger" / ledger.PENDING).exists() and not hidden and kept <= nights


def run(folder: Path, kills: int, accounts: int, seed: int) -> list[dict[str, Any]]:
    """Kill so many commands, and give a row for each."""
    there = {command.name for command in COMMANDS}
    chosen = [command for command in KILLED if command in there]
    rng, rows = random.Random(seed), list[dict[str, Any]]()
    market = Kills(folder, accounts)
    try:
        for number in range(1, kills + 1):
            rows.append(market.kill(number, chosen[(number - 1) % len(chosen)], rng))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    finally:
        market.forks.close()
    return rows


#: Where the table stands in the document.
MARKS = document.marks("kills")
NIGHT = ("ledger = files", "mirror agrees", "as served")
CHECKS = ("seen by status", "nothing left", *NIGHT, "forgotten", "status after")


def summary(rows: list[dict[str, Any]]) -> str:
    """The kills by command, as a table of Markdown."""
    runs, killed = Counter(row["command"] for row in rows), Counter[str]()
    good, moments = Counter[str](), dict[str, list[str]]()
    for row in rows:
        killed[row["command"]] += row["killed after"].endswith(" s")
        good[row["command"]] += all(row[check] for check in CHECKS)
        moments.setdefault(row["command"], []).append(row["killed after"])
    head = ["command", "times", "killed before its end", "takes about", "good night after, all checks kept"]
    takes = {row["command"]: row["of about"] for row in rows}
    cells = [[name, str(count), str(killed[name]), takes[name], str(good[name])] for name, count in runs.items()]
    return "\n".join(document.table(head, cells))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write the table to docs/operations.md")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        raise SystemExit(0)
    with tempfile.TemporaryDirectory(prefix="closedwon-kills-") as temporary:
        found = run(Path(temporary), options.kills, options.accounts, options.seed)
    print(summary(found))
    if options.write:
        document.update(ROOT / "docs" / "operations.md", *MARKS, [f"{date.today()}:", "", *summary(found).splitlines()])
    wrong = [row for row in found if not all(row[check] for check in CHECKS)]
    raise SystemExit(f"these did not go well: {wrong}" if wrong else 0)
