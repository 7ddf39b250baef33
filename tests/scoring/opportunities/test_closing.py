"""When deals close: the spread of wins over the horizon, and the probability that a close date is missed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.opportunities.closing import AS_ALL, EDGES, Closing, Slip, Timing, groups
from scoring.scorecard.parts import Calibration, Term

BOUNDS = (0, 30, 60, 90)
SLIP = Slip(
    -1.0, Calibration("intercept"), (Term(features=("stage",), side="intent", values=(0.0, 0.5, 1.0)),), 0.4, 90
)
#: Of the first group, half of the wins come in the first period; of the others, none is known.
SHARES = ((0.5, 0.3, 0.2), *(((0.2, 0.3, 0.5),) * (len(EDGES) + 1)))


def test_deals_are_grouped_by_the_days_to_the_date_entered() -> None:
    days = np.array([np.nan, -400.0, -1.0, 0.0, 14.0, 15.0, 180.0, 181.0, 4000.0])
    assert groups(days).tolist() == [0, 1, 1, 2, 2, 3, 6, 7, 7]


@pytest.mark.parametrize(
    ("group", "quantile", "expected"), [(0, 0.5, 30.0), (0, 0.8, 60.0), (0, 0.1, 6.0), (1, 0.5, 60.0)]
)
def test_the_wins_of_a_period_come_evenly(group: int, quantile: float, expected: float) -> None:
    assert Timing(BOUNDS, SHARES).days(np.array([group]), quantile)[0] == pytest.approx(expected)


@pytest.mark.parametrize(("days", "expected"), [(0.0, 0.0), (15.0, 0.25), (60.0, 0.8), (90.0, 1.0), (400.0, 1.0)])
def test_the_part_of_the_wins_that_comes_in_some_days(days: float, expected: float) -> None:
    assert Timing(BOUNDS, SHARES).within(np.array([0]), days)[0] == pytest.approx(expected)


def test_a_group_without_a_deal_wins_when_all_do_and_a_large_one_when_its_own_do() -> None:
    many = round(100 * AS_ALL)
    group, period = np.repeat(2, 2 * many), np.repeat([0, 1], many)
    won = (period == 1).astype("float64")  # all in the second period
    found = Timing.learned(BOUNDS, group, period, won, np.ones(2 * many))
    assert found.shares[2][1] > 0.98
    assert found.shares[0] == pytest.approx(found.shares[2], abs=0.02)


@given(
    rows=st.lists(
        st.tuples(st.integers(0, len(EDGES) + 1), st.integers(0, 2), st.sampled_from([0.0, 1.0]), st.floats(0.1, 50.0)),
        max_size=40,
    ),
    quantiles=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2).map(sorted),
)
def test_shares_add_up_and_days_rise_with_the_quantile(
    rows: list[tuple[int, int, float, float]], quantiles: list[float]
) -> None:
    group, period, won, weight = (np.array([row[i] for row in rows], dtype=kind) for i, kind in enumerate("iiff"))
    found = Timing.learned(BOUNDS, group, period, won, weight)
    every = np.arange(len(EDGES) + 2)
    assert all(sum(shares) == pytest.approx(1.0) and min(shares) >= 0.0 for shares in found.shares)
    low, high = (found.days(every, quantile) for quantile in quantiles)
    assert ((low >= 0) & (low <= high) & (high <= BOUNDS[-1])).all()


def test_a_slip_is_certain_once_the_date_has_passed_and_unknown_without_one() -> None:
    days, codes = np.array([-1.0, 0.0, 20.0, np.nan]), {"stage": np.array([0, 1, 2, 2])}
    found = Closing(Timing(BOUNDS, SHARES), "days", SLIP).slips(codes, days)
    assert found[:3] == pytest.approx([1.0, 1 / (1 + np.exp(0.5)), 0.5])
    assert np.isnan(found[3])
    assert np.isnan(Closing(Timing(BOUNDS, SHARES), "days").slips({}, days)[1:]).all()  # nothing was learned


@pytest.mark.parametrize("closing", [Closing(Timing(BOUNDS, SHARES), "days", SLIP), Closing(Timing(BOUNDS, SHARES))])
def test_it_is_read_as_it_was_written(closing: Closing) -> None:
    assert Closing.from_json(closing.to_json()) == closing
