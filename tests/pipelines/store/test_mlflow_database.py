"""The store's own database, read as it lies, says what MLflow says of it; else it says nothing."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ClosedwonError
from pipelines.store import mlflow_database, registry
from pipelines.store.store import TRACKING, Store
from tests.pipelines.store.test_registry import SCORECARD, YES, train
from tests.scoring.example_scorecard import EXAMPLE

NAME = "closedwon-account"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three versions: the first deleted, the second champion, the third challenger."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        with Store.open(tmp_path_factory.mktemp("own") / "a store, 100 %") as opened:
            from mlflow import MlflowClient

            for base in (-3.0, -2.0, -1.0):
                train(opened, base=base)
                if base != -1.0:
                    registry.make_champion(opened, "account", YES)
            MlflowClient().delete_model_version(NAME, "1")
            yield opened


def test_it_says_what_mlflow_says(store: Store) -> None:
    from mlflow import MlflowClient, artifacts

    named = MlflowClient().get_registered_model(NAME).aliases
    assert mlflow_database.aliases(store, NAME) == {alias: int(number) for alias, number in named.items()}
    assert mlflow_database.aliases(store, NAME) == {"champion": 2, "challenger": 3}
    for number in (2, 3):
        found = mlflow_database.version(store, NAME, number)
        assert found is not None
        assert found.run_id == MlflowClient().get_model_version(NAME, str(number)).run_id
        assert found.location == MlflowClient().get_model_version_download_uri(NAME, str(number))
        scorecard = artifacts.load_dict(f"models:/{NAME}/{number}/{registry.SCORECARD}")
        assert mlflow_database.artifact(found, registry.SCORECARD) == scorecard == EXAMPLE | {"base": -4.0 + number}
    assert mlflow_database.aliases(store, "closedwon-lead") == {}
    assert mlflow_database.version(store, NAME, 1) is None
    assert mlflow_database.version(store, NAME, 4) is None


def test_a_night_needs_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)  # importing it raises
    assert (registry.champion(store, "account"), registry.champion(store, "lead")) == (2, None)
    assert registry.load_scorecard(store, "account") == (replace(SCORECARD, base=-2.0), 2)
    assert registry.origin(store, "account").startswith("2 of run ")
    with pytest.raises(ImportError):
        registry.decision(store, "account", 2)


def test_an_alias_that_somebody_moves_in_mlflow_is_seen(store: Store) -> None:
    from mlflow import MlflowClient

    MlflowClient().set_registered_model_alias(NAME, "champion", "3")
    try:
        assert registry.champion(store, "account") == 3
        assert registry.load_scorecard(store, "account") == (replace(SCORECARD, base=-1.0), 3)
    finally:
        MlflowClient().set_registered_model_alias(NAME, "champion", "2")
    assert registry.champion(store, "account") == 2


def change(score_breakdown: str) -> Callable[[Path], None]:
    def changed(database: Path) -> None:
        with sqlite3.connect(database) as connection:
            connection.execute(score_breakdown)

    return changed


def garble(database: Path) -> None:
    database.write_bytes(b"no database" * 100)


@pytest.mark.parametrize(
    "trouble",
    [
        change("UPDATE alembic_version SET version_num = 'of tomorrow'"),
        change("UPDATE registered_model_aliases SET workspace = 'theirs'"),
        change("ALTER TABLE registered_model_aliases RENAME TO aliases"),
        garble,
        Path.unlink,
    ],
)
def test_anything_else_is_left_to_mlflow(store: Store, tmp_path: Path, trouble: Callable[[Path], Any]) -> None:
    other = Store(path=tmp_path, tracking_uri="", own=True)
    other.database.write_bytes(store.database.read_bytes())
    assert mlflow_database.aliases(other, NAME) == {"champion": 2, "challenger": 3}
    trouble(other.database)
    assert mlflow_database.aliases(other, NAME) is None


@pytest.mark.parametrize("column", ["status = 'FAILED'", "current_stage = 'Archived'", "workspace = 'theirs'"])
def test_so_is_a_version_that_is_not_as_ours_are(store: Store, tmp_path: Path, column: str) -> None:
    other = Store(path=tmp_path, tracking_uri="", own=True)
    other.database.write_bytes(store.database.read_bytes())
    change(f"UPDATE model_versions SET {column}")(other.database)
    assert mlflow_database.version(other, NAME, 2) is None


def test_and_a_store_that_tracks_elsewhere_and_files_that_are_not_here(store: Store) -> None:
    assert mlflow_database.aliases(replace(store, own=False), NAME) is None
    for location in ("s3://bucket/models", "file://host/models", "file:///nowhere/at/all"):
        assert mlflow_database.artifact(mlflow_database.Version("r", location), registry.SCORECARD) is None


def test_a_scorecard_of_a_later_version_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow_database, "artifact", lambda *_: EXAMPLE | {"format": "closedwon-scorecard/3"})
    with pytest.raises(ClosedwonError) as refused:
        registry.load_scorecard(store, "account")
    assert str(refused.value) == (
        "the scorecard closedwon-account version 2 cannot be read: its format is closedwon-scorecard/3, "
        "and this version of closedwon reads up to closedwon-scorecard/2: update closedwon"
    )
