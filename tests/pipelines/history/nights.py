"""Small nights for the tests of what is kept: accounts with their attributes, on one DuckDB."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.history.kept_history import KeptHistory
from pipelines.history.tonight import Tonight
from pipelines.sources.duckdb import connect
from scoring.knowledge import upto
from scoring.tables import Tables
from scoring.timeline import day_number

#: By account, its attributes by column.
Rows = dict[str, dict[str, Any]]
FIRST = date(2026, 3, 1)


@cache
def connection() -> Any:
    """One for all tests: nothing of a night is left in it but temporary tables."""
    return connect()


def day(number: int) -> date:
    """A day of the tests."""
    return FIRST + timedelta(days=number)


def night(rows: Rows, on: date, **kinds: str) -> Tonight:
    """Accounts of a day; columns are text unless another kind is named."""
    columns = sorted({name for cells in rows.values() for name in cells} | set(kinds))
    content = {"account_id": list(rows)} | {name: [cells.get(name) for cells in rows.values()] for name in columns}
    schema = {"account_id": "string"} | {name: kinds.get(name, "string") for name in columns}
    table = ibis.memtable(content, schema=schema)
    table = table.mutate(domain=ibis.null("string"), created_at=ibis.null("timestamp"))
    accounts = connection().create_table(ibis.util.gen_name("accounts"), table, temp=True)
    return Tonight(connection(), {"accounts": accounts}, on)


def then(history: KeptHistory, today: Tonight, as_of: date) -> Rows:
    """What the accounts were at a day, for one who has today's export and the history."""
    kinds = dict.fromkeys(("opportunity_id", "account_id", "lead_id", "status"), "string")
    kinds |= dict.fromkeys(("created_at", "closed_at", "known_at"), "timestamp") | {"amount": "float64"}
    deals = connection().create_table("opportunities", schema=ibis.schema(kinds), overwrite=True)
    tables = history.added_to(Tables(deals, accounts=today.tables["accounts"]), today, Config())
    found = upto(tables, day_number(as_of)).accounts
    assert found is not None
    found = found.drop("domain", "created_at")
    return {row.pop("account_id"): row for row in found.to_pyarrow().to_pylist()}


def kept(folder: Path, *nights: tuple[int, Rows], config: Config | None = None) -> KeptHistory:
    """A history of some nights."""
    history = KeptHistory(folder)
    for number, rows in nights:
        history.keep(night(rows, day(number)), config or Config())
    return history
