"""Rows of deals: those that are still open, and several of one deal that are its lines and no versions of it.

A deal has a line for each product, contact or person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from pipelines.sources.files import ROW, Source
from pipelines.validation.rejected_customers import RULE
from scoring.contracts.contract import Contract
from scoring.contracts.open_deals import open_deal_plans

#: The share of the ids in which nothing else may differ, and in which some other column must.
NEARLY_ALL, MANY = 0.9, 0.5
#: So many columns are compared at most, and named.
MOST, SHOWN = 200, 5


@dataclass(frozen=True)
class Lines:
    """The number of ``ids`` whose rows are probably lines, and what is to be said of them."""

    ids: int
    note: str


def still_open(connection: Any, rows: ibis.Table, contract: Contract, others: ibis.Table | None) -> ibis.Table | None:
    """The open deals that are accepted, with what is planned of them; None of another table.

    Parameters
    ----------
    connection : ibis backend
    rows : Table
        As validated.
    contract : Contract
    others : Table, optional
        The rows that another row of the same deal takes the place of.
    """
    if contract.table != "opportunities":
        return None
    good = rows.filter(rows[RULE].isnull())
    good = good if others is None else good.anti_join(others, ROW)
    kept: ibis.Table = connection.create_table("open_deals", open_deal_plans(good), temp=True)
    return kept


def lines_of(connection: Any, source: Source, rows: ibis.Table, contract: Contract) -> Lines | None:
    """Whether the rows of ids are the lines of deals: they differ in the amount and in columns without a meaning only.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    rows : Table
        `ROW` and ``__id`` of the rows of which nothing says which is the newest.
    contract : Contract
    """
    if source.table != "opportunities" or "amount" not in source.columns:
        return None
    fields = [column for column in source.columns if column in contract.fields and column != contract.key]
    others = [column for column in source.columns if column not in contract.fields][:MOST]
    if not others:
        return None
    named = {f"c{i}": column for i, column in enumerate([*fields, *others])}
    raw = source.raw.select(__its=ROW, **{name: source.raw[c].cast("string") for name, c in named.items()})
    joined = rows.select(ROW, "__id").inner_join(raw, ibis._[ROW] == raw["__its"])
    joined = connection.create_table("rows_of_deals", joined.select("__id", *named), temp=True)
    differ = {name: joined[name].fill_null("").nunique() > 1 for name in named}
    ids = joined.group_by("__id").agg(**differ)
    counts = ids.aggregate(ids=ids.count(), **{name: ids[name].sum().fill_null(0) for name in named})
    found = counts.to_pyarrow().to_pylist()[0]
    connection.drop_table("rows_of_deals", force=True)
    every = found["ids"]
    by_column = {column: found[name] for name, column in named.items()}
    if any(by_column[column] > (1 - NEARLY_ALL) * every for column in fields if column != "amount"):
        return None
    differing = [source.names.get(c, c) for c in others if by_column[c] >= MANY * every]
    if by_column["amount"] < MANY * every or not differing:
        return None
    shown = ", ".join(differing[:SHOWN]) + (f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else "")
    return Lines(
        every,
        f"opportunities: the rows of {every:,} ids differ only in amount and in {shown}: they are probably the lines "
        "of one deal, and the amount of one line counts for the whole deal; export one row for each deal, with the sum "
        "of its lines as amount",
    )
