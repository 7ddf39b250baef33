"""Days of Excel that are counted from 1904, as workbooks of old Macs do, and are read four years too early."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from pipelines.errors import BadInput
from scoring.cells.cells import TIME
from scoring.cells.time_forms import EXCEL, TimeCount, TimeForm

#: The days between the two first days of Excel.
DAYS = 1462
#: The share of the deals that must speak for it, and the fewest deals.
NEARLY_ALL, FEWEST = 0.95, 20


def require_1900(
    rows: ibis.Table, times: Mapping[str, TimeForm | TimeCount], accepted: Mapping[str, ibis.Table], table: str
) -> None:
    """Raise `BadInput` if nearly all deals lie before the creation of their accounts, but with `DAYS` more do not.

    Parameters
    ----------
    rows : Table
        The validated deals.
    times : mapping of TimeForm or TimeCount
        How their times are written, by column.
    accepted : mapping of Table
        The tables accepted before.
    table : str
        The table of the rows.

    Raises
    ------
    BadInput
    """
    form = times.get("created_at")
    if table != "opportunities" or form is None or form.name != EXCEL or "accounts" not in accepted:
        return
    accounts = accepted["accounts"].select(its="account_id", since="created_at").filter(ibis._.since.notnull())
    deals = rows.select("account_id", created="created_at").filter(ibis._.created.notnull())
    both = deals.inner_join(accounts, deals.account_id == accounts.its)
    later = (both.created + ibis.interval(days=DAYS)).cast(TIME)
    counts = both.aggregate(
        deals=both.count(), before=(both.created < both.since).sum(), fit=(later >= both.since).sum()
    )
    found = {name: int(value or 0) for name, value in counts.to_pyarrow().to_pylist()[0].items()}
    least = NEARLY_ALL * found["deals"]
    if found["deals"] >= FEWEST and found["before"] >= least and found["fit"] >= least:
        raise BadInput(
            f"opportunities.created_at is a number of days as in Excel, and {found['before']:,} of {found['deals']:,} "
            "deals lie before the creation of their accounts: the workbook probably counts days from 1904, and the "
            "dates are read four years too early; export dates as 2026-03-01, or switch off this date system in Excel"
        )
