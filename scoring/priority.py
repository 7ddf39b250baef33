"""The order of work: the score table as it is published, ranked by expected revenue."""

from datetime import datetime

import ibis
import numpy as np
import pyarrow as pa

from scoring.entity import ID_COLUMN, Entity
from scoring.reasons import REASONS
from scoring.timeline import calendar_date

#: The columns of a score table after its ids, in the order of the contract.
SCORE_COLUMNS = (
    "as_of",
    "scored_at",
    "model_version",
    "win_probability",
    "expected_amount",
    "expected_revenue",
    "fit_score",
    "intent_score",
    "grade",
    "rank",
    "log_odds",
    "fit_log_odds",
    "intent_log_odds",
    *REASONS,
    "concern_1",
    "why_now",
)


def ids(entity: Entity) -> tuple[str, ...]:
    """The id columns of a score table; a lead row also has its account's."""
    return ("account_id",) if entity == "account" else ("lead_id", "account_id")


def prioritised(
    explained: ibis.Table, entity: Entity, *, as_of: int, scored_at: ibis.Value, model_version: str
) -> ibis.Table:
    """The published score table: one row for each entity, `rank` 1 for the highest expected revenue.

    Ties in expected revenue go to the higher probability, then to the smaller id, so that ranks repeat.
    """
    order = [ibis.desc("expected_revenue"), ibis.desc("win_probability"), ibis.asc("unit")]
    ranked = explained.mutate(
        rank=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        as_of=ibis.literal(calendar_date(as_of)),
        scored_at=scored_at,
        model_version=ibis.literal(model_version),
    )
    if entity == "account":
        ranked = ranked.drop("account_id")
    return ranked.rename({ID_COLUMN[entity]: "unit"}).select(*ids(entity), *SCORE_COLUMNS).order_by("rank")


def in_order_of_work(
    scores: pa.Table, entity: Entity, *, as_of: int, scored_at: datetime, model_version: str
) -> pa.Table:
    """The same of scores in memory, whose rows are in the order of `unit`."""
    best = np.lexsort([-scores[name].to_numpy() for name in ("win_probability", "expected_revenue")])
    sorted_ = scores.take(pa.array(best))  # the sort is stable: ties stay in the order of their ids
    rows = len(best)
    said = {
        "as_of": pa.array(np.full(rows, as_of, dtype=np.int32)).cast(pa.date32()),
        "scored_at": pa.array(np.full(rows, np.datetime64(scored_at, "us"))),
        "model_version": pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([model_version])),
        "rank": pa.array(np.arange(1, rows + 1)),
        ID_COLUMN[entity]: sorted_["unit"],
    }
    names = (*ids(entity), *SCORE_COLUMNS)
    return pa.table({name: said[name] if name in said else sorted_[name] for name in names})
