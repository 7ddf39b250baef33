"""The level of the base rate: literal histories, oldest period first, of which every one has a hundred rows."""

import numpy as np
import pytest

from models.calibration import sigmoid
from models.drift import level
from models.hazard import HazardRows

DAYS = 30


def rows(won: list[int], of: int = 100, times: int = 1) -> HazardRows:
    """Rows of successive periods; each is there `times` times, as snapshots that look ahead to the same win are."""
    periods = len(won)
    wins = np.concatenate([np.arange(of) < count for count in won for _ in range(times)]).astype("float64")
    start = np.repeat(np.arange(periods) * DAYS, of * times)
    nothing = np.zeros(len(wins), dtype="int64")
    return HazardRows(nothing, nothing, wins, start, start + DAYS, np.ones(len(wins)))


def rate(won: list[int], periods: int, score: float = 0.0, **shape: int) -> float:
    history = rows(won, **shape)
    found = level(history, np.full(len(history), score), periods, wins=sum(won))
    return float(sigmoid(np.array([score + found]))[0])


@pytest.mark.parametrize(
    ("won", "periods", "expected"),
    [
        # Weights are 1/2 and 1, and 10/30 for the prior: (10 * 5/6 + 20 * 4/3 + 1/2) / (100 * 5/6 + 100 * 4/3 + 1).
        ([10, 20], 1, 0.1631),
        # The horizon is two periods: they weigh 0.707 and 1.
        ([10, 20], 2, 0.1576),
        ([20, 10], 1, 0.1401),
        ([10, 10, 10, 10], 2, 0.1011),
        # Three wins came long ago, none since: the whole history holds the level, at 0.3 % and not at 0.
        ([3, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1, 0.0030),
        ([7], 6, 0.0718),
    ],
)
def test_newer_outcomes_count_for_more(won: list[int], periods: int, expected: float) -> None:
    assert rate(won, periods) == pytest.approx(expected, abs=5e-5)


def test_a_step_is_followed_with_a_half_life_of_a_horizon() -> None:
    """The rate doubles at once from 5 to 10 %: the level is there by half after a horizon, but for the prior."""
    before = [5] * 48
    assert [round(100 * rate(before + [10] * n, 6), 1) for n in (0, 6, 12, 24)] == [5.0, 7.2, 8.4, 9.3]


@pytest.mark.parametrize("score", [-3.0, 0.0, 2.0])
def test_what_a_model_expected_is_not_drift(score: float) -> None:
    assert rate([10, 20], 1, score) == pytest.approx(rate([10, 20], 1), abs=1e-3)


@pytest.mark.parametrize("won", [[10, 20, 15], [3, 0, 0, 1, 0], [40, 2, 2, 2]])
def test_rows_are_not_wins(won: list[int]) -> None:
    """Six snapshots that look ahead to the same win are no more wins: the prior weighs as much."""
    assert rate(won, 3, times=6) == pytest.approx(rate(won, 3), rel=0.05)
