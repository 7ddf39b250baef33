"""The published score table as an Ibis expression, for any engine; `priority_arrays` makes the same in this process."""

import ibis

from scoring.entity import ID_COLUMN, Entity
from scoring.scores.priority import SCORE_COLUMNS, id_columns
from scoring.timeline import calendar_date


def prioritised(
    explained: ibis.Table, entity: Entity, *, as_of: int, scored_at: ibis.Value, model_version: str
) -> ibis.Table:
    """The published score table: one row for each entity, `rank` 1 for the highest expected revenue.

    Parameters
    ----------
    explained : Table
        What `reason_expressions.explained` returns, with `unit` and `account_id`.
    entity : {"account", "lead"}
    as_of : int
        Day of the scoring.
    scored_at : Value
        When it ran: a timestamp in UTC.
    model_version : str

    Notes
    -----
    Ties in expected revenue go to the higher probability, then to the smaller id: the same scores give the same ranks.
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
    return ranked.rename({ID_COLUMN[entity]: "unit"}).select(*id_columns(entity), *SCORE_COLUMNS).order_by("rank")
