"""The planted year: in memory as it is read from the files of an export, and what is planted in it."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.planted_year.market import CHEAP, LOST, LOWER, PLANTED, SEGMENTS, handed_market
from benchmarks.planted_year.watched import BEGIN, Year

pytestmark = pytest.mark.slow


def test_the_year_in_memory_is_the_year_that_is_read() -> None:
    market = handed_market(3, 300, PLANTED, LOST)
    at_once, read = Year.at_once(market), Year.of(market)
    assert sorted(at_once.sources.index) == sorted(read.sources.index)
    of_file = read.sources.loc[at_once.sources.index]
    for name in ("day", "in_deal", "won"):
        assert np.array_equal(at_once.sources[name], of_file[name], equal_nan=True), name
    followed = [
        one.to_follow.frame.loc[lambda rows: rows["day"] >= BEGIN]
        .sort_values(["day", "name"])["first"]
        .isna()
        .to_numpy()
        for one in (at_once, read)
    ]
    assert abs(len(followed[0]) - len(followed[1])) <= 1
    # In memory only the calls after hand-offs count, and not those that sales makes in deals.
    assert 0.0 <= followed[0].mean() - followed[1].mean() < 0.08


def test_what_is_planted_is_there_and_begins_on_its_day() -> None:
    market = handed_market(3, 600, PLANTED, LOST)
    called = market.handoffs["accepted_at"].notna()
    of_segment = market.handoffs["account_id"].isin(
        market.market.tables["accounts"].loc[lambda rows: rows["industry"].isin(SEGMENTS), "account_id"]
    )
    late = market.handoffs["handed_at"] >= pd.Timestamp("2025-07-07")
    assert called[late & of_segment].mean() < 0.3 < 0.5 < called[~late & of_segment].mean()
    deals = market.market.tables["opportunities"].query("opportunity_type == 'new_business' and status != 'open'")
    lower = deals["closed_at"] >= pd.Timestamp(LOWER)
    won = deals["status"] == "won"
    assert won[lower].mean() < 0.2 < 0.25 < won[~lower].mean()
    flooded = market.market.hidden["flooded"].to_numpy()
    assert market.market.tables["accounts"].loc[flooded, "created_at"].min() >= pd.Timestamp(CHEAP)
