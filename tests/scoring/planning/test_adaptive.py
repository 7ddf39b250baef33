"""Intervals as they are stated, and as past ones correct them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.planning.adaptive import FEWEST, PERCENT, PastForecast, corrected, limits_of_draws, past_forecast
from scoring.planning.draws import Totals
from scoring.planning.outlook import Outlook, reached

DRAWS = np.arange(1000.0)


def past(misses: list[float], every: int = 90) -> list[PastForecast]:
    """Past forecasts that an interval with a smaller miss rate would have held."""
    return [PastForecast(i * every, 1.0, 1.0, ((0.0, 2.0),) * 3, miss) for i, miss in enumerate(misses)]


def test_limits_of_draws() -> None:
    assert limits_of_draws(DRAWS, 0.2) == pytest.approx((99.9, 899.1))
    assert limits_of_draws(DRAWS, 0.2, whole=True) == (99.0, 899.0)


@pytest.mark.parametrize(
    ("actual", "miss"), [(499.5, 1.0), (99.0, 0.2), (899.0, 0.202), (999.0, 0.002), (1200.0, 0.0), (-1.0, 0.0)]
)
def test_where_what_came_lies_among_the_draws(actual: float, miss: float) -> None:
    found = past_forecast(0, 500.0, actual, DRAWS)
    assert found.miss == pytest.approx(miss)
    for percent, (low, high) in zip(PERCENT, found.limits, strict=True):
        if abs(found.miss - (1 - percent / 100)) > 0.01:
            assert (low <= actual <= high) is (found.miss > 1 - percent / 100)


@pytest.mark.parametrize(
    ("misses", "every", "expected"),
    [
        ([0.5] * (FEWEST - 1), 90, (0.5, 0.2, 0.05)),  # too few days correct nothing
        ([1.0] * 6, 90, (0.5 + 6 * 0.025, 0.2 + 6 * 0.01, 0.05 + 6 * 0.0025)),  # all held: narrower
        # 80 %: 0.16, 0.12 and 0.08 after misses, then 0.09, 0.10 and 0.11 as it holds.
        ([0.1] * 6, 90, (0.5 - 6 * 0.025, 0.11, 0.05 + 6 * 0.0025)),
        ([1.0] * 6, 30, (0.5 + (1 + 5 / 3) * 0.025, 0.2 + (1 + 5 / 3) * 0.01, 0.05 + (1 + 5 / 3) * 0.0025)),
    ],
)
def test_past_days_move_the_miss_rate_step_by_step(
    misses: list[float], every: int, expected: tuple[float, float, float]
) -> None:
    found = corrected(past(misses, every), 90)
    assert found.is_made is (len(misses) >= FEWEST)
    assert found.miss == pytest.approx(expected)


def test_how_many_past_intervals_held() -> None:
    assert corrected(past([0.6, 0.3, 0.1, 0.01]), 90).held == (1, 2, 3)


@given(st.lists(st.floats(0.0, 1.0), min_size=FEWEST, max_size=200))
@settings(max_examples=100)
def test_corrected_intervals_stay_within_one_another(misses: list[float]) -> None:
    found = corrected(past(misses), 90)
    of_50, of_80, of_95 = found.miss
    assert of_50 >= of_80 >= of_95 > 0
    draws = np.random.default_rng(0).gamma(3.0, 10.0, 500)
    outlook = Outlook.of_totals(30.0, 30.0, Totals(draws.round(), draws), found, found)
    for one in (outlook.wins, outlook.revenue):
        lows, highs = zip(*(one.interval(percent) for percent in PERCENT), strict=True)
        assert list(lows) == sorted(lows, reverse=True)
        assert list(highs) == sorted(highs)


def test_in_the_long_run_intervals_hold_as_often_as_they_state() -> None:
    rng = np.random.default_rng(4)
    draws, came = rng.normal(0.0, 1.0, 2000), rng.normal(0.0, 1.6, 400)  # it scatters 1.6 times as much as is drawn
    misses = [past_forecast(day, 0.0, float(value), draws).miss for day, value in enumerate(came)]
    assert corrected(past(misses), 90).held[1] < 0.7 * len(misses)
    held = [misses[n] >= corrected(past(misses[:n]), 90).miss[1] for n in range(100, 400, 3)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.06)


def test_the_probability_of_a_target_falls_and_agrees_with_the_intervals() -> None:
    for misses in ([0.5] * 3, [0.0] * 6, [1.0] * 6):
        correction = corrected(past(misses), 90)
        low, _ = limits_of_draws(DRAWS, correction.miss[1])
        assert reached(DRAWS, low, correction) == pytest.approx(0.9, abs=0.01)
        chance = [reached(DRAWS, target, correction) for target in np.linspace(-10.0, 1010.0, 40)]
        assert chance == sorted(chance, reverse=True)
        assert (chance[0], chance[-1]) == (1.0, 0.0)
        assert correction.stated(correction.tail(0.2)) == pytest.approx(0.2)
