"""What rows that are not accepted still tell: whose deal was won, and which rows name only what was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis

from pipelines.validation.references import REFERRED
from scoring.contracts import cells
from scoring.contracts.contract import as_exported

#: The rule of rows that name no account and no lead but deleted ones.
OF_DELETED = "of_deleted"
_RULE = "__rule"


def of_deleted(rows: ibis.Table, gone: Mapping[str, ibis.Table]) -> ibis.Table:
    """The validated rows, where one that names only deleted accounts and leads breaks no rule but `OF_DELETED`.

    Parameters
    ----------
    rows : Table
        With the rule that each breaks.
    gone : mapping of Table
        The ids of deleted records, by table.
    """
    for column, table in REFERRED.items():
        if table not in gone or column + "__as_exported" not in rows.columns:
            continue
        ids = gone[table].select("gone")
        both = rows.left_join(ids, rows[column + "__as_exported"] == ids.gone)
        unknown = both[_RULE].isin(["unknown_lead", "unknown_account"]) & both.gone.notnull()
        rows = both.mutate(**{_RULE: ibis.ifelse(unknown, OF_DELETED, both[_RULE])}).drop("gone")
    return rows


def of_master(rows: ibis.Table, column: str, gone: ibis.Table) -> ibis.Table:
    """The rows, where one that names a merged record names the one that it was merged into.

    Parameters
    ----------
    rows : Table
    column : {"account_id", "lead_id"}
    gone : Table
        The ids of records that are no longer there, with their `master`.
    """
    merged = gone.filter(gone.master.notnull())
    both = rows.left_join(merged, rows[column] == merged.gone)
    return both.mutate(**{column: ibis.coalesce(both.master, both[column])}).drop("gone", "master")


def customers_told(connection: Any, rows: ibis.Table, latest: datetime) -> tuple[ibis.Table | None, list[str]]:
    """The won deals among the rejected rows: their account is a customer, whatever else is wrong with the row.

    Parameters
    ----------
    connection : ibis backend
    rows : Table
        The validated opportunities.
    latest : datetime
        A later date dates nothing.

    Returns
    -------
    tuple of (Table or None, list of str)
        `opportunity_id`, `account_id`, `lead_id` and `since` (the close date, else the date of creation, but not before
        the row was entered; null where there is no date: the win was always known), and what is to be said.
    """
    broken = rows.filter(rows[_RULE].notnull() & (rows[_RULE] != OF_DELETED))
    named = broken.mutate(
        account=ibis.coalesce(broken.account_id, as_exported(broken, "account_id")),
        lead=ibis.coalesce(broken.lead_id, as_exported(broken, "lead_id")),
    )
    named = named.filter(named.account.notnull() | named.lead.notnull())
    won = named.filter(named.status == "won")
    # A date that lies in the future, or that is not understood, dates nothing.
    end = ibis.literal(latest, type=cells.TIME)
    closed, created, known = (
        ibis.ifelse(won[name] <= end, won[name], ibis.null(cells.TIME))
        for name in ("closed_at", "created_at", "known_at")
    )
    best = ibis.coalesce(closed, created)
    since = ibis.greatest(best, ibis.coalesce(created, best), ibis.coalesce(known, best))
    told = won.select("opportunity_id", account_id=won.account, lead_id=won.lead, since=since.cast(cells.TIME))
    told = connection.create_table("customers_told", told, temp=True)
    who = ibis.coalesce(told.account_id, ibis.literal("lead ") + told.lead_id)
    customers = int(told.select(who=who).distinct().count().to_pyarrow().as_py())
    other = named.filter(named.status.isin(["open", "lost"]))
    others = int(other.select(who=ibis.coalesce(other.account, other.lead)).distinct().count().to_pyarrow().as_py())
    notes = []
    if customers:
        notes.append(f"opportunities: {customers:,} accounts are customers by rows that were set aside")
    unclear = named.filter(named.status.isnull())
    unknown = int(
        unclear.select(who=ibis.coalesce(unclear.account, unclear.lead)).distinct().count().to_pyarrow().as_py()
    )
    if unknown:
        notes.append(
            f"opportunities: {unknown:,} accounts have a deal without a status that is known: they may be customers"
        )
    if others:
        notes.append(
            f"opportunities: {others:,} accounts have an open or lost deal that was set aside, and is not seen"
        )
    return (told if customers else None), notes


def strays(connection: Any, leads: ibis.Table) -> ibis.Table | None:
    """The leads whose account is not there: `lead_id`, and `account` as exported; None without any.

    Parameters
    ----------
    connection : ibis backend
    leads : Table
        The validated leads.
    """
    lost = leads.filter(leads[_RULE].isnull() & leads.account_id.isnull() & as_exported(leads, "account_id").notnull())
    found = connection.create_table(
        "stray_leads", lost.select("lead_id", account=as_exported(lost, "account_id")), temp=True
    )
    return found if int(found.count().to_pyarrow().as_py()) else None


def with_strays(told: ibis.Table, strays: ibis.Table | None) -> ibis.Table:
    """What was told of accounts that are not there, also of their leads: these must not become prospects either.

    Parameters
    ----------
    told : Table
        As `customers_told` gives it.
    strays : Table, optional
    """
    if strays is None:
        return told
    met = told.filter(told.lead_id.isnull()).drop("lead_id").inner_join(strays, told.account_id == strays.account)
    return told.union(met.select(*told.columns))
