"""Pair terms: two features of one side that predict more together than apart, each admitted on held-out rows only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.calibration import log_loss, sigmoid
from models.tables.additive import AdditiveTrees, summed_tables


@dataclass(frozen=True)
class Pair:
    """A pair term: columns `a` and `b`, and its table of shape (size_a, size_b)."""

    a: int
    b: int
    table: np.ndarray

    def at(self, codes: np.ndarray) -> np.ndarray:
        """Its raw score for `codes` of shape (n, n_columns)."""
        result: np.ndarray = self.table[codes[:, self.a], codes[:, self.b]]
        return result


Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # codes, won, weight, raw score


def grow(columns: tuple[int, int], trees: AdditiveTrees, rows: Rows, held: Rows | None = None) -> tuple[Pair, int]:
    """Grow one pair term on top of a raw score.

    Parameters
    ----------
    columns : pair of int
    trees : AdditiveTrees
        Unfitted, of these two columns.
    rows : Rows
    held : Rows, optional
        Rows on which the growth stops early.

    Returns
    -------
    pair : Pair
    count : int
        How many trees it has.
    """
    codes, won, weight, score = rows
    chosen = list(columns)
    valid = None if held is None else (held[0][:, chosen], held[1], held[2], held[3])
    trees.fit(codes[:, chosen], won, weight=weight, offset=score, valid=valid)
    return Pair(columns[0], columns[1], trees.grid()), trees.trees_


def admit(
    tables: Sequence[np.ndarray],
    sides: Sequence[str],
    make: Callable[[tuple[int, int]], AdditiveTrees],
    train: Rows,
    held: Rows,
    *,
    budget: int,
    candidates: int = 6,
    least_gain: float = 5.0,
) -> list[tuple[tuple[int, int], int]]:
    """The pairs that are admitted, the best first, each with its number of trees.

    Parameters
    ----------
    tables, sides : sequences
        The main effects, and the side of each column; both columns of a pair are on one side.
    make : callable
        An unfitted two-column `AdditiveTrees` for a pair of columns.
    train, held : Rows
        A pair is grown on the first and admitted on the second.
    budget : int
        Most pairs.
    candidates : int
        How many pairs are tried: those with the largest sums of residuals in their cells.
    least_gain : float
        The least gain in held-out log likelihood, in nats over all rows.
    """
    spread = [float(np.std(table[train[0][:, j]])) for j, table in enumerate(tables)]
    named = sorted((j for j in range(len(tables)) if spread[j] > 0), key=lambda j: (-spread[j], j))[:12]
    tried = [pair for pair in combinations(sorted(named), 2) if sides[pair[0]] == sides[pair[1]]]
    tried = sorted(tried, key=lambda pair: (-_interaction(pair, tables, train), pair))[:candidates]
    admitted: list[tuple[tuple[int, int], int]] = []
    for columns in tried:
        if len(admitted) == budget:
            break
        pair, count = grow(columns, make(columns), train, held)
        gain = (log_loss(held[1], held[3], held[2]) - log_loss(held[1], held[3] + pair.at(held[0]), held[2])) * held[
            2
        ].sum()
        if gain < least_gain or count == 0:
            continue
        admitted.append((columns, count))
        train = (*train[:3], train[3] + pair.at(train[0]))
        held = (*held[:3], held[3] + pair.at(held[0]))
    return admitted


def _interaction(pair: tuple[int, int], tables: Sequence[np.ndarray], rows: Rows) -> float:
    """Score statistic of the residuals in a pair's cells: sum of (sum of residuals)^2 / (information + 1)."""
    codes, won, weight, score = rows
    p = sigmoid(score)
    cell = codes[:, pair[0]] * len(tables[pair[1]]) + codes[:, pair[1]]
    residual = np.bincount(cell, weights=weight * (won - p))
    information = np.bincount(cell, weights=weight * p * (1 - p))
    return float((residual**2 / (information + 1.0)).sum())


def total(tables: Sequence[np.ndarray], pairs: Sequence[Pair], codes: np.ndarray) -> np.ndarray:
    """Main effects and pairs together."""
    score = summed_tables(tables, codes)
    for pair in pairs:
        score = score + pair.at(codes)
    return score
