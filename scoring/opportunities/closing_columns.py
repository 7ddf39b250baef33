"""The columns of open deals that no other score has: when each closes, and whether its close date is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scoring.entity import ID_COLUMN, OPPORTUNITY
from scoring.scorecard.scorecard import Scorecard

if TYPE_CHECKING:
    pass

#: The days at which a deal closes if it is won, in the order of `closing.QUANTILES`.
DAYS = ("close_early", "expected_close", "close_late")


def closing_columns(scorecard: Scorecard, frame: Any, rows: int, as_of: int) -> dict[str, np.ndarray]:
    """The columns of some open deals.

    Parameters
    ----------
    scorecard : Scorecard
        Of opportunities.
    frame : DataFrame or mapping of arrays of n values
        The features of the scorecard.
    rows : int
        n.
    as_of : int
        Day number.

    Returns
    -------
    dict of ndarray, shape (n,)
        `DAYS` as day numbers, and `slip_probability`, NaN where no close date is entered or nothing was learned.
    """
    import pandas as pd

    closing = scorecard.closing
    assert closing is not None, "a scorecard of opportunities says when they close"
    named = closing.days_to_close
    days = np.full(rows, np.nan)
    if named is not None:
        days = pd.to_numeric(pd.Series(frame[named]), errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    wanted = {name for term in (closing.slip.terms if closing.slip else ()) for name in term.features}
    codes = {name: scorecard.lookup.encodings[name].codes(frame[name]) for name in wanted}
    found = {
        name: as_of + np.floor(ahead).astype("int64")
        for name, ahead in zip(DAYS, closing.quantile_days(days), strict=True)
    }
    return {**found, "slip_probability": closing.slips(codes, days)}


def with_closing_columns(table: pa.Table, features: pa.Table, scorecard: Scorecard, as_of: int) -> pa.Table:
    """A score table with the columns of open deals; that of another entity as it is.

    Parameters
    ----------
    table : pyarrow.Table
        By rank.
    features : pyarrow.Table
        `unit` and the features of the scorecard.
    scorecard : Scorecard
    as_of : int
        Day number.
    """
    if scorecard.entity != OPPORTUNITY:
        return table
    import pyarrow.compute as pc

    at = pc.index_in(table.column(ID_COLUMN[OPPORTUNITY]).cast(pa.string()), features.column("unit").cast(pa.string()))
    frame: Mapping[str, Any] = features.take(at).to_pandas()
    for name, column in closing_columns(scorecard, frame, len(table), as_of).items():
        values = pa.array(column, from_pandas=True)
        table = table.append_column(name, values.cast(pa.int32()).cast(pa.date32()) if name in DAYS else values)
    return table
