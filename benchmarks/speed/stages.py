"""The stages: which commands each runs, and which data and store it starts from."""

import json
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.peers.environment import python_of
from benchmarks.speed.child import Run, run
from benchmarks.speed.data import APART, AS_OF, NEXT, Data, cut_offs
from benchmarks.speed.features import days
from benchmarks.speed.history import Figure, median
from benchmarks.speed.same_features import by_key, differences, ours
from benchmarks.speed.sql_features import write_titles

PYTHON = sys.executable
CUT_OFFS = 24
ENTITIES = ("account", "lead")
#: The libraries whose imports are measured.
IMPORTS = ("duckdb", "pyarrow", "numpy", "ibis", "pandas", "pandera", "mlflow", "lightgbm", "sklearn")


@dataclass
class Bench:
    """One run of the benchmark at one size.

    Attributes
    ----------
    data, peers, small : Data
        The data that is measured; that of the peers, which take longer; that of the champions' training.
    repeat : int
        How often each stage is run; the median counts.
    figures : list of Figure
        The figures so far.
    """

    data: Data
    peers: Data
    small: Data
    repeat: int = 1
    say: Callable[[str], None] = print
    figures: list[Figure] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The folder of stores and scores. A store cannot be moved, so it is filled where it is."""
        return self.data.cache / "nights"

    @property
    def store(self) -> Path:
        """The store of all nights."""
        return self.folder / "store"

    def take(self, stage: str, one: Callable[[], Figure]) -> Figure:
        """Run a stage as often as asked."""
        self.say(f"{stage} ...")
        figure = median([one() for _ in range(self.repeat)])
        self.figures.append(figure)
        self.say(f"  {figure.seconds:,.2f} s, {figure.peak_bytes / 1e9:.2f} GB")
        return figure

    def command(self, stage: str, words: Sequence[str], rows: int, of: str = "activities") -> Figure:
        """Run a command of closedwon as a stage: its whole process is measured."""
        done = run([PYTHON, "-m", "pipelines", *words])
        return self.figure(stage, self.data, done, rows=rows, of=of)

    def work(self, stage: str, data: Data, words: Sequence[Any], python: str = PYTHON, module: str = "work") -> Figure:
        """Run a step of a child as a stage: the seconds that the child measured count."""
        done = run([python, "-m", f"benchmarks.speed.{module}", *map(str, words)])
        return self.figure(stage, data, done, **json.loads(done.output.splitlines()[-1]))

    @staticmethod
    def figure(stage: str, data: Data, done: Run, **own: Any) -> Figure:
        """The figure of a run; what the child measured itself takes the place of what was measured from outside."""
        measured = {"seconds": done.seconds, "cpu_seconds": done.cpu_seconds, "peak_bytes": done.peak_bytes}
        return Figure(stage=stage, accounts=data.accounts, **{**measured, **own})

    # The data, and a store with champions of both entities.

    def make_data(self) -> None:
        """Simulate the market and cut both exports, measured; nothing if they exist."""
        if not self.data.complete:
            self.say("data ...")
            done = simulated(self.data)
            figure = self.figure("data", self.data, done, rows=self.data.rows(NEXT)["activities"], of="activities")
            self.figures.append(figure)
        self.make_unmeasured(self.peers)
        self.make_unmeasured(self.small)

    def make_unmeasured(self, data: Data) -> None:
        """Make data that is not measured."""
        if not data.complete:
            simulated(data)

    def fresh_store(self) -> None:
        """Put the store back as it was after the champions were trained, once, on the small market."""
        pristine = self.folder / "store-trained"
        if not pristine.exists():
            self.make_unmeasured(self.small)
            self.say(f"training the champions on {self.small.accounts:,} accounts ...")
            shutil.rmtree(self.store, ignore_errors=True)
            words = ("--data", str(self.small.export(AS_OF)), "--as-of", str(AS_OF), "--store", str(self.store))
            run([PYTHON, "-m", "pipelines", "train", *words])
            for entity in ENTITIES:
                words = ("promote", "--force", "--store", str(self.store), "--entity", entity)
                run([PYTHON, "-m", "pipelines", *words])
            copied(self.store, pristine)
        copied(pristine, self.store)
        shutil.rmtree(self.folder / "scores", ignore_errors=True)

    # The nights.

    def night(self, stage: str, day: date, *more: str) -> Figure:
        """A night by the command line, with the files of one CRM."""
        words = ("--data", str(self.data.export(day)), "--as-of", str(day), "--store", str(self.store))
        words += ("--out", str(self.folder / "scores"), "--crm", "salesforce", "--quiet", *more)
        return self.command(stage, ("score", *words), self.data.rows(day)["activities"])

    def first(self) -> Figure:
        """The first night of a store; store and scores are kept as they are after it, for the next night."""
        self.fresh_store()
        figure = self.night("night, first", AS_OF)
        for name in ("store", "scores"):
            copied(self.folder / name, self.folder / f"{name}-{self.data.accounts}")
        return figure

    def after_first(self) -> None:
        """Put store and scores back as they were after the first night."""
        if not (self.folder / f"scores-{self.data.accounts}").exists():
            self.first()
        for name in ("store", "scores"):
            copied(self.folder / f"{name}-{self.data.accounts}", self.folder / name)

    def next(self, *more: str) -> Figure:
        """The night after the first: a full export with one more day."""
        self.after_first()
        return self.night("night, next, rebuilt" if more else "night, next", NEXT, *more)

    def training(self) -> Figure:
        """The training of both entities in an empty store."""
        store = self.folder / "training"
        shutil.rmtree(store, ignore_errors=True)
        words = ("train", "--data", str(self.data.export(AS_OF)), "--as-of", str(AS_OF), "--store", str(store))
        return self.command("training", words, self.data.rows()["activities"])

    # Single steps, and peers.

    def features(self, data: Data, many: int) -> Figure:
        """Our account features at a number of cut-offs, reading the files included."""
        words = ("features", data.export(AS_OF), many)
        return self.work(f"features at {many} cut-off{'s' * (many > 1)}", data, words)

    def pandas(self, way: str) -> Figure:
        """The same features in pandas."""
        name = {"each": "pandas, each cut-off from the tables", "once": "pandas, common steps once"}[way]
        return self.work(name, self.peers, ("pandas", self.peers.export(AS_OF), CUT_OFFS, way))

    def sql(self) -> Figure:
        """The same features in hand-written SQL."""
        return self.work("DuckDB, SQL by hand", self.peers, ("sql", self.peers.export(AS_OF), CUT_OFFS))

    def polars(self) -> Figure:
        """The same features in polars, in its own environment, once they were found equal on the small market."""
        python, titles = peer_python("polars", self.peers.cache), self.folder / "titles.parquet"
        found, few = self.folder / "polars.parquet", self.small.export(AS_OF)
        write_titles(few, titles)
        words = (few, titles, APART, *days(3), "--write", found)
        run([python, "-m", "benchmarks.speed.polars_features", *map(str, words)])
        if differ := differences(ours(few, 3), by_key(pd.read_parquet(found))):
            raise ValueError(f"polars makes other features than ours: {', '.join(differ)}")
        write_titles(self.peers.export(AS_OF), titles)
        words = (self.peers.export(AS_OF), titles, APART, *days(CUT_OFFS))
        return self.work("polars, streaming", self.peers, words, python, "polars_features")

    def featuretools(self) -> Figure:
        """Deep feature synthesis at the same cut-offs, in its own environment."""
        words = (self.peers.export(AS_OF), *cut_offs(CUT_OFFS))
        return self.work(
            "featuretools", self.peers, words, peer_python("featuretools", self.peers.cache), "deep_features"
        )

    def matrix(self, entity: str) -> Path:
        """Make the feature matrix of an entity's champion at this size, and give its file."""
        self.fresh_store()
        file = self.folder / f"features-{entity}-{self.data.accounts}.parquet"
        words = ("matrix", self.data.export(AS_OF), self.store, entity, file)
        run([PYTHON, "-m", "benchmarks.speed.work", *map(str, words)])
        return file

    def scoring(self, entity: str, file: Path) -> Figure:
        """Scoring with reasons, from a matrix in memory."""
        return self.work(f"scoring with reasons, {entity}s", self.data, ("scoring", self.store, entity, file))

    def lightgbm(self, entity: str, file: Path, way: str) -> Figure:
        """A plain LightGBM on the same matrix: bare predictions, or TreeSHAP."""
        name = {"bare": "LightGBM, bare prediction", "shap": "LightGBM, TreeSHAP"}[way]
        return self.work(f"{name}, {entity}s", self.data, ("lightgbm", self.store, entity, file, way))

    def explain(self, stage: str) -> Figure:
        """One account: from the export, or as it was served."""
        account = next(self.scored())
        held = ("--at", str(AS_OF)) if stage.endswith("served") else ("--data", str(self.data.export(AS_OF)))
        held += () if stage.endswith("served") else ("--as-of", str(AS_OF))
        return self.command(stage, ("explain", account, *held, "--store", str(self.store)), 1, "account")

    def scored(self) -> Iterator[str]:
        """Accounts of the first night, by rank."""
        file = self.folder / "scores" / "latest" / "salesforce" / "account_scores.csv"
        with file.open(encoding="utf-8-sig") as lines:
            column = next(lines).strip().replace('"', "").split(",").index("Id")
            for line in lines:
                yield line.split(",")[column].strip('"')


def simulated(data: Data) -> Run:
    """Make data in a process of its own, so that this one stays small."""
    words = ("--accounts", str(data.accounts), "--cache", str(data.cache))
    return run([PYTHON, "-m", "benchmarks.speed.data", *words])


def copied(source: Path, target: Path) -> None:
    """Make `target` the same as `source`."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def peer_python(name: str, cache: Path) -> str:
    """The Python of a peer's environment, which is made if it does not exist."""
    return python_of(Path(__file__).parents[1] / "peers" / f"{name}.txt", cache / name)


def start(words: Sequence[str], stage: str, accounts: int, times: int = 5) -> Figure:
    """How long a command takes to start: the median of several runs."""
    done = [run(words, {"PYTHONWARNINGS": "ignore"}) for _ in range(times)]
    cpu, most = statistics.median([one.cpu_seconds for one in done]), max(one.peak_bytes for one in done)
    return Figure(stage, accounts, statistics.median([one.seconds for one in done]), cpu, 1, "start", most)


def cores() -> int:
    """Cores of this machine."""
    return os.cpu_count() or 1
