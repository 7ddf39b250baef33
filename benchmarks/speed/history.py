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

HISTORY = Path(__file__).parents[1] / "history.jsonl"
PACKAGES = ("duckdb", "ibis-framework", "pyarrow", "numpy", "pandas", "lightgbm", "mlflow-skinny", "mlflow")


@dataclass(frozen=True)
class Figure:
    """What one stage took at one size.

    Attributes
    ----------
    seconds, cpu_seconds : float
        Of the whole process, start included; where the stage is one step of a child (a matrix is read once and
        scored five times), of that step. Seconds are on the clock, CPU seconds of all cores.
    rows, of : int, str
        How many of what it went through: `23,300,000 activities`.
    peak_bytes : int
        Of the process tree.
    floor : float or None
        Seconds of the floor in the same run.
    more : dict
        What else was measured on the way, in seconds or rows.
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
        """What the history keeps."""
        rounded = {name: float(f"{value:.4g}") for name, value in self.more.items()}
        figures = asdict(self) | {"more": rounded, "seconds": round(self.seconds, 3)}
        figures |= {"cpu_seconds": round(self.cpu_seconds, 2), "floor": self.floor and round(self.floor, 3)}
        return figures | {"ratio": self.ratio and round(self.ratio, 3), "rate": round(self.rate, 1)}


def median(several: Sequence[Figure]) -> Figure:
    """The figure in the middle by seconds (of an even number the slower); the memory is the most of all."""
    ordered = sorted(several, key=lambda figure: figure.seconds)
    middle = ordered[len(ordered) // 2]
    most = max(figure.peak_bytes for figure in several)
    return Figure(**{**asdict(middle), "peak_bytes": most})


@cache
def circumstances() -> dict[str, Any]:
    """What figures of two runs can differ by: the code, the machine's cores, the versions of what it stands on."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except ModuleNotFoundError:
            continue
    return found


def _git(*words: str) -> str:
    said = subprocess.run(("git", *words), cwd=HISTORY.parent, capture_output=True, text=True, check=False)
    return said.stdout.strip()


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
    lines = [
        "| stage | accounts | seconds | CPU seconds | rows | rows/s | peak memory | in floors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        cells = [
            figure.stage,
            f"{figure.accounts:,}",
            f"{figure.seconds:,.2f}",
            f"{figure.cpu_seconds:,.2f}",
            f"{figure.rows:,} {figure.of}",
            f"{figure.rate:,.0f}" if figure.rate >= 10 else f"{figure.rate:.2g}",
            memory(figure.peak_bytes),
            ratio,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def memory(size: float) -> str:
    """Bytes as people say them."""
    return f"{size / 1e9:.1f} GB" if size >= 0.95e9 else f"{size / 1e6:.0f} MB"


def replaced(text: str, name: str, lines: Sequence[str]) -> str:
    """A document with `lines` in place of what stands between the marks of that name.

    Raises
    ------
    ValueError
        If it has no such marks; says what to write where.
    """
    begin, end = f"<!-- {name}, made by `python -m benchmarks.speed` -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"there is no place for {name}: put {begin} and {end} on lines of their own")
    return "\n".join([f"{before}{begin}", "", *lines, "", f"{end}{after}"])
