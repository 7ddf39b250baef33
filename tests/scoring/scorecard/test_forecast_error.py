"""Intervals of totals: literal cases, and draws of what they claim to hold."""

import json
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scorecard.forecast_error import ForecastError, Interval, Spread

SURE = ForecastError(level=0.0, amount=1.0, mean_amount=0.0, horizons=4.0)
USUAL = ForecastError(level=0.1, amount=2.0, mean_amount=0.1, horizons=4.0)


@pytest.mark.parametrize(
    ("error", "probability", "expected"),
    [
        # 100 wins of 1,000 at 10 %: the deviation is sqrt(90) = 9.5 by chance alone.
        (SURE, np.full(1_000, 0.1), Interval(100.0, 88.0, 112.0, 82.0, 119.0)),
        # With an error of the level of 10 %: sqrt(90 + 100) = 13.8.
        (USUAL, np.full(1_000, 0.1), Interval(100.0, 83.0, 118.0, 75.0, 129.0)),
        # Who is certain to win scatters no more.
        (SURE, np.ones(40), Interval(40.0, 40.0, 40.0, 40.0, 40.0)),
        (SURE, np.full(100, 0.005), Interval(0.5, 0.0, 1.0, 0.0, 2.0)),
        # Nobody wins in 87 of 100 cases, which is less than 90; nobody of three in 5 of 100, which is more than 2.5.
        (SURE, np.full(1_000, 0.00014), Interval(0.14, 0.0, 1.0, 0.0, 1.0)),
        (SURE, np.full(1_000, 0.003), Interval(3.0, 1.0, 5.0, 0.0, 7.0)),
        (USUAL, np.zeros(0), Interval(0.0, 0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_wins(error: ForecastError, probability: np.ndarray, expected: Interval) -> None:
    found = error.wins(probability).interval(whole=True)
    assert found.rounded(6) == expected


def test_revenue_scatters_more_than_wins_and_a_part_more_than_all() -> None:
    p, amount = np.full(1_000, 0.1), np.full(1_000, 200.0)
    # 100 * 200^2 * 2 - 1,000 * 20^2 by chance, and (0.1^2 + 0.1^2) * 20,000^2 beyond it.
    deviation = (7_600_000 + 8_000_000) ** 0.5
    assert USUAL.revenue(p, amount) == Spread(*map(pytest.approx, (20_000.0, deviation, 100.0)))
    assert USUAL.wins(p).deviation == pytest.approx(190**0.5)
    assert USUAL.wins(p, part=True).deviation == pytest.approx((190 + 225) ** 0.5)


def test_past_days_err_together() -> None:
    one = USUAL.wins(np.full(1_000, 0.1))
    assert Spread.together([one, one, one]) == Spread(pytest.approx(300.0), pytest.approx(3 * 190**0.5))
    few = USUAL.revenue(np.full(20, 0.1), np.full(20, 200.0))
    three = Spread.together([few, few, few]).interval()
    assert astuple(three) == pytest.approx(tuple(3 * limit for limit in astuple(few.interval())), rel=1e-6)


@pytest.mark.parametrize(
    ("interval", "ratio", "inside", "outside"),
    [
        (Interval(100.0, 88.0, 112.0, 80.0, 125.0), (0.8, 1.25), (80, 125), (79, 126)),
        (Interval(2.0, 0.0, 4.0, 0.0, 5.0), (0.4, float("inf")), (0, 5), (6, 7)),
    ],
)
def test_what_an_interval_holds(
    interval: Interval, ratio: tuple[float, float], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    assert interval.ratio == ratio
    assert all(interval.holds(count) for count in inside)
    assert not any(interval.holds(count) for count in outside)
    assert interval.holds(interval.high_80, 80)
    assert not interval.holds(interval.high_95, 80)


@pytest.mark.parametrize(("percent", "expected"), [(80, 0.80), (95, 0.95)])
@pytest.mark.parametrize("level", [0.05, 0.2])
def test_the_intervals_hold_as_often_as_they_say(percent: int, expected: float, level: float) -> None:
    """Drawn: a level that is off, wins by chance, amounts that scatter."""
    random = np.random.default_rng(7)
    p = random.beta(0.3, 5.0, 3_000)
    amount = random.lognormal(9.0, 0.7, 3_000)
    error = ForecastError(level=level, amount=float(np.exp(0.5**2)), mean_amount=0.0, horizons=4.0)
    wins, revenue = error.wins(p).interval(whole=True), error.revenue(p, amount).interval()
    held = []
    for _ in range(1_500):
        won = random.random(3_000) < np.minimum(p * np.exp(random.normal(-(level**2) / 2, level)), 1.0)
        came = amount[won] * random.lognormal(-0.5 * 0.5**2, 0.5, int(won.sum()))
        held.append((wins.holds(int(won.sum()), percent), revenue.holds(float(came.sum()), percent)))
    assert np.mean(held, axis=0) == pytest.approx([expected, expected], abs=0.035)


@pytest.mark.parametrize("scatter", [0.05, 0.5, 1.0])
@pytest.mark.parametrize(("p", "units"), [(0.02, 5), (0.02, 50), (0.1, 3), (0.1, 20), (0.1, 100), (0.3, 10), (0.5, 3)])
def test_the_revenue_of_a_handful_is_held_as_often_as_is_said(p: float, units: int, scatter: float) -> None:
    """Drawn: few wins, of amounts that scatter. Nobody may win, so more than 80 and 95 of 100 cases can be held."""
    random = np.random.default_rng(5)
    amount = random.lognormal(9.0, 0.3, units)
    error = ForecastError(level=0.1, amount=float(np.exp(scatter**2)), mean_amount=0.0, horizons=4.0)
    stated = error.revenue(np.full(units, p), amount).interval()
    level = np.minimum(p * np.exp(random.normal(-0.005, 0.1, (4_000, 1))), 1.0)
    won = random.random((4_000, units)) < level
    came = (won * amount * random.lognormal(-(scatter**2) / 2, scatter, won.shape)).sum(axis=1)
    assert np.mean((stated.low_95 <= came) & (came <= stated.high_95)) > 0.935
    assert np.mean((stated.low_80 <= came) & (came <= stated.high_80)) > 0.765
    assert np.mean(came > stated.high_95) == pytest.approx(0.025, abs=0.02) or units < 10


@pytest.mark.parametrize("wins", [0.3, 1.0, 2.0, 3.0, 5.0, 9.0, 30.0, 200.0])
@pytest.mark.parametrize("level", [0.1, 0.2])
def test_ninety_nine_of_a_hundred_counts_are_within_the_widest_limits(wins: float, level: float) -> None:
    random = np.random.default_rng(3)
    p = np.full(2_000, wins / 2_000)
    low, high = ForecastError(level, 1.5, 0.0, 4.0).wins(p).interval(whole=True).wins_99
    came = random.poisson(wins * np.exp(random.normal(-(level**2) / 2, level, 20_000)))
    assert np.mean((low <= came) & (came <= high)) > 0.988


def test_the_least_probability_that_there_is_wins_nothing() -> None:
    p = np.array([5e-324])
    for found in (USUAL.wins(p).interval(whole=True), USUAL.revenue(p, np.array([1e9])).interval()):
        assert (found.low_95, found.high_95) == (0.0, 0.0)


@given(
    p=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40),
    amount=st.floats(0.0, 1e9),
    level=st.floats(0.0, 1.0),
    square=st.floats(1.0, 50.0),
)
def test_limits_are_in_order(p: list[float], amount: float, level: float, square: float) -> None:
    error = ForecastError(level, square, 0.2, 1.0)
    probability = np.array(p)
    for found in (error.wins(probability).interval(), error.revenue(probability, np.full(len(p), amount)).interval()):
        assert 0.0 <= found.low_95 <= found.low_80 <= found.high_80 <= found.high_95
        assert np.isfinite(found.high_95)


def test_it_is_read_as_it_was_written() -> None:
    assert ForecastError.from_json(json.loads(json.dumps(USUAL.to_json()))) == USUAL
