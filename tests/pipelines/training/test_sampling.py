"""The sample of a large training set: it depends on ids and seed alone, and its weights add up to all snapshots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config, Question, Training
from pipelines.intake.point_in_time import Export, read_export
from pipelines.training.fitting import fit_scorecard
from pipelines.training.sampling import DRAWS, SAMPLE_WEIGHT, Shares, draws, sampling_shares
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.entity import Entity
from scoring.features.facts import market
from scoring.outcomes.wins import count_wins
from scoring.timeline import Horizon
from tests.pipelines.small_crm import AS_OF, Frames, shuffled, simulated, write

pytestmark = pytest.mark.slow

#: Of the market below a third of the snapshots, or fewer.
FEW = Training(horizon_days=90, periods=3, max_snapshots=9, max_rows=20_000, max_snapshot_rows=1_500, pair_budget=0)
SAMPLED = Config(training=replace(FEW, resamples=0))
WHOLE = Config(training=replace(FEW, resamples=0, max_snapshot_rows=10**9))

Whole = Callable[[Entity], TrainingSet]
Drawn = Callable[[Entity], tuple[TrainingSet, list[str]]]


@cache
def export() -> Frames:
    return simulated().export(AS_OF)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("sampled")
    return read_export(
        write(export(), folder), SAMPLED, date.fromisoformat(AS_OF), lambda text: None, with_pandera=False
    )


def training_set(past: Export, entity: Entity, config: Config, **options: Any) -> TrainingSet:
    return build_training_set(past.tables, entity, past.day, config, keep=past.keep, **options)


@pytest.fixture(scope="module")
def whole(past: Export) -> Whole:
    """All snapshots of an entity; no test may change them."""
    return cache(lambda entity: training_set(past, entity, WHOLE))


@pytest.fixture(scope="module")
def drawn(past: Export) -> Drawn:
    """The sample of an entity, as on the day itself, and what was said of it; no test may change it."""

    @cache
    def of(entity: Entity) -> tuple[TrainingSet, list[str]]:
        lines: list[str] = []
        return training_set(past, entity, SAMPLED, all_of_today=False, say=lines.append), lines

    return of


@pytest.mark.parametrize(
    ("winners", "winning", "others", "idle", "most", "expected"),
    [
        (10, 50, 90, 950, 1_200, Shares(1.0, 1.0, 1.0, 1.0)),
        (10, 50, 990, 19_950, 1_050, Shares(1.0, 1.0, 131.25 / 990, 1_000 / 19_950)),
        # A quarter of the rows are with a win, of a twelfth as many winners.
        (200, 1_000, 800, 19_000, 1_200, Shares(0.5, 0.6, 0.1875, 900 / 19_000)),
        (0, 0, 100, 2_000, 400, Shares(1.0, 1.0, 0.5, 0.2)),
    ],
)
def test_wins_come_first_and_the_others_fill_up(
    winners: int, winning: int, others: int, idle: int, most: int, expected: Shares
) -> None:
    found = sampling_shares(winners, winning, others, idle, most)
    for name in ("winner", "winning", "other", "idle"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name)), name


def test_draws_are_of_the_id_and_the_seed_alone_and_even() -> None:
    assert draws(["a", "b"], 7, 0).tolist() == [draws(["b", "a"], 7, 0)[1], draws(["b"], 7, 0)[0]]
    assert draws(["0061", "0062"], 7, 0).tolist() == [1392169871, 1086474790]
    ids = [f"{i:06}" for i in range(50_000)]
    first, second, other = draws(ids, 7, 0), draws(ids, 7, 1), draws(ids, 8, 0)
    assert np.histogram(first, 10, (0, DRAWS))[0] == pytest.approx(5_000, rel=0.06)
    for another in (second, other):
        assert abs(np.corrcoef(first, another)[0, 1]) < 0.02


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_a_drawn_snapshot_is_as_it_is_without_sampling_and_has_a_weight(
    past: Export, whole: Whole, drawn: Drawn, entity: Entity
) -> None:
    all_, (some, lines) = whole(entity), drawn(entity)
    assert SAMPLE_WEIGHT not in all_.frame
    names = [name for name in all_.frame if name in some.frame]
    assert [feature.name for feature in some.features] == [name for name in names if name in _features(all_)]
    keys = ["unit", "as_of"]
    ours = some.frame.merge(all_.frame[keys], on=keys)
    assert len(ours) == len(some.frame) < len(all_.frame) / 2
    sampled_rows = all_.frame.merge(some.frame[keys], on=keys)[names]
    np.testing.assert_array_equal(sampled_rows.isna(), some.frame[names].isna())
    for name in names:
        filled = sampled_rows[name].notna().to_numpy()
        assert sampled_rows[name][filled].tolist() == some.frame[name][filled].tolist(), name
    # Against those with a win, which count as one, the weights of the others add up to their number.
    past_some, past_all = (part.frame[part.frame["as_of"] < past.day] for part in (some, all_))
    won_some, won_all = (part["won_period"].notna().to_numpy() for part in (past_some, past_all))
    shares = won_some.sum() / won_all.sum()
    assert past_some[SAMPLE_WEIGHT][won_some].unique().tolist() == [1.0]
    assert past_some[SAMPLE_WEIGHT][~won_some].sum() == pytest.approx(shares * (~won_all).sum(), rel=0.15)
    assert any("drawn from" in text for text in lines)


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_check_counts_the_wins_of_any_type_that_a_training_learns_from(past: Export, entity: Entity) -> None:
    learned = training_set(past, entity, replace(WHOLE, question=Question(win="any"))).frame
    facts = market(replace(past.tables, win="any"), entity, keep=past.keep)
    counted = count_wins(facts.own, past.day, Horizon(FEW.horizon_days, FEW.periods), FEW.max_snapshots)
    assert counted.to_learn == len(set(learned.loc[learned["won_period"].notna(), "unit"])) > 0
    assert counted.repeat > 0


def _features(part: TrainingSet) -> set[str]:
    return {feature.name for feature in part.features}


def test_who_is_judged_on_is_all_there_when_asked_for(past: Export, whole: Whole, drawn: Drawn) -> None:
    def today(part: TrainingSet) -> list[str]:
        return part.frame.loc[part.frame["as_of"] == past.day, "unit"].tolist()

    all_units = today(whole("lead"))
    assert today(training_set(past, "lead", SAMPLED)) == all_units
    some = today(drawn("lead")[0])
    assert set(some) < set(all_units)
    assert len(some) < len(all_units) / 2


def test_probabilities_of_a_sample_are_those_of_the_whole(past: Export, whole: Whole) -> None:
    """Sampling makes wins several times as frequent among the rows; it must not make them likelier."""
    unsampled = whole("account").frame
    fitted = fit_scorecard(past.tables, "account", past.day, SAMPLED, keep=past.keep)
    over, sample = (frame[frame["observed"] == 3] for frame in (unsampled, fitted.frame))
    truth = over["won_period"].notna().mean()
    assert sample["won_period"].notna().mean() > 2 * truth
    probability = fitted.scorecard.lookup.score(sample)["win_probability"]
    assert np.average(probability, weights=sample[SAMPLE_WEIGHT]) == pytest.approx(truth, rel=0.2)


def test_a_sample_does_not_depend_on_the_order_of_rows(past: Export, drawn: Drawn, tmp_path: Path) -> None:
    again = read_export(
        write(shuffled(export(), 1), tmp_path),
        SAMPLED,
        date.fromisoformat(AS_OF),
        lambda text: None,
        with_pandera=False,
    )
    first, other = drawn("lead")[0], training_set(again, "lead", SAMPLED, all_of_today=False)
    pd.testing.assert_frame_equal(first.frame, other.frame)
    seed = replace(SAMPLED, training=replace(SAMPLED.training, seed=8))
    assert set(training_set(past, "lead", seed, all_of_today=False).frame["unit"]) != set(first.frame["unit"])
