"""Figures: one for each stage of a run, a line of the history file each, and the tables made of them."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import document

HISTORY = Path(__file__).parents[1] / "history.jsonl"
PACKAGES = ("duckdb", "ibis-framework", "pyarrow", "numpy", "pandas", "lightgbm", "mlflow-skinny", "mlflow")


@dataclass(frozen=True)
class Figure:
    """The time and the memory of one stage at one size.

    Attributes
    ----------
    seconds, cpu_seconds : float
        Of the whole process with its start; if the stage is one step of a child (a matrix is read once and
        scored five times), of that step. Seconds are on the clock, CPU seconds are of all cores.
    rows, of : int, str
        How many rows it read, and of what: `23,300,000 activities`.
    peak_bytes : int
        Of the process tree.
    floor : float or None
        Seconds of the floor in the same run.
    more : dict
        Further figures, in seconds or rows.
    """

    stage: str
    accounts: int
    seconds: float
    cpu_seconds: float
    rows: int
    of: str
    peak_bytes: int
    floor: float | None = None
    more: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    @property
    def ratio(self) -> float | None:
        """Seconds in floors."""
        return None if self.floor is None else self.seconds / self.floor

    def line(self) -> dict[str, Any]:
        """The figure as the history keeps it."""
        rounded = {name: float(f"{value:.4g}") for name, value in self.more.items()}
        figures = asdict(self) | {"more": rounded, "seconds": round(self.seconds, 3)}
        figures |= {"cpu_seconds": round(self.cpu_seconds, 2), "floor": self.floor and round(self.floor, 3)}
        return figures | {"ratio": self.ratio and round(self.ratio, 3), "rate": round(self.rate, 1)}


def median(several: Sequence[Figure]) -> Figure:
    """The median figure by seconds (of an even number, the slower one), with the most memory of all."""
    ordered = sorted(several, key=lambda figure: figure.seconds)
    middle = ordered[len(ordered) // 2]
    most = max(figure.peak_bytes for figure in several)
    return Figure(**{**asdict(middle), "peak_bytes": most})


@cache
def circumstances() -> dict[str, Any]:
    """Why the figures of two runs may differ: the code, the machine's cores, the versions of the libraries."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except ModuleNotFoundError:
            continue
    return versions


def _git(*words: str) -> str:
    finished = subprocess.run(("git", *words), cwd=HISTORY.parent, capture_output=True, text=True, check=False)
    return finished.stdout.strip()


def append(figures: Iterable[Figure], file: Path = HISTORY) -> None:
    """Add one line for each figure to the history."""
    common = {"date": datetime.now(UTC).isoformat(timespec="seconds"), **circumstances()}
    with file.open("a", encoding="utf-8") as history:
        for figure in figures:
            history.write(json.dumps({**common, **figure.line()}) + "\n")


def newest(stages: Iterable[str], file: Path = HISTORY) -> list[Figure]:
    """The newest figure of each stage at each size, on as many cores as here; ascending by size."""
    wanted, found = set(stages), {}
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        line = json.loads(text)
        if line["stage"] in wanted and line["cores"] == os.cpu_count():
            names = Figure.__dataclass_fields__
            found[line["stage"], line["accounts"]] = Figure(**{name: line[name] for name in names})
    return sorted(found.values(), key=lambda figure: (figure.accounts, figure.stage))


def table(figures: Sequence[Figure]) -> list[str]:
    """The figures as a table of Markdown."""
    head = ["stage", "accounts", "seconds", "CPU seconds", "rows", "rows/s", "peak memory", "in floors"]
    rows = [
        (
            figure.stage,
            f"{figure.accounts:,}",
            f"{figure.seconds:,.2f}",
            f"{figure.cpu_seconds:,.2f}",
            f"{figure.rows:,} {figure.of}",
            f"{figure.rate:,.0f}" if figure.rate >= 10 else f"{figure.rate:.2g}",
            memory(figure.peak_bytes),
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
        )
        for figure in figures
    ]
    return document.table(head, rows, ["---", *["---:"] * 7])


def memory(size: float) -> str:
    """A number of bytes as text, in MB or GB."""
    return f"{size / 1e9:.1f} GB" if size >= 0.95e9 else f"{size / 1e6:.0f} MB"


def replaced(text: str, name: str, lines: Sequence[str]) -> str:
    """A document with the lines of one table between the marks of its name: see `document.replaced`."""
    return document.replaced(text, *document.marks("speed", name), lines)
