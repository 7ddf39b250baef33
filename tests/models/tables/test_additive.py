"""Boosted trees held to one feature each: their sum is a sum of tables, and the tables are the truth's."""

from typing import Any

import numpy as np
import pytest

from models.calibration import sigmoid
from models.tables.additive import AdditiveTrees, summed_tables

SIZES, UNORDERED = [6, 5, 9, 2], [False, True, False, True]
#: A market's truth: what each code of each column adds to the log-odds. The last column is noise.
TRUTH = [
    np.array([-0.4, 1.5, 0.9, 0.3, 0.0, -0.4]),  # days since a demo: code 0, never, is as good as long ago
    np.array([0.0, 0.2, 1.2, -1.0, 0.4]),
    np.array([0.0, -0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6]),
    np.array([0.0, 0.0]),
]


def drawn(rows: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Codes, and whether each row won with the odds of TRUTH."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, size, rows) for size in SIZES])
    return codes, (rng.random(rows) < sigmoid(-2.0 + summed_tables(TRUTH, codes))).astype("float64")


def fitted(codes: np.ndarray, y: np.ndarray, **settings: Any) -> AdditiveTrees:
    return AdditiveTrees(SIZES, UNORDERED, **{"trees": 150} | settings).fit(codes, y)


def predicted(model: AdditiveTrees, codes: np.ndarray) -> np.ndarray:
    """What LightGBM itself says: its code of a missing ordered value stands behind the largest."""
    inputs = codes.astype("float64")
    for column in (0, 2):
        inputs[codes[:, column] == 0, column] = SIZES[column]
    raw: np.ndarray = model._booster.predict(inputs, raw_score=True, num_iteration=model.trees_)
    return raw


@pytest.fixture(scope="module")
def market() -> tuple[np.ndarray, np.ndarray]:
    return drawn(20_000)


@pytest.fixture(scope="module")
def learned(market: tuple[np.ndarray, np.ndarray]) -> AdditiveTrees:
    return fitted(*market)


def test_the_tables_are_lightgbms_raw_prediction(learned: AdditiveTrees) -> None:
    codes, _ = drawn(3000, seed=8)
    by_tables = learned.start_ + summed_tables(learned.tables_, codes)
    np.testing.assert_allclose(by_tables, predicted(learned, codes), rtol=0, atol=1e-9)
    assert [len(table) for table in learned.tables_] == SIZES
    assert [table[0] for table in learned.tables_] == [0.0] * 4


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_known_truth_is_recovered(learned: AdditiveTrees, column: int) -> None:
    truth, table = TRUTH[column], learned.tables_[column]
    assert np.corrcoef(table, truth)[0, 1] > 0.95
    assert np.abs((table - table.mean()) - (truth - truth.mean())).max() < 0.35


def test_noise_is_worth_little(learned: AdditiveTrees) -> None:
    assert abs(learned.tables_[3]).max() < 0.15


def test_the_mean_is_calibrated(market: Any, learned: AdditiveTrees) -> None:
    codes, won = market
    expected = sigmoid(learned.start_ + summed_tables(learned.tables_, codes))
    assert expected.mean() == pytest.approx(won.mean(), rel=0.005)


def test_never_stands_behind_long_ago(market: Any) -> None:
    """One cut: rows without the event (code 0) fall to the side of the oldest."""
    codes, won = market
    (table,) = AdditiveTrees([6], [False], trees=1, leaves=2).fit(codes[:, :1], won).tables_
    assert table[0] == table[5]
    assert table[1] > table[5]


def test_validation_rows_stop_the_trees(market: Any) -> None:
    codes, won = market
    model = AdditiveTrees(SIZES, UNORDERED, trees=600, learning_rate=0.3)
    model.fit(codes[:4000], won[:4000], valid=(codes[4000:], won[4000:], None, None))
    assert 1 <= model.trees_ < 150
    np.testing.assert_allclose(
        model.start_ + summed_tables(model.tables_, codes), predicted(model, codes), rtol=0, atol=1e-9
    )


def test_an_offset_is_left_to_explain_nothing_twice(market: Any) -> None:
    codes, won = market
    rest = AdditiveTrees(SIZES, UNORDERED, trees=60).fit(codes, won, offset=-2.0 + summed_tables(TRUTH, codes))
    assert max(abs(table).max() for table in rest.tables_) < 0.3
    assert abs(rest.start_) < 0.3


def test_a_weight_stands_for_rows(market: Any) -> None:
    codes, won = market
    twice = fitted(np.vstack([codes, codes]), np.concatenate([won, won]), trees=20, min_leaf=2)
    doubled = AdditiveTrees(SIZES, UNORDERED, trees=20, min_leaf=1).fit(codes, won, weight=np.full(len(won), 2.0))
    for a, b in zip(twice.tables_, doubled.tables_, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_the_same_seed_gives_the_same_tables(market: Any) -> None:
    once, again = fitted(*market, trees=40), fitted(*market, trees=40)
    assert once.start_ == again.start_
    assert [t.tolist() for t in once.tables_] == [t.tolist() for t in again.tables_]


def test_a_pair_grown_together_is_one_table_on_top_of_its_offset() -> None:
    rng = np.random.default_rng(3)
    codes = np.column_stack([rng.integers(0, 3, 8000), rng.integers(0, 2, 8000)])
    truth = np.array([[0.05, 0.3], [0.3, 0.05], [0.3, 0.05]])
    won = (rng.random(8000) < truth[codes[:, 0], codes[:, 1]]).astype("float64")
    model = AdditiveTrees([3, 2], [True, True], trees=100, together=True)
    model.fit(codes, won, offset=np.full(8000, -1.0))
    np.testing.assert_allclose(sigmoid(-1.0 + model.grid()), truth, atol=0.03)


def test_what_cancels_out_exactly_is_seen_all_the_same() -> None:
    """Apart, either code wins 9 in 100, so that no first split gains anything; together they win 2 or 16."""
    cells = np.array([(a, b) for a in range(4) for b in range(4)])
    wins = np.where((cells[:, 0] >= 2) ^ (cells[:, 1] >= 2), 80, 10)
    won = np.concatenate([np.repeat([1.0, 0.0], [n, 500 - n]) for n in wins])
    offset = np.full(8000, np.log(0.09 / 0.91))
    model = AdditiveTrees([4, 4], [False, False], trees=100, together=True)
    model.fit(np.repeat(cells, 500, axis=0), won, offset=offset)
    np.testing.assert_allclose(sigmoid(offset[0] + model.grid()).ravel(), wins / 500, atol=0.03)
