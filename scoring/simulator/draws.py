"""Vectorised draws on the market's clock: whole seconds since midnight of the first Monday."""

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Strings: TypeAlias = pd.api.extensions.ExtensionArray

DAY = 86_400
WEEK = 7 * DAY
NEVER = np.iinfo(np.int64).max
"""The second of what does not happen."""

_WEEKDAYS = np.cumsum([0.2, 0.2, 0.2, 0.19, 0.16, 0.03])


def within_week(week: Ints, rng: np.random.Generator) -> Ints:
    """Return a second within each `week`: mostly working days, mostly office hours."""
    day = np.searchsorted(_WEEKDAYS, rng.random(len(week)))
    second = np.clip(rng.normal(13 * 3600, 3 * 3600, len(week)), 0, DAY - 1).astype(np.int64)
    return week * WEEK + day * DAY + second


def same_day(second: Ints, spread: int, rng: np.random.Generator) -> Ints:
    """Return each second moved forward by up to `spread` seconds, never past its day."""
    moved = second + rng.integers(0, spread, len(second))
    return np.minimum(moved, (second // DAY + 1) * DAY - 1)


def pick(weights: Floats, row: Ints, rng: np.random.Generator) -> Ints:
    """Return for each entry of `row` a column of `weights`, drawn in proportion to that row of them.

    One search in the cumulated rows, laid end to end, instead of one for each row.
    """
    share = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    share[:, -1] = 1.0
    ladder = (share + np.arange(len(share))[:, None]).ravel()
    found = np.searchsorted(ladder, row + rng.random(len(row)), side="right")
    columns = weights.shape[1]
    return np.minimum(found - row * columns, columns - 1).astype(np.int64)


def string_array(values: object) -> Strings:
    """Return strings as a pandas string array."""
    return pd.array(np.asarray(values, dtype=object), dtype="str")


def labels(names: object, codes: Ints) -> Strings:
    """Return `names[codes]` as strings; a negative code is a missing value."""
    array = names if isinstance(names, Strings) else string_array(names)
    return array.take(np.where(codes < 0, -1, codes), allow_fill=True)


def ids(prefix: str, numbers: Ints, width: int) -> Strings:
    """Return ids such as ``A0000042``."""
    return (prefix + pd.Series(numbers).astype("str").str.zfill(width)).array


def stamps(start: pd.Timestamp, seconds: Ints) -> NDArray[np.datetime64]:
    """Return seconds since `start` as naive UTC timestamps (microseconds), `NEVER` as NaT."""
    known = seconds != NEVER
    out = np.full(len(seconds), np.datetime64("NaT"), dtype="datetime64[us]")
    out[known] = np.datetime64(start.isoformat(), "us") + seconds[known].astype("timedelta64[s]")
    return out
