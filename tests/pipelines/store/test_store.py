"""The store's folder, its lock and its database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.errors import StoreBusy, UsageError
from pipelines.store.store import TRACKING, Store

HOLD = """
import sys
from pipelines.store.store import Store
with Store.open(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A tracking server of the user's own: the store makes no database, and MLflow is not imported."""
    uri = f"sqlite:///{tmp_path / 'theirs.db'}"
    monkeypatch.setenv(TRACKING, uri)
    return uri


@contextmanager
def another_process(store: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(store), "--as-of", "2025-03-01"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_a_fresh_store_has_a_database_that_mlflow_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(TRACKING, raising=False)
    monkeypatch.chdir(tmp_path)
    with Store.open("a store") as store:
        import mlflow

        assert store.path == tmp_path / "a store"
        assert mlflow.get_tracking_uri() == mlflow.get_registry_uri() == f"sqlite:///{tmp_path}/a store/mlflow.db"
        assert [found.name for found in mlflow.search_experiments()] == ["Default"]
    assert TRACKING not in os.environ
    assert sorted(file.name for file in store.path.iterdir()) == ["lock", "mlflow.db", "store.json"]
    assert [file.name for file in tmp_path.iterdir()] == ["a store"]  # nothing in the working directory
    assert capfd.readouterr() == ("", "")


def test_a_database_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(uri: str, artifacts: str) -> None:
        Path(uri.removeprefix("sqlite:///")).write_bytes(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.delenv(TRACKING, raising=False)
    with monkeypatch.context() as patched:
        patched.setattr("mlflow.store.tracking.sqlalchemy_store.SqlAlchemyStore", killed)
        with pytest.raises(KeyboardInterrupt), Store.open(tmp_path):
            pass
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lock", "mlflow.db.new"]
    with Store.open(tmp_path):
        import mlflow

        assert [found.name for found in mlflow.search_experiments()] == ["Default"]


@pytest.mark.usefixtures("elsewhere")
def test_a_second_process_is_told_who_holds_the_store(tmp_path: Path) -> None:
    with another_process(tmp_path) as holder:
        held_by = rf"`-c {tmp_path} --as-of 2025-03-01` \(process {holder.pid} on .*, since 20"
        with (
            pytest.raises(StoreBusy, match=f"{tmp_path} is in use by {held_by}") as busy,
            Store.open(tmp_path),
        ):
            pass
        assert busy.value.exit_code == 5
        with Store.open(tmp_path, writing=False):  # reading goes on
            pass
    with Store.open(tmp_path):
        pass


@pytest.mark.usefixtures("elsewhere")
def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    with another_process(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert str(holder.pid) in (tmp_path / "lock").read_text()
        with Store.open(tmp_path):
            assert str(holder.pid) not in (tmp_path / "lock").read_text()


@pytest.mark.usefixtures("elsewhere")
def test_a_process_holds_a_store_once(tmp_path: Path) -> None:
    with Store.open(tmp_path), pytest.raises(StoreBusy, match=f"process {os.getpid()}"), Store.open(tmp_path):
        pass


def test_the_users_own_tracking_server_is_used(tmp_path: Path, elsewhere: str) -> None:
    with Store.open(tmp_path / "store") as store:
        assert (store.tracking_uri, store.own) == (elsewhere, False)
        assert os.environ[TRACKING] == elsewhere
    assert os.environ[TRACKING] == elsewhere
    assert sorted(file.name for file in store.path.iterdir()) == ["lock", "store.json"]


def test_a_reader_within_a_writer_is_at_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACKING, raising=False)
    with Store.open(tmp_path) as outer:
        with Store.open(tmp_path, writing=False) as inner:
            assert inner == outer
        assert os.environ[TRACKING] == outer.tracking_uri
    assert TRACKING not in os.environ


def test_there_must_be_something_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACKING, raising=False)
    refused = pytest.raises(UsageError, match=r"no store at .*mistyped: run `closedwon train`")
    with refused, Store.open(tmp_path / "mistyped", writing=False):
        pass
    assert not (tmp_path / "mistyped").exists()


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").touch()
    cannot = pytest.raises(UsageError, match=r"scores.csv cannot be the store's folder: File exists")
    with cannot, Store.open(tmp_path / "scores.csv"):
        pass


@pytest.mark.slow
def test_two_processes_may_create_one_store_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACKING, raising=False)
    program = """
import sys, time
from pipelines.errors import StoreBusy
from pipelines.store.store import Store
while True:
    try:
        with Store.open(sys.argv[1]):
            import mlflow
            mlflow.create_experiment(sys.argv[2])
        break
    except StoreBusy:
        time.sleep(0.05)
"""
    started = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=ROOT) for name in "ab"]
    assert [process.wait() for process in started] == [0, 0]
    with Store.open(tmp_path, writing=False):
        import mlflow

        assert {found.name for found in mlflow.search_experiments()} == {"a", "b", "Default"}
