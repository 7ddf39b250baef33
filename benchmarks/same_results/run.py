"""One checkout, driven through the command line alone: where, when, and what each command answered."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

#: Variables that would send a command elsewhere, or give it another checkout's code.
CLEARED = ("MLFLOW_TRACKING_URI", "PYTHONPATH", "PYTHONSAFEPATH", "CLOSEDWON_REAL_DATA")
RECORD = "run.json"


@dataclass(frozen=True)
class Run:
    """Where and when one checkout was driven: what its texts may say of that.

    Attributes
    ----------
    checkout, folder : Path
        Whose code ran, and the folder that it wrote to; both absolute.
    commit : str
        What is checked out; it ends in ``-dirty`` when files differ from the commit.
    begin, end : datetime
        UTC.
    names : mapping of str
        Ids drawn at random, such as those of MLflow's runs, and a name by order for each.
    seconds : mapping of float
        How long each command took.
    """

    checkout: Path
    folder: Path
    commit: str
    begin: datetime
    end: datetime
    names: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def write(self, folder: Path, script: str) -> None:
        """Note the run, and the digest of the script that drove it, once everything is there."""
        (folder / RECORD).write_text(json.dumps(asdict(self) | {"script": script}, indent=1, default=str) + "\n")

    @classmethod
    def read(cls, folder: Path, script: str) -> "Run | None":
        """Give the run noted in a folder; None if there is none, or another script drove it."""
        if not (folder / RECORD).exists():
            return None
        found = json.loads((folder / RECORD).read_text())
        if found.pop("script") != script:
            return None
        paths = {name: Path(found[name]) for name in ("checkout", "folder")}
        times = {name: datetime.fromisoformat(found[name]) for name in ("begin", "end")}
        return cls(**found | paths | times)


@dataclass
class Driver:
    """Runs commands of one checkout, one after the other.

    Attributes
    ----------
    checkout : Path
        The working folder of every command, and the only place that its code is taken from.
    answers : Path
        The folder for exit codes, standard output and standard error.
    """

    checkout: Path
    answers: Path
    say: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    begin: datetime = field(default_factory=lambda: datetime.now(UTC))

    def require_own_code(self) -> None:
        """Refuse to go on if Python would take `pipelines` from elsewhere.

        Raises
        ------
        SystemExit
            If it would.
        """
        found = self._python("-c", "import pipelines; print(list(pipelines.__path__)[0])")
        if found.returncode or not Path(found.stdout.strip()).resolve().is_relative_to(self.checkout):
            raise SystemExit(f"{self.checkout} must be a checkout: `pipelines` is {found.stdout or found.stderr}")

    def run(self, name: str, *words: object) -> int:
        """Run one command of closedwon's, keep what it answered, and give its exit code."""
        begin = time.perf_counter()
        done = self._python("-m", "pipelines", *map(str, words))
        number = f"{len(self.seconds) + 1:02}_{name}"
        self.seconds[number] = round(time.perf_counter() - begin, 1)
        self.answers.mkdir(parents=True, exist_ok=True)
        (self.answers / f"{number}.json").write_text(
            json.dumps({"words": list(map(str, words)), "exit_code": done.returncode}, indent=1)
        )
        (self.answers / f"{number}.out.txt").write_text(done.stdout, encoding="utf-8")
        (self.answers / f"{number}.err.txt").write_text(done.stderr, encoding="utf-8")
        self.say(f"  {self.seconds[number]:6.1f} s  exit {done.returncode}  {' '.join([name, *map(str, words[:1])])}")
        return done.returncode

    def _python(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name not in CLEARED}
        own = kept | {"PYTHONPATH": str(self.checkout), "COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *words], cwd=self.checkout, env=own, capture_output=True, text=True, check=False
        )


def commit_of(checkout: Path) -> str:
    """Give the commit of a checkout, with ``-dirty`` behind it when files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", checkout, *words], capture_output=True, text=True, check=True).stdout

    return git("rev-parse", "HEAD").strip() + ("-dirty" if git("status", "--porcelain").strip() else "")
