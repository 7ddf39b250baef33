"""Amounts in several currencies without rates: those in the commonest currency are kept, and the others asked about.

To add them as they are would mix euros with yen, and to stop would leave nothing: what the amounts of the others are
worth only the user can say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from scoring.cells.currencies import code_of
from scoring.sql_text import literal

#: What the view with all amounts is called, after the name of its table.
_ALL = "in_all_currencies"
#: The amounts and what else names their currency.
_AMOUNTS = {"opportunities": "amount", "spend": "cost"}
#: A code or a sign in the cell of an amount.
_IN_CELL = "'[A-Z]{3}|[€£¥$]'"


def kept_views(con: Any, columns: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """For each table whose amounts are in currencies without a rate, the lines of the view that keeps the commonest.

    Parameters
    ----------
    con : DuckDB connection
        With the views of the mapping; those that are replaced get another name on it.
    columns : mapping of collection of str
        The columns of each view.

    Returns
    -------
    dict of list of str
        By table; the view that was drafted is called `<table>_in_all_currencies` then.
    """
    rated = set[str]()
    if "currencies" in columns:
        rated = {code_of(str(row[0])) for row in con.execute("SELECT DISTINCT currency FROM currencies").fetchall()}
    found: dict[str, list[str]] = {}
    for table, amount in _AMOUNTS.items():
        if amount not in columns.get(table, ()):
            continue
        named = _currency(amount, "currency" in columns[table])
        counted = con.execute(
            f"SELECT {named}, count(*) FROM {table} WHERE regexp_matches({amount}::VARCHAR, '[1-9]') GROUP BY 1"
        ).fetchall()
        codes = Counter[str]()
        for written, count in counted:
            if written is not None:
                codes[code_of(written)] += count
        home = min(codes, key=lambda code: (-codes[code], code)) if codes else ""
        lost = [code for code in codes if code not in rated and (rated or code != home)]
        if len(codes) < 2 or not lost:
            continue
        words = ", ".join(
            literal(written) for (written, _) in sorted(counted, key=str) if written and code_of(written) in lost
        )
        foreign = f"coalesce({named} IN ({words}), FALSE)"
        found[table] = _lines(table, amount, foreign, {code: codes[code] for code in lost})
        if table == "opportunities" and "amount" in columns.get("opportunity_history", ()):
            found["opportunity_history"] = _of_history(foreign)
    return found


def all_amounts(table: str) -> str:
    """The name of the view with all amounts of a table."""
    return f"{table}_{_ALL}"


def _currency(amount: str, column: bool) -> str:
    cell = f"nullif(regexp_extract({amount}::VARCHAR, {_IN_CELL}), '')"
    return f"coalesce(nullif(trim(currency::VARCHAR), ''), {cell})" if column else cell


def _lines(table: str, amount: str, foreign: str, lost: dict[str, int]) -> list[str]:
    counts = ", ".join(f"{code}: {count:,}" for code, count in sorted(lost.items()))
    return [
        f"-- choice: amounts are in several currencies, and the export has no rates for these: {counts}. They are left",
        "-- empty, and count as deals whose amount is not known. With a view `currencies` (currency, rate) all count:",
        f"-- then take this view out, and call {all_amounts(table)} {table}.",
        f"CREATE VIEW {table} AS",
        "SELECT",
        "  * REPLACE (",
        f"    CASE WHEN NOT {foreign} THEN {amount} END AS {amount}",
        "  )",
        f"FROM {all_amounts(table)};",
    ]


def _of_history(foreign: str) -> list[str]:
    return [
        "-- The same of what was planned of a deal: its amounts are in the currency of the deal.",
        "CREATE VIEW opportunity_history AS",
        "SELECT",
        "  * REPLACE (",
        "    CASE",
        "      WHEN coalesce(opportunity_id::VARCHAR NOT IN (",
        f"        SELECT o.opportunity_id::VARCHAR FROM {all_amounts('opportunities')} AS o",
        f"        WHERE o.opportunity_id IS NOT NULL AND {foreign}",
        "      ), TRUE) THEN amount",
        "    END AS amount",
        "  )",
        f"FROM {all_amounts('opportunity_history')};",
    ]
