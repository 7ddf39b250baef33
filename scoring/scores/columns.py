"""The columns of a score table after its ids: the one list that a new score is added to.

The contract of the table, what the scorecard's tables select, the files for CRMs and the fields that CRMs need all come
from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scoring.entity import OPPORTUNITY

ColumnType = Literal["string", "float64", "int64", "date", "timestamp(6)"]
CrmKind = Literal["text", "percent", "number", "date", "datetime"]


@dataclass(frozen=True)
class CrmField:
    """How a score is written into a CRM's field, whatever the CRM.

    Attributes
    ----------
    order : int
        The fields stand in this order in a CRM's file.
    kind : str
        See `scoring.crm.profile.Column`.
    about : str
        The description of the field, for those who see it in the CRM.
    length : int
        The most characters of a text.
    decimals : int
        Digits after the point of a number or per cent.
    """

    order: int
    kind: CrmKind
    about: str
    length: int = 0
    decimals: int = 0


@dataclass(frozen=True)
class ScoreColumn:
    """One column of a score table.

    Attributes
    ----------
    name : str
    type : str
        As `ibis.dtype` reads it.
    crm : CrmField or None
        None for a column that no CRM gets.
    optional : bool
        Whether a row may lack a value.
    from_nights : bool
        Whether only the nights before can tell the value, not the scorecard.
    """

    name: str
    type: ColumnType
    crm: CrmField | None = None
    optional: bool = False
    from_nights: bool = False


def _sentence(order: int, about: str) -> CrmField:
    return CrmField(order, "text", about, length=255)


COLUMNS = (
    ScoreColumn("as_of", "date", CrmField(14, "date", "The score was made from what was known before this day, UTC")),
    ScoreColumn("scored_at", "timestamp(6)", CrmField(15, "datetime", "When it was scored, UTC")),
    ScoreColumn("model_version", "string", CrmField(16, "text", "The model that scored it", length=80)),
    ScoreColumn(
        "win_probability",
        "float64",
        CrmField(1, "percent", "Chance of a won deal within the horizon, in percent", decimals=4),
    ),
    ScoreColumn(
        "expected_amount",
        "float64",
        CrmField(
            2, "number", "What a won deal would bring; of a lead, its share of what the account brings", decimals=2
        ),
    ),
    ScoreColumn(
        "expected_revenue",
        "float64",
        CrmField(
            3, "number", "Win probability times expected amount; the leads of an account add up to it", decimals=2
        ),
    ),
    ScoreColumn("fit_score", "float64", CrmField(4, "number", "0 to 100: who they are", decimals=1)),
    ScoreColumn("intent_score", "float64", CrmField(5, "number", "0 to 100: what they do", decimals=1)),
    ScoreColumn("grade", "string", CrmField(6, "text", "A to D, by win probability", length=20)),
    ScoreColumn("rank", "int64", CrmField(7, "number", "1 is the first to call")),
    ScoreColumn("log_odds", "float64"),
    ScoreColumn("fit_log_odds", "float64"),
    ScoreColumn("intent_log_odds", "float64"),
    ScoreColumn("reason_1", "string", _sentence(9, "What speaks most for them"), optional=True),
    ScoreColumn("reason_2", "string", _sentence(10, "What speaks for them, second"), optional=True),
    ScoreColumn("reason_3", "string", _sentence(11, "What speaks for them, third"), optional=True),
    ScoreColumn("concern_1", "string", _sentence(12, "What speaks most against them"), optional=True),
    ScoreColumn("why_now", "string", _sentence(13, "The buying signal that is new"), optional=True),
    ScoreColumn(
        "buying_group",
        "string",
        CrmField(17, "text", "Of the roles that are typical of won deals, those who engaged", length=100),
        optional=True,
    ),
    ScoreColumn(
        "missing_role",
        "string",
        CrmField(18, "text", "The typical role of whom nobody engaged that says most", length=40),
        optional=True,
    ),
    # No CRM gets the change: it has a sign, and the trend says the same in a word.
    ScoreColumn("score_change", "float64", optional=True, from_nights=True),
    ScoreColumn("trend", "string", CrmField(8, "text", "new, rising, steady or falling", length=20), from_nights=True),
)

#: What is said of open deals alone: when each closes, and how sure it is that the close date entered is missed.
DEAL_COLUMNS = (
    ScoreColumn("expected_close", "date"),
    ScoreColumn("close_early", "date"),
    ScoreColumn("close_late", "date"),
    ScoreColumn("slip_probability", "float64", optional=True),
)


def score_table_columns(entity: str) -> tuple[ScoreColumn, ...]:
    """The columns of the score table of an entity, after its ids."""
    return (*COLUMNS, *DEAL_COLUMNS) if entity == OPPORTUNITY else COLUMNS


#: The columns that CRMs get, with their fields, in the order of a CRM's file.
CRM_FIELDS = tuple(
    sorted(((column.name, column.crm) for column in COLUMNS if column.crm), key=lambda named: named[1].order)
)
