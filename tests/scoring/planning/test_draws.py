"""Drawn totals against the moments that follow from probabilities and amounts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.planning.draws import coming_totals, expected_coming, open_totals
from scoring.planning.open_groups import grouped
from tests.scoring.planning.periods import SURE, UNSURE, chances, common, still


@pytest.mark.parametrize("n", [0, 1, 60, 120, 121, 5000])
def test_groups_expect_exactly_what_all_expect(n: int) -> None:
    p, amount = chances(n)
    groups = grouped(p, amount)
    assert groups.count.sum() == n
    assert groups.wins == pytest.approx(p.sum())
    assert groups.revenue == pytest.approx(float(p @ amount))
    assert len(groups) < 500


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1e12)), max_size=300))
@settings(max_examples=60)
def test_groups_take_any_probability_and_amount(rows: list[tuple[float, float]]) -> None:
    p, amount = (np.array([row[i] for row in rows]) for i in (0, 1))
    groups = grouped(p, amount)
    assert groups.wins == pytest.approx(p.sum(), abs=1e-6)
    assert groups.revenue == pytest.approx(float(p @ amount), rel=1e-6, abs=1e-9 * (1 + amount.sum()))
    total = open_totals(groups, common(still(), draws=50), SURE, np.random.default_rng(0))
    assert np.isfinite(total.revenue).all()
    assert (total.wins <= len(rows)).all()


@pytest.mark.parametrize(("n", "scatter"), [(40, 1.0), (3000, 1.0), (3000, 2.0)])
def test_open_totals_have_the_moments_of_their_wins(n: int, scatter: float) -> None:
    p, amount = chances(n)
    error = SURE if scatter == 1.0 else type(SURE)(0.0, scatter, 0.0, 4.0)
    total = open_totals(grouped(p, amount), common(still()), error, np.random.default_rng(0))
    assert total.wins.mean() == pytest.approx(p.sum(), rel=0.02)
    assert total.wins.std() == pytest.approx(np.sqrt((p * (1 - p)).sum()), rel=0.03)
    assert total.revenue.mean() == pytest.approx(float(p @ amount), rel=0.02)
    variance = float((p * amount**2).sum()) * scatter - float(((p * amount) ** 2).sum())
    assert total.revenue.std() == pytest.approx(np.sqrt(variance), rel=0.04)


def test_the_level_moves_all_wins_together() -> None:
    p, amount = np.full(100_000, 0.01), np.full(100_000, 50.0)
    total = open_totals(grouped(p, amount), common(still(), UNSURE), UNSURE, np.random.default_rng(0))
    assert total.wins.std() == pytest.approx(np.hypot(0.2 * 1000, np.sqrt(990)), rel=0.05)
    assert total.wins.mean() == pytest.approx(1000, rel=0.02)


def test_those_who_come_win_by_source() -> None:
    coming = still()
    total = coming_totals(coming, common(coming), np.random.default_rng(0))
    assert total.wins.mean() == pytest.approx(20.0, rel=0.02)
    assert total.wins.std() == pytest.approx(np.sqrt(20.0), rel=0.03)
    assert total.revenue.mean() == pytest.approx(10 * 100 + 10 * 300, rel=0.02)
    half = coming_totals(coming, common(coming), np.random.default_rng(0), np.array([0.5, 0.0]))
    assert half.revenue.mean() == pytest.approx(500, rel=0.03)
    wider = still(sure=False)
    unsure = coming_totals(wider, common(wider, UNSURE), np.random.default_rng(0))
    assert unsure.wins.mean() == pytest.approx(20.0, rel=0.03)
    assert unsure.wins.std() > 1.5 * np.sqrt(20.0)


def test_capacity_bounds_those_who_come_beyond_what_came_so_far() -> None:
    free, full = still(sure=False), still(sure=False, capacity=600.0)
    assert full.is_full
    assert not free.is_full
    bounded = common(full).arrivals.sum(axis=0)
    assert bounded.max() == pytest.approx(1200.0)  # the rates are of as many as came lately
    assert expected_coming(free, common(free)) == pytest.approx([10.0, 10.0])
    assert (expected_coming(full, common(full)) < [10.0, 10.0]).all()
    roomy = still(sure=False, capacity=1e6)
    assert expected_coming(roomy, common(roomy)) == pytest.approx([10.0, 10.0], rel=0.02)


@given(st.floats(0.0, 5000.0), st.floats(0.0, 5000.0))
@settings(max_examples=40)
def test_more_arrivals_never_lower_expected_wins(one: float, other: float) -> None:
    few, many = sorted((one, other))
    for capacity in (float("inf"), 900.0):
        less, more = (still((n, 100.0), capacity=capacity) for n in (few, many))
        fewer, greater = (expected_coming(x, common(x, draws=20)).sum() for x in (less, more))
        assert fewer <= greater * (1 + 1e-9)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_sure_outcomes_have_no_spread(p: float) -> None:
    total = open_totals(grouped(np.full(500, p), np.full(500, 7.0)), common(still()), SURE, np.random.default_rng(0))
    assert total.wins == pytest.approx(np.full(20_000, 500 * p))
    assert total.revenue == pytest.approx(np.full(20_000, 3500 * p))
