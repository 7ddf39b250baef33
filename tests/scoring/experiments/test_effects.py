"""Effects by hand, the width of their intervals, and what is said of few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.experiments.assignment import WEEKS
from scoring.experiments.effects import A_WEEK_SOONER, FIRST_AGAINST_LAST, Effect, by_group, effect, values
from scoring.experiments.intervals import detectable, needed, standard_errors


def test_without_a_model_the_value_is_that_of_horvitz_and_thompson() -> None:
    # One fold: nothing to learn from, so the model is 0.
    week, outcome = np.array([0, 1, 2, 3]), np.array([1.0, 1.0, 1.0, 0.5])
    none = np.zeros(4, dtype=np.int64)
    columns = np.zeros((4, 1))
    assert values(outcome, week, columns, none, FIRST_AGAINST_LAST).tolist() == [4.0, 0.0, 0.0, -2.0]
    assert values(outcome, week, columns, none, A_WEEK_SOONER) == pytest.approx([1.2, 0.4, -0.4, -0.6])


def test_an_outcome_that_the_model_knows_leaves_no_noise() -> None:
    random = np.random.default_rng(5)
    known = random.normal(size=(4_000, 1))
    week, fold = random.integers(0, WEEKS, 4_000), random.integers(0, 5, 4_000)
    outcome = 0.2 * known[:, 0] + 0.3 * (week == 0)
    found = effect(values(outcome, week, known, fold, FIRST_AGAINST_LAST), 4_000)
    without = effect(values(outcome, week, 0 * known, fold, FIRST_AGAINST_LAST), 4_000)
    assert found.estimate == pytest.approx(0.3, abs=0.002)
    assert found.error is not None
    assert without.error is not None
    assert found.error < without.error / 10


@given(st.integers(0, 2**32 - 1), st.integers(50, 200))
def test_the_same_outcome_for_all_is_no_effect(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    week, fold = random.integers(0, WEEKS, n), random.integers(0, 5, n)
    of_each = values(np.ones(n), week, random.normal(size=(n, 2)), fold, FIRST_AGAINST_LAST)
    if len(set(fold)) > 1:
        assert np.abs(of_each).max() < 1e-9


@pytest.mark.parametrize(
    ("n", "best_at", "alpha", "errors"),
    [(100, 100, 0.05, 3.035), (50, 100, 0.05, 3.070), (1_000, 100, 0.05, 3.255), (100, 100, 0.01, 3.572)],
)
def test_how_many_standard_errors_an_interval_reaches(n: int, best_at: int, alpha: float, errors: float) -> None:
    assert standard_errors(n, best_at, alpha) == pytest.approx(errors, abs=5e-4)


def test_fewer_than_forty_have_no_interval_and_no_because() -> None:
    assert effect(np.ones(39), 100) == Effect(39)
    assert not Effect(39).is_shown
    few, more = np.resize([0.0, 1.0], 40), np.resize([0.9, 1.1], 40)
    found = effect(few - 0.45, 40)
    assert (found.n, found.estimate, found.is_shown) == (40, pytest.approx(0.05), False)
    assert effect(more, 40).is_shown
    assert effect(-more, 40).is_shown


def test_intervals_of_groups_hold_together_and_are_wider() -> None:
    of_each = np.resize([0.0, 1.0], 200)
    group = np.array(["a"] * 100 + ["b"] * 90 + ["c"] * 10, dtype=object)
    found = by_group(of_each, group, 200)
    assert {name: one.n for name, one in found.items()} == {"a": 100, "b": 90, "c": 10}
    assert found["c"].low is None
    alone = effect(of_each[:100], 100)
    assert found["a"].low is not None
    assert alone.low is not None
    assert found["a"].low < alone.low


@pytest.mark.parametrize(
    ("n", "base_rate", "smallest"), [(200, 0.1, 0.316), (800, 0.1, 0.144), (3_200, 0.1, 0.065), (800, 0.5, 0.187)]
)
def test_the_smallest_effect_and_how_many_it_takes(n: int, base_rate: float, smallest: float) -> None:
    found = detectable(n, base_rate)
    assert found.effect == pytest.approx(smallest, abs=5e-4)
    assert needed(found.effect, base_rate) in (n, n + 1)
