"""The contracts of what sales says: its answers to hand-offs, and the scores that it sets aside.

No score reads these tables. Their words are those of our own people, and are shown nowhere.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.cells import cells, ids
from scoring.cells.words import meaning
from scoring.contracts.contract import Contract, Field, Rule, as_exported

#: The words for a grade that somebody gives by hand.
GRADES = {grade.lower(): grade for grade in "ABCD"}


def _names_known(table: ibis.Table) -> ir.BooleanValue:
    return table.lead_id.notnull() | table.account_id.notnull()


#: A row must name a lead, an account or both, and at least one of them must be known.
LEAD_OR_ACCOUNT = (
    Rule(
        "no_lead_or_account",
        lambda table: as_exported(table, "lead_id").notnull() | as_exported(table, "account_id").notnull(),
        ("lead_id", "account_id"),
    ),
    Rule(
        "unknown_lead",
        lambda table: _names_known(table) | as_exported(table, "lead_id").isnull(),
        ("lead_id", "account_id"),
    ),
    Rule("unknown_account", _names_known, ("account_id",)),
)

HANDOFFS = Contract(
    "handoffs",
    {
        "lead_id": Field(ids.written_of, dt.string),
        "account_id": Field(ids.written_of, dt.string),
        "handed_at": Field(cells.time, cells.TIME, required=True, past=True),
        "owner": Field(cells.text, dt.string),
        "accepted_at": Field(cells.time, cells.TIME, past=True, null_dates=True),
        "rejected_at": Field(cells.time, cells.TIME, past=True, null_dates=True),
        "reason": Field(cells.text, dt.string),
    },
    references=("account_id", "lead_id"),
    rules=LEAD_OR_ACCOUNT,
    unshown=("owner", "reason"),
)

OVERRIDES = Contract(
    "overrides",
    {
        "lead_id": Field(ids.written_of, dt.string),
        "account_id": Field(ids.written_of, dt.string),
        "set_at": Field(cells.time, cells.TIME, required=True, past=True),
        "score": Field(cells.number, dt.float64),
        "grade": Field(lambda cell: meaning(cell, GRADES), dt.string, values=tuple(GRADES.values())),
        "reason": Field(cells.text, dt.string),
        "expires_at": Field(cells.time, cells.TIME, null_dates=True),
    },
    references=("account_id", "lead_id"),
    rules=(
        Rule("no_score_or_grade", lambda table: table.score.notnull() | table.grade.notnull(), ("score", "grade")),
        Rule("score_not_from_0_to_100", lambda table: table.score.between(0, 100), ("score",)),
        *LEAD_OR_ACCOUNT,
    ),
    unshown=("reason",),
)
