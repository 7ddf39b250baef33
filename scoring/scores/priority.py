"""The score table as it is published: its columns, ranked by expected revenue.

`priority_expressions` ranks on any engine, `priority_arrays` in this process.
"""

from scoring.entity import BESIDE, ID_COLUMN, Entity
from scoring.scores.columns import COLUMNS

#: The columns that a scorecard gives, in the order of the contract.
SCORE_COLUMNS = tuple(column.name for column in COLUMNS if not column.from_nights)


def id_columns(entity: Entity) -> tuple[str, ...]:
    """The id columns of a score table; that of a lead or a deal also has its account's."""
    return (ID_COLUMN[entity], *BESIDE[entity])
