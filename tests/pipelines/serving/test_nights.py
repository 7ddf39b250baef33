"""Nights that go wrong: killed jobs, exports that lack something, another day. The last good files stay."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.store import registry
from pipelines.store.store import TRACKING, Store
from pipelines.store.upkeep.location import move_here
from tests.pipelines.conftest import QUICKEST, STILL, Run
from tests.pipelines.small_crm import AS_OF, Frames, people, with_rows, write

#: Runs a command in which the named function does not return, but has the system kill the process.
KILLED = """
import importlib, os, signal, sys
from pipelines.cli import main
room, *path = sys.argv[1].split(":")
*owner, name = path
setattr(getattr(importlib.import_module(room), *owner) if owner else importlib.import_module(room), name,
        lambda *words, **named: os.kill(os.getpid(), signal.SIGKILL))
main(sys.argv[2:])
"""


def market() -> Frames:
    frames = people(300, 80)
    frames["leads"]["partner"] = frames["leads"]["size"].gt(60).map({True: "yes", False: "no"})
    return frames


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, a store with its champion, and the scores of one good night."""
    folder = tmp_path_factory.mktemp("night")
    write(market(), folder / "crm")
    (folder / "c.toml").write_text(QUICKEST + STILL)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        for command in ("train", "promote", "score"):
            assert main(words(folder, command)) == 0
    return folder


