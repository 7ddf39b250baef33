"""Cheap growth: whose deal is next, where the stake is put, and who is named."""

from datetime import date

import numpy as np
import pytest

from scoring.planning.sources.growth import Growth, Stake, cheap_growth, next_deals, stakes_on_growth
from scoring.timeline import calendar_date, day_number

BEGIN, END = day_number(date(2024, 1, 1)), day_number(date(2025, 1, 1))
MONTHS = np.array([day_number(date(2024, month, 1)) for month in range(1, 13)])
CHANCE = 0.05


def test_whose_deal_is_next_is_asked_among_those_of_the_same_month_who_had_none_yet() -> None:
    arrived = np.array([0, 1, 2, 3, 40, 5, 4])
    deal = np.array([10.0, 20.0, np.nan, 30.0, 45.0, 5.0, 300.0])  # one on the day of arrival, one long after
    month = np.array([0, 0, 0, 0, 1, 0, 0])
    mine = np.array([True, False, True, False, False, True, False])
    found = next_deals(arrived, deal, month, mine)
    assert found.day.tolist() == [10, 20, 30, 45]
    assert found.mine.tolist() == [True, False, False, False]
    assert found.of_source.tolist() == [2, 1, 1, 0]
    assert found.of_others.tolist() == [3, 3, 2, 1]
    assert found.alike[0] == pytest.approx(0.4)
    # A stake on 0.5: of the source came what would come with 1 / 4 instead of 2 / 5.
    assert np.exp(found.log_ratios(0.5))[0] == pytest.approx((1 / 4) / (2 / 5))


def market(seed: int, ratio: float, growth: float = 8.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrivals of a source that grows from May on, and of others: day, deal (within 90 days, or NaN), and mine."""
    rng = np.random.default_rng(seed)
    may = day_number(date(2024, 5, 1))
    weekly = [(BEGIN, may, 2.0, True, 0.3), (may, END, 2.0 * growth, True, 0.3 * ratio), (BEGIN, END, 15.0, False, 0.3)]
    parts = []
    for first, last, rate, mine, share in weekly:
        day = np.sort(rng.integers(first, last, rng.poisson(rate * (last - first) / 7)))
        deal = np.where(rng.random(len(day)) < share, day + rng.integers(1, 90, len(day)), np.nan)
        parts.append((day, np.where(deal < END, deal, np.nan), np.full(len(day), mine)))
    day, deal, mine = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return day, deal, mine


def watched(seed: int, ratio: float, growth: float = 8.0) -> Growth | None:
    day, deal, mine = market(seed, ratio, growth)
    stakes = stakes_on_growth([day[mine], day[~mine]], MONTHS, BEGIN, END)
    deals = next_deals(day, deal, np.searchsorted(MONTHS, day, "right") - 1, mine)
    own = [stake for stake in stakes if stake.source == 0]
    return cheap_growth(deals, day[mine], own, months=MONTHS, begin=BEGIN, end=END, chance=CHANCE)


def test_the_stake_is_put_where_a_source_grew_and_never_adds_up_to_more_than_it_is() -> None:
    day, _, mine = market(1, 1.0)
    stakes = stakes_on_growth([day[mine], day[~mine]], MONTHS, BEGIN, END)
    assert stakes[0] == Stake(0, 4, stakes[0].placed, 0.5)
    assert MONTHS[4] < stakes[0].placed <= MONTHS[4] + 14
    assert sum(stake.share for stake in stakes) <= 1.0
    steady = stakes_on_growth([day[~mine]], MONTHS, BEGIN, END)
    assert len(steady) <= 2


def test_a_source_that_grows_by_those_who_open_few_deals_is_named_and_dated() -> None:
    for seed in range(4):
        found = watched(seed, 0.05)
        assert found is not None, seed
        assert date(2024, 5, 20) < calendar_date(found.named_on) < date(2024, 8, 1)
        assert found.since == MONTHS[4]
        assert found.deals < 0.3 * found.alike
        assert found.rate_ratio[0] > 3


def test_growth_by_those_who_are_as_good_is_not_named_and_poor_ones_who_do_not_grow_are_not_looked_at() -> None:
    named = sum(watched(seed, 1.0) is not None for seed in range(16))
    assert named <= 3  # 0.8 are to be expected at most; more than 3 have a chance below 1 in 100
    assert watched(0, 0.05, growth=1.0) is None
