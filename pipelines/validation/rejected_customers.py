"""What rows that are not accepted still tell: whose deal was or may be won, and what names only deleted records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from pipelines.sources.files import Source
from pipelines.validation.ids.meanings import perhaps_named
from pipelines.validation.ids.reference import ReferenceColumn
from scoring.cells import cells, ids
from scoring.contracts.contract import as_exported
from scoring.contracts.plans import PLANNED
from scoring.contracts.tally import Tally

#: The rule of rows that name no account and no lead but deleted ones.
OF_DELETED = "of_deleted"
#: The column of a validated row with the rule that it breaks.
RULE = "__rule"


@dataclass(frozen=True)
class FactsOfRejects:
    """What the rows of a table tell that are not accepted: see `rejected_customers_of` and `strays`."""

    customers: ibis.Table | None = None
    strays: ibis.Table | None = None
    notes: tuple[str, ...] = ()


def facts_of_rejects(
    connection: Any, source: Source, rows: ibis.Table, tally: Tally, latest: datetime
) -> FactsOfRejects:
    """What the rows of a table tell that are not accepted.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    rows : Table
        The validated rows.
    tally : Tally
        Their counts, by broken rule.
    latest : datetime
        A later date dates nothing.
    """
    broken = tally.rows_but_of(None, PLANNED, OF_DELETED)
    if source.table == "opportunities":
        customers, notes = rejected_customers_of(connection, rows, latest) if broken else (None, [])
        if source.torn:
            notes.append(
                f"opportunities: {len(source.torn):,} torn rows cannot tell whose deal they are: if it was won, its "
                "account looks open"
            )
        return FactsOfRejects(customers, notes=tuple(notes))
    if source.table not in ("accounts", "leads"):
        return FactsOfRejects()
    aside = broken + len(source.torn)
    words = f"{source.table}: {aside:,} rows are set aside; {source.table} without another row are not scored"
    lone = source.table == "leads" and tally.unknown("account_id") > 0
    return FactsOfRejects(strays=strays(connection, rows) if lone else None, notes=(words,) if aside else ())


def named_gone(
    connection: Any, references: Sequence[ReferenceColumn], gone: Mapping[str, ibis.Table]
) -> Mapping[str, ibis.Table]:
    """The references to records that are no longer there, by column: `written` and the `master` of a merged record.

    Parameters
    ----------
    connection : ibis backend
    references : sequence of ReferenceColumn
        In which some are not written as the id of a record.
    gone : mapping of Table
        The ids of deleted records, by table.
    """
    found = {}
    for reference in references:
        if (table := ids.NAMED_TABLE[reference.column]) in gone:
            unknown = reference.meanings.filter(reference.meanings.how == "unknown")
            named = perhaps_named(unknown)
            met = named.inner_join(gone[table], named.id == gone[table].gone)
            met = met.group_by("written").agg(master=met.master.max())
            name = ibis.util.gen_name(f"gone_{reference.column}")
            found[reference.column] = connection.create_table(name, met, temp=True)
    return found


def of_masters(rows: ibis.Table, named: Mapping[str, ibis.Table]) -> ibis.Table:
    """The rows, where one that names a merged record names the one that it was merged into.

    Parameters
    ----------
    rows : Table
    named : mapping of Table
        As `named_gone` gives it.
    """
    for column, gone in named.items():
        merged = gone.filter(gone.master.notnull())
        both = rows.left_join(merged, rows[column] == merged.written)
        rows = both.mutate(**{column: ibis.coalesce(both.master, both[column])}).drop("written", "master")
    return rows


def of_deleted(rows: ibis.Table, named: Mapping[str, ibis.Table]) -> ibis.Table:
    """The validated rows, where one that names only deleted accounts and leads breaks no rule but `OF_DELETED`.

    Parameters
    ----------
    rows : Table
        With the rule that each breaks.
    named : mapping of Table
        As `named_gone` gives it.
    """
    for column, gone in named.items():
        both = rows.left_join(gone.select("written"), as_exported(rows, column) == gone.written)
        unknown = both[RULE].isin(["unknown_lead", "unknown_account"]) & both.written.notnull()
        rows = both.mutate(**{RULE: ibis.ifelse(unknown, OF_DELETED, both[RULE])}).drop("written")
    return rows


def rejected_customers_of(connection: Any, rows: ibis.Table, latest: datetime) -> tuple[ibis.Table | None, list[str]]:
    """The deals among the rejected rows that are won, or closed in a status that nobody knows.

    Whatever else is wrong with a row, the account of a won deal is a customer, and that of a closed deal may be one.

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
        `opportunity_id`, `account_id`, `lead_id`, `since` (the close date, else the date of creation, but not before
        the row was entered; null where there is no date: it was always so) and `unclear` (whether nobody knows that
        it was won), and what is to be said.
    """
    broken = rows.filter(rows[RULE].notnull() & rows[RULE].notin([OF_DELETED, PLANNED]))
    named = broken.mutate(
        account=ibis.coalesce(broken.account_id, as_exported(broken, "account_id")),
        lead=ibis.coalesce(broken.lead_id, as_exported(broken, "lead_id")),
    )
    named = named.filter(named.account.notnull() | named.lead.notnull())
    # A deal of which another row tells how it ended is clear.
    ended = rows.filter(rows[RULE].isnull() & rows.status.isin(["won", "lost"])).select(its="opportunity_id").distinct()
    unclear = named.filter(named.status.isnull()).anti_join(ended, named.opportunity_id == ended.its)
    closed = named.filter(named.status == "won").mutate(unclear=False).union(unclear.mutate(unclear=True))
    # A date that lies in the future, or that is not understood, dates nothing.
    end = ibis.literal(latest, type=cells.TIME)
    closed_at, created, known = (
        ibis.ifelse(closed[name] <= end, closed[name], ibis.null(cells.TIME))
        for name in ("closed_at", "created_at", "known_at")
    )
    best = ibis.coalesce(closed_at, created)
    since = ibis.greatest(best, ibis.coalesce(created, best), ibis.coalesce(known, best)).cast(cells.TIME)
    lines = closed.select("opportunity_id", "unclear", account_id=closed.account, lead_id=closed.lead, since=since)
    lines = connection.create_table("customers_named", lines, temp=True)
    customers, perhaps = count_customers(lines.filter(~lines.unclear)), count_customers(lines.filter(lines.unclear))
    other = named.filter(named.status.isin(["open", "lost"]))
    others = count_customers(other.select(account_id=other.account, lead_id=other.lead))
    notes = []
    if customers:
        notes.append(f"opportunities: {customers:,} accounts are customers by rows that were set aside")
    if perhaps:
        notes.append(
            f"opportunities: {perhaps:,} accounts have a deal that may be won, for its status is not known: they are "
            "not ranked as prospects, and are no win and no loss; say under [input] in the configuration what the word "
            'means, such as status_words = {"Signed" = "won"}, or fill the empty cells'
        )
    if others:
        notes.append(
            f"opportunities: {others:,} accounts have an open or lost deal that was set aside and does not count"
        )
    return (lines if customers or perhaps else None), notes


def count_customers(deals: ibis.Table) -> int:
    """The number of accounts, or of leads where there is no account, of some deals.

    Parameters
    ----------
    deals : Table
        With `account_id` and `lead_id`.
    """
    who = ibis.coalesce(deals.account_id, ibis.literal("lead ") + deals.lead_id)
    return int(deals.select(who=who).distinct().count().to_pyarrow().as_py())


def strays(connection: Any, leads: ibis.Table) -> ibis.Table | None:
    """The leads whose account is not there: `lead_id`, and `account` as exported; None without any.

    Parameters
    ----------
    connection : ibis backend
    leads : Table
        The validated leads.
    """
    lost = leads.filter(leads[RULE].isnull() & leads.account_id.isnull() & as_exported(leads, "account_id").notnull())
    found = connection.create_table(
        "stray_leads", lost.select("lead_id", account=as_exported(lost, "account_id")), temp=True
    )
    return found if int(found.count().to_pyarrow().as_py()) else None


def with_strays(named: ibis.Table, strays: ibis.Table | None) -> ibis.Table:
    """What was told of accounts that are not there, also of their leads: these must not become prospects either.

    Parameters
    ----------
    named : Table
        As `rejected_customers_of` gives it.
    strays : Table, optional
    """
    if strays is None:
        return named
    met = named.filter(named.lead_id.isnull()).drop("lead_id").inner_join(strays, named.account_id == strays.account)
    return named.union(met.select(*named.columns))
