"""Customers beside a market: as many leave as the truth says, and an export shows only what it could."""

import numpy as np
import pandas as pd
import pytest

from scoring.simulator import Market, simulate
from scoring.simulator.customers import SimulatedCustomers, simulated_customers


@pytest.fixture(scope="module")
def market() -> Market:
    return simulate(3_000, weeks=157, seed=4)


@pytest.fixture(scope="module")
def found(market: Market) -> SimulatedCustomers:
    return simulated_customers(market, 4)


def test_as_many_leave_as_the_truth_says(market: Market, found: SimulatedCustomers) -> None:
    as_of = market.start + pd.Timedelta(weeks=130)
    chance, left = found.leaves(as_of, 365.0), found.left(as_of, 365.0)
    assert chance.index.equals(left.index)
    assert len(chance) > 200
    deviation = np.sqrt((chance * (1 - chance)).sum())
    assert abs(left.sum() - chance.sum()) < 3 * deviation
    assert chance[left].mean() > chance[~left].mean()
    assert 0 < chance.min() < chance.max() < 1
    stays = found.stays(as_of, 365.0)
    assert ((stays < 365) == left).all()


def test_an_export_shows_only_who_was_there_and_what_was_over(market: Market, found: SimulatedCustomers) -> None:
    as_of = market.start + pd.Timedelta(weeks=60)
    table = found.table(as_of)
    assert table["since"].max() < as_of
    assert table["until"].max() < as_of
    # Who left before the market began is in no CRM.
    assert table["until"].min() >= market.start
    assert (table["since"] < market.start).any()
    assert table["account_id"].is_unique
    created = market.tables["accounts"].set_index("account_id")["created_at"]
    assert (created[table["account_id"]] < as_of).all()


def test_the_same_seed_is_the_same_customers_and_the_market_stays(market: Market, found: SimulatedCustomers) -> None:
    before = market.tables["opportunities"].copy()
    np.testing.assert_array_equal(simulated_customers(market, 4).until, found.until)
    assert not np.array_equal(simulated_customers(market, 5).until, found.until)
    pd.testing.assert_frame_equal(market.tables["opportunities"], before)
