"""What was stated of totals, and what came: two cut-offs of two grades, written out."""

import json

import pandas as pd
import pytest

from scoring.evidence.measures.totals import IntervalCoverage, StatedTotals, Total, stated
from scoring.evidence.plain import from_plain, to_plain
from scoring.scorecard.forecast_error import ForecastError, Interval

SURE = ForecastError(level=0.0, amount=1.0, mean_amount=0.0, horizons=3.0, part=0.0)
UNSURE = ForecastError(level=0.4, amount=1.0, mean_amount=0.0, horizons=0.0, part=0.3)


def frame(day: int, won_a: int, won_b: int) -> pd.DataFrame:
    """100 of grade A at 40 %, and 500 of grade B at 4 %; a win brings 10 or 20."""
    a = pd.DataFrame(
        {"won": [1] * won_a + [0] * (100 - won_a), "grade": "A", "p_closedwon": 0.4, "expected_amount": 20.0}
    )
    b = pd.DataFrame(
        {"won": [1] * won_b + [0] * (500 - won_b), "grade": "B", "p_closedwon": 0.04, "expected_amount": 10.0}
    )
    both = pd.concat([a, b], ignore_index=True).assign(as_of=day, segment_region=["north", "south"] * 300)
    return both.assign(amount=both["won"] * both["expected_amount"])


def test_totals_of_all_cut_offs_grades_and_segments() -> None:
    """60 wins are expected at each: 60 come at the first, of which the scorecard is sure, and 90 at the second."""
    found = stated(pd.concat([frame(100, 40, 20), frame(130, 60, 30)]), {100: SURE, 130: UNSURE})
    first, second = found.cut_offs
    assert first.wins == Interval(pytest.approx(60.0), 52.0, 69.0, 48.0, 74.0)
    assert second.wins == Interval(pytest.approx(60.0), 31.0, 93.0, 21.0, 118.0)
    assert (first.won, second.won, found.together.won, found.together.booked) == (60, 90, 150, 2_500.0)
    # Their deviations, 6.6 and 24.9, add up.
    assert found.together.wins == Interval(pytest.approx(120.0), 82.0, 162.0, 66.0, 189.0)
    assert found.coverage == IntervalCoverage(2, wins_80=2, wins_95=2, revenue_80=2, revenue_95=2)
    assert [(part.feature, part.value, part.total.won) for part in found.parts] == [
        ("grade", "A", 100), ("grade", "B", 50), ("region", "north", 75), ("region", "south", 75),
    ]  # fmt: skip
    assert found.parts_coverage.of == 8
    assert found.figures()["wins/won"] == 150.0
    assert found.figures()["coverage/wins_95"] == 1.0


def test_the_table_has_a_row_for_all_and_for_each_part() -> None:
    table = stated(frame(100, 40, 20), {100: SURE}).table()
    assert list(zip(table["of"], table["value"], table["won"], table["booked"], strict=True)) == [
        ("all", "all", 60, 1_000.0),
        ("grade", "A", 40, 800.0),
        ("grade", "B", 20, 200.0),
        ("region", "north", 30, 500.0),
        ("region", "south", 30, 500.0),
    ]
    assert table["wins_expected"] == pytest.approx([60.0, 40.0, 20.0, 30.0, 30.0])
    assert (table["wins_low_95"][0], table["wins_high_95"][0]) == (48.0, 74.0)
    # Of fewer than fifty wins a Poisson number counts: 800 with a deviation of 126.
    assert (table["revenue_low_80"][1], table["revenue_high_80"][1]) == pytest.approx((639.9, 962.6), abs=0.1)


@pytest.mark.parametrize(
    ("won", "booked", "coverage"),
    [
        (60, 1_000.0, IntervalCoverage(1, 1, 1, 1, 1)),
        (72, 1_000.0, IntervalCoverage(1, 0, 1, 1, 1)),  # within 95 %, not within 80 %
        (80, 3_000.0, IntervalCoverage(1, 0, 0, 0, 0)),
    ],
)
def test_coverage_counts_what_the_intervals_held(won: int, booked: float, coverage: IntervalCoverage) -> None:
    total = Total(Interval(60.0, 52.0, 68.0, 48.0, 73.0), Interval(900.0, 700.0, 1_100.0, 600.0, 1_300.0), won, booked)
    assert IntervalCoverage.over([total]) == coverage


def test_the_order_of_rows_changes_nothing() -> None:
    rows = pd.concat([frame(100, 40, 20), frame(130, 60, 30)], ignore_index=True)
    errors = {100: SURE, 130: UNSURE}
    one, other = (to_plain(stated(some, errors)) for some in (rows, rows.sample(frac=1.0, random_state=3)))
    assert json.loads(json.dumps(one), parse_float=lambda x: round(float(x), 6)) == json.loads(
        json.dumps(other), parse_float=lambda x: round(float(x), 6)
    )


def test_it_is_read_as_it_was_written() -> None:
    found = stated(frame(100, 40, 20), {100: SURE})
    assert from_plain(StatedTotals, json.loads(json.dumps(to_plain(found)))) == found
