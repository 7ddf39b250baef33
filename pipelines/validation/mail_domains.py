"""Leads linked to accounts by the domain of their address."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from scoring.contracts import cells

#: Used as the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
#: The columns of leads with the domain of their address, and with whether their account was found by it.
DOMAIN, BY_DOMAIN = "__domain", "__by_domain"


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
