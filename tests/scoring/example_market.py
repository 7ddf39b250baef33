"""One small market, as of 2026-03-01, for all tests of the domain.

    Acme      in progress: an open deal, a CFO and an engineer who engage, the CEO from 1 March on
    Beta      lost its deal in January, was silent for months and came back on 28 February
    Core      wins on 1 March, the day of the snapshot: an outcome, not a fact
    Delta     won on 28 February: a customer
    Echo      becomes an account on 1 March; its lead L6 was known before and stands alone until then
    Foxtrot   has no date, and one touch that became known a day late
    L5        a lead without an account

Columns are two spaces apart; `-` is nothing. Times are UTC.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa

from scoring.tables import Tables
from scoring.timeline import day_number

AS_OF = day_number(date(2026, 3, 1))

Row = dict[str, str]

ACCOUNTS = """
account_id  domain  created_at  industry  employees
A1  acme.com     2025-01-10  Software  120
A2  beta.io      2025-03-01  Retail    40
A3  core.com     2025-05-05  Software  -
A4  delta.com    2025-02-02  Retail    900
A5  echo.com     2026-03-01  Software  15
A6  foxtrot.com  -           -         60
"""
LEADS = """
lead_id  account_id  created_at  title  source  campaign  country
L1  A1  2025-06-01        CFO                search   -       DE
L2  A1  2026-02-01T23:59  Software Engineer  webinar  spring  DE
L3  A2  2025-04-01        VP Sales           partner  -       FR
L4  A3  2026-01-10        Working Student    search   -       -
L5  -   2026-01-05        Owner              webinar  spring  DE
L6  A5  2026-02-15        Head of IT         search   -       US
L7  A1  2026-03-01        CEO                search   -       DE
L8  A6  -                 -                  -        -       -
"""
ACTIVITIES = """
lead_id  account_id  activity_type  occurred_at  known_at  direction
L1  -   demo     2025-11-20T10:00  -           inbound
L1  -   pricing  2026-02-28T09:00  -           inbound
L1  -   pricing  2026-02-28T09:01  -           inbound
L1  -   pricing  2026-02-28T23:59  -           inbound
L2  -   demo     2026-02-10T12:00  -           inbound
L2  -   pricing  2026-02-28T12:00  -           inbound
L2  -   pricing  2026-03-01T00:00  -           inbound
L1  -   email    2026-02-27T08:00  -           outbound
-   A1  visit    2026-02-14T08:00  -           inbound
L3  -   demo     2025-10-01T08:00  -           inbound
L3  -   visit    2026-02-28T08:00  -           inbound
L4  A3  visit    2026-01-30T08:00  -           inbound
L5  -   demo     2026-01-30T08:00  -           inbound
L6  A5  visit    2026-02-20T08:00  -           inbound
L6  A5  visit    2026-01-20T08:00  -           inbound
-   A6  visit    2026-02-20T08:00  2026-03-01  inbound
L8  -   visit    2026-02-10T08:00  -           inbound
"""
OPPORTUNITIES = """
opportunity_id  account_id  lead_id  created_at  closed_at  status  amount  opportunity_type  known_at
O1  A1  -   2026-02-10  -           open  -      new_business  -
O2  A2  L3  2025-12-01  2026-01-15  lost  5000   new_business  -
O3  A3  -   2026-01-20  2026-03-01  won   20000  new_business  -
O4  A4  -   2025-11-01  2026-02-28  won   7000   new_business  -
O5  -   L5  2026-02-01  -           open  -      new_business  -
O6  A1  -   2026-01-02  2026-01-09  lost  300    renewal       -
O7  A2  -   2026-02-20  -           open  -      new_business  2026-03-01
"""
ACCOUNT_HISTORY = """
account_id  known_at  industry  employees
A1  2025-01-10  Hardware  80
A1  2025-09-01  -         100
A1  2026-02-28  Software  -
A1  2026-03-01  -         120
A4  2026-03-05  Retail    -
"""
OPPORTUNITY_HISTORY = """
opportunity_id  changed_at  stage  amount  close_date  probability
O1  2026-02-10T09:00  discovery    9000   2026-02-28  10
O1  2026-02-20T09:00  proposal     12000  -           40
O1  2026-02-21T09:00  proposal     12000  -           40
O1  2026-02-22T09:00  -            12000  -           -
O1  2026-03-01T00:00  negotiation  -      2026-03-31  60
O2  2025-12-10T09:00  discovery    5000   2026-01-31  -
O3  2026-02-15T09:00  proposal     20000  2026-02-25  -
O7  2026-02-21T09:00  discovery    4000   2026-04-01  -
"""
CONTACT_ROLES = """
opportunity_id  lead_id  role  is_primary
O1  L2  champion  true
"""

NUMBERS, FLAGS = ("employees", "amount", "probability"), ("is_primary",)
MOMENTS = ("created_at", "occurred_at", "known_at", "closed_at", "changed_at", "close_date")
#: The column that says from when a row is known if `known_at` is empty.
EVENTS = {"activities": "occurred_at", "opportunities": "created_at"}
TEXTS = {
    "accounts": ACCOUNTS,
    "leads": LEADS,
    "activities": ACTIVITIES,
    "opportunities": OPPORTUNITIES,
    "account_history": ACCOUNT_HISTORY,
    "opportunity_history": OPPORTUNITY_HISTORY,
    "contact_roles": CONTACT_ROLES,
}

CONNECTION: Any = ibis.duckdb.connect()
CONNECTION.con.execute("SET TimeZone = 'UTC'")


def example(**texts: str | None) -> Tables:
    """The example as intake gives it, with some tables replaced; None leaves a table out."""
    present = {name: text for name, text in (TEXTS | texts).items() if text is not None}
    return Tables(**{name: keep(ibis.memtable(arrow(name, parsed(text)))) for name, text in present.items()})


def keep(table: ibis.Table) -> ibis.Table:
    """Materialise a table, as the jobs do."""
    kept: ibis.Table = CONNECTION.create_table(ibis.util.gen_name("kept"), table, temp=True)
    return kept


def parsed(text: str) -> list[Row]:
    """The rows of a text table."""
    names, *rows = [re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def arrow(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of text as a canonical table."""
    columns = list(rows[0] if rows else parsed(TEXTS[name])[0])
    table = {column: [_typed(column, row[column]) for row in rows] for column in columns}
    if name in EVENTS:
        pairs = zip(table[EVENTS[name]], table["known_at"], strict=True)
        table["known_at"] = [max(event, known or event) for event, known in pairs]
    return pa.table(table, schema=pa.schema([(column, _type(column)) for column in columns]))


