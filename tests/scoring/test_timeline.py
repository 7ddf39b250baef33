"""The one boundary rule, on both sides of it, day by day."""

import datetime
from itertools import pairwise
from typing import Any

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline import Grid, Horizon, Window, calendar_date, dates, day_number, day_of, known
from tests.scoring.example_market import AS_OF, CONNECTION, day

JANUARY = Horizon(days=31, periods=4)


def test_days_are_counted_from_1970() -> None:
    assert [day("1970-01-01"), day("1970-01-02"), day("2026-03-01")] == [0, 1, 20513]
    assert dates([0, 20513]) == ["1970-01-01", "2026-03-01"]


@given(st.dates())
def test_a_day_number_leads_back_to_its_date(date: datetime.date) -> None:
    assert calendar_date(day_number(date)) == date


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-28 00:00:00", "2026-02-28"),
        ("2026-02-28 23:59:59.999999", "2026-02-28"),
        ("2026-03-01 00:00:00", "2026-03-01"),
        (None, None),
    ],
)
def test_a_moment_falls_on_its_utc_day(moment: str | None, expected: str | None) -> None:
    found = CONNECTION.execute(day_of(ibis.literal(moment, type="string").cast("timestamp(6)")))
    assert (None if found != found or found is None else dates([found])[0]) == expected


@pytest.mark.parametrize(("since", "expected"), [("2026-02-27", True), ("2026-02-28", True), ("2026-03-01", False)])
def test_a_fact_is_known_from_the_day_after(since: str, expected: bool) -> None:
    assert known(day(since), AS_OF) is expected


@pytest.mark.parametrize(
    ("window", "date", "expected"),
    [
        (Window(30), "2026-01-29", False),
        (Window(30), "2026-01-30", True),  # 30 days back, the first inside
        (Window(30), "2026-02-28", True),
        (Window(30), "2026-03-01", False),  # as_of itself is never inside
        (Window(90, until=30), "2026-01-29", True),  # where the one window begins, the other ends
        (Window(90, until=30), "2026-01-30", False),
    ],
)
def test_a_window_is_half_open(window: Window, date: str, expected: bool) -> None:
    assert window.covers(day(date), AS_OF) is expected


@pytest.mark.parametrize(("days", "until"), [(0, 0), (30, 30), (30, 31), (30, -1)])
def test_a_window_looks_back(days: int, until: int) -> None:
    with pytest.raises(ValueError, match=f"days={days}, until={until}"):
        Window(days, until)


@pytest.mark.parametrize(
    ("days", "periods", "bounds"),
    [
        (180, 6, (0, 30, 60, 90, 120, 150, 180)),
        (31, 4, (0, 8, 16, 23, 31)),
        (6, 4, (0, 2, 3, 4, 6)),
        (3, 3, (0, 1, 2, 3)),
        (1, 1, (0, 1)),
    ],
)
def test_a_horizon_is_cut_into_periods(days: int, periods: int, bounds: tuple[int, ...]) -> None:
    assert Horizon(days, periods).bounds == bounds


@given(st.integers(1, 800), st.data())
def test_no_period_is_empty(days: int, data: st.DataObject) -> None:
    bounds = Horizon(days, data.draw(st.integers(1, days))).bounds
    assert min(end - start for start, end in pairwise(bounds)) >= 1


@pytest.mark.parametrize(("days", "periods"), [(0, 1), (5, 6), (5, 0)])
def test_a_horizon_has_no_more_periods_than_days(days: int, periods: int) -> None:
    with pytest.raises(ValueError, match=f"periods={periods}, days={days}"):
        Horizon(days, periods)


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2026-03-01", 0), ("2026-03-08", 0), ("2026-03-09", 1), ("2026-03-31", 3), ("2026-04-01", 4)],
)
def test_a_day_falls_into_a_period(date: str, expected: int) -> None:
    assert JANUARY.period_of(day(date), AS_OF) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-01", 0),
        ("2026-03-08", 0),
        ("2026-03-09", 1),
        ("2026-03-31", 3),
        ("2026-04-01", 4),
        ("2027-01-01", 4),
    ],
)
def test_a_period_is_observed_when_its_last_day_is_over(today: str, expected: int) -> None:
    assert JANUARY.observed(AS_OF, day(today)) == expected


@pytest.mark.parametrize(
    ("earliest", "most", "expected"),
    [
        ("2025-01-01", 3, ["2026-02-05", "2026-02-13", "2026-02-21"]),
        ("2026-02-13", 3, ["2026-02-13", "2026-02-21"]),
        ("2026-02-14", 3, ["2026-02-21"]),
        ("2026-02-28", 3, ["2026-02-21"]),  # outcomes only just recorded: the newest day stays
    ],
)
def test_a_grid_goes_back_from_the_newest_observed_period(earliest: str, most: int, expected: list[str]) -> None:
    grid = Grid.back_from(AS_OF, JANUARY, day(earliest), most)
    assert dates(grid.days) == expected
    assert JANUARY.observed(grid.days[-1], AS_OF) == 1


@pytest.mark.parametrize("days", [(), (2, 1), (1, 1)])
def test_a_grid_ascends(days: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Grid(days)


@pytest.mark.parametrize(("fact", "expected"), [(9, 0), (10, 1), (19, 1), (20, 2), (30, 3)])
def test_a_fact_is_first_seen_on_the_day_after_it_is_known(fact: int, expected: int) -> None:
    assert Grid((10, 20, 30)).first_seeing(fact) == expected


def test_expressions_and_integers_agree() -> None:
    grid, days = Grid((95, 100)), list(range(90, 140))
    rules: list[Any] = [
        lambda day: known(day, 100),
        lambda day: Window(7, until=2).covers(day, 100),
        lambda day: JANUARY.period_of(day, 100),
        lambda day: JANUARY.observed(day, 120),
        lambda day: grid.first_seeing(day),
    ]
    table = ibis.memtable({"day": days}, schema={"day": "int64"})
    columns = {f"rule_{i}": rule(table.day) for i, rule in enumerate(rules)}
    found = CONNECTION.to_pyarrow(table.select("day", **columns).order_by("day"))
    for i, rule in enumerate(rules):
        assert found[f"rule_{i}"].to_pylist() == [rule(day) for day in days]
