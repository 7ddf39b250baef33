"""The fixtures of the pipelines' tests: a command line, and one trained store for all workers."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.store.store import TRACKING
from pipelines.store.upkeep import location
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.evaluation import small_backtest
from tests.pipelines.small_crm import AS_OF, Frames, simulated, with_rows, write


@dataclass(frozen=True)
class Ended:
    """The end of a command: its exit code and its output."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def closedwon(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Run a command as from a shell, in a folder of its own, with or without an MLFLOW_TRACKING_URI."""
    folder = tmp_path_factory.mktemp("here")

    def run(*words: object, tracking: str | None = None) -> Ended:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.delenv(TRACKING, raising=False)
            patch.chdir(folder)
            if tracking:
                patch.setenv(TRACKING, tracking)
            try:
                code = main([str(word) for word in words])
            except SystemExit as stop:  # argparse ends the process
                code = int(stop.code or 0)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


#: Few snapshots and rows, so that a training takes seconds.
QUICK = "[training]\nmax_rows = 20_000\nmax_snapshots = 6\n"
#: For a market whose newest rows are weeks old, or that does not change from night to night.
STILL = "[night.freshness]\nexport = 0\nleads = 0\nactivities = 0\nopportunities = 0\naccounts = 0\n"
#: Without the resampling that says which reasons are stable: it is nearly half of a small training.
QUICKEST = QUICK + "resamples = 0\n"
LESS_QUICK = "[training]\nmax_rows = 20_000\nmax_snapshots = 12\nresamples = 4\n"


@pytest.fixture
def learned(closedwon: Run, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Train on an export and give the scorecard: `learned("name", frames, more_configuration, *options)`."""

    def learn(name: str, frames: Frames, config: str = "", *words: str, start: str = QUICK) -> dict[str, Any]:
        crm = write(frames, tmp_path / name)
        file = tmp_path / f"{name}.toml"
        file.write_text(start + config)
        data = ("--data", crm, "--as-of", AS_OF, "--config", file, "--store", tmp_path / f"{name}-store")
        assert closedwon("train", *data, *words, "--quiet") == Ended(0, "", "")
        (scorecard,) = (tmp_path / f"{name}-store").rglob("models/*/artifacts/artifacts/scorecard.json")
        found: dict[str, Any] = json.loads(scorecard.read_text())
        return found

    return learn


@dataclass(frozen=True)
class TrainedStore:
    """A small simulated market, trained on at `AS_OF`, promoted and scored, all by the command line.

    All tests share it, so none may change it. A test that changes a store uses `copy_of_store`.
    """

    folder: Path

    @property
    def crm(self) -> Path:
        return self.folder / "crm"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def out(self) -> Path:
        return self.folder / "scores"

    @property
    def data(self) -> tuple[object, ...]:
        """The options of a command that say where the tables are, and as of when."""
        return ("--data", self.crm, "--as-of", AS_OF)

    def scorecard(self, entity: str) -> Scorecard:
        """The champion's scorecard."""
        return Scorecard.from_json(json.loads((self.folder / f"{entity}.json").read_text()))

    def scores(self, entity: str) -> pd.DataFrame:
        return pd.read_parquet(self.out / f"{entity}_scores.parquet")

    def copy_of_store(self, folder: Path) -> Path:
        """A store with a copy of the database. Its models are the files of this store."""
        folder.mkdir()
        (folder / "mlflow.db").write_bytes((self.store / "mlflow.db").read_bytes())
        said = {"format": location.FORMAT, "path": str(folder)}  # or it would be taken for a copy, which it is
        (folder / location.FILE).write_text(json.dumps(said))
        return folder


def market_export() -> Frames:
    """The export of the CRM at `AS_OF`, with some rows that a simulation does not have.

    A deal and a lead name an account that does not exist, a deal and an activity such a lead; a lead has only an
    address. A few rows break a rule.
    """
    frames = simulated().export(AS_OF)
    lead, account = frames["leads"].iloc[0], frames["accounts"].iloc[0]
    day = pd.Timestamp("2025-11-03")
    deal = {"created_at": day, "known_at": day, "status": "open"}
    touch = {"activity_type": "demo_request", "occurred_at": day, "known_at": day}
    return with_rows(
        frames,
        leads=[
            {"lead_id": "by-domain", "email": f"new.person@{account['domain']}", "created_at": day},
            {"lead_id": "of-nobody", "account_id": "A-later", "email": "x@y.example", "created_at": day},
            {"lead_id": "undated", "account_id": account["account_id"], "title": "CFO"},
            {"lead_id": "an.address@y.example", "email": "an.address@y.example", "created_at": day},
            {"lead_id": "broken-date", "email": "broken.date@y.example", "created_at": "soon"},
        ],
        accounts=[{"account_id": "undated", "domain": "undated.example", "industry": "Software"}],
        opportunities=[
            {"opportunity_id": "of-later-account", "account_id": "A-later", "lead_id": "of-nobody"} | deal,
            {"opportunity_id": "of-later-lead", "account_id": account["account_id"], "lead_id": "L-later"} | deal,
            {"opportunity_id": "nobody's", "account_id": account["account_id"]} | deal,
            {"opportunity_id": "negative", "account_id": account["account_id"], "amount": -5} | deal,
        ],
        activities=[
            {"activity_id": "1", "lead_id": "L-later", "account_id": account["account_id"]} | touch,
            {"activity_id": "2", "lead_id": lead["lead_id"], "account_id": "A-later"} | touch,
        ],
    )


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedStore:
    base = tmp_path_factory.getbasetemp()
    worker = "PYTEST_XDIST_WORKER" in os.environ
    job = TrainedStore((base.parent if worker else base) / "trained")
    job.folder.mkdir(exist_ok=True)
    with (job.folder / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first worker trains, the others wait for it
        if not (job.folder / "done").exists():
            _train(job)
    return job


def _train(job: TrainedStore) -> None:
    write(market_export(), job.crm)
    config = job.folder / "closedwon.toml"
    config.write_text(LESS_QUICK)
    store = ("--store", job.store, "--quiet")
    commands: list[tuple[object, ...]] = [
        ("train", *job.data, *store, "--config", config),
        ("promote", *store, "--force"),
        ("score", *job.data, *store, "--out", job.out),
    ]
    for command in commands:
        assert main([str(word) for word in command]) == 0, command
    for path in job.store.rglob("models/*/artifacts/artifacts/scorecard.json"):
        scorecard = path.read_text()
        (job.folder / f"{json.loads(scorecard)['entity']}.json").write_text(scorecard)
    (job.folder / "done").touch()


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> small_backtest.Done:
    """Leads that were judged on two past days. Nothing may change it."""
    return small_backtest.done(tmp_path_factory.mktemp("done"))
