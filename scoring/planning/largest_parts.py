"""The largest parts of a total by name, where only so many are listed: the others are one part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def largest_parts(
    names: pd.Series, most: int, others: str, weight: NDArray[np.float64] | pd.Series | None = None
) -> pd.Series:
    """Name what is not of the largest parts `others`; of parts that are equally large, the first by name is kept.

    Parameters
    ----------
    names : Series
        The part that each row is of. A row without one is of `others`.
    most : int
        How many names are kept.
    others : str
    weight : ndarray or Series, optional
        What each row adds to its part. Default: parts are as large as they have rows.
    """
    sizes = pd.Series(1.0 if weight is None else np.asarray(weight, dtype="float64"), index=names.index)
    totals = sizes.groupby(names).sum().sort_values(ascending=False, kind="stable")
    return names.where(names.isin(totals.index[:most]), others)
