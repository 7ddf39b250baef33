"""A store that one checkout made, taken over by another: the next night, past nights, cut-offs, models."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.same_results.compared import EQUAL, Comparison
from benchmarks.same_results.files import compared
from benchmarks.same_results.journey import ALL_CRMS, FINAL, FIRST_NIGHT, LIVE, best
from benchmarks.same_results.market import Market
from benchmarks.same_results.run import Driver, Run, commit_of

#: The exit code where there is no challenger.
USAGE = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was asked of the store.

    Attributes
    ----------
    asked, expected, found : str
    kept : bool or None
        Whether it is as expected; None for a figure that nothing is expected of.
    """

    asked: str
    expected: str
    found: str
    kept: bool | None


@dataclass(frozen=True)
class Takeover:
    """The store of the first checkout as it was after its first night, where it was made, and who takes it over.

    Attributes
    ----------
    part : Path
        The folder of the first checkout's results.
    before : Run
        Of the first checkout.
    driver : Driver
        Runs commands of the second.
    """

    part: Path
    before: Run
    driver: Driver
    market: Market

    @property
    def live(self) -> Path:
        """Where the store was made, and must be: MLflow notes absolute paths."""
        return self.part / LIVE

    @property
    def now(self) -> Run:
        """The run so far."""
        return Run(
            self.driver.checkout,
            self.live,
            commit_of(self.driver.checkout),
            self.driver.begin,
            datetime.now(UTC),
            self.before.names,
        )

    def findings(self) -> Iterator[Finding]:
        """Ask one thing after the other; each builds on the store that the one before left."""
        first, second, third = self.market.nights
        yield from self._explanations(first)
        yield self._exits("status", 0, "status", *self._store)
        yield self._publishes("the night that is published already", 0, first)
        yield self._publishes("the next night", 1, second)
        yield self._as_before(second)
        yield self._publishes("the next night a second time", 0, second)
        yield from self._cut_offs(first)
        yield self._exits("monitor", 0, "monitor", *self._data(third), *self._store)
        yield self._exits("promote without a challenger", USAGE, "promote", *self._store, *self._config)
        yield self._exits("train (a second version)", 0, "train", *self._data(first), *self._store)
        yield self._exits("promote --force", 0, "promote", *self._store, *self._config, "--force")
        yield self._exits("rollback", 0, "rollback", *self._store)
        yield self._publishes("the third night, by force, after all that", 1, third, "--force")
        yield from self._explanations(first)

    @property
    def _store(self) -> tuple[object, ...]:
        return "--store", self.live / "store"

    @property
    def _config(self) -> tuple[object, ...]:
        return "--config", self.market.config

    def _data(self, night: object) -> tuple[object, ...]:
        return "--data", self.market.crm, "--as-of", night, *self._config

    def _exits(self, asked: str, code: int, command: str, *words: object) -> Finding:
        found = self.driver.run(command, command, *words)
        return Finding(asked, f"exit {code}", f"exit {found}", found == code)

    def _publishes(self, asked: str, nights: int, night: object, *words: object) -> Finding:
        """Score a night, and count what is new in the ledger and among the files."""
        scores, ledger = self.live / "scores", self.live / "store" / "ledger"
        old = folders(scores / "nights") + folders(ledger)
        out = ("--out", scores, *ALL_CRMS)
        code = self.driver.run("score", "score", *self._data(night), *self._store, *out, *words)
        new = folders(scores / "nights") + folders(ledger)
        expected = f"exit 0, {nights} published"
        found = f"exit {code}, {(len(new) - len(old)) / 2:g} published"
        return Finding(f"score: {asked}", expected, found, found == expected and set(old) <= set(new))

    def _as_before(self, night: object) -> Finding:
        """Compare the files of a night with those that the first checkout made of the same store."""
        patterns = (f"scores/nights/{night}_*/**/*", f"store/ledger/{night}_*/*.parquet")
        results = list(compared(self.part / FINAL, self.before, self.live, self.now, patterns))
        return files_finding("its files beside those of the first checkout", results)

    def _explanations(self, night: object) -> Iterator[Finding]:
        """Ask why the best of the first night were the best, and compare with what the first checkout said."""
        for entity in ("account", "lead"):
            identifier = best(next((self.live / "scores" / "nights").glob("*_1_*"), self.live), entity)
            self.driver.run(f"explain_{entity}", "explain", identifier, "--at", night, *self._store)
            printed = sorted(self.driver.answers.glob(f"*_explain_{entity}.out.txt"))[-1]
            (before,) = (self.part / FINAL / "answers").glob(f"*_explain_{entity}_at.out.txt")
            same = printed.read_text() == before.read_text() != ""  # as they are: it is one and the same store
            yield Finding(f"explain {entity} --at", "the same lines", "the same lines" if same else "others", same)

    def _cut_offs(self, night: object) -> Iterator[Finding]:
        """Backtest again, and count the cut-offs that were done before by their files."""
        cut_offs = self.live / "store" / "backtests"
        old = {path: path.stat().st_mtime_ns for path in cut_offs.rglob("*.parquet")}
        code = self.driver.run("backtest", "backtest", *self._data(night), *self._store)
        new = {path: path.stat().st_mtime_ns for path in cut_offs.rglob("*.parquet")}
        again = sum(old.get(path) != time for path, time in new.items())
        summary = f"exit {code}, {len(old) - again} done before, {again} backtested again"
        yield Finding("backtest: cut-offs", "0 backtested again, or a reason", summary, None if code == 0 else False)
        patterns = ("store/backtests/**/*.parquet",)
        evidence = list(cut_offs.rglob("evidence.json"))
        yield Finding("backtest: evidence kept", "2 or 4 files", f"{len(evidence)} files", len(evidence) in (2, 4))
        newest = self.part / "backtested_again"
        shutil.rmtree(newest, ignore_errors=True)
        for path, time in new.items():
            if old.get(path) != time:
                copy = newest / path.relative_to(self.live)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        if again:
            files = list(compared(self.part / FIRST_NIGHT, self.before, newest, self.now, patterns))
            yield files_finding("what was backtested again", files)


def taken_over(
    part: Path, before: Run, checkout: Path, market: Market, answers: Path, say: Callable[[str], None]
) -> list[Finding]:
    """Let a checkout take over the store that another made, as it was after its first night.

    Parameters
    ----------
    part : Path
        The folder of the first checkout's results.
    before : Run
        Of the first checkout.
    checkout : Path
        Who takes it over, absolute.
    answers : Path
        The folder for what the commands answer; it is emptied first.
    """
    shutil.rmtree(part / LIVE, ignore_errors=True)
    shutil.rmtree(answers, ignore_errors=True)
    shutil.copytree(part / FIRST_NIGHT, part / LIVE, symlinks=True)
    return list(Takeover(part, before, Driver(checkout, answers, say), market).findings())


def folders(folder: Path) -> list[Path]:
    """Give the nights in a folder."""
    return sorted(path for path in folder.glob("[0-9]*") if path.is_dir())


def files_finding(asked: str, files: list[Comparison]) -> Finding:
    """Sum up a comparison of files in one line."""
    other = [f"{one.name}: {one.degree}" for one in files if one.degree != EQUAL]
    summary = f"{len(files) - len(other)} of {len(files)} equal" + "".join(f"; {line}" for line in other[:3])
    return Finding(asked, "all equal", summary, bool(files) and not other)
