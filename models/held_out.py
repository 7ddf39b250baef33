"""Judging tables on rows that they were not fitted on: their loss, and how steep they should have been."""

from collections.abc import Sequence

import numpy as np

from models.additive import summed
from models.calibration import log_loss, recalibrate
from models.hazard import HazardRows


def loss(tables: Sequence[np.ndarray], codes: np.ndarray, held: HazardRows, extra: np.ndarray | float = 0.0) -> float:
    """Log loss on held-out rows after their mean is corrected: what is judged is the shape, not the drift.

    `tables` are those of every column of `codes` and of the periods; `extra` is a raw score on top, by row.
    """
    x, won = held.design(codes)
    score = summed(tables, x) + extra
    intercept, _ = recalibrate(won, score, held.weight, slope=False)
    return log_loss(won, score + intercept, held.weight)


def constant_loss(held: HazardRows) -> float:
    """Log loss of one hazard for all."""
    intercept, _ = recalibrate(held.won, np.zeros(len(held)), held.weight, slope=False)
    return log_loss(held.won, np.full(len(held), intercept), held.weight)


def shrunken_slope(tables: Sequence[np.ndarray], codes: np.ndarray, held: HazardRows) -> float:
    """Platt's slope on the held-out rows, shrunk towards 1 as if by 50 more wins that confirm it."""
    x, won = held.design(codes)
    _, slope = recalibrate(won, summed(tables, x), held.weight, slope=True)
    wins = float(won.sum())
    return float(np.clip((wins * slope + 50.0) / (wins + 50.0), 0.2, 1.3))
