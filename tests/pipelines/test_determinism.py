"""The same facts and seed give the same scorecard, byte for byte, in whatever order and however often they are told."""

import json
from pathlib import Path
from typing import Any

from tests.pipelines.conftest import Ended, Run, Trained, market_export
from tests.pipelines.small_crm import AS_OF, Frames, people, shuffled, write
from tests.pipelines.test_promises import outbound, repeated

FEW = "[training]\nmax_snapshots = 6\nmax_rows = 20_000\n"


def learned(closedwon: Run, frames: Frames, folder: Path, config: str, *words: str) -> dict[str, Any]:
    """The scorecard that training makes of an export, but for the digests of its files."""
    (folder / "c.toml").parent.mkdir(parents=True)
    (folder / "c.toml").write_text(config)
    data = ("--data", write(frames, folder / "crm"), "--as-of", AS_OF, "--config", folder / "c.toml")
    assert closedwon("train", *data, "--store", folder / "store", "--quiet", *words) == Ended(0, "", "")
    (file,) = (folder / "store").rglob("models/*/artifacts/artifacts/scorecard.json")
    card: dict[str, Any] = json.loads(file.read_text())
    del card["data"]
    return card


def test_trees_and_pairs_are_learned_alike_from_rows_in_any_order(closedwon: Run, tmp_path: Path) -> None:
    market = people(2_000, 500)
    first = learned(closedwon, market, tmp_path / "first", FEW)
    again = learned(closedwon, market, tmp_path / "again", FEW)
    other = learned(closedwon, shuffled(market, 1), tmp_path / "other", FEW)
    assert first["rung"] == "additive"
    assert ["industry", "size"] in [sorted(term["features"]) for term in first["terms"]]
    assert json.dumps(again) == json.dumps(first)
    assert json.dumps(other) == json.dumps(first)
    seed = learned(closedwon, market, tmp_path / "seed", FEW + "seed = 8\n")
    assert json.dumps(seed["terms"]) != json.dumps(first["terms"])


def test_touches_repeated_and_our_own_teach_nothing(trained: Trained, closedwon: Run, tmp_path: Path) -> None:
    export = shuffled(outbound(repeated(market_export(), times=5)), 2)
    config = (trained.folder / "closedwon.toml").read_text()
    card = learned(closedwon, export, tmp_path / "crm", config, "--entity", "account")
    expected = trained.card("account")
    del expected["data"]
    assert json.dumps(card) == json.dumps(expected)
