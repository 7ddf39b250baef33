"""The order of work: the score table as it is published, ranked by expected revenue."""

import ibis

from scoring.entities import ID_COLUMN, Entity
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
