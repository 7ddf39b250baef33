"""The bounds of usual amounts."""

import numpy as np
import pytest

from models.amounts.amount import AmountModel
from models.amounts.amount_bound import amount_bounds

USUAL = np.exp(np.random.default_rng(3).normal(9.8, 0.7, 110))


@pytest.mark.parametrize(
    ("strange", "high", "low"),
    [([1e12], 1, 0), ([1e12, 3e9], 2, 0), ([0.01], 0, 1), ([0.0, 0.0], 0, 0), ([200_000.0], 0, 0), ([], 0, 0)],
)
def test_only_what_is_far_from_all_others_is_outside(strange: list[float], high: int, low: int) -> None:
    amounts = np.append(USUAL, strange)
    bounds = amount_bounds(amounts)
    assert int((amounts > bounds.highest).sum()) == high
    assert int(((amounts > 0) & (amounts < bounds.lowest)).sum()) == low


@pytest.mark.parametrize(
    ("usual", "strange", "high"),
    [
        (19, [1e12], 1),
        (19, [1e12, 2e11], 2),
        (40, [1e12, 3e9], 2),
        (97, [4e9, 3e9], 2),
        (40, [120_000.0, 150_000.0], 0),
    ],
)
def test_two_mistyped_amounts_among_few_are_outside(usual: int, strange: list[float], high: int) -> None:
    amounts = np.append(USUAL[:usual], strange)
    bounds = amount_bounds(amounts)
    assert int((amounts > bounds.highest).sum()) == high
    assert bounds.most == (USUAL[:usual].max() if high else amounts.max())


@pytest.mark.parametrize("wins", [20, 40, 99, 300])
def test_amounts_that_only_scatter_are_all_inside(wins: int) -> None:
    drawn = np.exp(np.random.default_rng(wins).normal(9.0, 1.4, (500, wins)))
    outside = [((row > amount_bounds(row).highest) | (row < amount_bounds(row).lowest)).any() for row in drawn]
    assert np.mean(outside) < 0.01


def test_a_price_list_with_a_few_large_customers_has_no_strange_amounts() -> None:
    amounts = np.array([500.0] * 90 + [50_000.0] * 10)
    assert amount_bounds(amounts).highest > 50_000
    assert amount_bounds(np.exp(np.random.default_rng(5).normal(8, 1.8, 50_000))).highest > np.exp(8 + 6 * 1.7)


def test_too_few_amounts_have_no_bounds() -> None:
    assert amount_bounds(np.array([1.0] * 8 + [1e9])).highest == np.inf


def test_one_mistyped_amount_does_not_set_what_a_win_brings() -> None:
    codes = np.zeros((111, 1), dtype="int32")
    model = AmountModel([1], [False]).fit(codes, np.append(USUAL, 1e12))
    usual = AmountModel([1], [False]).fit(codes[:110], USUAL)
    assert np.exp(model.base_) == pytest.approx(np.exp(usual.base_), rel=0.1)
    assert model.report_["bound"] == USUAL.max()
    assert (model.report_["bounded"], usual.report_["bounded"]) == (1, 0)
