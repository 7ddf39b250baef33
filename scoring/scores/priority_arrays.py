"""The published score table in this process; `priority_expressions` states the same for any engine."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from scoring.entity import ID_COLUMN, Entity
from scoring.scores.priority import SCORE_COLUMNS, id_columns


def in_order_of_work(
    scores: pa.Table, entity: Entity, *, as_of: int, scored_at: datetime, model_version: str
) -> pa.Table:
    """The published score table: one row for each entity, `rank` 1 for the highest expected revenue.

    Parameters
    ----------
    scores : pyarrow.Table
        The `scores` of `ScoreArrays`, with `unit` and `account_id`, in the order of `unit`.
    entity : {"account", "lead"}
    as_of : int
        Day of the scoring.
    scored_at : datetime
        When it ran, in UTC.
    model_version : str

    Notes
    -----
    Ties in expected revenue go to the higher probability, then to the smaller id: the same scores give the same ranks.
    """
    best = np.lexsort([-scores[name].to_numpy() for name in ("win_probability", "expected_revenue")])
    ranked = scores.take(pa.array(best))  # the sort is stable: ties stay in the order of their ids
    rows = len(best)
    columns = {
        "as_of": pa.array(np.full(rows, as_of, dtype=np.int32)).cast(pa.date32()),
        "scored_at": pa.array(np.full(rows, np.datetime64(scored_at, "us"))),
        "model_version": pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([model_version])),
        "rank": pa.array(np.arange(1, rows + 1)),
        ID_COLUMN[entity]: ranked["unit"],
    }
    names = (*id_columns(entity), *SCORE_COLUMNS)
    return pa.table({name: columns[name] if name in columns else ranked[name] for name in names})
