"""What tells accounts and leads apart: names of companies, domains, and digests of addresses; never an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.sources.source import Source
from pipelines.validation.ids.link_sources import address_of
from scoring.cells import cells, ids
from scoring.contracts import related_columns as related

#: The first address in a cell.
_ADDRESS = r"[^\s<>;,:\"'()\[\]{}|@]+@[^\s<>;,:\"'()\[\]{}|@]+[.][^\s<>;,:\"'()\[\]{}|@]+"
#: What stands before the @ of an address that several people read.
_OF_MANY = (
    "info", "sales", "contact", "kontakt", "office", "admin", "support", "hello", "mail", "team", "marketing",
    "service", "noreply", "no-reply", "hr", "jobs", "billing", "accounts", "help", "enquiries", "contacto", "vertrieb",
    "buero", "post", "webmaster", "test", "none", "unknown", "na",
)  # fmt: skip


def identities_of(connection: Any, sources: Mapping[str, Source]) -> dict[str, ibis.Table]:
    """What tells the records of accounts and leads apart, by table.

    Accounts have ``account_id``, ``name`` and ``country``. Leads have ``lead_id``, ``written`` (their account_id as
    exported), ``company``, ``country``, ``address`` (the domain of their address) and ``mailbox``, a digest of the
    address: of addresses that several people read there is none.

    Parameters
    ----------
    connection : ibis backend
    sources : mapping of Source
        By table.
    """
    found = {}
    if "accounts" in sources:
        raw = sources["accounts"].raw
        accounts = raw.select(
            account_id=ids.read_id(raw.account_id),
            name=_text(raw, related.NAME),
            country=_text(raw, related.COUNTRY),
        )
        found["accounts"] = connection.create_table("account_identities", accounts, temp=True)
    if "leads" in sources:
        raw = sources["leads"].raw
        column = address_of(sources["leads"].columns)
        nothing = ibis.null("string")
        address = raw[column] if column is not None and raw[column].type().is_string() else None
        leads = raw.select(
            lead_id=ids.read_id(raw.lead_id),
            written=ids.written_of(raw.account_id) if "account_id" in raw.columns else nothing,
            company=_text(raw, related.COMPANY),
            country=_text(raw, related.COUNTRY),
            address=nothing if address is None else cells.domains(address),
            mailbox=ibis.null("int64") if address is None else _mailbox(address),
        )
        found["leads"] = connection.create_table("lead_identities", leads, temp=True)
    return found


def _text(raw: ibis.Table, names: Sequence[str]) -> ir.StringValue:
    """The first filled of the columns with one of some names."""
    texts = [raw[name] for name in related.columns_named(raw.columns, tuple(names)) if raw[name].type().is_string()]
    return ibis.coalesce(*[cells.text(text) for text in texts]) if texts else ibis.null("string")


def _mailbox(address: ir.StringValue) -> ir.IntegerValue:
    found = address.lower().re_extract(_ADDRESS, 0).re_replace(r"[+][^@]*@", "@")
    before = found.re_extract("^([^@]+)@", 1)
    return ibis.ifelse((found == "") | before.isin(_OF_MANY), ibis.null("int64"), found.hash())
