"""In which of the next four weeks one is called: drawn by a hash of the experiment's name and the id.

The draw of one depends on nobody else: it is the same when others come or go, and when it is made again. Each week has
the same probability, so the propensities are known and not estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: In so many weeks everybody is called once; each has the same probability.
WEEKS = 4
PROPENSITIES = (1 / WEEKS,) * WEEKS
#: The draws of a week must have room up to so many standard deviations above their mean.
ROOM = 2.0


def week_of(name: str, unit: str) -> int:
    """The week in which one is called, 0 for the first.

    Parameters
    ----------
    name : str
        Of the experiment: another name draws again.
    unit : str

    Examples
    --------
    >>> [week_of("spring", unit) for unit in ("A-1", "A-2", "A-3", "A-4")]
    [0, 3, 3, 2]
    """
    return _number(name, unit) % WEEKS


def folds(name: str, units: Sequence[str], number: int) -> Ints:
    """A fold of each for cross-fitting, drawn apart from its week.

    Parameters
    ----------
    name : str
        Of the experiment.
    units : sequence of str
    number : int
        How many folds.
    """
    return np.array([_number(f"{name}\x1ffold", unit) % number for unit in units], dtype=np.int64)


def most_in_a_week(n: int) -> int:
    """So many are called in a week at most, except in about one of forty: a quarter of n and two standard deviations.

    Parameters
    ----------
    n : int

    Examples
    --------
    >>> most_in_a_week(100)
    34
    """
    return ceil(n / WEEKS + ROOM * sqrt(n * (1 / WEEKS) * (1 - 1 / WEEKS)))


def _number(name: str, unit: str) -> int:
    """64 bits of a hash; 2 to the power of 64 is a multiple of four, so no week is favoured."""
    return int.from_bytes(blake2b(f"{name}\x1f{unit}".encode(), digest_size=8).digest(), "big")
