"""The gap between plan and outcome: literal cases, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.planning.sources.gap import CAUSES, intervals, shares_of, split

#: 100 usual wins, all fit, 80 % followed up, half of the usual are won, 80 % in time, 1,000 each.
PLAN = (100.0, 100.0, 80.0, 40.0, 32.0, 32_000.0)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (PLAN, (0, 0, 0, 0, 0, 0)),
        # Half as many came: all that is missing is volume.
        ((50.0, 50.0, 40.0, 20.0, 16.0, 16_000.0), (16_000, 0, 0, 0, 0, 0)),
        ((100.0, 50.0, 40.0, 20.0, 16.0, 16_000.0), (0, 16_000, 0, 0, 0, 0)),
        ((100.0, 100.0, 40.0, 20.0, 16.0, 16_000.0), (0, 0, 16_000, 0, 0, 0)),
        ((100.0, 100.0, 80.0, 20.0, 16.0, 16_000.0), (0, 0, 0, 16_000, 0, 0)),
        ((100.0, 100.0, 80.0, 40.0, 16.0, 16_000.0), (0, 0, 0, 0, 16_000, 0)),
        ((100.0, 100.0, 80.0, 40.0, 32.0, 16_000.0), (0, 0, 0, 0, 0, 16_000)),
        # Half as many came, and each brought half: 24,000 are missing, and both had the same part in that.
        ((50.0, 50.0, 40.0, 20.0, 16.0, 8_000.0), (12_000, 0, 0, 0, 0, 12_000)),
        # Half as many came, and each brought twice as much: nothing is missing, and still two things happened.
        ((50.0, 50.0, 40.0, 20.0, 16.0, 32_000.0), (24_000, 0, 0, 0, 0, -24_000)),
        # Nobody was followed up: what the later factors would have been nobody knows, so they explain nothing.
        ((100.0, 100.0, 0.0, 0.0, 0.0, 0.0), (0, 0, 32_000, 0, 0, 0)),
        ((0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (32_000, 0, 0, 0, 0, 0)),
    ],
)
def test_what_changed_gets_its_part(actual: tuple[float, ...], expected: tuple[int, ...]) -> None:
    found = split(np.array([PLAN]), np.array([actual]))
    assert found.parts.tolist() == [[100 * part for part in expected]]


def test_of_nothing_planned_and_something_came_volume_is_the_cause() -> None:
    found = split(np.zeros((1, 6)), np.array([PLAN]))
    assert found.parts.tolist() == [[-3_200_000, 0, 0, 0, 0, 0]]
    assert found.largest == "volume"


def test_cents_that_do_not_divide_go_where_most_was_cut_off() -> None:
    """A third of a gap of one cent cannot be shown: one cause gets all of it."""
    plan, actual = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 0.01]]), np.array([[0.5, 0.3, 0.2, 0.1, 0.05, 0.0]])
    found = split(plan, actual)
    assert found.parts.sum() == 1
    assert sorted(found.parts[0].tolist()) == [0, 0, 0, 0, 0, 1]


#: A sum, and ratios that follow: each sum is the one before times its ratio, so none follows a 0.
RATIOS = st.one_of(st.just(0.0), st.floats(0.02, 50.0))
SUMS = st.tuples(st.floats(0, 1e3), RATIOS, RATIOS, RATIOS, RATIOS, st.floats(0, 1e3)).map(np.cumprod)


@settings(max_examples=200)
@given(st.lists(st.tuples(SUMS, SUMS), min_size=1, max_size=6))
def test_the_parts_add_up_to_the_cent(groups: list[tuple[np.ndarray, np.ndarray]]) -> None:
    plan, actual = (np.array([group[side] for group in groups]) for side in (0, 1))
    found = split(plan, actual)
    assert (found.parts.sum(axis=1) == found.planned - found.actual).all()
    assert found.planned.tolist() == np.rint(plan[:, -1] * 100).astype(int).tolist()
    assert found.total.sum() == found.planned.sum() - found.actual.sum()


@settings(max_examples=100)
@given(SUMS, SUMS)
def test_plan_and_outcome_exchanged_turn_the_parts_round(plan: np.ndarray, actual: np.ndarray) -> None:
    there, back = shares_of(plan, actual), shares_of(actual, plan)
    np.testing.assert_allclose(there, -back, rtol=1e-9, atol=1e-6 * (1 + abs(plan[-1]) + abs(actual[-1])))


@pytest.mark.parametrize(
    ("actual", "message"),
    [
        ((1.0, 1.0, 0.0, 1.0, 1.0, 1.0), "after a sum of 0 no other can follow in actual"),
        ((1.0, 1.0, -1.0, 1.0, 1.0, 1.0), "the sums of actual must be finite and not below 0"),
        ((1.0, 1e-9, 1e9, 1e9, 1e9, 1e9), r"parts of .* cannot be said to the cent"),
        ((1.0, 1.0, float("nan"), 1.0, 1.0, 1.0), "the sums of actual must be finite and not below 0"),
    ],
)
def test_sums_that_no_factor_leads_to_are_refused(actual: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split(np.array([PLAN]), np.array([actual]))


def test_an_interval_holds_the_part_and_is_wider_with_fewer_wins() -> None:
    widths = []
    for n in (100, 10_000):
        # One in ten was won, for 500 instead of the planned 1,000.
        won = np.arange(n) % 10 == 0
        rows = np.stack([np.full(n, 0.1), np.full(n, 0.1), np.full(n, 0.1), won, won, won * 500.0], axis=1)
        plan = np.array([[0.1 * n] * 5 + [100.0 * n]])
        low, high = intervals(plan, rows, np.zeros(n, dtype=int), seed=1, replicates=200)
        assert low[-1, -1] <= 50 * n <= high[-1, -1]
        assert (low[0] == low[1]).all()  # of one group all is that group's
        widths.append((high[-1, CAUSES.index("close_rate")] - low[-1, CAUSES.index("close_rate")]) / (100 * n))
    assert widths[0] > 5 * widths[1] > 0
