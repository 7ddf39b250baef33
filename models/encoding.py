"""The encoding of numbers and levels as a few codes: estimators are fitted to codes, tables are looked up by codes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Each bin of an amount of money reaches so much further than the one before, and there are so many at most.
MONEY_STEP, MOST_MONEY = 1.1, 120
#: Edges for "days since": the spans that people use, so that a reason reads "in the last 7 days".
DAY_EDGES = tuple(
    float(day)
    for day in (
        2,
        3,
        4,
        5,
        6,
        8,
        11,
        15,
        18,
        22,
        26,
        31,
        38,
        46,
        61,
        76,
        91,
        121,
        151,
        181,
        271,
        366,
        541,
        731,
    )
)
MISSING = 0


@dataclass(frozen=True)
class Edges:
    """The encoding of a number: code 0 is missing, else 1 + how many `edges` are at or below it."""

    edges: tuple[float, ...]


@dataclass(frozen=True)
class Levels:
    """The encoding of a category: code 0 is missing, 1 any other level, 2 + the index in `levels`."""

    levels: tuple[str, ...]


def learn_encodings(
    frame: pd.DataFrame,
    kinds: Mapping[str, str],
    *,
    max_bins: int = 24,
    max_levels: int = 50,
    min_count: int = 10,
    weight: np.ndarray | None = None,
    unit: np.ndarray | None = None,
) -> dict[str, Edges | Levels]:
    """One encoding for each column.

    Parameters
    ----------
    frame : DataFrame of shape (n_snapshots, n_features)
    kinds : mapping
        Column to `numeric`, `days`, `money` or `category`.
    max_bins, max_levels : int
        Most bins of a number, most levels of a category that get a code of their own.
    min_count : int
        A level of fewer units shares the code of "any other".
    weight : ndarray of shape (n_snapshots,), optional
        How many rows each stands for, if they are a sample: the quantiles are those of all rows.
    unit : ndarray of int, shape (n_snapshots,), optional
        The unit of each row. Its rows are of one and the same unit, and count once. Without it, each
        row is one.

    Returns
    -------
    dict of Edges or Levels
        By column: `Levels` for a category, else `Edges`.
    """
    encodings: dict[str, Edges | Levels] = {}
    for column, kind in kinds.items():
        values = frame[column]
        if kind == "category":
            counts = values.value_counts() if unit is None else _units_of_levels(values, unit)
            counts = counts[counts >= min_count]
            order = sorted((-int(n), str(level)) for level, n in counts.items())
            encodings[column] = Levels(tuple(level for _, level in order[:max_levels]))
        else:
            numbers = values.to_numpy(dtype="float64")
            present = np.isfinite(numbers)
            weights = None if weight is None else weight[present]
            numbers = numbers[present]
            if kind == "money":
                edges = _money_edges(numbers)
            else:
                edges = _day_edges(numbers) if kind == "days" else _quantile_edges(numbers, max_bins, weights)
            encodings[column] = Edges(tuple(edges))
    return encodings


def says_nothing(encoding: Edges | Levels, kind: str, values: np.ndarray) -> bool:
    """Whether code 1 says that there is nothing: it is the number 0, all alone, and no day.

    Parameters
    ----------
    encoding : Edges or Levels
        As learned from `values`.
    kind : {"numeric", "days", "category"}
    values : ndarray
    """
    if kind != "numeric" or not isinstance(encoding, Edges) or not encoding.edges:
        return False
    numbers = values.astype("float64")
    numbers = numbers[np.isfinite(numbers)]
    return bool(numbers.min() == 0.0 and encoding.edges[0] <= numbers[numbers > 0.0].min())


def _units_of_levels(values: pd.Series, unit: np.ndarray) -> pd.Series:
    """How many units have each level at any time."""
    once = pd.DataFrame({"level": values.to_numpy(), "unit": unit}).drop_duplicates()
    return once["level"].value_counts()


def _day_edges(numbers: np.ndarray) -> list[float]:
    """The edges of `DAY_EDGES` with somebody on either side."""
    if not len(numbers):
        return []
    return [edge for edge in DAY_EDGES if numbers.min() < edge <= numbers.max()]


def _money_edges(numbers: np.ndarray) -> list[float]:
    """Edges that grow by `MONEY_STEP`, up to the largest: by quantiles the largest deals would all be in one bin."""
    above = numbers[numbers > 0]
    if not len(above):
        return []
    low, high = float(above.min()), float(above.max())
    steps = min(MOST_MONEY, int(np.ceil(np.log(high / low) / np.log(MONEY_STEP))))
    neat = np.unique([_rounded(x) for x in np.geomspace(low, high, steps + 1)])
    return [float(x) for x in neat[(neat > numbers.min()) & (neat <= high)]]


def _quantile_edges(numbers: np.ndarray, max_bins: int, weight: np.ndarray | None = None) -> list[float]:
    """Quantiles, rounded to two or three digits as far as the rounding keeps them apart."""
    if not len(numbers):
        return []
    distinct = np.unique(numbers)
    if len(distinct) <= max_bins:
        return [float(x) for x in distinct[1:]]
    shares = np.linspace(0, 1, max_bins + 1)[1:-1]
    if weight is None:
        raw = np.unique(np.quantile(numbers, shares, method="higher"))
    else:
        # NumPy's weighted quantile divides before it compares, and by rounding takes another value now and then.
        order = np.argsort(numbers, kind="stable")
        below = np.cumsum(weight[order])
        raw = np.unique(numbers[order][np.searchsorted(below, shares * below[-1])])
    neat = np.unique([_rounded(x) for x in raw])
    neat = neat[(neat > distinct[0]) & (neat <= distinct[-1])]
    return [float(x) for x in neat]


def _rounded(x: float) -> float:
    if x == 0 or not np.isfinite(x):
        return x
    digits = 2 - int(np.floor(np.log10(abs(x))))
    return float(round(x, digits))
