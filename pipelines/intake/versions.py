"""The tables of an export from what was accepted, with the versions of records and what rejected rows still tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import ibis

from pipelines.validation.column_types import HISTORIES
from pipelines.validation.rejected_customers import with_strays
from pipelines.validation.table_validation import Accepted
from scoring.knowledge import NOT_TRACED
from scoring.tables import Tables
from scoring.versions import as_history

KEYS = {"accounts": "account_id", "leads": "lead_id"}


def with_versions(accepted: Mapping[str, Accepted]) -> Tables:
    """The tables, with earlier versions of accounts and leads as rows of their history.

    Parameters
    ----------
    accepted : mapping of Accepted
        By table.
    """
    used = {field.name for field in fields(Tables)}
    tables = {name: done.table for name, done in accepted.items() if name in used}
    for table, history in HISTORIES.items():
        if table in accepted and accepted[table].versions is not None:
            tables[history] = _joined(accepted[table].versions, tables.get(history), KEYS[table])
    deals = accepted["opportunities"]
    lone = accepted["leads"].strays if "leads" in accepted else None
    return Tables(
        **tables,
        won_aside=None if deals.customers is None else with_strays(deals.customers, lone),
        opportunity_versions=deals.versions,
        open_deals=deals.open_deals,
    )


def _joined(versions: ibis.Table, history: ibis.Table | None, key: str) -> ibis.Table:
    """A history with the versions of the records of which the export has several rows."""
    traced = [column for column in versions.columns if column not in (*NOT_TRACED, "version_at")]
    rows = as_history(versions, key, traced)
    if history is None:
        return rows
    for column in set(traced) - set(history.columns):
        history = history.mutate(**{column: ibis.null(rows[column].type())})
    for column in set(history.columns) - set(rows.columns):
        rows = rows.mutate(**{column: ibis.null(history[column].type())})
    return history.union(rows.select(*[rows[column].cast(history[column].type()) for column in history.columns]))
