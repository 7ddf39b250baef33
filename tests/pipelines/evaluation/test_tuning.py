"""Tuning: settings are tried on days before all cut-offs, and taken only where they are clearly better."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Backtest, Config, Gate, Training, Tuning
from pipelines.config_file import read_config
from pipelines.errors import Refused
from pipelines.evaluation import tuning
from pipelines.evaluation.tuning import SEARCHED, Material, Tuned, before_the_backtest, materials, search
from pipelines.intake.point_in_time import Export, read_export
from pipelines.store.store import TRACKING, Store
from pipelines.store.trial import Trial
from scoring.knowledge import LooksAhead, upto
from scoring.timeline import day_number
from tests.pipelines.small_crm import AS_OF, Frames, people, write

CONFIG = Config(
    training=Training(horizon_days=90, periods=3, max_snapshots=9, max_rows=10_000, pair_budget=0),
    backtest=Backtest(cut_offs=1),
    gate=Gate(cut_offs=2),
    tuning=Tuning(trials=2, cut_offs=1),
)
#: The cut-offs of the gate are 2025-08-31 and 2025-09-30; the newest horizon to tune on ends where the first starts.
FIRST_CUT_OFF, TUNED_ON = date(2025, 8, 31), date(2025, 6, 2)
SETTINGS = {"learning_rate": 0.1, "leaves": 4, "min_leaf": 50, "l2": 1.0, "pair_budget": 0}


def quiet(text: str) -> None:
    pass


def export(folder: Path, frames: Frames) -> Export:
    return read_export(write(frames, folder), CONFIG, date.fromisoformat(AS_OF), quiet, with_pandera=False)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return people(1400, wins=640)


@pytest.fixture(scope="module")
def market(frames: Frames, tmp_path_factory: pytest.TempPathFactory) -> Export:
    return export(tmp_path_factory.mktemp("tune") / "crm", frames)


@pytest.fixture(scope="module")
def material(market: Export) -> list[Material]:
    return materials(market, "lead", CONFIG, quiet)


def test_no_outcome_of_a_backtested_horizon_can_be_read(market: Export, material: list[Material]) -> None:
    past = before_the_backtest(market, "lead", CONFIG)
    assert (past.as_of, past.tables.known_before) == (FIRST_CUT_OFF, day_number(FIRST_CUT_OFF))
    with pytest.raises(LooksAhead):
        upto(past.tables, day_number(FIRST_CUT_OFF) + 1)
    (part,) = material
    assert part.training_set.as_of == day_number(TUNED_ON)
    assert part.training_set.as_of + CONFIG.training.horizon_days <= day_number(FIRST_CUT_OFF)
    assert 50 <= part.won.sum() < len(part.won)


def test_whatever_happens_from_the_first_cut_off_on_changes_nothing(
    frames: Frames, material: list[Material], tmp_path: Path
) -> None:
    """All deals that close from then on close otherwise, for other amounts, and a hundred leads win besides."""
    deals = frames["opportunities"].copy()
    late = deals["closed_at"] >= pd.Timestamp(FIRST_CUT_OFF)
    deals.loc[late, "status"] = deals.loc[late, "status"].map({"won": "lost", "lost": "won"})
    deals.loc[late, "amount"] = 7.0
    more = deals.head(100).assign(
        opportunity_id=[f"N{i}" for i in range(100)],
        created_at=pd.Timestamp(FIRST_CUT_OFF),
        closed_at=pd.Timestamp(FIRST_CUT_OFF) + pd.Timedelta(days=3),
        status="won",
        amount=9.0,
    )
    assert 50 < late.sum() < len(deals) - 50
    other = frames | {"opportunities": pd.concat([deals, more], ignore_index=True)}
    (again,) = materials(export(tmp_path / "crm", other), "lead", CONFIG, quiet)
    (part,) = material
    pd.testing.assert_frame_equal(again.training_set.frame, part.training_set.frame)
    assert again.won.tolist() == part.won.tolist()


def test_every_trial_is_a_run_below_the_search(
    market: Export, material: list[Material], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.delenv(TRACKING, raising=False)
    monkeypatch.setattr(tuning, "materials", lambda *_: material)
    messages: list[str] = []
    with Store.open(tmp_path / "store") as store:
        found = tuning.tune(market, store, CONFIG, asked="lead", say=messages.append)["lead"]
        runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
    trials = {run.info.run_name: run for run in runs if run.info.run_name != f"tune lead {AS_OF}"}
    (parent,) = (run for run in runs if run.info.run_name == f"tune lead {AS_OF}")
    assert sorted(trials) == ["trial 0", "trial 1"]
    for trial in found.trials:
        run = trials[f"trial {trial.number}"]
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert run.data.params == {name: str(value) for name, value in trial.settings.items()}
        assert run.data.metrics == pytest.approx(trial.figures)
    assert found.trials[0].settings == SETTINGS
    assert found.trials[0].wins >= 150
    losses = [trial.log_loss for trial in found.trials]
    assert 0.1 < min(losses) < max(losses) < 0.7
    assert messages[1].startswith("  trial 1 of 2: log loss 0.")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """Four entities at two days; each loses the more, the more leaves there are, the first far more than the others."""
    asked: list[Config] = []

    def losses(material: Any, config: Config) -> tuple[list[np.ndarray], int]:
        asked.append(config)
        return [np.full(4, 0.5) + 0.01 * config.training.leaves * SLOPES[material[0].won[0]]] * 2, 200

    monkeypatch.setattr(tuning, "_losses", losses)
    return asked


SLOPES = [np.array([1.1, 1.0, 0.9, 1.0]), np.array([9.0, -3.0, -3.0, 1.0])]


def parts(slope: int) -> list[Material]:
    today = pd.DataFrame({"unit": list("abcd"), "as_of": 9})
    training_set: Any = type("TrainingSet", (), {"as_of": 9, "frame": today})
    return [Material(training_set, np.full(4, slope))] * 2


@pytest.mark.parametrize(("slope", "better"), [(0, True), (1, False)])
def test_settings_are_taken_only_where_they_are_clearly_better(tried: list[Config], slope: int, better: bool) -> None:
    """Two leaves are better than four by 0.02 on average: for all four alike, or nearly all of it for one of them."""
    found = search(parts(slope), CONFIG, 12)
    assert len(tried) == len(found.trials) == 12
    assert found.trials[0].settings == SETTINGS
    assert (found.best.settings["leaves"], found.gain) == (2, pytest.approx(0.02))
    # The gains of the four are 0.02 times the slopes; their deviation over the root of four is the standard error.
    assert found.noise == pytest.approx(0.02 * SLOPES[slope].std() / 2)
    assert found.better is better
    assert found.training.leaves == (2 if better else 4)
    assert replace(found.training, **SETTINGS) == CONFIG.training


def test_all_that_is_tried_lies_within_the_bounds_and_the_same_seed_tries_the_same(tried: list[Config]) -> None:
    once, twice = search(parts(0), CONFIG, 15), search(parts(0), CONFIG, 15)
    assert once.trials == twice.trials
    assert search(parts(0), replace(CONFIG, training=replace(CONFIG.training, seed=8)), 15).trials != once.trials
    for name, (low, high) in SEARCHED.items():
        tried = [trial.settings[name] for trial in once.trials[1:]]
        assert low <= min(tried) < max(tried) <= high


def test_what_was_found_can_be_pasted_into_the_configuration(tmp_path: Path) -> None:
    best = Trial(3, SETTINGS | {"learning_rate": 0.0625, "leaves": 7}, log_loss=0.1, wins=200)
    lines = Tuned(Training(), best, [best] * 9, 0.002, 0.001).lines()
    assert lines[0] == (
        "better than what is set by 2.00e-03 nats an entity, standard error 1.00e-03; for the configuration:"
    )
    assert tomllib.loads("\n".join(lines[1:])) == {"training": best.settings}
    file = tmp_path / "closedwon.toml"
    file.write_text("\n".join(lines[1:]))
    assert (read_config(file).training.learning_rate, read_config(file).training.leaves) == (0.0625, 7)


@pytest.mark.parametrize(
    ("number", "gain", "says"),
    [
        (3, 0.002, "none of 9 trials is clearly better than what is set (the best by 2.00e-03 nats an entity, "
            "standard error 3.00e-03)"),
        (0, 0.0, "none of 9 trials is better than what is set"),
    ],
)  # fmt: skip
def test_what_is_not_clearly_better_is_not_proposed(number: int, gain: float, says: str) -> None:
    best = Trial(number, SETTINGS, log_loss=0.1, wins=200)
    assert Tuned(Training(), best, [best] * 9, gain, 0.003).lines() == [says]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"gate": Gate(cut_offs=20)},
            "tuning may use only what was known before 2024-.*, the first cut-off of the backtest or the gate, "
            "and no cut-off can be backtested yet: .*; with fewer cut_offs in .backtest. and .gate. it can use more",
        ),
        (
            {"tuning": Tuning(cut_offs=1, min_wins=400)},
            "tuning needs 400 wins to compare settings, and in the horizons of 2025-06-02 .* were won",
        ),
    ],
)
def test_too_little_to_compare_settings_is_refused(market: Export, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        materials(market, "lead", replace(CONFIG, **settings), quiet)


def test_too_few_wins_for_trees_leave_nothing_to_tune(material: list[Material]) -> None:
    (part,) = material
    training_set = part.training_set.of_units([f"L{i:04}" for i in range(500)])
    with pytest.raises(Refused, match=r"tuning needs 150 wins to learn from as of its newest day, [0-9]+ were found"):
        search([replace(part, training_set=training_set)], CONFIG, 2)
