"""Leads linked to accounts by the domain of their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from scoring import domains
from scoring.contracts import cells

#: Used as the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
#: The column of leads with the domains of their address, while they are read.
DOMAIN = "__domain"
#: A cell with one domain, of two parts: nothing lies above it.
PLAIN = "^[0-9a-z-]+[.][0-9a-z-]+$"
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
) -> MailDomains:
    """Find the account of each address by its domain; of several accounts the first.

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
    different = addresses.filter(addresses.address.notnull()).distinct()
    different = connection.create_table("different_addresses", different, temp=True)
    found = _Pairs(frozenset(free_mail_domains))
    for cell in _odd(accounts.domain):
        found.add_account(cell)
    for cell in _odd(different.address):
        found.add_address(cell)
    all_seen = different.select("address", free=different.address.isin(sorted(free_mail_domains)))
    free_too = found.free_addresses()
    all_seen = all_seen.left_join(free_too, all_seen.address == free_too.free_address)
    all_seen = all_seen.select("address", free=all_seen.free | all_seen.free_address.notnull())
    same = all_seen.filter(~all_seen.free).select("address", domain="address")
    named = accounts.select("account_id", "domain", since=accounts.created_at.fill_null(ALWAYS))
    named = named.inner_join(same.union(found.pairs()), "domain").select("address", "account_id", "since")
    named = named.mutate(first=named.since.min().over(group_by="address"))
    firsts = named.filter(named.since == named["first"])
    owners = firsts.group_by("address").agg(owner=firsts.account_id.min(), claims=firsts.account_id.nunique())
    owners = owners.filter(owners.claims == 1)
    owners_of_all = all_seen.left_join(owners, "address").select("address", "owner", "free")
    return MailDomains(connection.create_table("mail_domains", owners_of_all, temp=True))


class _Pairs:
    """The cells of addresses and of accounts that meet without being the same plain domain.

    Plain domains, which nearly all are, are compared by the engine: only the others come here.
    """

    def __init__(self, free: frozenset[str]) -> None:
        self._free = free
        self._accounts: dict[tuple[str, bool], list[str]] = {}
        self._pairs: dict[tuple[str, str], None] = {}
        self._free_addresses: list[str] = []

    def add_account(self, cell: str) -> None:
        """Let the cell of an account claim its hosts, and plain domains above them."""
        for path in self._paths(cell):
            for host in path:
                self._accounts.setdefault((host, host == path[0]), []).append(cell)
            self._pairs[path[-1], cell] = None

    def add_address(self, cell: str) -> None:
        """Find what meets the cell of an address: an account at its host, above it, or under it."""
        paths = self._paths(cell)
        if not paths and domains.hosts(cell):
            self._free_addresses.append(cell)
        for path in paths:
            for host in path:
                claimed = [host, *self._accounts.get((host, True), ())]
                self._pairs |= {(cell, account): None for account in claimed}
            self._pairs |= {(cell, account): None for account in self._accounts.get((path[0], False), ())}

    def _paths(self, cell: str) -> list[tuple[str, ...]]:
        paths = [domains.lineage(host) for host in domains.hosts(cell)]
        return [path for path in paths if not self._free & set(path)]

    def pairs(self) -> ibis.Table:
        """``address`` and ``domain``, the cells."""
        addresses, cells_ = zip(*self._pairs, strict=True) if self._pairs else ((), ())
        return _texts({"address": addresses, "domain": cells_})

    def free_addresses(self) -> ibis.Table:
        """``free_address``: those of free mail services only."""
        return _texts({"free_address": self._free_addresses})


def _texts(columns: Mapping[str, Sequence[str]]) -> ibis.Table:
    return ibis.memtable(pa.table({name: pa.array(cells_, pa.string()) for name, cells_ in columns.items()}))


def _odd(cells_: ir.StringColumn) -> list[str]:
    """The cells that are not one plain domain, each once."""
    odd = cells_.name("cell").as_table()
    odd = odd.filter(odd.cell.notnull() & ~odd.cell.re_search(PLAIN)).distinct()
    return [str(cell) for cell in odd.to_pyarrow()["cell"].to_pylist()]
