"""Leads linked to accounts by the domain of their address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from scoring import domains
from scoring.contracts import cells

#: Used as the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
#: The column of leads with the domains of their address, while they are read.
DOMAIN = "__domain"
#: What is counted of leads without an account_id, by the column that says where it holds.
REMARKS = {
    "__by_domain": "an account found by the domain of their address",
    "__no_domain": "no account_id, and an address at a domain of no account, or of several alike",
    "__free_mail": "no account_id, and an address at a free mail service",
}


@dataclass(frozen=True)
class MailDomains:
    """The accounts of the domains of addresses: ``address``, ``owner`` (null for none), ``free`` (only free mail)."""

    owners: ibis.Table

    def linked(self, leads: ibis.Table) -> ibis.Table:
        """Link leads without an account to the account of their domain; the columns of `REMARKS` say which were.

        Parameters
        ----------
        leads : ibis.Table
            With the column `DOMAIN`, which is dropped.
        """
        owners = self.owners.rename(__address="address", __owner="owner", __free="free")
        found = leads.left_join(owners, leads[DOMAIN] == owners["__address"])
        alone = found.account_id.isnull() & found["__address"].notnull()
        met = found["__owner"].notnull()
        remarks = (alone & met, alone & ~met & ~found["__free"], alone & ~met & found["__free"])
        columns = {name: holds.fill_null(False) for name, holds in zip(REMARKS, remarks, strict=True)}
        account = ibis.coalesce(found.account_id, found["__owner"])
        return found.mutate(account_id=account, **columns).drop(DOMAIN, "__address", "__owner", "__free")


def mail_domains(
    connection: Any, addresses: ibis.Table, accounts: ibis.Table, free_mail_domains: Sequence[str]
) -> MailDomains | None:
    """Find the account of each address by its domain; of several accounts the first. None where no account has one.

    An address and an account meet where the host of one is that of the other or lies under it, within what one company
    registered: ``mail.acme.co.uk`` and ``acme.co.uk`` meet, ``eu.acme.co.uk`` and ``us.acme.co.uk`` do not.

    An account that is created later with the same domain must not change what was known before.

    Parameters
    ----------
    connection : ibis backend
    addresses : ibis.Table
        The column ``address``: what `cells.domains` leaves of the addresses of leads.
    accounts : ibis.Table
        The accepted accounts.
    free_mail_domains : sequence of str
        Domains that say nothing about the company.
    """
    free = frozenset(free_mail_domains)
    claims = _Claims()
    for cell in _different(accounts, "domain"):
        claims.add(cell, [path for host in domains.hosts(cell) if not free & set(path := domains.lineage(host))])
    if not claims.keys:
        return None
    pairs, seen = [], []
    for cell in _different(addresses, "address"):
        paths = [domains.lineage(host) for host in domains.hosts(cell)]
        own = [path for path in paths if not free & set(path)]
        seen.append({"address": cell, "free": bool(paths) and not own})
        pairs += [{"address": cell, "domain": claimed} for claimed in claims.of(own)]
    all_seen = ibis.memtable(seen, schema={"address": "string", "free": "boolean"})
    pairs_table = ibis.memtable(pairs, schema={"address": "string", "domain": "string"})
    named = accounts.select("account_id", "domain", since=accounts.created_at.fill_null(ALWAYS))
    named = named.inner_join(pairs_table, "domain").select("address", "account_id", "since")
    named = named.mutate(first=named.since.min().over(group_by="address"))
    firsts = named.filter(named.since == named["first"])
    owners = firsts.group_by("address").agg(owner=firsts.account_id.min(), claims=firsts.account_id.nunique())
    owners = owners.filter(owners.claims == 1)
    found = all_seen.left_join(owners, "address").select("address", "owner", "free")
    return MailDomains(connection.create_table("mail_domains", found, temp=True))


class _Claims:
    """The cells of accounts by what they claim: a host, and whatever lies above it."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, bool], list[str]] = {}

    def add(self, cell: str, paths: Iterable[tuple[str, ...]]) -> None:
        for path in paths:
            for host in path:
                self.keys.setdefault((host, host == path[0]), []).append(cell)

    def of(self, paths: Iterable[tuple[str, ...]]) -> list[str]:
        """The cells whose host is one of each path, or lies under the first of it."""
        found: dict[str, None] = {}
        for path in paths:
            for host in path:
                found |= dict.fromkeys(self.keys.get((host, True), ()))
            found |= dict.fromkeys(self.keys.get((path[0], False), ()))
        return list(found)


def _different(table: ibis.Table, column: str) -> list[str]:
    cells_ = table.filter(table[column].notnull()).select(column).distinct().to_pyarrow()
    return [str(cell) for cell in cells_[column].to_pylist()]