def _type(column: str) -> pa.DataType:
    if column in MOMENTS:
        return pa.timestamp("us")
    return pa.float64() if column in NUMBERS else pa.bool_() if column in FLAGS else pa.string()


def _typed(column: str, cell: str) -> Any:
    if cell == "-":
        return None
    if column in MOMENTS:
        return datetime.fromisoformat(cell)
    return float(cell) if column in NUMBERS else cell == "true" if column in FLAGS else cell


def cells(table: ibis.Table, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, sorted, to be compared with those of `expected`."""
    selected = table.select(*columns) if columns else table
    return _sorted([tuple(row.values()) for row in CONNECTION.to_pyarrow(selected).to_pylist()])


def expected(text: str) -> list[tuple[Any, ...]]:
    """The rows of a text table, sorted: dates as day numbers, numbers as such, `-` is None."""
    return _sorted([tuple(_read(cell) for cell in row.values()) for row in parsed(text)])


def _sorted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    def key(cell: Any) -> str:
        return "" if cell is None else str(float(cell)) if isinstance(cell, int | float) else str(cell)

    return sorted(rows, key=lambda row: [key(cell) for cell in row])


def _read(cell: str) -> Any:
    if cell in ("-", "true", "false"):
        return None if cell == "-" else cell == "true"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return day(cell)
    return float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell


def day(text: str) -> int:
    """The day number of an ISO date."""
    return day_number(date.fromisoformat(text))
