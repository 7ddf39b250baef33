"""The tables as an export taken at `as_of` would have held them: the only tables that the rest of closedwon reads.

Everything known at or after `as_of` is removed, and deals that closed later are open again. So no code downstream can
look ahead, however it is written.
"""

from dataclasses import replace

import ibis

from scoring.kept import as_kept, kept_since
from scoring.tables import LINKED_AT, Tables
from scoring.timeline import calendar_date, day_of, known
from scoring.versions import VERSION_AT, with_newest

#: Columns of accounts and leads without a history: only attributes have one, and the source and campaign of a lead.
NOT_TRACED = ("account_id", "lead_id", "domain", "created_at", "known_at", "title", LINKED_AT)


class LooksAhead(ValueError):
    """An attempt to read what was known later than the day at which the tables end."""


def upto(tables: Tables, as_of: int) -> Tables:
    """The tables as they were known before the day `as_of`.

    A row is known from its `known_at`, for which intake takes the time of the event where the export has none. A row
    without any date was always known. A deal that closed at or after `as_of` is open again and has no amount, since
    the amount is known only when the deal is won. Of several rows of a deal the newest known by then counts. A
    reference to an account or a lead is known once that account or lead is, and a link with a date of its own from then
    on. The current value of an attribute is not
    known yet if the history dates it to `as_of` or later. A history that had not begun by then, with no value of the
    attribute before `as_of`, says nothing: current values hold, as without a history. What nights kept of an attribute
    since before `as_of` says what its value was then, if it changed later.

    Invariant: rows known at or after `as_of` change nothing in the result, except that a history row with the current
    value of an attribute says that this value was not known yet.

    Parameters
    ----------
    tables : Tables
    as_of : int
        Day number.

    Raises
    ------
    LooksAhead
        If the tables were already cut at an earlier day.
    """
    must_reach(tables, as_of)
    accounts = _without_later(_known(tables.accounts, "created_at", as_of), tables.account_history, "account_id", as_of)
    accounts = _as_kept(accounts, tables.kept_accounts, tables, "account_id", as_of)
    leads = _without_later(_known(tables.leads, "created_at", as_of), tables.lead_history, "lead_id", as_of)
    leads = _as_kept(leads, tables.kept_leads, tables, "lead_id", as_of)
    if leads is not None:
        leads = _linked(_links_known(leads, as_of), "account_id", accounts)
    deals, versions = tables.opportunities, tables.opportunity_versions
    if versions is not None:
        deals = with_newest(deals, versions, as_of)
        versions = versions.filter(known(day_of(ibis.coalesce(versions[VERSION_AT], versions.known_at)), as_of))
    opportunities = _linked(_reopened(deals, as_of), "account_id", accounts)
    roles, since = tables.contact_roles, tables.kept_since
    if roles is not None and leads is not None:
        roles = roles.semi_join(leads, "lead_id")
    return replace(
        tables,
        known_before=as_of,
        open_deals=None,
        accounts=accounts,
        leads=leads,
        activities=_known(tables.activities, "known_at", as_of),
        log=None if tables.log is None else replace(tables.log, days=_days_known(tables.log.days, as_of)),
        opportunities=_linked(opportunities, "lead_id", leads),
        contact_roles=roles,
        handoffs=_answered(tables.handoffs, as_of, accounts, leads),
        overrides=_named(_known(tables.overrides, "set_at", as_of), accounts, leads),
        opportunity_versions=versions,
        won_aside=_known(tables.won_aside, "since", as_of),
        customers=_ended(_known(tables.customers, "since", as_of), as_of),
        account_history=_known(tables.account_history, "known_at", as_of),
        lead_history=_known(tables.lead_history, "known_at", as_of),
        opportunity_history=_known(tables.opportunity_history, "changed_at", as_of),
        kept_accounts=_known(tables.kept_accounts, "known_at", as_of),
        kept_leads=_known(tables.kept_leads, "known_at", as_of),
        kept_since=since if since is None else since.filter(known(since.since, as_of)),
    )


def must_reach(tables: Tables, as_of: int) -> None:
    """Raise `LooksAhead` if the tables end before `as_of`."""
    if tables.known_before is not None and tables.known_before < as_of:
        raise LooksAhead(
            f"Asked for what was known before {calendar_date(as_of)}, but these tables end before "
            f"{calendar_date(tables.known_before)}: what became known later is not in them."
        )


def must_end(tables: Tables, as_of: int) -> None:
    """Raise `LooksAhead` if the tables may hold what was known at `as_of` or later."""
    if tables.known_before is None or tables.known_before > as_of:
        raise LooksAhead(
            f"Learning as of {calendar_date(as_of)} needs tables that end there; these "
            + ("have no end." if tables.known_before is None else f"end before {calendar_date(tables.known_before)}.")
            + " Cut them with `knowledge.upto` first."
        )


