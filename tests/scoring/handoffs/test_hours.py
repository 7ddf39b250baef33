"""Working hours between two moments: a table with the hours written out, and a count of quarters one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.handoffs.hours import DAYS, WorkingHours, elapsed, hours_faults

OFFICE = WorkingHours(holidays=("2027-01-06",))
BERLIN = WorkingHours(time_zone="Europe/Berlin")


def moments(*texts: str) -> list[pd.Series]:
    return [pd.Series(pd.to_datetime([text]).astype("datetime64[us]")) for text in texts]


@pytest.mark.parametrize(
    ("hours", "start", "end", "expected"),
    [
        # 2027-01-04 is a Monday.
        (OFFICE, "2027-01-04 10:00", "2027-01-04 13:30", 3.5),
        (OFFICE, "2027-01-04 16:00", "2027-01-05 10:00", 2.0),
        (OFFICE, "2027-01-04 20:00", "2027-01-05 09:30", 0.5),  # handed over in the evening
        (OFFICE, "2027-01-05 16:00", "2027-01-07 10:00", 2.0),  # Wednesday is a holiday
        (OFFICE, "2027-01-06 10:00", "2027-01-06 15:00", 0.0),
        (OFFICE, "2027-01-08 16:00", "2027-01-11 10:30", 2.5),  # over a weekend
        (OFFICE, "2027-01-09 08:00", "2027-01-10 22:00", 0.0),
        (OFFICE, "2027-01-04 00:00", "2027-01-11 00:00", 32.0),
        (OFFICE, "2027-01-04 13:30", "2027-01-04 10:00", -3.5),
        (BERLIN, "2027-01-04 08:00", "2027-01-04 16:00", 8.0),  # 9 to 17 there
        (BERLIN, "2027-07-05 07:00", "2027-07-05 15:00", 8.0),  # and an hour earlier in summer
        (BERLIN, "2027-03-26 15:00", "2027-03-29 07:30", 1.5),  # the clocks went forward on Sunday
        (WorkingHours(DAYS, 0, 24), "2027-01-04 01:00", "2027-01-11 02:30", 169.5),
        (WorkingHours(("sat",), 8.5, 12), "2027-01-04 00:00", "2027-01-18 00:00", 7.0),
    ],
)
def test_hours(hours: WorkingHours, start: str, end: str, expected: float) -> None:
    assert hours.between(*moments(start, end)).tolist() == [expected]


def test_what_never_happened_has_no_hours() -> None:
    start, end = moments("2027-01-04 10:00", "NaT")
    assert pd.isna(OFFICE.between(start, end)[0])
    assert elapsed(*moments("2027-01-04 10:00", "2027-01-05 10:30")).tolist() == [24.5]


#: Quarters of an hour of six days.
QUARTERS = st.integers(0, 4 * 24 * 6)


@settings(max_examples=50)
@given(
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 22),
    st.integers(1, 24),
    st.sampled_from(["UTC", "America/New_York"]),
    QUARTERS,
    QUARTERS,
    QUARTERS,
)
def test_quarters_one_by_one(
    days: set[str], begin: int, end: int, zone: str, first: int, second: int, third: int
) -> None:
    begin, end = min(begin, end - 1), max(end, begin + 1)
    hours = WorkingHours(tuple(days), begin, end, zone, ("2027-06-02",))
    epoch = datetime(2027, 5, 30, tzinfo=UTC)

    def at_work(quarter: int) -> bool:
        local = (epoch + timedelta(minutes=15 * quarter)).astimezone(ZoneInfo(zone))
        return DAYS[local.weekday()] in days and begin <= local.hour < end and local.date().isoformat() != "2027-06-02"

    one, two, three = (epoch.replace(tzinfo=None) + timedelta(minutes=15 * q) for q in sorted((first, second, third)))
    low, middle, high = sorted((first, second, third))
    found = hours.between(*moments(str(one), str(two)))[0]
    assert found == pytest.approx(sum(at_work(quarter) for quarter in range(low, middle)) / 4)
    rest, whole = hours.between(*moments(str(two), str(three)))[0], hours.between(*moments(str(one), str(three)))[0]
    assert whole == pytest.approx(found + rest)
    assert 0 <= whole <= (high - low) / 4 + 1e-9


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"days": ["mon", "sat"], "begin": 8, "end": 12.5, "time_zone": "Europe/Berlin", "holidays": []}, []),
        ({"days": []}, ["days in [hours] must be one or more of mon, tue, wed, thu, fri, sat, sun: found []"]),
        ({"begin": 17.0, "end": 9.0}, ["end in [hours] must be above begin = 17: found 9"]),
        ({"time_zone": "CEST?"}, ["time_zone in [hours] must be a time zone such as \"Europe/Berlin\": found 'CEST?'"]),
        ({"holidays": ["1.1.27"]}, ["holidays in [hours] must be days such as \"2027-01-01\": found '1.1.27'"]),
    ],
)
def test_faults(found: dict[str, object], expected: list[str]) -> None:
    assert hours_faults(found) == expected


def test_words() -> None:
    half = WorkingHours(("mon", "tue"), 8.5, 17.25, "Europe/Berlin", ("2027-01-01",))
    assert str(half) == "mon, tue, 8:30 to 17:15 Europe/Berlin, 1 holiday"
    assert str(WorkingHours(("mon",), 8.995, 23.999)) == "mon, 9:00 to 24:00 UTC"
