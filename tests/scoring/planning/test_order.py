"""Orders: that they reach the target when they are delivered, and what is said where none does."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.planning.adaptive import corrected
from scoring.planning.coming import Coming
from scoring.planning.draws import Totals, coming_totals
from scoring.planning.life_table import LifeTable, Lives, life_table
from scoring.planning.order import WANTED, Order, Ordering, ordered
from scoring.planning.pooling import Factors, Floats
from tests.scoring.planning.periods import UNSURE, common, still

#: Nothing is corrected.
AS_DRAWN = corrected([], 90)
NEVER = float("nan")


def table(days_to_win: float, sources: int = 2) -> LifeTable:
    """A life table of those who win after so many days."""
    n = 300
    source = np.arange(n) % sources
    won = np.where(np.arange(n) < 60, days_to_win, NEVER)
    names = ("web", "event")[:sources]
    lives = Lives(names, source, np.zeros(n, dtype=np.int64), won, np.full(n, NEVER))
    return life_table(lives, 1000, since=0, half_life=1e9)


def order_of(coming: Coming, target: float, *, days_to_win: float = 20.0, market: int | None = None) -> Order:
    """The order for a target, in a period of 90 days in which the open ones bring nothing."""
    drawn = common(coming, UNSURE)
    revenue = coming_totals(coming, drawn, np.random.default_rng(5)).revenue

    def redrawn(factor: float) -> Floats:
        return coming_totals(coming, drawn, np.random.default_rng(5), own=factor).revenue

    ordering = Ordering(coming, drawn, revenue, target, AS_DRAWN)
    return ordered(
        ordering, table(days_to_win), 90, redrawn, known=5200, market=market, costs={"web": 40.0, "podcast": 1.0}
    )


def delivered(coming: Coming, source: int, more: int, seed: int) -> Totals:
    """What comes if an order is delivered: so many more of a source, drawn with other random numbers."""
    extra = np.zeros(2)
    extra[source] = more
    both = replace(
        coming,
        arrivals=coming.arrivals + extra,
        chance=(coming.wins + extra * coming.evenly) / (coming.arrivals + extra),
    )
    return coming_totals(both, common(both, UNSURE), np.random.default_rng(seed))


@pytest.mark.parametrize("source", [0, 1])
def test_an_order_that_is_delivered_reaches_the_target_as_often_as_is_wanted(source: int) -> None:
    coming = still(sure=True)
    target = 6000.0  # 4,000 are expected
    order = order_of(coming, target)
    mine = next(one for one in order.sources if one.source == coming.sources[source])
    assert mine.more is not None
    reached = (delivered(coming, source, mine.more, 11).revenue >= target).mean()
    assert reached == pytest.approx(WANTED, abs=0.03)
    assert mine.early is not None


def test_the_source_that_wins_more_is_ordered_in_smaller_numbers_and_costs_are_told() -> None:
    order = order_of(still(), 6000.0)
    assert [one.source for one in order.sources] == ["event", "web"]
    web = order.sources[1]
    assert web.cost_each == 40.0
    assert web.more is not None
    assert web.cost == web.more * 40.0
    assert order.sources[0].cost is None
    assert order.amounts is not None
    assert order.amounts > 1.0
    assert order.wins is not None
    assert order.wins > 1.0
    assert order.left is None


def test_a_higher_target_takes_more() -> None:
    found = [order_of(still(), target).sources[0].more or 0 for target in (5000.0, 7000.0, 20_000.0)]
    assert found == sorted(found)
    assert found[0] < found[2]


def test_a_target_that_is_likely_enough_takes_no_order() -> None:
    order = order_of(still(), 1000.0)
    assert (order.sources, order.amounts, order.wins) == ((), None, None)


@pytest.mark.parametrize(("market", "refused"), [(None, False), (5300, True), (1_000_000, False)])
def test_an_order_beyond_the_market_is_refused(market: int | None, refused: bool) -> None:
    order = order_of(still(), 20_000.0, market=market)
    assert all(order.is_refused(one) is refused for one in order.sources)
    assert order.left == (None if market is None else max(market - 5200, 0))
    assert order.to_json()["sources"][0]["beyond_market"] is refused


def test_who_comes_too_late_is_told_so() -> None:
    slow = replace(still(), evenly=np.array([0.0001, 0.0001]))
    late = order_of(slow, 6000.0, days_to_win=400.0)
    assert all(one.is_late for one in late.sources)
    assert late.median_days == pytest.approx(400, abs=30)
    assert not any(one.is_late for one in order_of(still(chance=(0.05, 0.05)), 20_000.0).sources)


def test_half_of_those_who_win_have_won_by_the_median_whatever_the_rate() -> None:
    """At a rate of 1 % a day nearly all win in 1,000 days, and half of them in 69: not half of the days."""
    alike = Factors(np.full(2, 1e9), np.full(2, 1e9))
    steady = LifeTable(("web", "event"), np.array([0.0, 1000.0]), np.array([0.01]), np.zeros(1), alike, 1000, 100.0)
    coming = still()
    drawn = common(coming, UNSURE)
    revenue = coming_totals(coming, drawn, np.random.default_rng(5)).revenue
    ordering = Ordering(coming, drawn, revenue, 20_000.0, AS_DRAWN)
    found = ordered(ordering, steady, 90, lambda factor: revenue * factor, known=1, market=None, costs={})
    assert found.median_days == pytest.approx(69.3, abs=0.1)
    assert found.median_days == pytest.approx(steady.median_days(0))


def test_capacity_that_is_full_makes_an_order_useless_and_says_what_it_would_have_to_be() -> None:
    order = order_of(still(capacity=1200.0), 20_000.0)
    for one in order.sources:
        assert one.more is None
        assert one.capacity is not None
        assert one.capacity > 1200.0


def test_a_source_that_never_wins_is_no_order() -> None:
    none = still(chance=(0.0, 0.05))
    web = next(one for one in order_of(none, 6000.0).sources if one.source == "web")
    assert (web.more, web.early is None, web.in_time) == (None, False, 0.0)
