"""Whether the first touch came within the time that was agreed for a grade.

One dated example: A is to be called within 4 working hours. Handed over on Monday at 10:00, called at 13:00: kept.
Called on Tuesday: missed. On Monday at 13:00 nobody has called: not due yet. Called on Monday, with a date and no
time: not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

KEPT, MISSED, NOT_DUE, ENDED = "kept", "missed", "not_due", "ended"
NOT_KNOWN, NOTHING_PROMISED = "not_known", "nothing_promised"
#: Everything that can become of a promise: of each hand-off one.
OUTCOMES = (KEPT, MISSED, NOT_DUE, ENDED, NOT_KNOWN, NOTHING_PROMISED)


def promises(promised: Floats, least: Floats, most: Floats, touched: Flags, ended: Flags) -> NDArray[np.object_]:
    """What became of each promise, one of `OUTCOMES`.

    Parameters
    ----------
    promised : ndarray of shape (n,)
        Working hours until the first touch; NaN for no promise.
    least, most : ndarray of shape (n,)
        How long it took until the first touch, or how long it has waited: at least, and at most. They differ where a
        date has no time.
    touched : ndarray of bool, shape (n,)
        Whether there was a first touch.
    ended : ndarray of bool, shape (n,)
        Whether the wait ended without one: rejected, or handed over again. It counts as missed only where that came
        too late.
    """
    over, within = least > promised, most <= promised
    found: NDArray[np.object_] = np.select(
        [np.isnan(promised), over, touched & within, ended, ~touched & within],
        [NOTHING_PROMISED, MISSED, KEPT, ENDED, NOT_DUE],
        default=NOT_KNOWN,
    ).astype(object)
    return found
