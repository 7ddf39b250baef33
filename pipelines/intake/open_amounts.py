"""Amounts of open deals without a history of them: on request, those of today stand for all of the past."""

from __future__ import annotations

from dataclasses import replace

import ibis

from pipelines.config_input import Input
from scoring.tables import Tables

NOT_NEEDED = "open_amounts: opportunity_history has amounts as they were, so those of opportunities are not used"
LEAKS = (
    "open_amounts: the amounts of open deals are those of today for all of the past, and those of closed deals are "
    "final; what is learned of them is better than it will be. Export amounts in opportunity_history, to know them "
    "as they were"
)


def with_open_amounts(tables: Tables, settings: Input) -> tuple[Tables, list[str]]:
    """The tables with amounts of deals as if each had been known since its deal was created, if that is asked for.

    What is to be said of it is given too.

    Parameters
    ----------
    tables : Tables
    settings : Input
    """
    if not settings.open_amounts:
        return tables, []
    history = tables.opportunity_history
    if history is not None and history.amount.count().execute():
        return tables, [NOT_NEEDED]
    return amounts_since_creation(tables), [LEAKS]


def amounts_since_creation(tables: Tables) -> Tables:
    """The tables with a row of history for each deal with an amount, of the time when it was created."""
    deals = tables.opportunities.filter(tables.opportunities.amount.notnull())
    history = tables.opportunity_history
    if history is None:
        nothing = {"stage": "string", "close_date": "timestamp", "probability": "float64"}
        rows = deals.select("opportunity_id", changed_at="created_at", amount="amount").mutate(
            **{name: ibis.null(kind) for name, kind in nothing.items()}
        )
        return replace(tables, opportunity_history=rows)
    own = {"opportunity_id": deals.opportunity_id, "changed_at": deals.created_at, "amount": deals.amount}
    columns = {name: own.get(name, ibis.null(kind)).cast(kind) for name, kind in history.schema().items()}
    return replace(tables, opportunity_history=history.union(deals.select(**columns)))
