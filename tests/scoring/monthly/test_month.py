"""A month, revenue as a product, and the credit of deals."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.monthly.chain import Chain
from scoring.monthly.credit import CREDITS, RULES, credited
from scoring.monthly.month import CalendarMonth

NONE = float("nan")


@pytest.mark.parametrize(
    ("as_of", "month", "end"),
    [
        (date(2026, 3, 1), "2026-02", date(2026, 3, 1)),
        (date(2026, 3, 31), "2026-02", date(2026, 3, 1)),
        (date(2026, 1, 15), "2025-12", date(2026, 1, 1)),
    ],
)
def test_the_last_whole_month_is_over_and_known(as_of: date, month: str, end: date) -> None:
    found = CalendarMonth.whole_before(as_of)
    assert (str(found), found.end) == (month, end)
    assert found.end <= as_of
    assert found.end_day - found.begin_day == (found.end - found.first_day).days


def test_months_follow_one_another() -> None:
    assert [str(month) for month in CalendarMonth(2026, 2).until(4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("counts", "factors"),
    [
        ((200, 180, 90, 9, 180_000.0), (0.9, 0.5, 0.1, 20_000.0, 180_000.0)),
        ((200, 180, 90, 0, 0.0), (0.9, 0.5, 0.0, None, None)),
        ((0, 0, 0, 0, 0.0), (None, None, None, None, None)),
        ((10, 4, 2, 3, 30.0), (0.4, 0.5, 1.5, 10.0, 30.0)),  # one was won without having engaged
    ],
)
def test_revenue_is_a_product(counts: tuple[float, ...], factors: tuple[float | None, ...]) -> None:
    chain = Chain(*counts)
    assert (chain.reach, chain.engage, chain.close, chain.amount, chain.product) == factors


@given(st.tuples(*[st.floats(1e-3, 1e9)] * 5))
def test_the_product_is_the_revenue(counts: tuple[float, ...]) -> None:
    assert Chain(*counts).product == pytest.approx(counts[-1])


#: The day on which a deal was opened, the first touch of the buyer, our first, the buyer's last, and its credit.
CREDIT = [
    (100.0, 50.0, 52.0, 95.0, "sourced"),
    (100.0, 50.0, NONE, 50.0, "sourced"),
    (100.0, 52.0, 50.0, 95.0, "influenced"),
    (100.0, 50.0, 50.0, 50.0, "influenced"),
    (100.0, 5.0, 3.0, 10.0, "influenced"),
    (100.0, 5.0, 3.0, 9.0, "neither"),
    (100.0, NONE, 3.0, NONE, "neither"),
    (100.0, NONE, NONE, NONE, "unknown"),
]


def test_each_deal_is_in_one_class_by_the_stated_rules() -> None:
    columns = [np.array(column) for column in zip(*[row[:4] for row in CREDIT], strict=True)]
    assert list(credited(*columns)) == [row[4] for row in CREDIT]
    assert tuple(RULES) == CREDITS
