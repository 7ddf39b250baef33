"""The rows of tables on another engine that are brought into the DuckDB of this process, to learn from them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import ibis

from scoring.contracts.crm import CONTRACTS
from scoring.drawn_companies import is_drawn, of_drawn_companies
from scoring.tables import LINKED_AT, Keep, Tables

#: What is brought: all that is learned from, of so many rows at the most, or ids, dates and deals, which tell outcomes.
Part: TypeAlias = Literal["to_learn", "outcomes"]
#: The rows that one query brings: Spark refuses results above a gigabyte, and each is in memory twice for a moment.
AT_ONCE = 1_000_000
_IDS = ("lead_id", "account_id", "opportunity_id")
#: Of these tables ids and dates tell outcomes.
_OF_OUTCOMES = ("accounts", "leads")


def share_within(most: int, counts: Mapping[str, int]) -> float:
    """The share of the companies whose rows are about `most`, by the rows of each table; 1 where all are no more."""
    return min(1.0, most / max(1, sum(counts.values())))


def sampled(tables: Tables, share: float, seed: int, keep: Keep) -> Tables:
    """The rows of a share of the companies, as expressions on their engine; all rows where that is 1.

    Parameters
    ----------
    tables : Tables
    share : float
        See `share_within`.
    seed : int
        Of the draw.
    keep : callable
        Computes a table on the engine.
    """
    return tables if share >= 1.0 else of_drawn_companies(tables, share, f"company {seed}", keep)


def telling_outcomes(tables: Tables) -> Tables:
    """The tables without activities and histories, and without all attributes."""
    fields = {contract.table: {*contract.fields, LINKED_AT} for contract in CONTRACTS}
    named = {
        name: table.select(*[column for column in table.columns if column in fields[name]])
        for name, table in tables.present()
        if name in _OF_OUTCOMES
    }
    return replace(tables, activities=None, account_history=None, lead_history=None, spend=None, **named)


def brought(tables: Tables, counts: Mapping[str, int], local: Any) -> tuple[Tables, int]:
    """The tables in the DuckDB of this process, and how many rows were brought.

    Parameters
    ----------
    tables : Tables
        Expressions on another engine.
    counts : mapping of int
        About how many rows each has; those of others are few.
    local : ibis DuckDB backend
    """
    here: dict[str, ibis.Table] = {}
    total = 0
    wanted = dict(tables.present())
    if tables.open_deals is not None:
        wanted["open_deals"] = tables.open_deals
    for name, table in wanted.items():
        own = ibis.util.gen_name(f"brought_{name}")
        ids = [table[column] for column in _IDS if column in table.columns]
        parts = 1 + counts.get(name, 0) // AT_ONCE if ids else 1
        for i in range(parts):
            # Another salt than that of the companies: theirs would leave most of the parts empty.
            rows = (
                table
                if parts == 1
                else table.filter(is_drawn(ibis.coalesce(*ids, ""), i / parts, (i + 1) / parts, "part"))
            )
            arrow = rows.to_pyarrow()
            total += len(arrow)
            if i == 0:
                local.create_table(own, arrow)
            else:
                local.insert(own, arrow)
        here[name] = local.table(own)
    return replace(tables, **here), total
