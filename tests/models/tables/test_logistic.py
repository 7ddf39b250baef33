"""The rung for few wins: coarse bins, and a penalty that keeps them close."""

import numpy as np
import pytest

from models.calibration import sigmoid
from models.tables.logistic import BinnedLogistic

SLOPE = np.array([-1.2, -0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9])  # an ordered feature; code 0 is missing
LEVEL = np.array([0.0, 0.0, 0.8, -0.8])
NOISE = np.zeros(3)


def drawn(rows: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    codes = np.column_stack([rng.integers(0, len(t), rows) for t in (SLOPE, LEVEL, NOISE)])
    log_odds = -2.0 + SLOPE[codes[:, 0]] + LEVEL[codes[:, 1]]
    return codes, (rng.random(rows) < sigmoid(log_odds)).astype("float64")


def fitted(rows: int, strength: float) -> BinnedLogistic:
    return BinnedLogistic([8, 4, 3], [False, True, True], strength=strength).fit(*drawn(rows))


def test_a_known_truth_is_recovered_and_the_mean_calibrated() -> None:
    codes, won = drawn(8000)
    model = fitted(8000, 1.0)
    for truth, table in zip((SLOPE, LEVEL), model.tables_[:2], strict=True):
        assert np.corrcoef(table, truth)[0, 1] > 0.95
    assert np.ptp(model.tables_[2]) < 0.25
    log_odds = model.start_ + sum(table[codes[:, j]] for j, table in enumerate(model.tables_))
    assert sigmoid(log_odds).mean() == pytest.approx(won.mean(), rel=0.005)


def test_with_few_wins_the_penalty_flattens_but_keeps_the_direction() -> None:
    strong, weak = fitted(200, 0.003).tables_[0], fitted(200, 0.3).tables_[0]
    assert 0.0 < np.ptp(strong) < 0.2 < np.ptp(weak) < np.ptp(SLOPE)
    assert weak[7] > weak[1]


@pytest.mark.parametrize(
    ("counts", "runs"),
    [
        ([0, 30, 30, 40], [[0, 3], [1], [2]]),  # none are missing: as the largest
        ([0, 2, 2, 96], [[0, 1, 2, 3]]),  # 4 in a hundred are too few for a bin of their own
        ([0, 3, 3, 94], [[0, 3], [1, 2]]),
        ([0, 50, 48, 2], [[0, 2, 3], [1]]),  # the last bin must hold its share too
        ([2, 49, 0, 49], [[0, 2, 3], [1]]),  # few are missing
        ([40, 30, 0, 30], [[0], [1], [2, 3]]),
    ],
)
def test_ordered_bins_are_merged_until_each_holds_its_share(counts: list[int], runs: list[list[int]]) -> None:
    column = np.repeat(np.arange(4), counts)
    won = ((column + np.arange(100)) % 3 == 0).astype("float64")
    codes = np.column_stack([column, np.arange(100) % 2])
    table = BinnedLogistic([4, 2], [False, True]).fit(codes, won).tables_[0].tolist()
    alike = [[code for code in range(4) if table[code] == value] for value in dict.fromkeys(table)]
    assert alike == runs


def test_a_rare_level_adds_nothing() -> None:
    levels = np.repeat([0, 1, 2, 3], [3, 47, 47, 3])
    won = ((levels == 1) | (levels == 3)).astype("float64")
    (table,) = BinnedLogistic([4], [True]).fit(levels[:, None], won).tables_
    assert (table[0], table[3]) == (0.0, 0.0)
    assert table[1] > 0 > table[2]


def test_of_rows_that_are_all_alike_only_the_rate_is_learned():
    codes, y = np.zeros((100, 2), dtype="int64"), np.repeat([0.0, 1.0], [80, 20])
    model = BinnedLogistic([3, 2], [False, False]).fit(codes, y)
    assert model.start_ == pytest.approx(np.log(0.25))
    assert [table.tolist() for table in model.tables_] == [[0.0] * 3, [0.0] * 2]
