"""The score table as it is published: its columns, ranked by expected revenue.

`priority_expressions` ranks on any engine, `priority_arrays` in this process.
"""

from scoring.entities import Entity
from scoring.reasons import REASONS

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
