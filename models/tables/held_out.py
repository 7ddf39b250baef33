"""Tables on held-out rows, which they were not fitted to: their loss, the slope they should have, what is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.calibration import log_loss, recalibrate
from models.hazard import HazardRows
from models.tables.additive import summed_tables


@dataclass(frozen=True)
class Choice:
    """What was chosen on the held-out rows: trees and penalty of the rung, the pairs with their trees, the slope."""

    strength: float
    trees: int = 0
    pairs: tuple[tuple[tuple[int, int], int], ...] = ()
    slope: float = 1.0


def loss(tables: Sequence[np.ndarray], codes: np.ndarray, held: HazardRows, extra: np.ndarray | float = 0.0) -> float:
    """Log loss on held-out rows after their mean is corrected, so that it measures the shape and not the drift.

    Parameters
    ----------
    tables : sequence of ndarray
        One for each column of `codes`, and one for the periods.
    codes : ndarray of int, shape (n_snapshots, n_columns)
    held : HazardRows
    extra : ndarray of shape (n_rows,), or float
        A raw score to add.
    """
    x, won = held.design(codes)
    score = summed_tables(tables, x) + extra
    intercept, _ = recalibrate(won, score, held.weight, slope=False)
    return log_loss(won, score + intercept, held.weight)


def constant_loss(held: HazardRows) -> float:
    """Log loss of one hazard for all."""
    intercept, _ = recalibrate(held.won, np.zeros(len(held)), held.weight, slope=False)
    return log_loss(held.won, np.full(len(held), intercept), held.weight)


def shrunken_slope(tables: Sequence[np.ndarray], codes: np.ndarray, held: HazardRows) -> float:
    """Platt's slope on the held-out rows, shrunk towards 1 as if by 50 more wins with that slope.

    Parameters
    ----------
    tables, codes, held
        As for `loss`.
    """
    x, won = held.design(codes)
    _, slope = recalibrate(won, summed_tables(tables, x), held.weight, slope=True)
    wins = float(won.sum())
    return float(np.clip((wins * slope + 50.0) / (wins + 50.0), 0.2, 1.3))


def figures(held: HazardRows | None, losses: dict[str, float], constant: float) -> dict[str, Any]:
    """What a scorecard records; no row counts as held out where `held` is None.

    Parameters
    ----------
    held : HazardRows or None
    losses : dict
        The log loss of everything that was tried.
    constant : float
        The log loss of one hazard for all.
    """
    return {
        "held_out_rows": 0 if held is None else len(held),
        "held_out_winning_rows": 0 if held is None else int(held.won.sum()),
        "held_out_log_loss": losses,
        "held_out_log_loss_constant": constant,
    }
