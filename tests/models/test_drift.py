"""Over how many of the newest periods the base rate is set: literal histories against what was expected."""

import numpy as np
import pytest

from models.drift import best_span

GROWING = [40, 50, 62, 78, 98, 122, 153, 191, 238, 298, 373, 466]
FALLING = GROWING[::-1]
SEASONAL = [50, 60, 180, 110] * 4
STEADY = [100, 104, 97, 101, 99, 103, 98, 102, 100, 96, 104, 100]


@pytest.mark.parametrize(
    ("won", "periods", "spans"),
    [
        (GROWING, 6, {1}),
        (FALLING, 6, {1}),
        (SEASONAL, 4, {4, 8}),  # whole years of four quarters
        (STEADY, 6, {6, 12}),
        ([100] * 12, 6, {6, 12}),  # all foretell alike: the longest
        ([100, 200, 400, 800, 1600], 4, {4}),  # two past periods to judge by are too few to tell
    ],
)
def test_the_span_follows_what_foretold_best(won: list[int], periods: int, spans: set[int]) -> None:
    assert best_span(np.array(won, dtype="float64"), np.full(len(won), 100.0), periods) in spans


@pytest.mark.parametrize(
    ("scale", "span"),
    [(1.0, 1), (0.05, 2), (0.025, 4), (0.001, 12)],  # the newest periods: 466, 373, 298, 238, ...
)
def test_a_span_grows_until_it_holds_thirty_wins(scale: float, span: int) -> None:
    won = np.array(GROWING) * scale
    assert best_span(won, np.full(12, 100.0 * scale), 6) == span


def test_what_a_model_expected_is_not_drift() -> None:
    """Growth that the features foresaw leaves the ratio at one: a whole horizon or two average best."""
    rng = np.random.default_rng(7)
    expected = np.array(GROWING, dtype="float64")
    assert best_span(expected * rng.normal(1, 0.1, 12), expected, 6) >= 6


def test_one_period_is_all_there_is() -> None:
    assert best_span(np.array([3.0]), np.array([3.0]), 6) == 1
