"""The contract of customers: from when until when each account was one, and what it paid a year. No score reads it."""

import ibis.expr.datatypes as dt

from scoring.cells import cells, currencies, ids
from scoring.contracts.contract import Contract, Field, Rule

CUSTOMERS = Contract(
    "customers",
    {
        "account_id": Field(ids.written_of, dt.string, required=True),
        "since": Field(cells.time, cells.TIME, required=True, past=True, null_dates=True),
        # A day ahead is the end of a contract that may be renewed: it is known as an end once it is over.
        "until": Field(cells.time, cells.TIME, null_dates=True),
        "recurring_revenue": Field(cells.number, dt.float64),
        "currency": Field(currencies.read_currency, dt.string),
    },
    references=("account_id",),
    rules=(
        Rule("unknown_account", lambda table: table.account_id.notnull(), ("account_id",)),
        Rule("ended_before_it_began", lambda table: table.until >= table.since, ("since", "until")),
        Rule(
            "negative_recurring_revenue",
            lambda table: table.recurring_revenue >= 0,
            ("account_id", "recurring_revenue"),
        ),
    ),
    dates=("since",),
)
