"""A secret on the command line or in the environment: nowhere in what is printed, locked, logged or kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import ROOT, redaction
from pipelines.store.store import Store
from tests.pipelines.conftest import Run
from tests.pipelines.store.upkeep.old_store import unpacked

SECRET = "Hj7kQx9"


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())


@pytest.fixture
def store(tmp_path: Path, closedwon: Run) -> Path:
    here = unpacked(tmp_path) / "closedwon-store"
    assert closedwon("moved", "--store", here).code == 0
    return here


def kept(folder: Path) -> str:
    """All that lies in a folder, as text."""
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


#: What stands after `closedwon score --data crm`, and the code that it ends with. Nothing listens at these addresses.
WORDS = [
    (("--engine", f"postgresql://crm:{SECRET}@127.0.0.1:9/crm"), 2),
    (("--engine", f"postgresql+psycopg://crm:{SECRET}@127.0.0.1:9/crm"), 2),
    (("--engine", f"host=127.0.0.1 port=9 password={SECRET}"), 2),
    (("--engine", f"postgresql://crm:{SECRET}%zz@127.0.0.1:9/crm"), 2),
    (("--data", f"postgresql://crm:{SECRET}@127.0.0.1:9/crm?schema=crm"), 2),
    (("--data", f"mysql://crm:{SECRET}@127.0.0.1:9/crm"), 2),
    (("--data", f"http://crm:{SECRET}@127.0.0.1:9/crm.zip"), 3),
    (("--engin", f"postgresql://crm:{SECRET}@127.0.0.1:9/crm"), 2),
    (("--mistyped", f"postgresql://crm:{SECRET}@127.0.0.1:9/crm"), 2),
    (("--entity", f"token={SECRET}"), 2),
    (("--out", f"s3://key:{SECRET}@bucket/scores", "--crm", "nobody"), 2),
]


@pytest.mark.parametrize(("words", "code"), WORDS, ids=[" ".join(words)[:40] for words, _ in WORDS])
def test_no_message_log_or_record_repeats_it(
    closedwon: Run, store: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    ended = closedwon("score", "--data", tmp_path / "crm", "--store", store, *words)
    assert ended.code == code
    assert SECRET not in ended.out + ended.err
    assert SECRET not in kept(store)
    assert SECRET not in closedwon("status", "--store", store).out


def test_a_trace_of_a_bug_does_not_repeat_it(closedwon: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"no answer of http://user:{SECRET}@host, bearer {SECRET}{SECRET}")

    monkeypatch.setattr("pipelines.store.upkeep.upgrade.upgrade", broken)
    ended = closedwon("upgrade", "--store", store)
    assert (ended.code, "RuntimeError: no answer of http://(hidden)@host, bearer (hidden)" in ended.err) == (1, True)
    assert SECRET not in ended.err + kept(store)


def test_the_address_of_mlflow_is_told_without_it(
    closedwon: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    ended = closedwon("rollback", "--store", store, tracking=f"http://user:{SECRET}@127.0.0.1:9")
    assert ended.code in (1, 2)
    assert SECRET not in ended.out + ended.err + kept(store)


HOLD = """
import sys
from pipelines.store.store import Store
with Store.open(sys.argv[1]):
    print("holds", flush=True)
    sys.stdin.readline()
"""


def test_who_holds_the_store_is_told_without_it(closedwon: Run, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Store.open(store):
        pass
    words = [sys.executable, "-c", HOLD, str(store), "--engine", f"postgresql://crm:{SECRET}@db/crm"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stdout
        assert run.stdout.readline() == "holds\n"
        ended = closedwon("rollback", "--store", store)
        assert (ended.code, "postgresql://(hidden)@db/crm" in ended.err) == (5, True)
        assert SECRET not in ended.err + (store / "lock").read_text()
        run.communicate("\n")


def test_parameters_and_tags_of_mlflow_are_without_it() -> None:
    from pipelines.store.tracking import _plain

    told = {"data": f"s3://key:{SECRET}@bucket/crm", "seed": 7}
    assert _plain(told) == {"data": "s3://(hidden)@bucket/crm", "seed": 7}


def test_the_words_of_passwords_are_those_of_the_documentation() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    named = ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "SPARK_REMOTE", "@FILE", "MLFLOW_TRACKING_PASSWORD", "UMask=0077")
    assert [word for word in named if word not in text] == []
