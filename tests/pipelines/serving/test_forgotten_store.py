"""`closedwon forget` on whole stores: what is not found, what cannot be read, whose files they are, what was killed."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.serving import forgetting
from pipelines.serving.forgetting import finish_forgetting
from pipelines.store.ledger import nights
from pipelines.store.status import status
from pipelines.store.store import Store
from pipelines.store.upkeep.input_examples import examples, made_up
from pipelines.store.upkeep.open_forgetting import JOURNAL
from tests.pipelines.conftest import Run
from tests.pipelines.store.upkeep.old_store import unpacked

STORE, NIGHT = "closedwon-store", "2025-12-30_2_fa54558c"


def content(folder: Path, *without: str) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    kept = {path.relative_to(folder).as_posix(): path for path in files}
    hidden = ("log/", "lock", "store.json", *without)
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in kept.items()
        if not name.removeprefix(f"{STORE}/").startswith(hidden)
    }


@pytest.fixture
def old(tmp_path: Path, closedwon: Run) -> Path:
    """A store that was made here: its nights name this folder of scores."""
    folder = unpacked(tmp_path / "old")
    for file in [*folder.rglob("night.json"), *folder.rglob("manifest.json")]:
        if not file.parent.is_symlink():
            file.write_text(file.read_text().replace("/srv/closedwon/", f"{folder}/"))
    assert closedwon("moved", "--store", folder / STORE).code == 0
    said = json.loads((folder / STORE / "store.json").read_text())
    assert (said["before"], said["moved_after"]) == ("/srv/closedwon/closedwon-store", 2)
    (folder / STORE / "store.json").write_text(json.dumps(said | {"before": "", "moved_after": 0}))
    for file in examples(folder / STORE / "artifacts"):
        made_up(file)
    return folder


def served(folder: Path) -> list[str]:
    return [str(name) for name in pd.read_parquet(folder / "lead_scores.parquet")["lead_id"]]


def test_an_id_that_is_found_nowhere_changes_nothing(old: Path, closedwon: Run) -> None:
    store = old / STORE
    (card,) = store.glob("artifacts/models/*/artifacts/artifacts/scorecard.json")
    edge = re.findall(r"(?<=[ \[])\d{2,}\.\d+(?=[,\]])", card.read_text())[0]
    before = content(old)
    ended = closedwon("forget", "11600", edge, "numeric", "--store", store)
    assert (ended.code, len(ended.err.splitlines())) == (2, 1), ended.err
    assert f"nothing is kept of 11600, {edge}, numeric" in ended.err
    assert content(old) == before
    assert "11600" not in "".join(file.read_text() for file in store.glob("log/*.jsonl"))


def test_what_is_found_leaves_everything_but_the_models(old: Path, closedwon: Run) -> None:
    store, who = old / STORE, served(old / "scores/latest")[0]
    before = content(store / "artifacts")
    (store / "history").mkdir()
    kept = store / "history" / "lead_2025-12-30_5f0c9a1e.parquet"
    pd.DataFrame({"lead_id": [who, "L-0"], "tier since 2025-12-30": ["x", "y"]}).to_parquet(kept)
    ended = closedwon("forget", who, "nobody-0", "--store", store)
    assert (ended.code, ended.err) == (0, "")
    assert "Not found: nobody-0" in ended.out
    assert "Forgotten: 1 record, " in ended.out
    assert content(store / "artifacts") == before
    assert who not in served(old / "scores/latest")
    assert pd.read_parquet(kept)["lead_id"].tolist() == ["L-0"]
    manifest = json.loads((old / "scores/latest/manifest.json").read_text())
    for output in manifest["outputs"]:
        file = old / "scores/latest" / output["path"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == output["sha256"]
    logged = "".join(file.read_text() for file in store.glob("log/*.jsonl"))
    assert who not in logged
    assert "nobody-0" not in logged
    assert closedwon("forget", who, "--store", store).code == 2


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(old: Path, closedwon: Run) -> None:
    store, who = old / STORE, served(old / "scores/latest")[0]
    torn = store / "ledger" / NIGHT / "lead_retired.parquet"
    torn.write_bytes(b"PAR1 torn")
    foreign = old / "scores/nights" / NIGHT / "rejects" / "errors.csv"
    foreign.parent.mkdir()
    foreign.write_bytes(f"lead_id,why\n{who},Café\nL0,Café\n".encode("cp1252"))
    ended = closedwon("forget", who, "--store", store)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1), ended.err
    assert f"all else is done, but not looked at: {torn}" in ended.err
    assert "bring it back from a backup" in ended.out
    assert foreign.read_bytes() == "lead_id,why\nL0,Café\n".encode("cp1252")
    assert not (store / JOURNAL).exists()
    assert who not in served(old / "scores/latest")


@pytest.mark.parametrize("journal", ["", "{", '{"ids": 1, "records": 1}', "[]"])
def test_a_night_goes_on_with_an_open_forget_that_cannot_be_completed(old: Path, closedwon: Run, journal: str) -> None:
    (old / STORE / JOURNAL).write_text(journal)
    said: list[str] = []
    with Store.open(old / STORE) as store:
        finish_forgetting(store, said.append)
    assert "was not finished and cannot be" in said[-1]
    assert closedwon("forget", "L1", "--store", old / STORE).code == 2
    found = status(old / STORE, 10**9)
    assert (found.well, "WARNING a `closedwon forget` was not finished" in found.line) == (False, True)


def test_the_files_of_the_store_that_was_copied_stay_as_they_are(old: Path, closedwon: Run) -> None:
    copy, who = old.with_name("copy"), served(old / "scores/latest")[0]
    shutil.copytree(old, copy, symlinks=True)
    assert closedwon("moved", "--store", copy / STORE).code == 0
    before, scores = content(old), content(copy / "scores")
    ended = closedwon("forget", who, "--store", copy / STORE)
    assert ended.code == 1
    assert f"not looked at: the score files in {old / 'scores'}" in ended.err
    assert "with --out" in ended.out
    assert (content(old), content(copy / "scores")) == (before, scores)
    assert who not in served(copy / STORE / "ledger" / NIGHT)
    refused = closedwon("forget", who, "--store", copy / STORE, "--out", copy)
    assert (refused.code, "holds no night of the store" in refused.err) == (2, True)
    assert closedwon("forget", who, "--store", copy / STORE, "--out", copy / "scores").code == 0
    assert who not in served(copy / "scores/latest")
    assert content(old) == before


class Stopped(BaseException):
    """In place of a kill."""


@pytest.mark.parametrize("step", ["without_rows", "without_words", "made_up", "_stated", "write_text"])
def test_a_forget_that_was_killed_after_any_file_is_completed(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    who, real = served(old / "scores/latest")[0], getattr(forgetting, step)
    (old / STORE / "log").mkdir(exist_ok=True)
    whole = old.with_name("whole")

    def run(after: int) -> dict[str, str]:
        if whole.exists():
            shutil.rmtree(whole)
        shutil.copytree(old, whole, symlinks=True)
        for file in whole.rglob("night.json"):
            file.write_text(file.read_text().replace(f"{old}/", f"{whole}/"))
        said = json.loads((whole / STORE / "store.json").read_text())
        (whole / STORE / "store.json").write_text(json.dumps(said | {"path": str(whole / STORE)}))
        (whole / STORE / "log/2025-12.jsonl").write_text(f'{{"message": "lead {who} is gone"}}\n')
        done = 0

        def stopping(*words: Any) -> Any:
            nonlocal done
            result, done = real(*words), done + 1
            if done == after:
                raise Stopped
            return result

        with Store.open(whole / STORE) as store:
            with monkeypatch.context() as patch:
                patch.setattr(forgetting, step, stopping)
                try:
                    forgetting.forget(store, [who], asked=None, say=lambda text: None)
                except Stopped:
                    forgetting.finish_forgetting(store, lambda text: None)
                else:
                    assert after > done
            assert not (store.path / JOURNAL).exists()
            assert len(nights(store)) == 2
        return content(whole, "forgotten.jsonl", "mlflow.db")

    expected = run(10**9)
    assert served(whole / "scores/latest") == [name for name in served(old / "scores/latest") if name != who]
    for after in (1, 4):
        assert run(after) == expected
