"""The learning curve: fewer units to learn from, all of them to measure on."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Backtest, Capacity, Config, Training
from pipelines.evaluation.cutoff import CutOff, saved
from pipelines.evaluation.learning_curve import learning_curve
from pipelines.intake.leak_guard import AttributeSelection, LeakGuard
from pipelines.intake.point_in_time import read_export
from pipelines.training.training_set import TrainingSet
from scoring.outcomes.wins import WinCounts
from scoring.timeline import day_number
from tests.pipelines.small_crm import AS_OF, people, write

CONFIG = Config(
    training=Training(horizon_days=90, periods=3, max_snapshots=9, max_rows=20_000, pair_budget=0),
    backtest=Backtest(cut_offs=1),
    capacity=Capacity(share=0.2),
)
AS_OF_DAY = day_number(date.fromisoformat(AS_OF))


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> CutOff:
    folder = tmp_path_factory.mktemp("curve")
    export = read_export(
        write(people(800, wins=360), folder / "crm"),
        CONFIG,
        date.fromisoformat(AS_OF),
        lambda text: None,
        with_pandera=False,
    )
    tables = saved(export.tables, folder / "tables")
    return CutOff("lead", AS_OF_DAY - 90, AS_OF_DAY, CONFIG, tables, folder)


def test_more_wins_to_learn_from_are_measured_on_the_same_rows(cut_off: CutOff) -> None:
    """Of a quarter of the units two draws are learned from, each with a quarter of the wins: too few for trees."""
    some, all_ = learning_curve(cut_off, shares=(0.25, 1.0))
    assert [point.share for point in (some, all_)] == [0.25, 1.0]
    assert [point.draws for point in (some, all_)] == [2, 1]
    assert some.wins == pytest.approx((all_.wins or 0.0) / 4, rel=0.25)
    assert some.rung in {"logistic", "evidence"}
    assert all_.rung == "additive"
    for point in (some, all_):
        assert 0.5 < (point.auc or 0.0) < 1.0
        assert 0.2 < (point.captured or 0.0) < 1.0
    assert (all_.auc or 0.0) > (some.auc or 0.0)


def test_a_share_with_too_few_wins_is_left_out(cut_off: CutOff) -> None:
    strict = replace(cut_off, config=replace(CONFIG, training=replace(CONFIG.training, min_wins=150)))
    assert [point.share for point in learning_curve(strict, shares=(0.1, 0.25))] == []


def test_a_part_keeps_its_own_past_and_everyone_s_today() -> None:
    frame = pd.DataFrame({"unit": ["a", "a", "b", "b", "c"], "as_of": [1, 9, 1, 9, 9], "x": np.arange(5.0)})
    nothing = AttributeSelection({}, [], {})
    wins = WinCounts(to_learn=0, outside=0, repeat=0, other_type=0, set_aside=0, unclear=0, first_day=1, last_day=9)
    part = TrainingSet("lead", 9, [], frame, LeakGuard(nothing, nothing, ()), {}, wins).of_units(["b"])
    assert part.frame[["unit", "as_of"]].to_numpy().tolist() == [["a", 9], ["b", 1], ["b", 9], ["c", 9]]
