from hypothesis import given
from hypothesis import strategies as st

from scoring.alignment.differences import differences

BEFORE = {
    "agreement": {"revenue_target": 1_000_000, "name": "2026-Q4"},
    "grades": {"a": 4},
    "target_market": {"country": ["DE"]},
}
AFTER = {
    "agreement": {"revenue_target": 1_200_000, "name": "2027-Q1"},
    "target_market": {"country": ["DE", "AT"]},
    "capacity": {"inside_sales": 120.5},
}


def test_what_is_different_in_words() -> None:
    assert [str(found) for found in differences(BEFORE, AFTER)] == [
        "agreement.revenue_target: 1,000,000 -> 1,200,000",
        "agreement.name: 2026-Q4 -> 2027-Q1",
        "target_market.country: DE -> DE, AT",
        "capacity.inside_sales: nothing -> 120.5",
        "grades.a: 4 -> nothing",
    ]


SECTIONS = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2)))


@given(before=SECTIONS, after=SECTIONS)
def test_the_same_keys_differ_both_ways(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]) -> None:
    there = {(found.key, found.before, found.after) for found in differences(before, after)}
    back = {(found.key, found.after, found.before) for found in differences(after, before)}
    assert there == back
    assert differences(before, before) == []
