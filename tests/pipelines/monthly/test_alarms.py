"""The alarms of a month: planted stories are named within a month, and quiet years as seldom as stated."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.monthly.alarms import ServedBands, ToFollow, chance_of, of_bands, of_follow_up
from pipelines.monthly.close_rate import of_close_rate
from scoring.timeline import day_number

BEGIN, AS_OF, WEEKS = day_number(date(2025, 1, 1)), day_number(date(2026, 1, 1)), 105
JULY, SEPTEMBER = day_number(date(2025, 7, 1)), day_number(date(2025, 9, 1))
#: Segments with so many arrivals a week each; two of them are no longer followed up from July on.
SEGMENTS, A_WEEK, LEFT = ("Education", "Health", "Retail", "Software"), 7, ("Health", "Retail")


def companies(seed: int, *, planted: bool) -> ToFollow:
    """Arrivals of a year: of 70 % sales calls or opens a deal within some days, of those left alone 10 %."""
    rng, parts = np.random.default_rng(seed), []
    for name in SEGMENTS:
        day = np.sort(rng.integers(BEGIN, AS_OF, 52 * A_WEEK))
        left = planted & (name in LEFT) & (day >= JULY)
        called = rng.random(len(day)) < np.where(left, 0.1, 0.7)
        wait = rng.integers(0, 10, len(day))
        parts.append(pd.DataFrame({"day": day, "name": name, "called": np.where(called, day + wait, np.nan)}))
    frame = pd.concat(parts, ignore_index=True).assign(in_deal=np.nan)
    return ToFollow.arrivals(frame.set_index(frame.index.astype(str)))


def deals(seed: int, *, planted: bool) -> pd.DataFrame:
    """Eight closed deals a week, of which 30 % are won, or 8 % from September on."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(BEGIN, AS_OF, 416))
    won = rng.random(len(day)) < np.where(planted & (day >= SEPTEMBER), 0.08, 0.3)
    return pd.DataFrame({"opportunity_id": range(len(day)), "closed_day": day, "status": np.where(won, "won", "lost")})


def test_segments_that_are_left_alone_are_named_within_a_month_and_no_others() -> None:
    for seed in range(4):
        found = of_follow_up(companies(seed, planted=True), BEGIN, AS_OF, WEEKS, chance_of(0.05, WEEKS), 10)
        assert sorted(one.of for one in found) == list(LEFT), seed
        for one in found:
            assert date(2025, 7, 1) < one.named_on <= date(2025, 8, 15), one  # two weeks until it is known, and a month
            assert one.after < 0.3 < 0.5 < one.before
            assert f"instead of {one.before:.0%}" in one.sentence


def test_a_lower_close_rate_is_named_and_dated() -> None:
    found = [of_close_rate(deals(seed, planted=True), BEGIN, AS_OF, WEEKS, chance_of(0.05, WEEKS)) for seed in range(6)]
    assert all(len(one) == 1 for one in found)
    named = sorted((one[0].named_on - date(2025, 9, 1)).days for one in found)
    assert named[len(named) // 2] <= 75  # eight deals a week say little: a fall to a quarter is evident in October
    assert all(abs((one[0].since - date(2025, 9, 1)).days) <= 42 for one in found)


def test_quiet_years_raise_alarms_no_more_often_than_stated() -> None:
    chance, years = chance_of(0.05, WEEKS), 24
    assert chance == pytest.approx(0.1006, abs=1e-4)
    alarms = sum(bool(of_close_rate(deals(seed, planted=False), BEGIN, AS_OF, WEEKS, chance)) for seed in range(years))
    alarms += sum(
        bool(of_follow_up(companies(seed, planted=False), BEGIN, AS_OF, WEEKS, chance, 10)) for seed in range(4)
    )
    # At most 2.8 of 28 watches are to be expected; more than 6 have a chance of less than 2 in 100.
    assert alarms <= 6


def test_bands_that_are_moved_are_named_on_the_night_of_the_change() -> None:
    old, new = {"A": 4.0, "B": 1.5, "C": 0.5}, {"A": 3.0, "B": 1.5, "C": 0.5}
    nights = [
        ServedBands(date(2025, 11, 14), "3", old, "2025-Q4", old),
        ServedBands(date(2025, 11, 15), "4", new, "2025-Q4", old),
        ServedBands(date(2025, 11, 16), "4", new, "2025-Q4", old),
    ]
    (found,) = of_bands(nights)
    assert found.sentence.endswith("cannot be compared; agreement 2025-Q4, which holds, says 4")
    assert (found.named_on, found.of, found.before, found.after) == (date(2025, 11, 15), "grade A", 4.0, 3.0)
    assert of_bands(nights[1:]) == []
    assert of_bands([]) == []


#: Of each hand-off on 3 March: its account, when it was touched, whether it was ended before, and the hours until then.
HANDED = [
    ("A1", "2025-03-05", False, 48.0),
    ("A1", "2025-03-20", False, 400.0),
    ("A1", None, False, 700.0),
    ("A1", None, True, 100.0),
    ("A1", None, True, 500.0),
    ("A9", "2025-03-03", False, 3.0),
]


def test_hand_offs_are_followed_up_by_segment_and_who_was_soon_rejected_needs_no_call() -> None:
    frame = pd.DataFrame(HANDED, columns=["account", "touched_at", "ended", "hours"])
    frame = frame.assign(entity="account", unit=frame.index.astype(str), touched=frame["touched_at"].notna())
    frame["handed_at"], frame["touched_at"] = pd.Timestamp("2025-03-03"), pd.to_datetime(frame["touched_at"])
    found = ToFollow.handed(frame, pd.DataFrame({"name": ["Retail"]}, index=["A1"])).frame
    begin = day_number(date(2025, 3, 3))
    assert found["name"].tolist() == ["Retail"] * 4 + ["not known"]
    assert (found["first"] - begin).fillna(-1).tolist() == [2, 17, -1, -1, 0]
    assert set(found["day"]) == {begin}
