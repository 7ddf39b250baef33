"""Pair terms are admitted where two features say more together than apart, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from models.calibration import recalibrate, sigmoid
from models.tables.additive import AdditiveTrees
from models.tables.pairs import Pair, Rows, admit, total

SIZES = [4, 4, 4, 4]
#: Main effects that are known already; each tells something, so that each is worth pairing.
TABLES = [np.array([0.0, 0.3, -0.3, 0.1]) for _ in SIZES]


def together(codes: np.ndarray, a: int, b: int) -> np.ndarray:
    """More than their sum: high where exactly one of two codes is 2 or more."""
    either: np.ndarray = (codes[:, a] >= 2) ^ (codes[:, b] >= 2)
    return np.where(either, 1.0, -1.0)


def drawn(rows: int, seed: int, *pairs: tuple[int, int]) -> Rows:
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, size, rows) for size in SIZES])
    score = -1.5 + sum(table[codes[:, j]] for j, table in enumerate(TABLES))
    truth = score + sum((together(codes, a, b) for a, b in pairs), np.zeros(rows))
    won = (rng.random(rows) < sigmoid(truth)).astype("float64")
    a, c = recalibrate(won, score, slope=True)  # so that no pair is admitted for what is not its own
    return codes, won, np.ones(rows), a + c * score


def make(pair: tuple[int, int]) -> AdditiveTrees:
    return AdditiveTrees([4, 4], [False, True], trees=100, together=True)


def admitted(*pairs: tuple[int, int], sides: str = "ffff", **limits: Any) -> list[tuple[int, int]]:
    limits = {"budget": 3} | limits
    found = admit(TABLES, list(sides), make, drawn(6000, 1, *pairs), drawn(4000, 2, *pairs), **limits)
    assert all(trees > 0 for _, trees in found)
    return [columns for columns, _ in found]


@pytest.mark.parametrize("pairs", [[], [(0, 2)], [(0, 1), (2, 3)]])
def test_only_what_is_there_is_admitted(pairs: list[tuple[int, int]]) -> None:
    assert sorted(admitted(*pairs)) == pairs


@pytest.mark.parametrize(("sides", "found"), [("fifi", [(0, 2)]), ("ffii", [])])
def test_a_pair_keeps_to_one_side(sides: str, found: list[tuple[int, int]]) -> None:
    assert admitted((0, 2), sides=sides) == found


def test_the_budget_is_kept_and_a_gain_can_be_too_small() -> None:
    assert len(admitted((0, 1), (2, 3), budget=1)) == 1
    assert admitted((0, 2), least_gain=1e6) == []


def test_a_pair_adds_its_cell() -> None:
    pair = Pair(0, 2, np.array([[0.0, 1.0], [2.0, 3.0]]))
    codes = np.array([[0, 1, 1], [1, 0, 0]])
    assert pair.at(codes).tolist() == [1.0, 2.0]
    tables = [np.array([0.5, 0.0]), np.array([0.25, 0.125]), np.zeros(2)]
    assert total(tables, [pair, pair], codes).tolist() == [2.625, 4.25]
