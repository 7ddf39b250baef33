"""`closedwon forget` killed by the system at any moment: run again, or completed by the night, nobody is left."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipelines.store.ledger import nights
from pipelines.store.status import status
from pipelines.store.store import Store
from pipelines.store.upkeep.input_examples import examples, made_up
from pipelines.store.upkeep.open_forgetting import JOURNAL
from tests.pipelines.conftest import Run
from tests.pipelines.serving.test_retention import holding
from tests.pipelines.small_crm import write
from tests.pipelines.store.upkeep.old_store import NEXT, market, unpacked

pytestmark = pytest.mark.slow

#: A command that the system kills when it is about to replace or remove a file for the so-manieth time.
KILLED = """
import os, signal, sys
from pipelines.cli import main
left = int(sys.argv[1])
def counting(real):
    def call(*words, **named):
        global left
        if any(part in os.fspath(words[0]) for part in (".json", ".parquet", ".csv", ".duckdb")):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(*words, **named)
    return call
for name in ("replace", "rename", "unlink"):
    setattr(os, name, counting(getattr(os, name)))
raise SystemExit(main(sys.argv[2:]))
"""


def test_whoever_is_forgotten_is_gone_after_any_kill(tmp_path: Path, closedwon: Run) -> None:
    folder = unpacked(tmp_path / "old")
    store = folder / "closedwon-store"
    for file in [*folder.rglob("night.json"), *folder.rglob("manifest.json")]:
        if not file.parent.is_symlink():
            file.write_text(file.read_text().replace("/srv/closedwon/", f"{folder}/"))
    assert closedwon("moved", "--store", store).code == 0
    said = json.loads((store / "store.json").read_text())
    (store / "store.json").write_text(json.dumps(said | {"before": "", "moved_after": 0}))
    for example in examples(store / "artifacts"):
        made_up(example)
    gone: list[str] = []
    begun = []
    for moment in (2, 9, 14, 6):
        (who, *_) = pd.read_parquet(folder / "scores" / "latest" / "lead_scores.parquet")["lead_id"]
        command = [sys.executable, "-c", KILLED, str(moment), "forget", who, "--store", str(store)]
        assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
        gone.append(who)
        begun.append((store / JOURNAL).exists())
        assert ("a `closedwon forget` was not finished" in status(store, 10**9).line) == begun[-1]
        with Store.open(store, writing=False) as opened:
            assert [night.damage for night in nights(opened)] == ["", ""]
        if len(gone) < 4:  # the last one is completed by the night
            assert closedwon("forget", who, "--store", store).code == 0
            assert holding(folder, who) == []
    assert begun[-1]
    frames = market(NEXT)
    frames = {name: rows[~rows["lead_id"].isin(gone)] if "lead_id" in rows else rows for name, rows in frames.items()}
    words = ("--data", write(frames, tmp_path / "crm"), "--as-of", NEXT, "--config", folder / "closedwon.toml")
    places = ("--store", store, "--out", folder / "scores", "--entity", "lead")
    night = closedwon("score", *words, *places)
    assert (night.code, "it is completed first" in night.out) == (0, True), night.err
    assert [files for who in gone if (files := holding(folder, who))] == []
    assert [closedwon("forget", who, "--store", store).code for who in gone] == [2] * len(gone)
    newest = status(store, 10**9)
    assert newest.well, newest.line
