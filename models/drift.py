"""The level of the base rate, which changes over time: what came lately counts for more than what came long ago."""

import numpy as np

from models.calibration import recalibrate
from models.hazard import HazardRows

#: After so many horizons an outcome counts for half.
HALF_LIFE = 1.0
#: The whole history, undecayed, counts beside it for so many wins: where few came lately, it holds the level.
PRIOR_WINS = 10.0


def level(rows: HazardRows, score: np.ndarray, periods: int, wins: int) -> float:
    """The intercept of today: exponentially weighted maximum likelihood, shrunk towards that of the whole history.

    Parameters
    ----------
    rows : HazardRows
    score : ndarray of shape (n_rows,)
        The raw score of each row, without its intercept.
    periods : int
        Periods of the horizon.
    wins : int
        How many units were won. Several snapshots look ahead to the same win, so rows are no measure of it.
    """
    horizon = periods * int(np.median(rows.end - rows.start))
    recency = 0.5 ** ((rows.end.max() - rows.end) / (HALF_LIFE * horizon))
    found, _ = recalibrate(rows.won, score, rows.weight * (recency + PRIOR_WINS / max(wins, 1)), slope=False)
    return found
