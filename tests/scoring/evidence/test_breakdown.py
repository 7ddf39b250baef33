"""The evidence taken apart, on a frame that is written out."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from scoring.evidence import breakdown
from scoring.evidence.backtest_evidence import GridCell
from scoring.evidence.measures.totals import stated
from scoring.evidence.plain import to_plain
from scoring.scorecard.forecast_error import ForecastError
from tests.scoring.example_forecast import APRIL, MARCH, drawn, example

CAPACITY = {MARCH: 2.0, APRIL: 1.0}


def test_the_curve_goes_from_nothing_to_everything() -> None:
    found = breakdown.captured_curve(example(), ("closedwon", "touches"), points=2)
    assert found.share == (0.0, 0.25, 1.0)
    # A quarter is one of four: a (300) in March and b (600) in April; touch count finds the latter only.
    assert to_plain(found)["contenders"] == {
        "closedwon": {
            "revenue": [0.0, 0.9, 1.0],
            "wins": pytest.approx([0.0, 2 / 3, 1.0]),
            "money": [0.0, 450.0, 500.0],
        },
        "touches": {"revenue": [0.0, 0.6, 1.0], "wins": pytest.approx([0.0, 1 / 3, 1.0]), "money": [0.0, 300.0, 500.0]},
    }


def test_a_curve_never_falls_and_nothing_booked_is_nothing_captured() -> None:
    curve = breakdown.captured_curve(drawn(units=200), ("closedwon", "mql"), points=50)
    assert (np.diff(curve.rankings["closedwon"].revenue) >= 0).all()
    assert curve.rankings["mql"].revenue == pytest.approx(curve.share)  # constant: chance
    nothing = breakdown.captured_curve(example().assign(won=0, amount=0.0), ("closedwon",), points=2)
    assert nothing.rankings["closedwon"].money == (0.0, 0.0, 0.0)


def test_reliability_has_as_many_rows_in_each_bin() -> None:
    low, high = breakdown.reliability(example(), bins=2)
    counts = {"least": 0.1, "most": 0.2, "rows": 4, "units": 3, "wins": 1}
    # Three units were seen: a rate of 0.25 in 3 trials, (0.25 + 0.6402 -+ 1.96 sqrt(0.0625 + 0.1067)) / 2.2805.
    assert to_plain(low) == pytest.approx(
        counts | {"predicted": 0.125, "actual": 0.25, "low": 0.0368, "high": 0.7439}, abs=1e-4
    )
    assert (high.least, high.most, high.rows, high.wins) == (0.3, 0.6, 4, 2)
    assert (high.predicted, high.actual) == pytest.approx((0.45, 0.5))


@pytest.mark.parametrize(
    ("wins", "rows", "low", "high"),
    # Wilson's interval: Brown, Cai and DasGupta (2001) give (0.0, 0.2775) for 0 of 10, and by symmetry for 10 of 10.
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)],
)
def test_the_interval_of_a_rate(wins: int, rows: int, low: float, high: float) -> None:
    won = [1] * wins + [0] * (rows - wins)
    frame = pd.DataFrame({"unit": range(rows), "won": won, "p_closedwon": 0.5})
    (found,) = breakdown.reliability(frame)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 40), st.integers(1, 40))
def test_the_interval_of_a_whole_number_of_wins_is_that_of_scipy(wins: int, rows: int) -> None:
    wins = min(wins, rows)
    won = [1] * wins + [0] * (rows - wins)
    frame = pd.DataFrame({"unit": range(rows), "won": won, "p_closedwon": 0.5})
    (found,) = breakdown.reliability(frame, bins=1)
    expected = binomtest(wins, rows).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_a_segment_of_the_example() -> None:
    retail, software = breakdown.by_segment(example(), capacity=CAPACITY, replicates=20)
    totals = {name: getattr(retail, name) for name in ("feature", "segment", "rows", "units", "wins", "revenue")}
    assert totals == {"feature": "industry", "segment": "Retail", "rows": 4, "units": 3, "wins": 2, "revenue": 400.0}
    assert (retail.expected_wins, retail.expected_revenue) == pytest.approx((1.2, 220.0))
    assert (retail.ratio.value, retail.revenue_ratio.value) == pytest.approx((0.6, 0.55))
    # Half of March's are worked and a quarter of April's: a alone, where touch count works a too.
    assert retail.captured_minus_touches.value == 0.0
    assert (retail.weak, retail.why) == (False, "only 2 wins: too few to say")
    assert (software.segment, software.wins, software.revenue) == ("Software", 1, 600.0)


@pytest.mark.parametrize(
    ("change", "weak", "why"),
    [
        ({}, False, ""),
        ({"p_closedwon": 3.0}, True, "times the wins that came"),
        ({"p_closedwon": 1 / 3}, True, "times the wins that came"),
        ({"expected_amount": 4.0}, True, "times the revenue that came"),
        ({"value_closedwon": -1.0}, True, "touch count captures more of the revenue, by "),
    ],
)
def test_weak_is_what_misses_beyond_noise(change: dict[str, float], weak: bool, why: str) -> None:
    frame = drawn(units=600)
    segment = np.where(frame["unit"].str.endswith(("1", "2", "3")), "small", "large")
    off = {name: np.where(segment == "small", frame[name] * times, frame[name]) for name, times in change.items()}
    found = breakdown.by_segment(
        frame.assign(segment_size=segment, **off), capacity=dict.fromkeys(frame["as_of"].unique(), 60.0), replicates=100
    )
    assert [one.segment for one in found] == ["large", "small"]
    assert (found[0].weak, found[1].weak) == (False, weak), found
    assert why in found[1].why


@pytest.mark.parametrize(("level", "weak"), [(1.0, False), (0.01, True)])
def test_what_was_stated_is_not_weak(level: float, weak: bool) -> None:
    frame = drawn(units=600).assign(segment_size="small", p_closedwon=lambda rows: rows["p_closedwon"] * 1.6)
    days = frame["as_of"].unique()
    error = ForecastError(level=level, amount=1.3, mean_amount=0.05, horizons=3.0, part=0.01)
    totals = stated(frame, dict.fromkeys(days, error))
    capacity = dict.fromkeys(days, 60.0)
    (plain,) = breakdown.by_segment(frame, capacity=capacity, replicates=100)
    (found,) = breakdown.by_segment(frame, capacity=capacity, totals=totals, replicates=100)
    assert (plain.weak, found.weak) == (True, weak), (plain.why, found.why)


def test_months_are_those_of_the_cut_offs() -> None:
    again = example().assign(as_of=lambda rows: rows["as_of"].replace({MARCH: MARCH + 29}))  # 2026-03-30
    first, second = breakdown.by_month(pd.concat([example(), again]), replicates=20)
    assert (first.month, first.as_of) == ("2026-03", ("2026-03-01", "2026-03-30"))
    assert (first.rows, first.units, first.wins) == (8, 4, 4)
    assert (first.revenue, first.expected_revenue) == pytest.approx((800.0, 580.0))
    assert first.revenue_ratio.value == pytest.approx(0.725)
    assert (second.month, second.as_of, second.wins) == ("2026-04", ("2026-04-01",), 2)
    assert (second.ratio.value, second.expected_wins) == pytest.approx((1.2, 2.4))


def test_the_grid_has_a_cell_for_every_fit_and_intent() -> None:
    found = {(cell.fit, cell.intent): cell for cell in breakdown.fit_by_intent(example())}
    assert list(found) == [(fit, intent) for fit in (1, 2, 3, 4) for intent in (1, 2, 3, 4)]
    assert {bands: cell.rows for bands, cell in found.items() if cell.rows} == {
        (4, 4): 2,  # 100 is of the highest band
        (4, 1): 1,
        (1, 2): 2,  # 25 and 30
        (1, 1): 2,
        (4, 2): 1,
    }
    best = found[4, 4]
    assert (best.wins, best.predicted, best.actual, best.mean_amount) == (2, 0.55, 1.0, 450.0)
    assert found[4, 1].mean_amount is None
    assert found[3, 3] == GridCell(3, 3, 0, 0, 0, None, None, None, None, None)


def test_all_of_it_is_plain() -> None:
    frame = example()
    everything: list[Any] = [
        breakdown.captured_curve(frame, ("closedwon",)),
        breakdown.reliability(frame),
        breakdown.by_segment(frame, capacity=CAPACITY, replicates=5),
        breakdown.by_month(frame, replicates=5),
        breakdown.fit_by_intent(frame),
    ]
    plain = [to_plain(part) for part in everything]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
