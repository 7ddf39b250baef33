"""Measures of a ranking: literal cases, scikit-learn's figures on random ones, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import average_precision_score, roc_auc_score

from scoring.evidence.measures.ranking import (
    Floats,
    Ranking,
    Standing,
    auc,
    auc_of,
    average_precision,
    lift,
    precision,
    revenue_captured,
    wins_captured,
)

# value, won, amount: two tie for the second and third place
FOUR = ([4.0, 3.0, 3.0, 1.0], [1, 0, 1, 1], [100.0, 0.0, 50.0, 850.0])


def stand(
    value: list[float], won: list[int], weights: Floats | None = None, cut_off: list[int] | None = None
) -> Standing:
    codes = np.array(cut_off or [0] * len(value), dtype=np.intp)
    ranking = Ranking(np.array(value, dtype=float), np.array(won, dtype=float), codes)
    return ranking.standing(np.ones((len(value), 1)) if weights is None else weights)


@pytest.mark.parametrize(
    ("worked", "revenue", "wins", "rate", "times"),
    [
        (0.0, 0.0, 0.0, np.nan, np.nan),
        (0.5, 0.05, 0.5 / 3, 1.0, 1.0 / 0.75),  # half of the first is worked
        (1.0, 0.1, 1.0 / 3, 1.0, 1.0 / 0.75),
        (2.0, 0.125, 0.5, 0.75, 1.0),  # one of the two that tie: the winner in one of two draws
        (3.0, 0.15, 2.0 / 3, 2.0 / 3, 2.0 / 3 / 0.75),
        (4.0, 1.0, 1.0, 0.75, 1.0),
    ],
)
def test_what_is_captured_at_a_capacity(worked: float, revenue: float, wins: float, rate: float, times: float) -> None:
    value, won, amount = FOUR
    standing, share = stand(value, won), np.array([worked / 4])
    found = [
        revenue_captured(standing, np.array(amount), share),
        wins_captured(standing, share),
        precision(standing, share),
        lift(standing, share),
    ]
    assert np.concatenate(found) == pytest.approx([revenue, wins, rate, times], nan_ok=True)


def test_order_measures_with_a_tie() -> None:
    standing = stand([4.0, 3.0, 3.0, 1.0], [1, 0, 1, 0])
    assert auc(standing)[0] == 3.5 / 4  # beats 2, beats 1 and halves 1
    assert average_precision(standing)[0] == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_who_tells_nobody_apart_captures_what_chance_does(share: float) -> None:
    standing, amount = stand([0.0] * 4, [1, 0, 0, 1]), np.array([10.0, 0.0, 0.0, 90.0])
    shares = np.array([share])
    assert revenue_captured(standing, amount, shares)[0] == pytest.approx(share)
    assert wins_captured(standing, shares)[0] == pytest.approx(share)
    assert (precision(standing, shares)[0], lift(standing, shares)[0]) == pytest.approx((0.5, 1.0))
    assert (auc(standing)[0], average_precision(standing)[0]) == (0.5, 0.5)


def test_cut_offs_are_ranked_apart_and_added_up() -> None:
    # The second cut-off's values are all higher; that says nothing of either.
    standing = stand([2.0, 1.0, 20.0, 10.0, 5.0], [1, 0, 0, 1, 0], cut_off=[0, 0, 1, 1, 1])
    amount = np.array([30.0, 0.0, 0.0, 70.0, 0.0])
    assert auc(standing)[0] == pytest.approx((1 + 1) / 3)
    assert revenue_captured(standing, amount, np.array([0.5, 1 / 3]))[0] == pytest.approx(0.3)
    assert revenue_captured(standing, amount, np.array([0.0, 2 / 3]))[0] == pytest.approx(0.7)
    # One of two worked where every second wins, two of three where every third does.
    assert lift(standing, np.array([0.5, 2 / 3]))[0] == pytest.approx(2 / (0.5 + 2 / 3))


def test_a_resample_works_the_same_share_of_its_own_units() -> None:
    value, won, amount = FOUR
    standing = stand(value, won, np.array([[1.0, 2.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]))
    share = np.array([0.25])
    assert standing.total.tolist() == [[4.0, 4.0]]
    # In the resample the first is there twice, and one of the two is worked.
    assert revenue_captured(standing, np.array(amount), share) == pytest.approx([0.1, 0.5 * 200 / 1100])


@pytest.mark.parametrize("won", [[0, 0, 0], [1, 1, 1]])
def test_nothing_is_said_where_all_end_alike(won: list[int]) -> None:
    assert np.isnan(auc(stand([3.0, 2.0, 1.0], won))[0])


def test_a_resample_without_a_win_says_nothing() -> None:
    standing = stand([2.0, 1.0], [1, 0], np.array([[0.0], [2.0]]))
    assert np.isnan(revenue_captured(standing, np.array([5.0, 0.0]), np.array([0.5]))[0])
    assert np.isnan(average_precision(standing)[0])


COUNTS = arrays.arrays(np.float64, 30, elements=st.integers(0, 3).map(float))
VALUES = arrays.arrays(np.float64, 30, elements=st.integers(-4, 4).map(float))
WON = arrays.arrays(np.float64, 30, elements=st.integers(0, 1).map(float))
AMOUNTS = arrays.arrays(np.float64, 30, elements=st.integers(0, 50).map(float))
CUT_OFFS = np.repeat([0, 1], 15).astype(np.intp)
SHARE = np.array([0.3, 0.2])
ALWAYS = settings(max_examples=60)


def every_measure(standing: Standing, amount: Floats) -> Floats:
    captured = [revenue_captured(standing, amount, SHARE), wins_captured(standing, SHARE)]
    return np.array(
        [*captured, precision(standing, SHARE), lift(standing, SHARE), auc(standing), average_precision(standing)]
    )


@given(VALUES, WON, COUNTS)
@ALWAYS
def test_auc_and_average_precision_are_those_of_scikit_learn(value: Floats, won: Floats, counts: Floats) -> None:
    won[:2], counts[:2] = [0.0, 1.0], 1.0  # one of each, at least
    standing = Ranking(value, won, np.zeros(30, dtype=np.intp)).standing(counts[:, None])
    assert auc(standing)[0] == pytest.approx(roc_auc_score(won, value, sample_weight=counts))
    assert average_precision(standing)[0] == pytest.approx(average_precision_score(won, value, sample_weight=counts))


@given(VALUES, WON, AMOUNTS, COUNTS)
@ALWAYS
def test_a_row_that_counts_twice_is_a_row_that_is_there_twice(
    value: Floats, won: Floats, amount: Floats, counts: Floats
) -> None:
    counts[0] = counts[29] = 1.0  # neither cut-off is empty
    counted = Ranking(value, won, CUT_OFFS).standing(counts[:, None])
    rows = np.repeat(np.arange(30), counts.astype(int))
    repeated = Ranking(value[rows], won[rows], CUT_OFFS[rows]).standing(np.ones((len(rows), 1)))
    assert every_measure(counted, amount) == pytest.approx(every_measure(repeated, amount[rows]), nan_ok=True)


@given(VALUES, WON, AMOUNTS, st.sampled_from([np.exp, np.arctan, lambda x: 3 * x - 7]))
@ALWAYS
def test_only_the_order_counts(value: Floats, won: Floats, amount: Floats, rising: np.ufunc) -> None:
    one = Ranking(value, won, CUT_OFFS).standing(np.ones((30, 1)))
    other = Ranking(rising(value), won, CUT_OFFS).standing(np.ones((30, 1)))
    assert every_measure(other, amount) == pytest.approx(every_measure(one, amount), nan_ok=True)


@given(VALUES, WON, AMOUNTS, st.permutations(range(30)))
@ALWAYS
def test_the_order_of_the_rows_does_not_count(value: Floats, won: Floats, amount: Floats, order: list[int]) -> None:
    one = Ranking(value, won, CUT_OFFS).standing(np.ones((30, 1)))
    other = Ranking(value[order], won[order], CUT_OFFS[order]).standing(np.ones((30, 1)))
    assert every_measure(other, amount[order]) == pytest.approx(every_measure(one, amount), nan_ok=True)


@given(st.integers(0, 10_000))
def test_the_area_of_one_ranking_is_that_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    value, won = random.integers(0, 9, 40).astype(float), random.random(40) < 0.3
    won[:2] = True, False
    assert auc_of(value, won) == pytest.approx(roc_auc_score(won, value), abs=1e-12)