def _known(table: ibis.Table | None, column: str, as_of: int) -> ibis.Table | None:
    if table is None:
        return None
    return table.filter(table[column].isnull() | known(day_of(table[column]), as_of))


def _days_known(days: ibis.Table, as_of: int) -> ibis.Table:
    return days.filter(known(days.known_day, as_of))


def _without_later(table: ibis.Table | None, history: ibis.Table | None, key: str, as_of: int) -> ibis.Table | None:
    """The table without the current values of attributes that are known from `as_of` on, according to their history."""
    if table is None or history is None:
        return table
    traced = [column for column in history.columns if column in table.columns and column not in NOT_TRACED]
    if not traced:  # all that it described was left out
        return table
    later = history.filter(~known(day_of(history.known_at), as_of))
    earlier = history.filter(known(day_of(history.known_at), as_of))
    begun = earlier.aggregate(**{f"begun_{i}": earlier[column].count() > 0 for i, column in enumerate(traced)})
    newest = later.group_by(later_of=key).agg(
        **{
            f"later_{i}": later[column].argmax(later.known_at, where=later[column].notnull())
            for i, column in enumerate(traced)
        }
    )
    both = table.left_join(newest, table[key] == newest.later_of).cross_join(begun)
    return both.select(
        *[column for column in table.columns if column not in traced],
        **{
            column: ibis.ifelse(both[f"begun_{i}"], both[column].nullif(both[f"later_{i}"]), both[column])
            for i, column in enumerate(traced)
        },
    )


def _links_known(leads: ibis.Table, as_of: int) -> ibis.Table:
    """The leads, without accounts of which it became known at `as_of` or later that they are theirs."""
    if LINKED_AT not in leads.columns:
        return leads
    later = leads[LINKED_AT].notnull() & ~known(day_of(leads[LINKED_AT]), as_of)
    return leads.mutate(account_id=ibis.ifelse(later, ibis.null("string"), leads.account_id))


def _as_kept(
    table: ibis.Table | None, rows: ibis.Table | None, tables: Tables, key: str, as_of: int
) -> ibis.Table | None:
    """The table with the values of attributes that changed later as nights kept them."""
    if table is None or rows is None:
        return table
    since = kept_since(tables.kept_since, key.replace("_id", "s"))
    return as_kept(table, rows, key, [column for column, day in since.items() if known(day, as_of)], as_of)


def _linked(table: ibis.Table, column: str, referred: ibis.Table | None) -> ibis.Table:
    """Set a reference to an unknown id to null; without a table of such ids, all are known."""
    if referred is None:
        return table
    ids = referred.select(known_id=referred[column])
    linked = table.left_join(ids, table[column] == ids.known_id)
    return linked.mutate(**{column: linked.known_id}).drop("known_id")


def _named(table: ibis.Table | None, accounts: ibis.Table | None, leads: ibis.Table | None) -> ibis.Table | None:
    """The rows with the accounts and leads that are known by then."""
    return table if table is None else _linked(_linked(table, "account_id", accounts), "lead_id", leads)


def _answered(
    handoffs: ibis.Table | None, as_of: int, accounts: ibis.Table | None, leads: ibis.Table | None
) -> ibis.Table | None:
    """The hand-offs with the answers that were known by then; a reason is known once there is an answer."""
    rows = _named(_known(handoffs, "handed_at", as_of), accounts, leads)
    if rows is None:
        return None
    answers = {
        name: ibis.ifelse(known(day_of(rows[name]), as_of), rows[name], ibis.null("timestamp"))
        for name in ("accepted_at", "rejected_at")
    }
    answered = rows.mutate(**answers)
    some = answered.accepted_at.notnull() | answered.rejected_at.notnull()
    return answered.mutate(reason=ibis.ifelse(some, answered.reason, ibis.null("string")))


def _ended(customers: ibis.Table | None, as_of: int) -> ibis.Table | None:
    """The customers with the ends that were over by then: an end that is planned may still be renewed."""
    if customers is None:
        return None
    over = known(day_of(customers.until), as_of)
    return customers.mutate(until=ibis.ifelse(over, customers.until, ibis.null("timestamp")))


def _reopened(opportunities: ibis.Table, as_of: int) -> ibis.Table:
    deals = opportunities.filter(known(day_of(opportunities.known_at), as_of))
    closed = (deals.status != "open") & known(day_of(deals.closed_at), as_of)
    return deals.mutate(
        status=ibis.ifelse(closed, deals.status, "open"),
        closed_at=ibis.ifelse(closed, deals.closed_at, ibis.null("timestamp")),
        amount=ibis.ifelse(closed, deals.amount, ibis.null("float64")),
    )
