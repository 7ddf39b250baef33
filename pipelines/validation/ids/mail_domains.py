"""The accounts of the domains of addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from scoring.cells import cells
from scoring.companies import domains

#: Used as the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
#: A cell with one domain, of two parts: nothing lies above it.
PLAIN = "^[0-9a-z-]+[.][0-9a-z-]+$"


@dataclass(frozen=True)
class MailDomains:
    """The accounts that claim the domains of addresses.

    Attributes
    ----------
    claims : ibis.Table
        ``address``, ``account_id``, ``since``: a row for each account that meets an address.
    addresses : ibis.Table
        ``address``, each once, and ``free``: whether it is at free mail services only.
    owners : ibis.Table
        ``address``, ``free``, ``owner`` (null for none) and ``since``, when that account was created.
    """

    claims: ibis.Table
    addresses: ibis.Table
    owners: ibis.Table


def mail_domains(
    connection: Any,
    addresses: ibis.Table,
    accounts: ibis.Table,
    free_mail_domains: Sequence[str],
    parents: ibis.Table | None = None,
) -> MailDomains:
    """Find the account of each address by its domain; of several accounts the first.

    An address and an account meet where the host of one is that of the other or lies under it, within what one company
    registered: ``mail.acme.co.uk`` and ``acme.co.uk`` meet, ``eu.acme.co.uk`` and ``us.acme.co.uk`` do not.

    An account that is created later with the same domain must not change what was known before. Of several that were
    created at the same time, the parent of the others counts, where that is known; else none.

    Parameters
    ----------
    connection : ibis backend
    addresses : ibis.Table
        The column ``address``: what `cells.domains` leaves of the addresses of leads.
    accounts : ibis.Table
        ``account_id``, ``domain`` and ``created_at``; an account may have several rows.
    free_mail_domains : sequence of str
        Domains that say nothing about the company.
    parents : ibis.Table, optional
        ``child`` and ``parent``, the ids of accounts.
    """
    different = addresses.filter(addresses.address.notnull()).distinct()
    different = connection.create_table(ibis.util.gen_name("different_addresses"), different, temp=True)
    found = _Pairs(frozenset(free_mail_domains))
    for cell in _odd(accounts.domain):
        found.add_account(cell)
    for cell in _odd(different.address):
        found.add_address(cell)
    every_address = different.select("address", free=different.address.isin(sorted(free_mail_domains)))
    free_too = found.free_addresses()
    every_address = every_address.left_join(free_too, every_address.address == free_too.free_address)
    every_address = every_address.select("address", free=every_address.free | every_address.free_address.notnull())
    same = every_address.filter(~every_address.free).select("address", domain="address")
    claims = accounts.select("account_id", "domain", since=accounts.created_at.fill_null(ALWAYS))
    claims = claims.inner_join(same.union(found.pairs()), "domain").select("address", "account_id", "since")
    named = claims.mutate(first=claims.since.min().over(group_by="address"))
    firsts = named.filter(named.since == named["first"]).select("address", "account_id", "since")
    if parents is not None:
        firsts = _heads(connection, firsts, parents)
    owners = firsts.group_by("address").agg(
        owner=firsts.account_id.min(), claims=firsts.account_id.nunique(), since=firsts.since.min()
    )
    owners = owners.filter(owners.claims == 1)
    owners_of_all = every_address.left_join(owners, "address").select("address", "free", "owner", "since")
    kept = connection.create_table(ibis.util.gen_name("mail_domains"), owners_of_all, temp=True)
    return MailDomains(claims, every_address, kept)


def _heads(connection: Any, firsts: ibis.Table, parents: ibis.Table) -> ibis.Table:
    """The claims, without those of accounts whose parent claims the same."""
    firsts = connection.create_table(ibis.util.gen_name("first_claims"), firsts.distinct(), temp=True)
    above = firsts.inner_join(parents, firsts.account_id == parents.child)
    above = above.select(at=above.address, child=above.account_id, parent=above.parent)
    claimed = firsts.select(at="address", parent="account_id")
    below = above.semi_join(claimed, ["at", "parent"]).select(address="at", account_id="child")
    return firsts.anti_join(below, ["address", "account_id"])


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
        return texts({"address": addresses, "domain": cells_})

    def free_addresses(self) -> ibis.Table:
        """``free_address``: those of free mail services only."""
        return texts({"free_address": self._free_addresses})


def texts(columns: Mapping[str, Sequence[str]]) -> ibis.Table:
    """A table of texts, made in this process."""
    return ibis.memtable(pa.table({name: pa.array(cells_, pa.string()) for name, cells_ in columns.items()}))


def _odd(cells_: ir.StringColumn) -> list[str]:
    """The cells that are not one plain domain, each once."""
    odd = cells_.name("cell").as_table()
    odd = odd.filter(odd.cell.notnull() & ~odd.cell.re_search(PLAIN)).distinct()
    return [str(cell) for cell in odd.to_pyarrow()["cell"].to_pylist()]
