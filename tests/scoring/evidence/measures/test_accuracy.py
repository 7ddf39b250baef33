"""Measures of a probability: literal cases, scikit-learn's and SciPy's figures, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_score

from scoring.evidence.measures import accuracy
from scoring.evidence.measures.ranking import Floats

ONE, TWO = np.zeros(60, dtype=np.intp), np.repeat([0, 1], 30).astype(np.intp)
ALWAYS = settings(max_examples=30)


def skills(won: Floats, p: Floats, cut_off: np.ndarray, weights: Floats) -> list[float]:
    """The skill by log loss and by the Brier score."""
    members = cut_off == np.arange(cut_off.max() + 1)[:, None]
    total, wins = members @ weights, (members * won) @ weights
    return [float(skill(won, p, total, wins, weights)[0]) for skill in (accuracy.log_loss_skill, accuracy.brier_skill)]


def drawn(seed: int) -> tuple[Floats, Floats, Floats]:
    """60 outcomes, probabilities and counts; each half has a win and a loss that count."""
    random = np.random.default_rng(seed)
    won, counts = random.integers(0, 2, 60).astype(float), random.integers(0, 4, 60).astype(float)
    won[[0, 30]], won[[1, 31]], counts[[0, 1, 30, 31]] = 1.0, 0.0, 1.0
    return won, random.uniform(0.01, 0.99, 60), counts


@given(st.integers(0, 10_000))
@ALWAYS
def test_losses_are_those_of_scikit_learn(seed: int) -> None:
    won, p, counts = drawn(seed)
    expected = log_loss_score(won, p, sample_weight=counts)
    assert accuracy.log_loss(won, p, counts[:, None])[0] == pytest.approx(expected)
    constant = np.full(60, np.average(won, weights=counts))
    of_log_loss, of_brier = (
        1 - score(won, p, sample_weight=counts) / score(won, constant, sample_weight=counts)
        for score in (log_loss_score, brier_score_loss)
    )
    assert skills(won, p, ONE, counts[:, None]) == pytest.approx([of_log_loss, of_brier])


@given(st.integers(0, 10_000))
@ALWAYS
def test_a_row_that_counts_twice_is_a_row_that_is_there_twice(seed: int) -> None:
    won, p, counts = drawn(seed)
    rows = np.repeat(np.arange(60), counts.astype(int))

    def all_of(rows: np.ndarray, weights: Floats) -> list[float]:
        y, q, cut_off = won[rows], p[rows], TWO[rows]
        found = [accuracy.log_loss(y, q, weights), accuracy.ratio(y, q, weights)]
        return [*(float(values[0]) for values in found), *skills(y, q, cut_off, weights)]

    repeated = all_of(rows, np.ones((len(rows), 1)))
    assert all_of(np.arange(60), counts[:, None]) == pytest.approx(repeated)


def test_a_probability_of_nothing_for_what_happened_is_a_large_loss_and_not_an_infinite_one() -> None:
    loss = accuracy.log_loss(np.array([1.0, 0.0]), np.array([0.0, 0.0]), np.ones((2, 1)))
    assert loss[0] == pytest.approx(-np.log(1e-9) / 2)


@pytest.mark.parametrize(
    ("won", "expected", "counts", "ratio"),
    [
        ([1.0, 0.0], [0.5, 0.25], [1.0, 1.0], 0.75),
        ([1.0, 0.0], [0.5, 0.25], [1.0, 2.0], 1.0),
        ([200.0, 0.0], [50.0, 50.0], [1.0, 1.0], 0.5),  # of revenue as of wins
        ([0.0, 0.0], [0.5, 0.25], [1.0, 1.0], np.nan),
    ],
)
def test_calibration_in_the_large(won: list[float], expected: list[float], counts: list[float], ratio: float) -> None:
    found = accuracy.ratio(np.array(won), np.array(expected), np.array(counts)[:, None])
    assert found[0] == pytest.approx(ratio, nan_ok=True)


def test_the_rate_of_each_cut_off_is_the_bar_for_skill() -> None:
    """Who knows only that one season was better than another has no skill."""
    won = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    season = np.array([0.25] * 4 + [0.75] * 4)
    cut_off = np.array([0] * 4 + [1] * 4, dtype=np.intp)
    ones = np.ones((8, 1))
    assert skills(won, season, cut_off, ones) == pytest.approx([0.0, 0.0])
    assert skills(won, season, np.zeros(8, dtype=np.intp), ones)[1] == pytest.approx(0.25)


@given(st.integers(0, 10_000), st.floats(-3.0, 3.0))
@ALWAYS
def test_skill_at_the_actual_rates_does_not_see_a_base_rate_that_moved(seed: int, shift: float) -> None:
    won, p, _ = drawn(seed)
    odds = p / (1 - p) * np.exp(shift)
    at_rates, moved = (accuracy.at_actual_rates(won, q, TWO) for q in (p, odds / (1 + odds)))
    assert moved == pytest.approx(at_rates, abs=1e-6)
    for half in (TWO == 0, TWO == 1):
        assert at_rates[half].mean() == pytest.approx(won[half].mean(), abs=1e-6)
        assert (np.argsort(at_rates[half]) == np.argsort(p[half])).all()


def test_a_cut_off_without_a_win_has_no_skill_to_show_and_hides_none() -> None:
    won, p = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.8, 0.2, 0.1, 0.1])
    ones, cut_off = np.ones((4, 1)), np.array([0, 0, 1, 1], dtype=np.intp)
    at_rates = accuracy.at_actual_rates(won, p, cut_off)
    assert at_rates == pytest.approx([0.8, 0.2, 0.0, 0.0], abs=1e-6)
    assert skills(won, at_rates, cut_off, ones)[0] == pytest.approx(1 - np.log(0.8) / np.log(0.5))


@pytest.mark.parametrize(
    ("value", "bins", "codes"),
    [
        ([0.1, 0.4, 0.2, 0.3], 2, [0, 1, 0, 1]),
        ([0.1, 0.2, 0.3, 0.4, 0.5], 5, [0, 1, 2, 3, 4]),
        ([0.2, 0.2, 0.2, 0.2], 10, [3, 3, 3, 3]),  # equal values stay together
        ([0.0, 0.0, 0.0, 1.0], 2, [0, 0, 0, 1]),
    ],
)
def test_bins_hold_as_many_rows_as_ties_allow(value: list[float], bins: int, codes: list[int]) -> None:
    assert accuracy.equal_bins(np.array(value), bins).tolist() == codes


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    p, won = np.array([0.1, 0.3, 0.6, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    # Two bins: 0.2 was said and 0.5 came, 0.7 was said and 1 came; the first counts three times in the resample.
    weights = np.array([[1.0, 3.0], [1.0, 3.0], [1.0, 1.0], [1.0, 1.0]])
    two, one, other = np.array([0, 0, 1, 1]), np.zeros(4, dtype=int), np.array([0, 1, 0, 1])
    assert accuracy.calibration_error(won, p, two, weights) == pytest.approx([0.3, 0.3])
    assert accuracy.calibration_error(won, p, one, weights) == pytest.approx([0.3, 0.3])
    # 0.1 and 0.6 beside 0 and 1, 0.3 and 0.8 beside 1 and 1: in the sample 0.15 and 0.45.
    assert accuracy.calibration_error(won, p, other, weights) == pytest.approx([0.3, (0.1 + 2.3) / 8])


@given(st.integers(0, 10_000))
@ALWAYS
def test_the_correlation_with_touches_is_spearmans(seed: int) -> None:
    random = np.random.default_rng(seed)
    value, touches = random.integers(0, 9, 60).astype(float), random.integers(0, 9, 60).astype(float)
    ranks = (accuracy.shares_of_rank(column, ONE) for column in (value, touches))
    found = accuracy.touch_correlation(*ranks, np.ones((60, 1)))[0]
    assert found == pytest.approx(spearmanr(value, touches).statistic)


@pytest.mark.parametrize(
    ("value", "touches", "expected"),
    [
        ([1.0, 2.0, 30.0, 40.0], [1.0, 2.0, 1.0, 2.0], 1.0),  # within the cut-offs
        ([2.0, 1.0, 40.0, 30.0], [1.0, 2.0, 1.0, 2.0], -1.0),
        ([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0], 0.0),  # no touch anywhere
        ([5.0, 5.0, 5.0, 5.0], [1.0, 2.0, 1.0, 2.0], 0.0),
    ],
)
def test_touches_are_compared_within_cut_offs(value: list[float], touches: list[float], expected: float) -> None:
    cut_off = np.array([0, 0, 1, 1], dtype=np.intp)
    ranks = (accuracy.shares_of_rank(np.array(column), cut_off) for column in (value, touches))
    found = accuracy.touch_correlation(*ranks, np.ones((4, 1)))
    assert found[0] == pytest.approx(expected)


def bisected(won: Floats, probability: Floats, cut_off: np.ndarray) -> Floats:
    """The shift by a bisection in plain steps, as it was written before `scipy.optimize.bisect` was used."""
    shifted = np.clip(probability, 1e-9, 1 - 1e-9)
    odds = shifted / (1.0 - shifted)
    for code in np.unique(cut_off):
        rows = cut_off == code
        low, high = -30.0, 30.0
        for _ in range(50):
            middle = (low + high) / 2
            moved = 1.0 - 1.0 / (1.0 + odds[rows] * np.exp(middle))
            low, high = (middle, high) if moved.mean() < won[rows].mean() else (low, middle)
        shifted[rows] = moved
    return shifted


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 0.5, 1.0]))
@ALWAYS
def test_the_shift_to_the_actual_rates_is_that_of_a_plain_bisection(seed: int, rate: float) -> None:
    random = np.random.default_rng(seed)
    won, p = (random.random(60) < rate).astype(float), random.beta(0.5, 3.0, 60)
    found = accuracy.at_actual_rates(won, p, TWO)
    np.testing.assert_allclose(found, bisected(won, p, TWO), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("won", "p", "expected"),
    [
        ([1.0, 0.0], [0.2, 0.2], [0.5, 0.5]),
        ([1.0, 0.0], [0.2, 0.8], [0.2, 0.8]),  # the mean is right already
        ([1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5], [0.25] * 4),
        ([0.0, 0.0], [0.2, 0.8], [0.0, 0.0]),  # the largest shift down, and up
        ([1.0, 1.0], [0.2, 0.8], [1.0, 1.0]),
    ],
)
def test_probabilities_at_the_actual_rates(won: list[float], p: list[float], expected: list[float]) -> None:
    found = accuracy.at_actual_rates(np.array(won), np.array(p), np.zeros(len(p), dtype=np.intp))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_shares_of_rank_are_mean_ranks_within_a_cut_off() -> None:
    value, cut_off = np.array([5.0, 1.0, 5.0, 2.0, 9.0, 8.0]), np.array([0, 0, 0, 0, 1, 1])
    # 1 and 2 stand at 0.5 and 1.5 of 4, both 5 at 3 of 4.
    assert accuracy.shares_of_rank(value, cut_off).tolist() == [0.75, 0.125, 0.75, 0.375, 0.75, 0.25]
