"""The amount of a win: by fit, and by the amount of the open deal where that is known."""

import numpy as np
import pandas as pd
import pytest

from pipelines.sources.duckdb import connect
from pipelines.training.amounts import LearnedAmount, learn_amount, usual_amounts
from scoring.features.intent import DEAL_PLANS
from scoring.features.spec import Attribute, Feature
from scoring.tables import Tables

SIZE = Attribute(name="size", column="size")
AMOUNT, KNOWN = DEAL_PLANS[0], DEAL_PLANS[1]
FEATURES: list[Feature] = [SIZE, AMOUNT, KNOWN]
SIZES, UNORDERED = [5, 8, 2], [False, False, False]


def snapshots(deals: int, said: float, wins: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    """Wins that bring 1,000 times 2 to the size; the first `deals` had an open deal whose code says `said` of it."""
    rng = np.random.default_rng(5)
    size, code = rng.integers(1, 5, wins), rng.integers(1, 8, wins)
    has = np.arange(wins) < deals
    log = np.where(has & (said > 0), said * code, size * np.log(2.0))
    amount = 1000.0 * np.exp(log + rng.normal(0.0, 0.1, wins))
    codes = np.column_stack([size, np.where(has, code, 0), has])
    frame = pd.DataFrame({"unit": np.arange(wins), "won_period": 0.0, "won_day": 1, "amount": amount})
    return frame, codes


def learned(deals: int, said: float) -> LearnedAmount:
    frame, codes = snapshots(deals, said)
    return learn_amount(FEATURES, SIZES, UNORDERED, frame, codes, np.ones(len(frame), dtype=bool), 7)


def expected(amount: LearnedAmount, **codes: int) -> float:
    log = amount.model.base_
    for features, table in amount.tables():
        log += table[tuple(codes[feature.name] for feature in features)]
    return float(np.exp(log))


def by_code(amount: LearnedAmount, size: int, deal: int) -> float:
    return expected(amount, size=size, open_deal_amount=deal, open_deal_amount_known=min(deal, 1))


def test_the_amount_of_the_deal_counts_instead_of_fit() -> None:
    found = learned(150, 0.5)
    assert found.deal is not None
    for size in (1, 4):
        for deal in (1, 4, 7):
            assert by_code(found, size, deal) == pytest.approx(1000 * np.exp(0.5 * deal), rel=0.2)
    assert by_code(found, 1, 4) == by_code(found, 4, 4)
    assert by_code(found, 4, 0) > 1.5 * by_code(found, 1, 0)


@pytest.mark.parametrize(("deals", "said"), [(0, 0.5), (20, 0.5), (150, 0.0)])
def test_fit_counts_where_few_deals_have_amounts_or_say_nothing(deals: int, said: float) -> None:
    found = learned(deals, said)
    assert found.deal is None
    assert [[feature.name for feature in features] for features, _ in found.tables()] == [["size"]]


def test_a_win_is_learned_from_in_the_middle_of_its_deal() -> None:
    """The deal was said to bring little at first and much at last: neither is what is learned."""
    frame, codes = snapshots(300, 0.5)
    early, late = codes.copy(), codes.copy()
    early[:, 1], late[:, 1] = 1, 7
    three = pd.concat([frame] * 3, ignore_index=True)
    found = learn_amount(
        FEATURES, SIZES, UNORDERED, three, np.vstack([early, codes, late]), np.ones(len(three), dtype=bool), 7
    )
    assert found.deal is not None
    assert by_code(found, 1, 4) == pytest.approx(1000 * np.exp(2.0), rel=0.2)


@pytest.mark.parametrize(
    ("amounts", "counted"),
    [
        ([100.0 + i for i in range(20)] + [1e12], [100.0 + i for i in range(20)] + [119.0]),
        ([100.0] * 20 + [0.0, 0.01], [100.0] * 20 + [0.0, 0.01]),  # for nothing, or next to nothing: that may be so
        ([100.0] * 5 + [1e12], [100.0] * 5 + [1e12]),  # too few to know
        ([None] * 3, [None] * 3),
    ],
)
def test_a_mistyped_amount_is_measured_as_the_largest_of_the_others(amounts: list[float], counted: list[float]) -> None:
    rows = pd.DataFrame({"amount": pd.array(amounts, dtype="Float64"), "status": "won"})
    deals = connect().create_table("deals", rows)
    found = usual_amounts(deals.select("amount"), Tables(opportunities=deals)).to_pyarrow()["amount"].to_pylist()
    assert found == counted
