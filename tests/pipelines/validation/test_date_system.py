"""Days of Excel that are counted from 1904."""

import datetime

import ibis
import pytest

from pipelines.errors import BadInput
from pipelines.validation.date_system import require_1900
from scoring.cells.time_forms import BY_NAME, EXCEL, ISO

DAY = datetime.datetime(2024, 1, 1)


def deals(days_after, *, form=EXCEL, table="opportunities"):
    """Deals that were created some days after their accounts."""
    names = [f"A{i}" for i in range(len(days_after))]
    created = [DAY + datetime.timedelta(days=days) for days in days_after]
    types = {"account_id": "string", "created_at": "timestamp"}
    rows = ibis.memtable({"account_id": names, "created_at": created}, schema=types)
    accounts = ibis.memtable({"account_id": names, "created_at": [DAY] * len(names)}, schema=types)
    require_1900(rows, {"created_at": BY_NAME[form]}, {"accounts": accounts}, table)


def test_deals_four_years_before_their_accounts_stop_the_run():
    with pytest.raises(BadInput, match="20 of 20 deals lie before the creation of their accounts: the workbook prob"):
        deals([days - 1462 for days in range(20)])


@pytest.mark.parametrize(
    ("days", "options"),
    [
        (list(range(20)), {}),
        ([days - 1462 for days in range(19)], {}),  # too few to say so
        ([days - 1462 for days in range(20)], {"form": ISO}),  # as exported
        ([-2000 - days for days in range(20)], {}),  # accounts that came with a migration
        ([days - 1462 for days in range(18)] + [1, 2], {}),
    ],
)
def test_other_deals_do_not(days, options):
    deals(days, **options)
