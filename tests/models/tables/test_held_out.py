"""Held-out rows decide the shape of tables, whatever their level; a handful of wins makes none steeper."""

import numpy as np
import pytest

from models.hazard import HazardRows
from models.tables.held_out import constant_loss, loss, shrunken_slope

#: Two codes of one column; of 100 rows each, 20 and 5 win.
CODES = np.array([[0], [1]])
TRUE = [np.array([np.log(0.2 / 0.8), np.log(0.05 / 0.95)]), np.zeros(1)]


def rows(times: int = 1) -> HazardRows:
    snapshot = np.repeat([0, 0, 1, 1], np.array([20, 80, 5, 95]) * times)
    won = np.repeat([1.0, 0.0, 1.0, 0.0], np.array([20, 80, 5, 95]) * times)
    zero = np.zeros(len(won), dtype=int)
    return HazardRows(snapshot, zero, won, zero, zero + 1, np.ones(len(won)))


#: -(0.2 log 0.2 + 0.8 log 0.8 + 0.05 log 0.05 + 0.95 log 0.95) / 2, and that of one rate, 0.125.
LOSS, CONSTANT = 0.34946, 0.37677


def test_the_loss_is_that_of_the_shape_whatever_the_level() -> None:
    for shift in (0.0, 3.0):
        assert loss([TRUE[0] + shift, TRUE[1]], CODES, rows(10)) == pytest.approx(LOSS, abs=2e-4)
    assert constant_loss(rows(10)) == pytest.approx(CONSTANT, abs=2e-4)
    flat = [np.zeros(2), np.zeros(1)]
    assert loss(flat, CODES, rows(10)) == pytest.approx(constant_loss(rows(10)))
    by_row = TRUE[0][rows(10).snapshot]
    assert loss(flat, CODES, rows(10), by_row) == pytest.approx(LOSS, abs=2e-4)


@pytest.mark.parametrize(
    ("times", "steepness", "expected"),
    [
        (1, 1.0, 1.0),
        (100, 2.0, 0.51),  # 2,500 wins say a half
        (1, 2.0, (25 * 0.5 + 50) / 75),  # 25 wins are few beside the 50 that confirm it
        (100, 20.0, 0.2),
        (100, 0.5, 1.3),
    ],
)
def test_the_slope_is_believed_as_far_as_there_are_wins(times: int, steepness: float, expected: float) -> None:
    tables = [steepness * TRUE[0], TRUE[1]]
    assert shrunken_slope(tables, CODES, rows(times)) == pytest.approx(expected, abs=0.01)
