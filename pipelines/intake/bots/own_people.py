"""Our own people and test records among the leads: left out as deleted leads are, with what names only them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config_input import Input
from pipelines.sources.files import Source
from scoring.cells import cells, ids
from scoring.contracts.mappings import ADDRESSES


def without_own_people(connection: Any, source: Source, settings: Input) -> Source:
    """The leads without those at domains of our own, and without test records, each counted in a note.

    Parameters
    ----------
    connection : ibis backend
    source : Source
        Of leads.
    settings : Input
        Its ``own_domains`` and ``test_addresses`` are used.
    """
    column = next((name for name in ADDRESSES if name in source.columns), None)
    if column is None or not source.raw[column].type().is_string():
        return source
    raw, address = source.raw, source.raw[column].lower().strip()
    reasons: list[tuple[ir.BooleanValue, str]] = []
    if settings.own_domains:
        reasons.append((at_domains(address, settings.own_domains), "their address is at a domain of our own"))
    if settings.test_addresses:
        reasons.append((like(address, settings.test_addresses), "test records, by their address"))
    if not reasons:
        return source
    why = ibis.cases(*[(holds.fill_null(False), words) for holds, words in reasons], else_=ibis.null("string"))
    marked = raw.mutate(__why=why)
    aside = marked.filter(marked["__why"].notnull())
    counts = aside.group_by(why="__why").agg(rows=aside.count()).order_by("why").to_pyarrow().to_pylist()
    if not counts:
        return source
    named = aside.select(gone=ids.canonical(ids.read_id(aside.lead_id)), master=ibis.null("string")).distinct()
    gone = named if source.gone is None else named.union(source.gone)
    return replace(
        source,
        raw=marked.filter(marked["__why"].isnull()).drop("__why"),
        notes=(*source.notes, *(f"leads: {row['rows']:,} rows are left out: {row['why']}" for row in counts)),
        left_out=source.left_out + sum(row["rows"] for row in counts),
        gone=connection.create_table("gone_leads_and_own", gone, temp=True),
    )


def at_domains(address: ir.StringValue, domains: tuple[str, ...]) -> ir.BooleanValue:
    """Whether an address is at one of some domains, or below one.

    Parameters
    ----------
    address : StringValue
        In lower case.
    domains : tuple of str
    """
    names = "|".join(re.escape(domain.strip().lower().removeprefix("@")) for domain in domains)
    return address.re_search(f"@([a-z0-9.-]*[.])?({names})($|[^a-z0-9.-])")


def like(address: ir.StringValue, patterns: tuple[str, ...]) -> ir.BooleanValue:
    """Whether an address is like one of some patterns, in which ``*`` stands for anything.

    Parameters
    ----------
    address : StringValue
        In lower case.
    patterns : tuple of str
    """
    written = "|".join(re.escape(pattern.strip().lower()).replace(r"\*", ".*") for pattern in patterns)
    return cells.text(address).re_search(f"^({written})$")
