"""The population stability index, on counts whose index can be worked out by hand."""

from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evidence.monitoring.shift import chance, psi

COUNTS = st.lists(st.integers(0, 10_000), min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("expected", "actual", "index"),
    [
        ([10, 10], [10, 10], 0.0),
        ([10, 10], [1_000, 1_000], 0.0),  # shares, not counts
        # 30.5 and 10.5 of 41: (30.5 - 10.5) / 41 * ln(30.5 / 10.5), of both bins
        ([10, 30], [30, 10], 2 * 20 / 41 * log(30.5 / 10.5)),
        ([0, 40], [0, 40], 0.0),  # a bin that is empty on both sides
        ([40, 0], [0, 40], 2 * 40 / 41 * log(40.5 / 0.5)),  # nobody is where all were, and it is finite
        ([0, 0], [5, 5], 0.0),  # nothing can be said
        ([5, 5], [0, 0], 0.0),
        ([25.5, 24.5], [25.5, 24.5], 0.0),  # a reference population comes in parts
    ],
)
def test_it_is_what_the_formula_says(expected: list[float], actual: list[float], index: float) -> None:
    assert psi(expected, actual) == pytest.approx(index, abs=1e-12)


def test_a_tenth_that_doubles_is_no_quarter() -> None:
    """As published: below 0.1 no change, above 0.25 a significant one. A tenth of all moved is the former."""
    even = [1_000] * 10
    assert psi(even, [2_000, 0, *even[2:]]) > 0.25
    assert psi(even, [1_500, 500, *even[2:]]) == pytest.approx(0.0549, abs=1e-3)


@given(COUNTS, COUNTS)
def test_it_is_symmetric_and_never_below_nothing(expected: list[int], actual: list[int]) -> None:
    found = psi(expected, actual)
    assert found >= 0.0
    assert found == pytest.approx(psi(actual, expected), abs=1e-12)
    assert psi(expected, expected) == 0.0


@pytest.mark.parametrize(
    ("expected", "actual", "words"),
    [
        ([1, 2], [1, 2, 3], "expected has 2, actual has 3"),
        ([1, -2], [1, 2], "found -2"),
    ],
)
def test_other_bins_are_refused(expected: list[float], actual: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        psi(expected, actual)


def test_chance_is_what_two_samples_of_one_population_show() -> None:
    """Of 2,000 pairs of samples none or next to none passes it; a population that moved does."""
    rng = np.random.default_rng(7)
    shares = [0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.02]
    for rows, more in [(100, 100), (100, 5_000), (2_000, 3_000)]:
        pairs = zip(rng.multinomial(rows, shares, 2_000), rng.multinomial(more, shares, 2_000), strict=True)
        beyond = [psi(one.tolist(), two.tolist()) > chance(one.tolist(), two.tolist()) for one, two in pairs]
        assert np.mean(beyond) < 0.005
    moved = [0.1, 0.4, *shares[2:]]
    one, two = rng.multinomial(500, shares).tolist(), rng.multinomial(500, moved).tolist()
    assert psi(one, two) > chance(one, two)


def test_of_nobody_everything_may_be_chance() -> None:
    assert chance([0, 0], [3, 4]) == inf
    assert chance([5, 5], [0, 0]) == inf
    # one bin more that both leave empty changes nothing
    assert chance([50, 50, 0], [50, 50, 0]) == chance([50, 50], [50, 50]) == pytest.approx(0.02 * (1 + 4 * 2**0.5))
