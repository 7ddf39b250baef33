"""The reading of deals: which are open, when they were opened, and what an unknown word of theirs is taken for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.contracts.contract import AS_EXPORTED, UNKNOWN, as_exported
from scoring.timeline import day_of

#: The columns of CRMs that say whether a deal is closed, and whether it is won, without underscores.
CLOSED_FLAGS, WON_FLAGS = ("isclosed", "hsisclosed"), ("iswon", "isclosedwon", "hsisclosedwon")
#: The same in a table that is read.
IS_CLOSED, IS_WON = "__is_closed", "__is_won"
#: The column of a read table that says whether an open deal has a close date.
EXPECTED_CLOSE = "__expected_close"


def is_unknown(table: ibis.Table, column: str) -> ir.BooleanValue:
    """Whether a word of a column is in no list."""
    return table[column].isnull() & as_exported(table, column).notnull()


def flags_of(columns: Iterable[str]) -> dict[str, str]:
    """The columns that say whether a deal is closed and won, by `IS_CLOSED` and `IS_WON`; empty if one is missing.

    Parameters
    ----------
    columns : iterable of str
        By canonical name.
    """
    plain = {column.replace("_", ""): column for column in columns}
    found = {
        flag: column
        for flag, names in ((IS_CLOSED, CLOSED_FLAGS), (IS_WON, WON_FLAGS))
        if (column := next((plain[name] for name in names if name in plain), None)) is not None
    }
    return found if len(found) == len((IS_CLOSED, IS_WON)) else {}


def contradicted(table: ibis.Table) -> ir.BooleanValue:
    """Whether the status of a deal is in a known word, and the CRM's own flags say something else."""
    if IS_WON not in table.columns:
        return table.status.isnull() & table.status.notnull()
    won, lost, is_open = (table.status == word for word in ("won", "lost", "open"))
    other = (won & ~table[IS_WON]) | (lost & table[IS_WON]) | (is_open & table[IS_CLOSED])
    return (~table[UNKNOWN + "status"] & (other | ((won | lost) & ~table[IS_CLOSED]))).fill_null(False)


def read_deals(table: ibis.Table, latest: datetime) -> ibis.Table:
    """Deals with a status and a type where these are in an unknown word, and without a close date where they are open.

    An unknown status is what the CRM's own flags say, where the export has them. Else it is open where the deal has no
    close date, or one that is still to come. An unknown type is existing business: if the deal is won, its account is a
    customer, and nothing is learned from it.
    """
    stage, kind = is_unknown(table, "status"), is_unknown(table, "opportunity_type")
    planned = as_exported(table, "closed_at").isnull() | (table.closed_at > ibis.literal(latest, type=cells.TIME))
    guessed = ibis.ifelse(planned.fill_null(False), "open", table.status)
    if IS_WON in table.columns:
        flags = ((table[IS_WON], "won"), (table[IS_CLOSED], "lost"), (~table[IS_CLOSED], "open"))
        guessed = ibis.cases(*[(holds.fill_null(False), word) for holds, word in flags], else_=guessed)
    return open_again(
        table.mutate(
            status=ibis.ifelse(stage, guessed, table.status),
            opportunity_type=ibis.ifelse(kind, "expansion", table.opportunity_type),
            **{UNKNOWN + "status": stage, UNKNOWN + "opportunity_type": kind},
        )
    )


def open_again(table: ibis.Table) -> ibis.Table:
    """Leave out the close date of an open deal: it is an expectation, not an event."""
    is_open = (table.status == "open").fill_null(False)
    written = as_exported(table, "closed_at")
    columns = {"closed_at": ibis.ifelse(is_open, ibis.null(cells.TIME), table.closed_at)}
    if "closed_at" + AS_EXPORTED in table.columns:
        columns["closed_at" + AS_EXPORTED] = ibis.ifelse(is_open, ibis.null("string"), written)
    return table.mutate(**columns, **{EXPECTED_CLOSE: is_open & written.notnull()})


def entered_late(table: ibis.Table) -> ir.BooleanValue:
    """Whether a deal closed on an earlier day than it was entered on.

    A date names a day of somebody's calendar, which may begin or end a day away from the day in UTC: where either side
    is a date, one day of difference is none.
    """
    a_date = (table.closed_at == table.closed_at.truncate("D")) | (table.created_at == table.created_at.truncate("D"))
    return day_of(table.closed_at) + a_date.cast("int64") < day_of(table.created_at)


def opened_by_close(table: ibis.Table) -> ibis.Table:
    """A deal was opened on the day on which it closed at the latest, and is known no earlier than it was entered."""
    both = table.mutate(**known_from("created_at"))
    return both.mutate(created_at=ibis.least(both.created_at, ibis.coalesce(both.closed_at, both.created_at)))


def known_from(event: str) -> dict[str, ibis.Deferred]:
    """The time at which a row was known: not before the event itself."""
    known_at = ibis.coalesce(ibis._.known_at, ibis._[event])
    return {"known_at": ibis.greatest(ibis._[event], known_at)}
