"""The references of a table: the ids of accounts and leads that its rows name, looked up in the tables of these."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from scoring.contracts import cells
from scoring.contracts.contract import AS_EXPORTED

#: The table in which the id of a reference is looked up.
REFERRED = {"account_id": "accounts", "lead_id": "leads"}
#: Used as the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
#: The columns of leads with the domain of their address, and with whether their account was found by it.
DOMAIN, BY_DOMAIN = "__domain", "__by_domain"


def resolved(rows: ibis.Table, column: str, referred: ibis.Table) -> ibis.Table:
    """Set a reference to an unknown id to null, and keep it as exported in a column of its own.

    Parameters
    ----------
    rows : ibis.Table
    column : {"account_id", "lead_id"}
    referred : ibis.Table
        The accepted rows of the table that `column` refers to.
    """
    known = referred.select(__known=referred[column])
    found = rows.left_join(known, rows[column] == known["__known"])
    return found.mutate(**{column + AS_EXPORTED: found[column], column: found["__known"]}).drop("__known")


def linked_by_domain(leads: ibis.Table, accounts: ibis.Table, free_mail_domains: Sequence[str]) -> ibis.Table:
    """Link leads without an account to the account with the domain of their address, to the first of several.

    An account that is created later with the same domain must not change what was known before.

    Parameters
    ----------
    leads : ibis.Table
        With the column `DOMAIN`, which is dropped; the column `BY_DOMAIN` says which were linked.
    accounts : ibis.Table
        The accepted accounts.
    free_mail_domains : sequence of str
        Domains that say nothing about the company.
    """
    named = accounts.filter(accounts.domain.notnull() & accounts.domain.notin(free_mail_domains))
    named = named.mutate(since=named.created_at.fill_null(ALWAYS))
    named = named.mutate(first=named.since.min().over(group_by="domain"))
    firsts = named.filter(named.since == named["first"])
    owners = firsts.group_by(__owned=firsts.domain).agg(__owner=firsts.account_id.min(), __claims=firsts.count())
    owners = owners.filter(owners["__claims"] == 1)
    found = leads.left_join(owners, leads[DOMAIN] == owners["__owned"])
    columns = {
        "account_id": ibis.coalesce(found.account_id, found["__owner"]),
        BY_DOMAIN: found.account_id.isnull() & found["__owner"].notnull(),
    }
    return found.mutate(**columns).drop(DOMAIN, "__owned", "__owner", "__claims")