@pytest.fixture
def nights(one_night: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes."""
    copy = Path(shutil.copytree(one_night, tmp_path / "nights", symlinks=True))
    move_here(copy / "store")
    return copy


def words(nights: Path, command: str, crm: str = "crm", as_of: str = AS_OF, out: str = "scores") -> list[str]:
    data = ["--data", nights / crm, "--as-of", as_of, "--config", nights / "c.toml"]
    options = {"train": data, "promote": ["--force"], "score": [*data, "--out", nights / out]}[command]
    return [str(word) for word in (command, "--store", nights / "store", *options)]


def kill(nights: Path, command: str, where: str, as_of: str = AS_OF) -> None:
    told = [sys.executable, "-c", KILLED, where, *words(nights, command, as_of=as_of)]
    ended = subprocess.run(told, capture_output=True, text=True)
    assert ended.returncode == -9, ended


def files(out: Path) -> dict[str, bytes]:
    """The latest night, as whoever imports it finds it."""
    night = (out / "latest").resolve()
    return {path.relative_to(night).as_posix(): path.read_bytes() for path in night.rglob("*") if path.is_file()}


def versions(nights: Path) -> tuple[int | None, int | None]:
    """The champion and the challenger."""
    with Store.open(nights / "store", writing=False) as store:
        return registry.champion(store, "lead"), registry.challenger(store, "lead")


@pytest.mark.slow
def test_after_a_kill_the_next_run_needs_no_repair(nights: Path, closedwon: Run) -> None:
    good = files(nights / "scores")
    kill(nights, "train", "mlflow:MlflowClient:set_registered_model_alias")  # registered, and not yet named
    assert versions(nights) == (1, None)
    kill(
        nights, "score", "pipelines.store.publication:make_latest", as_of="2025-12-30"
    )  # all files written, and not yet the latest
    assert files(nights / "scores") == good
    assert closedwon(*words(nights, "train")).code == 0
    assert versions(nights) == (1, 3)
    kill(nights, "promote", "mlflow:MlflowClient:delete_registered_model_alias")  # promoted, and still challenger
    assert versions(nights) == (3, 3)
    assert closedwon(*words(nights, "promote")).code == 0
    assert versions(nights) == (3, None)
    assert closedwon(*words(nights, "score")).code == 0
    assert json.loads((nights / "scores" / "manifest.json").read_text())["models"] == {"lead": {"version": "3"}}
    assert sorted(path.name for path in nights.iterdir()) == ["c.toml", "crm", "scores", "store"]


def scored(nights: Path, closedwon: Run, frames: Frames) -> tuple[pd.DataFrame, str]:
    """Another export's scores by the same champion, and what the command said."""
    write(frames, nights / "tonight")
    ended = closedwon(*words(nights, "score", "tonight"), "--force")
    assert (ended.code, ended.err) == (0, "")
    return pd.read_parquet(nights / "scores" / "lead_scores.parquet").set_index("lead_id"), ended.out


def test_what_an_export_lacks_tonight_is_unknown_and_said(nights: Path, closedwon: Run) -> None:
    before = pd.read_parquet(nights / "scores" / "lead_scores.parquet").set_index("lead_id")
    frames = market()
    found, said = scored(nights, closedwon, frames | {"leads": frames["leads"].drop(columns=["industry", "size"])})
    assert "  not in this export, and taken as unknown: industry, size\n" in said
    assert sorted(found.index) == sorted(before.index)
    assert found["expected_amount"].nunique() < before["expected_amount"].nunique()


def test_one_cell_of_another_type_changes_nobody_elses_score(nights: Path, closedwon: Run) -> None:
    before = pd.read_parquet(nights / "scores" / "lead_scores.parquet").set_index("lead_id")
    odd = {"lead_id": "odd", "created_at": "2025-12-01", "size": "about 50", "partner": "maybe", "industry": "7"}
    found, _ = scored(nights, closedwon, with_rows(market(), leads=[odd]))
    same = ["win_probability", "log_odds", "fit_log_odds", "intent_log_odds", "reason_1", "concern_1"]
    pd.testing.assert_frame_equal(found.drop("odd")[same].sort_index(), before[same].sort_index(), check_exact=True)


@pytest.mark.parametrize(
    ("tonight", "as_of", "code", "message"),
    [
        ({"leads": None}, AS_OF, 3, "the champion for the entity lead needs the table leads; the export has "),
        ({}, "2001-01-01", 4, "nobody known before 2001-01-01 is open, so nothing was published"),
    ],
)
def test_a_night_without_anybody_leaves_the_last_one(
    nights: Path, closedwon: Run, tonight: dict[str, Any], as_of: str, code: int, message: str
) -> None:
    good, frames = files(nights / "scores"), market()
    frames["accounts"] = pd.DataFrame({"account_id": ["A1"]})
    frames["opportunities"]["account_id"] = "A1"
    write({name: table for name, table in (frames | tonight).items() if table is not None}, nights / "tonight")
    ended = closedwon(*words(nights, "score", "tonight", as_of), "--quiet")
    assert ended.code == code
    (line,) = ended.err.splitlines()
    assert line.startswith(f"closedwon score: {message}")
    assert files(nights / "scores") == good


def test_what_is_new_is_counted_from_the_last_night_of_earlier_facts(nights: Path, closedwon: Run) -> None:
    def since(as_of: str, out: str) -> str:
        assert closedwon(*words(nights, "score", as_of=as_of, out=out), "--force").code == 0
        found: str = json.loads((nights / out / "manifest.json").read_text())["since"]
        return found

    assert since("2026-01-02", "scores") == AS_OF
    assert since("2026-01-02", "elsewhere") == AS_OF  # the same night once more
    shutil.rmtree(nights / "store" / "ledger")
    assert since("2026-01-02", "scores") == "2025-12-26"  # no night before: a week


def test_an_export_that_comes_again_is_refused_once_it_is_old(nights: Path, closedwon: Run) -> None:
    shutil.rmtree(nights / "store" / "ledger")
    whenever = words(nights, "score")
    del whenever[whenever.index("--as-of") : whenever.index("--as-of") + 2]
    assert closedwon(*whenever).code == 0
    assert "is published already" in closedwon(*whenever).out
    (nights / "c.toml").write_text(QUICKEST)  # where what stands still is not let pass
    ended = closedwon(*whenever, "--quiet")
    assert (ended.code, "is published already and" in ended.err) == (4, True)


def test_ids_that_a_crm_cannot_have_are_told(nights: Path, closedwon: Run) -> None:
    asked = (*words(nights, "score"), "--crm", "hubspot", "--crm", "salesforce")
    assert closedwon(*asked).code == 4  # a file without a row is no good night
    ended = closedwon(*asked, "--force")
    manifest = json.loads((nights / "scores" / "manifest.json").read_text())
    scored = manifest["counts"]["lead"]["scored"]
    assert (manifest["counts"]["lead"]["hubspot"], manifest["counts"]["lead"]["salesforce"]) == (0, scored)
    why = "their ids are not record ids of this CRM (see rejects/ and docs/crm.md)"
    assert f"  {scored} leads are not in the hubspot file: {why}\n" in ended.out
