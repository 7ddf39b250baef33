"""Accounts and people that are probably in an export twice. They are counted and written for review, never merged."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ibis

from pipelines.intake.intake import Intake
from pipelines.validation.ids.mail_domains import ALWAYS, PLAIN, texts
from scoring.cells import ids
from scoring.companies import domains
from scoring.companies.names import company_name
from scoring.contracts import related_columns as related

#: What more records than these have in common says nothing of any two of them.
MOST_ALIKE = 20
SAME_DOMAIN, SAME_NAME, SAME_ADDRESS = "same domain", "same name", "same address"


def accounts_twice(intake: Intake, free: Collection[str]) -> ibis.Table:
    """Accounts that are probably one: ``account_id``, the first of them, ``same_as`` and ``why``.

    They have the same registered domain, or the same name but for the legal form and no domains that differ. Accounts
    of which one is the parent of the other are two.

    Parameters
    ----------
    intake : Intake
        With identities.
    free : collection of str
        Domains that say nothing about the company.
    """
    connection, accounts = intake.connection, intake.tables.accounts
    assert accounts is not None
    all_ = accounts.select("account_id", "domain", since=accounts.created_at.fill_null(ALWAYS))
    hosts = connection.create_table(ibis.util.gen_name("hosts"), _registered(all_, frozenset(free)), temp=True)
    met = all_.inner_join(hosts, all_.domain == hosts.cell)
    by_domain = _alike(connection, met.select("account_id", "since", key="host"), "account_id", SAME_DOMAIN)
    parts = [by_domain]
    identities = intake.identities["accounts"]
    identities = identities.filter(identities.name.notnull()).group_by("account_id").agg(name=identities.name.min())
    names = connection.create_table(ibis.util.gen_name("names"), _cores(identities), temp=True)
    named = identities.inner_join(names, "name").inner_join(all_, "account_id")
    # A name that several have who have domains that differ may be that of several companies.
    kinds = named.group_by("core").agg(different=named.domain.nunique())
    named = named.inner_join(kinds.filter(kinds.different <= 1), "core")
    parts.append(_alike(connection, named.select("account_id", "since", key="core"), "account_id", SAME_NAME))
    pairs = ibis.union(*parts)
    pairs = pairs.group_by("account_id", "same_as").agg(why=pairs.why.min())
    parents = parents_of(intake)
    if parents is not None:
        either = parents.select(account_id="child", same_as="parent").union(
            parents.select(account_id="parent", same_as="child")
        )
        pairs = pairs.anti_join(either, ["account_id", "same_as"])
    kept: ibis.Table = connection.create_table(ibis.util.gen_name("accounts_twice"), pairs, temp=True)
    return kept


def people_twice(connection: Any, people: ibis.Table) -> ibis.Table:
    """Leads that are probably one person: ``lead_id``, the first of them, ``same_as`` and ``why``.

    Parameters
    ----------
    connection : ibis backend
    people : ibis.Table
        ``lead_id``, ``created_at`` and ``mailbox``, a digest of the address.
    """
    known = people.filter(people.mailbox.notnull())
    rows = known.select("lead_id", since=known.created_at.fill_null(ALWAYS), key="mailbox")
    kept: ibis.Table = connection.create_table(
        ibis.util.gen_name("people_twice"), _alike(connection, rows, "lead_id", SAME_ADDRESS), temp=True
    )
    return kept


def parents_of(intake: Intake) -> ibis.Table | None:
    """``child`` and ``parent`` of accounts, as their ids are written; None where no column says so."""
    accounts = intake.tables.accounts
    names = [] if accounts is None else related.columns_named(accounts.columns, related.PARENT)
    if accounts is None or not names:
        return None
    return accounts.select(child="account_id", parent=ids.written_of(accounts[names[0]])).filter(
        ibis._.parent.notnull()
    )


def _alike(connection: Any, rows: ibis.Table, column: str, why: str) -> ibis.Table:
    """The records of each key with the first of them, where they are few."""
    rows = connection.create_table(ibis.util.gen_name("keyed"), rows.distinct(), temp=True)
    sizes = rows.group_by("key").agg(size=rows.count())
    some = rows.inner_join(sizes.filter((sizes["size"] > 1) & (sizes["size"] <= MOST_ALIKE)), "key")
    position = ibis.row_number().over(group_by="key", order_by=["since", column])
    ranked = connection.create_table(ibis.util.gen_name("ranked"), some.mutate(number=position), temp=True)
    first = ranked.filter(ranked.number == 0).select("key", first=column)
    others = ranked.filter(ranked.number > 0).inner_join(first, "key")
    return others.select(**{column: others["first"], "same_as": others[column], "why": ibis.literal(why)})


def _registered(accounts: ibis.Table, free: frozenset[str]) -> ibis.Table:
    """``cell`` and ``host``, the domain that somebody registered, of each different cell; no free mail services."""
    cells = accounts.filter(accounts.domain.notnull()).select(cell="domain").distinct()
    plain = cells.filter(cells.cell.re_search(PLAIN))
    plain = plain.filter(plain.cell.notin(sorted(free))).mutate(host=plain.cell)
    found: dict[tuple[str, str], None] = {}
    for cell in cells.filter(~cells.cell.re_search(PLAIN)).to_pyarrow()["cell"].to_pylist():
        for host in domains.hosts(cell):
            if (registered := domains.lineage(host)[-1]) not in free:
                found[cell, registered] = None
    return plain.union(texts({"cell": [cell for cell, _ in found], "host": [host for _, host in found]}))


def _cores(identities: ibis.Table) -> ibis.Table:
    """``name`` and ``core`` of each different name of a company."""
    names = identities.select("name").distinct().to_pyarrow()["name"].to_pylist()
    cores = {name: core for name in names if (core := company_name(name).core)}
    return texts({"name": list(cores), "core": list(cores.values())})
