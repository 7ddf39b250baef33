"""The score table as it is published: its columns, ranked by expected revenue.

`priority_expressions` ranks on any engine, `priority_arrays` in this process.
"""

from scoring.entity import Entity
from scoring.scores.columns import COLUMNS

#: The columns that a scorecard gives, in the order of the contract.
SCORE_COLUMNS = tuple(column.name for column in COLUMNS if not column.from_nights)


def ids(entity: Entity) -> tuple[str, ...]:
    """The id columns of a score table; a lead row also has its account's."""
    return ("account_id",) if entity == "account" else ("lead_id", "account_id")
