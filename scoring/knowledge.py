"""The tables as an export taken at `as_of` would have held them: the only view the rest of closedwon is given.

Everything known at or after `as_of` is gone and later closes are open again, so no code downstream can
look ahead, however it is written.
"""

from dataclasses import replace

import ibis

from scoring.tables import Tables
from scoring.timeline import day_of, known


def upto(tables: Tables, as_of: int) -> Tables:
    """The tables as they were known before the day `as_of`.

    A row is known from its `known_at` (which intake puts at its own event time where the export has none); one
    without any date was always known. A deal that closed at or after `as_of` is open again and has no amount:
    what is won is known only then. A lead's link to an account counts from when the account itself is known.

    Invariant: adding rows known at or after `as_of` changes nothing in the result.
    """
    accounts = _known(tables.accounts, "created_at", as_of)
    leads = _known(tables.leads, "created_at", as_of)
    if leads is not None and accounts is not None:
        names = accounts.select(known_account=accounts.account_id)
        linked = leads.left_join(names, leads.account_id == names.known_account)
        leads = linked.mutate(account_id=linked.known_account).drop("known_account")
    return replace(
        tables,
        accounts=accounts,
        leads=leads,
        activities=_known(tables.activities, "known_at", as_of),
        opportunities=_reopened(tables.opportunities, as_of),
        account_history=_known(tables.account_history, "known_at", as_of),
        lead_history=_known(tables.lead_history, "known_at", as_of),
        opportunity_history=_known(tables.opportunity_history, "changed_at", as_of),
    )


def _known(table: ibis.Table | None, column: str, as_of: int) -> ibis.Table | None:
    if table is None:
        return None
    return table.filter(table[column].isnull() | known(day_of(table[column]), as_of))


def _reopened(opportunities: ibis.Table, as_of: int) -> ibis.Table:
    deals = opportunities.filter(known(day_of(opportunities.known_at), as_of))
    closed = (deals.status != "open") & known(day_of(deals.closed_at), as_of)
    return deals.mutate(
        status=ibis.ifelse(closed, deals.status, "open"),
        closed_at=ibis.ifelse(closed, deals.closed_at, ibis.null("timestamp")),
        amount=ibis.ifelse(closed, deals.amount, ibis.null("float64")),
    )
