"""Weights of evidence: what was counted for each code, shared with its neighbours, and weighed by what it tells."""

import numpy as np
import pytest

from models.calibration import sigmoid
from models.tables.weights_of_evidence import WeightsOfEvidence, folds_of

RECENCY = np.array([-1.2, 1.2, 0.8, 0.4, 0.0, -0.4, -0.8, -1.2])  # an ordered feature; code 0 is missing
LEVEL = np.array([0.0, 0.0, 1.2, -1.2])
SIZES, UNORDERED = [8, 4, 200], [False, True, True]  # the last column says nothing


def drawn(rows: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, size, rows) for size in SIZES])
    log_odds = -3.0 + RECENCY[codes[:, 0]] + LEVEL[codes[:, 1]]
    return codes, (rng.random(rows) < sigmoid(log_odds)).astype("float64")


@pytest.mark.parametrize(
    ("won", "rows", "unordered", "ratios"),
    [
        # 4 wins: 1, 1 and 2 were to be expected, and 3 more count as ordinary.
        ([0, 3, 1], [10, 10, 20], True, [3 / 4, 6 / 4, 4 / 5]),
        # Nobody has the code.
        ([2, 2, 0], [10, 10, 0], True, [1.0, 1.0, 1.0]),
        # 4 wins, 1 expected in each: the neighbour has two thirds of them, the next a third.
        ([0, 4, 0, 0, 0], [0, 10, 10, 10, 10], False, [1.0, 7 / 5, 1.0, 13 / 17, 3 / 5]),
        # Who is missing is nobody's neighbour: 6 wins and 2 expected against 0 and 4. The others together won 3 / 7 of
        # what was to be expected, and that is usual of each.
        ([6, 0, 0], [10, 10, 10], False, [9 / 5, 3 * 3 / 7 / (3 + 10 / 3), 3 * 3 / 7 / (3 + 10 / 3)]),
        ([1], [5], False, [1.0]),
    ],
)
def test_a_table_is_what_was_counted(won: list[int], rows: list[int], unordered: bool, ratios: list[float]) -> None:
    model = WeightsOfEvidence([len(won)], [unordered], prior=3.0)
    table = model._table(np.array(won, dtype="float64"), np.array(rows, dtype="float64"), 0)
    assert np.exp(table) == pytest.approx(ratios)


@pytest.mark.parametrize(
    ("nothing", "ratios"),
    [
        # 40 deals of 0, 12 of 1 and 8 of 2; 12 wins, none by who has deals already: 8, 2.4 and 1.6 were to be expected.
        # Usual of who has deals is 3 / 7. So 1 counts 3 * 3 / 7 wins, and has two thirds of the expected of 2.
        (True, [1.0, 15 / 11, 9 / 7 / (3 + 2.4 + 3.2 / 3), 9 / 7 / (3 + 1.6 + 4.8 / 3)]),
        # As if it were any number, 0 lends two thirds of its wins to 1: 8 where none came.
        (
            False,
            [
                1.0,
                15 / (3 + 8 + 4.8 / 3 + 1.6 / 3),
                11 / (3 + 2.4 + 16 / 3 + 3.2 / 3),
                7 / (3 + 1.6 + 4.8 / 3 + 8 / 3),
            ],
        ),
    ],
)
def test_who_has_nothing_is_no_neighbour_of_who_has_one(nothing: bool, ratios: list[float]) -> None:
    model = WeightsOfEvidence([4], [False], [nothing], prior=3.0)
    table = model._table(np.array([0.0, 12.0, 0.0, 0.0]), np.array([0.0, 40.0, 12.0, 8.0]), 0)
    assert np.exp(table) == pytest.approx(ratios)


def test_a_column_that_tells_nothing_is_worth_nothing_however_many_codes_it_has() -> None:
    noise = []
    for seed in range(5):
        codes, won = drawn(3000, seed)
        model = WeightsOfEvidence(SIZES, UNORDERED).fit(codes, won, np.arange(3000))
        noise.append(np.std(model.tables_[2]))
        for truth, table in zip((RECENCY, LEVEL), model.tables_, strict=False):
            assert np.corrcoef(table, truth)[0, 1] > 0.9
    assert np.mean(noise) < 0.04 < 0.6 < np.std(model.tables_[0])


def test_the_score_is_the_sum_of_the_tables_and_its_mean_is_calibrated() -> None:
    codes, won = drawn(3000)
    model = WeightsOfEvidence(SIZES, UNORDERED).fit(codes, won, np.arange(3000))
    by_hand = [model.start_ + sum(model.tables_[j][code] for j, code in enumerate(row)) for row in codes[:50]]
    assert model.log_odds(codes[:50]) == pytest.approx(by_hand, abs=1e-12)
    assert sigmoid(model.log_odds(codes)).mean() == pytest.approx(won.mean(), rel=0.1)


def test_a_unit_that_is_looked_at_again_and_again_counts_once() -> None:
    codes, won = drawn(600)
    once = WeightsOfEvidence(SIZES, UNORDERED).fit(codes, won, np.arange(600))
    thrice = WeightsOfEvidence(SIZES, UNORDERED).fit(
        np.tile(codes, (3, 1)), np.tile(won, 3), np.tile(np.arange(600), 3)
    )
    weighed = WeightsOfEvidence(SIZES, UNORDERED).fit(codes, won, np.arange(600), weight=np.full(600, 3.0))
    for other in (thrice, weighed):
        for table, again in zip(once.tables_, other.tables_, strict=True):
            np.testing.assert_allclose(again, table, atol=1e-4)


def test_the_order_of_rows_changes_nothing() -> None:
    codes, won = drawn(600)
    order = np.random.default_rng(1).permutation(600)
    model = WeightsOfEvidence(SIZES, UNORDERED).fit(codes, won, np.arange(600))
    again = WeightsOfEvidence(SIZES, UNORDERED).fit(codes[order], won[order], order)
    for table, other in zip(model.tables_, again.tables_, strict=True):
        np.testing.assert_allclose(other, table, atol=1e-4)


def test_no_table_is_turned_round() -> None:
    """The second column repeats the first, so a regression would set them against each other now and then."""
    for seed in range(5):
        codes, won = drawn(400, seed)
        model = WeightsOfEvidence([8, 8], [False, False]).fit(codes[:, [0, 0]], won, np.arange(400))
        assert (model.strengths_ >= 0).all()


def test_the_parts_hold_whole_units_and_equally_many_won_ones() -> None:
    unit = np.repeat(np.arange(23), 3)
    won = ((unit < 8) & (np.arange(69) % 3 > 0)).astype("float64")  # eight won units, each seen twice before its win
    fold = folds_of(unit, won, 4, seed=7)
    assert all(len(set(fold[unit == one])) == 1 for one in range(23))
    assert [len(set(unit[(fold == part) & (won == 1)])) for part in range(4)] == [2, 2, 2, 2]
    assert [len(set(unit[fold == part])) for part in range(4)] == [6, 6, 6, 5]
