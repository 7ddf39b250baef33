"""`--json FILE`: the figures that a command prints, for other programs."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.commands.command import figures_in
from pipelines.commands.known import COMMANDS
from pipelines.disk import write_figures
from pipelines.errors import Refused, UsageError
from scoring.scorecard.forecast_error import Interval
from tests.pipelines.conftest import Run, TrainedStore

#: Commands that print no figures: they write files for people, or say that something was done.
WITHOUT = {"config", "demo", "fields", "forget", "init", "moved", "report", "upgrade"}


def test_every_command_that_prints_figures_writes_them_too() -> None:
    takes = {command.name for command in COMMANDS if any(option.name == "--json" for option in command.options)}
    assert takes == {command.name for command in COMMANDS} - WITHOUT


def test_figures_are_plain_data(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    figures = {"day": date(2025, 12, 29), "n": np.int64(3), "x": float("nan"), "y": np.float64("inf"), "on": np.True_}
    figures["money"] = Interval(5.0, 3.0, 7.0, 2.0, float("inf"))
    write_figures(file, figures | {"parts": ({"name": "Zürich", "value": 0.5}, None), 7: [True, 1]})
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "day": "2025-12-29",
        "n": 3,
        "x": None,
        "y": None,
        "on": True,
        "money": {"expected": 5.0, "low_80": 3.0, "high_80": 7.0, "low_95": 2.0, "high_95": None},
        "parts": [{"name": "Zürich", "value": 0.5}, None],
        "7": [True, 1],
    }


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--json .*no/figures.json cannot be written .*: name another file"):
        write_figures(tmp_path / "no" / "figures.json", {"n": 1})


def test_a_refusal_is_written_with_what_was_found(tmp_path: Path) -> None:
    def refused(file: Path, why: Exception) -> None:
        with figures_in(file) as figures:
            figures["account"] = {"version": 2}
            raise why

    file = tmp_path / "figures.json"
    with pytest.raises(Refused):
        refused(file, Refused("not promoted: account version 2"))
    assert json.loads(file.read_text()) == {"account": {"version": 2}, "refused": "not promoted: account version 2"}
    with pytest.raises(KeyError):
        refused(file, KeyError())
    assert json.loads(file.read_text()) == {"account": {"version": 2}}


def test_nothing_is_written_where_nothing_was_found(tmp_path: Path) -> None:
    with figures_in(tmp_path / "figures.json"):
        pass
    assert not (tmp_path / "figures.json").exists()


@pytest.mark.slow
def test_the_figures_are_those_that_are_printed(trained: TrainedStore, closedwon: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"

    def run(*command: object) -> dict[str, Any]:
        file.unlink(missing_ok=True)
        closedwon(*command, "--json", file)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found

    best = trained.scores("account").iloc[0]
    explained = run("explain", best["account_id"], *trained.data, "--store", trained.store)
    assert explained["account"] == best["account_id"]
    assert explained["win_probability"] == pytest.approx(best["win_probability"])
    parts = [term["contribution"] for term in explained["terms"] if term["side"] in ("fit", "intent")]
    assert explained["base"] + sum(parts) == pytest.approx(best["log_odds"])
    store = trained.copy_of_store(tmp_path / "store")
    settings = ("--config", trained.folder / "closedwon.toml")
    learned = run("train", *trained.data, "--store", store, "--entity", "account", *settings)
    assert (learned["account"]["version"], learned["account"]["entity"], learned["left_out"]) == (2, "account", {})
    assert learned["account"]["wins"] == trained.scorecard("account").wins
    promoted = run("promote", "--store", store, "--entity", "account", "--force")
    assert (promoted["account"]["version"], promoted["account"]["forced"]) == (2, True)
    assert run("rollback", "--store", store, "--entity", "account") == {"account": {"version": 1}}
    night = run("score", *trained.data, "--store", store, "--out", tmp_path / "scores")
    assert night["counts"]["account"]["scored"] == len(trained.scores("account"))
    assert run("status", "--store", store, "--max-age-hours", "1e6")["well"] is True
