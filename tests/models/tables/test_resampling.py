"""Resamples draw units, not rows; an entry survives where they agree with it."""

import numpy as np
import pytest

from models.hazard import HazardRows
from models.tables.resampling import resamples, survival


def rows(snapshots: list[int], won: list[float]) -> HazardRows:
    n = len(snapshots)
    return HazardRows(
        snapshot=np.array(snapshots),
        period=np.zeros(n, dtype=int),
        won=np.array(won),
        start=np.zeros(n, dtype=int),
        end=np.ones(n, dtype=int),
        weight=np.full(n, 2.0),
    )


#: Six snapshots of three units; unit 0 wins.
UNITS = np.array([0, 0, 1, 1, 1, 2])
ROWS = rows([0, 1, 2, 3, 4, 5], [0, 1, 0, 0, 0, 0])


def test_all_rows_of_a_unit_come_together_as_often_as_it_is_drawn() -> None:
    seen = set()
    for drawn in resamples(ROWS, UNITS, 40, seed=7):
        times = {int(unit): drawn.weight[UNITS[drawn.snapshot] == unit] / 2.0 for unit in UNITS[drawn.snapshot]}
        assert sum(weights[0] for weights in times.values()) == 3
        for unit, weights in times.items():
            assert (len(weights), len(set(weights))) == ((unit == UNITS).sum(), 1)
        seen.add(tuple(sorted((unit, int(weights[0])) for unit, weights in times.items())))
    assert {((0, 1), (1, 1), (2, 1)), ((0, 2), (1, 1)), ((0, 1), (1, 2))} <= seen


def test_a_draw_without_a_win_is_left_out_and_the_seed_decides() -> None:
    """Unit 0 is in none of the draws with probability (2/3)^3, about 12 of 40."""
    once, twice = (list(resamples(ROWS, UNITS, 40, seed=7)) for _ in range(2))
    assert 20 <= len(once) <= 35
    assert all(0 in UNITS[drawn.snapshot] for drawn in once)
    assert [drawn.weight.tolist() for drawn in once] == [drawn.weight.tolist() for drawn in twice]
    assert list(resamples(rows([0, 1], [1, 1]), UNITS, 5, seed=7)) == []
    assert list(resamples(ROWS, UNITS, 0, seed=7)) == []


def test_the_rows_are_thinned_and_no_win_is_lost() -> None:
    many = rows([*range(1000)], [float(i % 100 == 0) for i in range(1000)])
    draws = list(resamples(many, np.arange(1000), 50, seed=7, most=300))
    assert all(len(drawn) < 250 for drawn in draws)
    assert np.mean([drawn.weight.sum() for drawn in draws]) == pytest.approx(2000, rel=0.05)
    assert np.mean([drawn.weight[drawn.won == 1].sum() for drawn in draws]) == pytest.approx(20, rel=0.15)


AGAIN = [[0.5, 0.1, 0.03, -0.2], [0.4, -0.1, 0.01, -0.3], [0.3, 0.2, 0.04, 0.2], [0.2, -0.3, 0.0, -0.025]]


@pytest.mark.parametrize(
    ("table", "again", "expected"),
    [
        ([0.4, 0.1, 0.03, -0.2], AGAIN, [1.0, 0.5, 0.5, 0.75]),
        ([-0.4, 0.0, 0.03, -0.2], AGAIN, [0.0, 0.0, 0.5, 0.75]),
        ([[0.4], [-0.1]], [[[0.5], [0.1]], [[0.4], [-0.3]]], [[1.0], [0.5]]),
        ([0.4, -0.1], [], [1.0, 1.0]),
    ],
)
def test_an_entry_survives_with_its_sign_and_a_word_of_size(table: list, again: list, expected: list) -> None:
    found = survival(np.array(table), [np.array(other) for other in again], 0.025)
    assert found.tolist() == expected
