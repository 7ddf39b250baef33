"""The shape of a whole horizon's probability: how it is bent, learned from the snapshots whose horizon is over."""

from collections.abc import Sequence

import numpy as np

from models.calibration import beta_map, horizon_probability, recalibrate
from models.hazard import HazardRows


def shape(
    raw: np.ndarray,
    rows: HazardRows,
    score: np.ndarray,
    offsets: Sequence[float],
    matured: np.ndarray,
    weight: np.ndarray | None,
    *,
    least: int,
) -> tuple[str, np.ndarray] | None:
    """The map that `beta_map` gives, or None where too few were won.

    The level is first set on the same snapshots, so that only the shape is learned here. The level of today comes
    from `drift.level`.

    Parameters
    ----------
    raw : ndarray of shape (n_snapshots,)
        The log-odds of each snapshot, without a level.
    rows : HazardRows
    score : ndarray of shape (n_rows,)
        The log-odds of each row, with what its period adds.
    offsets : sequence of float
        What each period adds.
    matured : ndarray of bool, shape (n_snapshots,)
        Whether the whole horizon of a snapshot is over.
    weight : ndarray of shape (n_snapshots,), optional
        How many snapshots each stands for.
    least : int
        Wins from which it is learned, with two parameters; with three from four times as many.
    """
    inside = matured[rows.snapshot]
    won = np.zeros(len(raw))
    won[rows.snapshot[rows.won == 1]] = 1.0
    wins = won[matured].sum() / len(offsets)  # neighbouring snapshots look ahead to the same win
    if wins < least:
        return None
    base, _ = recalibrate(rows.won[inside], score[inside], rows.weight[inside], slope=False)
    probability = horizon_probability(raw[matured] + base, offsets)
    weight = None if weight is None else weight[matured]
    return beta_map(probability, won[matured], weight, most=3 if wins >= 4 * least else 2)
