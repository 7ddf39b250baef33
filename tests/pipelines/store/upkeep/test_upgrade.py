"""A store of the first release, moved and brought forward; and stores that this version must not touch."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from pipelines.history.record import read_record
from pipelines.store.store import REVISION
from tests.pipelines.conftest import Ended, Run
from tests.pipelines.small_crm import write
from tests.pipelines.store.upkeep.old_store import MADE_AT, NEXT, market, unpacked


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return unpacked(tmp_path)


def score(closedwon: Run, folder: Path, *more: object) -> Ended:
    write(market(NEXT), folder / "crm")
    words = ("--data", folder / "crm", "--as-of", NEXT, "--config", folder / "closedwon.toml", "--entity", "lead")
    places = ("--store", folder / "closedwon-store", "--out", folder / "scores", "--quiet")
    return closedwon("score", *words, *places, *more)


@pytest.mark.slow
def test_a_store_of_the_first_release_is_moved_and_brought_forward_and_its_next_night_is_scored(
    old: Path, closedwon: Run
) -> None:
    store, before = old / "closedwon-store", pd.read_parquet(old / "scores" / "lead_scores.parquet")
    refused = score(closedwon, old)
    assert (refused.code, refused.out) == (2, "")
    assert f"was made at {MADE_AT}: " in refused.err
    assert f"run `closedwon moved --store {store}` once" in refused.err
    assert closedwon("moved", "--store", store).code == 0
    said = closedwon("upgrade", "--store", store)
    assert said.code == 0
    assert "could be read by other users, and cannot now" in said.out
    assert "is closedwon-store/1" in said.out
    assert not [path for path in store.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert score(closedwon, old) == Ended(0, "", "")
    night = json.loads((old / "scores" / "manifest.json").read_text())
    assert (night["sequence"], night["models"]) == (3, {"lead": {"version": "1"}})
    assert (night["counts"]["lead"]["scored"], len(before)) == (140, 140)
    assert 0 < night["counts"]["lead"]["changed"] < 140  # it is compared with what that release sent
    written = [*store.rglob("*"), *(old / "scores" / "latest").resolve().rglob("*")]
    assert not [path for path in written if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert closedwon("upgrade", "--store", store).code == 0  # twice does no harm
    assert (
        closedwon("promote", "--store", store, "--entity", "lead", "--force").code == 2
    )  # MLflow reads it: no challenger


@pytest.mark.slow
def test_a_night_goes_on_in_the_old_store_without_an_upgrade(old: Path, closedwon: Run) -> None:
    assert closedwon("moved", "--store", old / "closedwon-store").code == 0
    assert score(closedwon, old) == Ended(0, "", "")
    assert [day.isoformat() for day in read_record(old / "closedwon-store" / "history").days] == ["2025-12-30"]


def test_after_a_move_no_path_of_the_old_place_is_left(old: Path, closedwon: Run) -> None:
    store = old / "closedwon-store"
    assert closedwon("moved", "--store", store).code == 0
    with closing(sqlite3.connect(store / "mlflow.db")) as database:
        dump = "\n".join(database.iterdump())
    assert f"file://{MADE_AT}/" not in dump
    assert f"file://{store}/artifacts/models/" in dump
    again = closedwon("moved", "--store", store)
    assert (again.code, "nothing to do" in again.out) == (0, True)


def test_an_upgrade_makes_up_the_input_examples_anew(old: Path, closedwon: Run) -> None:
    store = old / "closedwon-store"
    (folder,) = store.glob("artifacts/models/*/artifacts")
    card = (folder / "artifacts/scorecard.json").read_bytes()
    before = json.loads((folder / "input_example.json").read_text())
    assert closedwon("moved", "--store", store).code == 0
    said = closedwon("upgrade", "--store", store)
    assert "2 input examples of models held rows of an export, and hold made-up ones now" in said.out
    after = json.loads((folder / "input_example.json").read_text())
    served = json.loads((folder / "serving_input_example.json").read_text())
    assert after["columns"] == before["columns"] == served["dataframe_split"]["columns"]
    assert not [row for row in after["data"] if row in before["data"]]
    assert (folder / "artifacts/scorecard.json").read_bytes() == card
    assert "input examples" not in closedwon("upgrade", "--store", store).out


def copied(store: Path) -> Path:
    return Path(shutil.copytree(store, store.with_name("copy")))


def newer_store(store: Path) -> Path:
    (store / "store.json").write_text(json.dumps({"format": "closedwon-store/2", "path": str(store)}))
    return store


def with_revision(revision: str) -> Callable[[Path], Path]:
    def change(store: Path) -> Path:
        with closing(sqlite3.connect(store / "mlflow.db")) as database:
            database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            database.commit()
        return store

    return change


def database_of(content: bytes) -> Callable[[Path], Path]:
    def change(store: Path) -> Path:
        (store / "mlflow.db").write_bytes(content)
        return store

    return change


def cut(store: Path) -> Path:
    whole = (store / "mlflow.db").read_bytes()
    (store / "mlflow.db").write_bytes(whole[:5_000])
    return store


def newer_night(store: Path) -> Path:
    record = max(store.glob("ledger/*/night.json"))
    record.write_text(record.read_text().replace("closedwon-night/1", "closedwon-night/9"))
    return store


#: What is wrong with a store, and what is said; nothing is changed by the refusal.
REFUSED = [
    ("a copy", copied, "it seems to be a copy of the store there"),
    ("of a later version", newer_store, "was made by a later version of closedwon"),
    ("a later MLflow", with_revision("ffffffffffff"), "which the installed MLflow does not know"),
    ("an earlier MLflow", with_revision("cc1f77228345"), "run `closedwon upgrade` once"),
    ("no database", database_of(b"no database at all\n" * 300), "cannot be read: file is not a database"),
    ("an empty database", database_of(b""), "restore the store from its backup"),
    ("a cut database", cut, "restore the store from its backup"),
    ("a later night", newer_night, "update closedwon"),
]


@pytest.mark.parametrize(("change", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_store_that_cannot_be_used_is_refused_with_a_sentence(
    old: Path, closedwon: Run, change: Callable[[Path], Path], message: str
) -> None:
    assert closedwon("moved", "--store", old / "closedwon-store").code == 0
    store = change(old / "closedwon-store")
    write(market(NEXT), old / "crm")
    data = ("--data", old / "crm", "--as-of", NEXT, "--entity", "lead", "--out", old / "scores")
    ended = closedwon("score", *data, "--store", store, "--quiet")
    assert (ended.code, len(ended.err.splitlines())) == (2, 1), ended.err
    assert message in ended.err


def test_an_earlier_database_is_brought_forward_whole(
    old: Path, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow.store.db import utils

    store = with_revision("cc1f77228345")(old / "closedwon-store")
    monkeypatch.setattr(utils, "_upgrade_db", lambda engine: None)  # its own steps are MLflow's; ours is the exchange
    before = (store / "mlflow.db").read_bytes()
    assert closedwon("moved", "--store", store).code == 0

    def broken(engine: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(utils, "_upgrade_db", broken)
    changed = (store / "mlflow.db").read_bytes()
    assert closedwon("upgrade", "--store", store).code == 1
    assert (store / "mlflow.db").read_bytes() == changed != before
    assert not (store / "mlflow.db.new").exists()


def test_the_revision_that_is_known_is_that_of_the_installed_mlflow() -> None:
    from pipelines.store.upkeep.tracking_database import _revisions

    assert _revisions()[0] == REVISION


def test_an_upgrade_hides_the_secrets_of_old_logs(old: Path, closedwon: Run) -> None:
    store = old / "closedwon-store"
    (store / "log").mkdir(exist_ok=True)
    line = '{"message": "no connection to postgresql://crm:Hj7kQx@db/crm", "event": "ended"}\n'
    (store / "log" / "2025-12.jsonl").write_text(line * 2)
    assert closedwon("moved", "--store", store).code == 0
    said = closedwon("upgrade", "--store", store)
    assert "secrets were hidden in log/2025-12.jsonl" in said.out
    kept = (store / "log" / "2025-12.jsonl").read_text().splitlines()
    assert [json.loads(found)["message"] for found in kept] == ["no connection to postgresql://(hidden)@db/crm"] * 2
