"""What a deal brings, from the amount entered. Codes are 0 for none, then 100, 200, ... are entered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.amounts.amount_bound import amount_bounds
from models.amounts.entered_amount import EnteredAmount

ENTERED = np.array([0.0, 100.0, 200.0, 400.0, 800.0, 100_000.0])


@pytest.mark.parametrize("share", [0.5, 1.0, 1.3])
def test_the_share_that_is_paid_is_found_and_the_largest_deal_keeps_its_size(share: float) -> None:
    codes = np.tile([1, 2, 3, 4], 25)
    found = EnteredAmount(ENTERED).fit(codes, share * ENTERED[codes])
    expected = np.exp(found.base_ + found.tables_[0])
    assert expected[1:] == pytest.approx(share * ENTERED[1:])  # also of the last code, which nobody won
    assert found.report_["deviance"]["entered"] == pytest.approx(0.0, abs=1e-9)


def test_large_deals_of_which_less_is_paid_are_expected_at_less() -> None:
    codes = np.repeat([1, 4], 400)
    paid = np.where(codes == 1, 100.0, 400.0)
    expected = np.exp(EnteredAmount(ENTERED).fit(codes, paid).tables_[0])
    assert expected[1] == pytest.approx(100.0, rel=0.05)
    assert expected[4] == pytest.approx(400.0, rel=0.05)
    assert 100.0 < expected[2] < expected[3] < 400.0


@given(
    wins=st.lists(st.tuples(st.integers(1, 5), st.floats(0.0, 1e6)), min_size=1, max_size=60),
)
def test_predicted_amounts_add_up_to_the_actual_ones(wins: list[tuple[int, float]]) -> None:
    codes, paid = np.array([code for code, _ in wins]), np.array([amount for _, amount in wins])
    found = EnteredAmount(ENTERED).fit(codes, paid)
    expected = np.exp(found.tables_[0])
    assert np.isfinite(expected).all()
    assert expected[codes].sum() == pytest.approx(amount_bounds(paid).usual(paid).sum(), abs=1e-6)
