"""Where the accounts of leads without one are found: in columns of leads and of accounts, and in accepted matches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config_input import Input, Matching
from pipelines.sources.source import Source
from pipelines.validation.ids.account_links import AccountLinks
from pipelines.validation.ids.mail_domains import ALWAYS, mail_domains
from scoring.cells import cells, ids
from scoring.contracts import related_columns as related
from scoring.contracts.mappings import ADDRESSES
from scoring.tables import row_count


def address_of(columns: Collection[str]) -> str | None:
    """The column of leads with their addresses."""
    return next((column for column in ADDRESSES if column in columns), None)


def account_links(
    connection: Any,
    source: Source,
    accepted: Mapping[str, ibis.Table],
    settings: Input,
    matching: Matching,
    *,
    all_without: bool,
) -> AccountLinks | None:
    """What finds the accounts of leads; None where no lead needs it, or no account can be found.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    accepted : mapping of ibis.Table
        The tables accepted before.
    settings : Input
    matching : Matching
    all_without : bool
        Whether leads with an account_id may turn out to be without one, since some name no known account.
    """
    if source.table != "leads" or "accounts" not in accepted:
        return None
    raw, accounts = source.raw, accepted["accounts"]
    address = address_of(source.columns)
    to = related.columns_named(source.columns, related.CONVERTED_TO) if matching.conversions else []
    links = AccountLinks(address)
    if address is not None:
        alone = raw
        if "account_id" in raw.columns and not all_without:
            alone = raw.filter(ids.written_of(raw.account_id).isnull())
        addresses = alone.select(address=cells.domains(raw[address]))
        links = domain_links(connection, addresses, accounts, settings.free_mail_domains, matching)
        links = replace(links, address=address, of_empty=not all_without)
    if to:
        at = related.columns_named(source.columns, related.CONVERTED_AT)
        converted = (to[0], at[0] if at else None)
        links = replace(links, converted=converted, accounts=_by_id(connection, raw[to[0]], accounts))
    if "matches" in accepted:
        matches, notes = _accepted_matches(connection, accepted["matches"], accounts)
        links = replace(links, matches=matches, notes=notes)
    return links if address is not None or to or links.matches is not None else None


def domain_links(
    connection: Any, addresses: ibis.Table, accounts: ibis.Table, free: Sequence[str], matching: Matching
) -> AccountLinks:
    """The accounts of addresses, by their domain and by their other domains.

    Parameters
    ----------
    connection : ibis backend
    addresses : ibis.Table
        The column ``address``.
    accounts : ibis.Table
        The accepted accounts, with their attributes.
    free : sequence of str
        The domains of free mail services.
    matching : Matching
    """
    parents = _parents(connection, accounts) if matching.related else None
    by_domain = mail_domains(connection, addresses, accounts, free, parents)
    others = _other_domains(accounts) if matching.related else []
    if not others:
        return AccountLinks(domains=by_domain)
    left = by_domain.owners
    left = left.filter(~left.free).select("address")
    parts = [accounts.select("account_id", "created_at", domain=cells.domains(cell)) for cell in others]
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = connection.create_table(ibis.util.gen_name("other_domains"), rows.filter(rows.domain.notnull()), temp=True)
    return AccountLinks(
        domains=by_domain, related=mail_domains(connection, left, rows, [*free, *related.OF_OTHERS], parents)
    )


def _other_domains(accounts: ibis.Table) -> list[ir.Value]:
    """The cells with other domains of accounts: web addresses only where `domain` is empty, which they may repeat."""
    names = [name for name in accounts.columns if name != "domain" and accounts[name].type().is_string()]
    empty = accounts.domain.isnull()
    websites = [
        ibis.ifelse(empty, accounts[name], ibis.null("string"))
        for name in related.columns_named(names, related.WEBSITES)
    ]
    others = related.columns_named(names, (*related.DOMAINS, *related.PARENT_DOMAINS))
    return [*websites, *(accounts[name] for name in others)]


def _parents(connection: Any, accounts: ibis.Table) -> ibis.Table | None:
    """``child`` and ``parent`` of accounts whose parent is an account; None where no column says so."""
    names = related.columns_named(accounts.columns, related.PARENT)
    if not names:
        return None
    written = accounts.select(child="account_id", written=ids.written_of(accounts[names[0]]))
    met = _by_id(connection, written.written, accounts)
    pairs = written.inner_join(met, "written").select("child", parent="account")
    return connection.create_table(ibis.util.gen_name("parents"), pairs.filter(pairs.child != pairs.parent), temp=True)


def _by_id(connection: Any, references: ir.Value, accounts: ibis.Table) -> ibis.Table:
    """The accounts that references name: ``written``, ``account`` and ``since``, when it was created."""
    named = references.name("cell").as_table()
    written = named.select(written=ids.written_of(named.cell))
    written = written.filter(written.written.notnull()).distinct()
    account_ids = accounts.select(id="account_id", since=accounts.created_at.fill_null(ALWAYS))
    one, other = (
        connection.create_table(
            ibis.util.gen_name("same"), ids.with_canonical(connection, table, same=column), temp=True
        )
        for table, column in ((written, "written"), (account_ids, "id"))
    )
    met = one.inner_join(other, "same")
    met = met.group_by("written").agg(account=met.id.min(), since=met.since.min(), several=met.id.nunique())
    met = met.filter(met.several == 1).drop("several")
    return connection.create_table(ibis.util.gen_name("accounts_named"), met, temp=True)


def _accepted_matches(connection: Any, matches: ibis.Table, accounts: ibis.Table) -> tuple[ibis.Table, tuple[str, ...]]:
    """``lead``, ``account`` and ``since`` of the matches that were accepted, and notes on the others."""
    accepted = matches.filter(matches.accepted.fill_null(True))
    dates = accounts.select(its="account_id", created=accounts.created_at.fill_null(ALWAYS))
    named = accepted.inner_join(dates, accepted.account_id == dates.its)
    since = ibis.greatest(named.known_at.fill_null(ALWAYS), named.created).cast(cells.TIME)
    by_lead = named.mutate(since=since).group_by(lead="lead_id")
    found = by_lead.agg(account=named.account_id.min(), since=ibis._.since.min(), several=named.account_id.nunique())
    found = connection.create_table(ibis.util.gen_name("accepted_matches"), found, temp=True)
    refused = row_count(matches) - row_count(accepted)
    notes = [f"matches: {refused:,} rows are not accepted"] if refused else []
    if several := row_count(found.filter(found.several > 1)):
        notes.append(f"matches: {several:,} leads have several accepted accounts, and are linked to none of them")
    return found.filter(found.several == 1).drop("several"), tuple(notes)
