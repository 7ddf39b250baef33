"""What stops, begins or jumps: literal months of one table, as of 2026-03-02 unless a case says another day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.quality.coverage import Coverage
from pipelines.quality.sudden_changes import changes_of, sudden_changes

AS_OF = date(2026, 3, 2)
YEAR = [f"2025-{month:02}" for month in range(1, 13)] + ["2026-01", "2026-02"]


def covered(*counts: int, last: date = date(2026, 3, 1), part: str = "") -> Coverage:
    """A table with these rows in the months from January 2025 on."""
    months = {month: count for month, count in zip(YEAR, counts, strict=False) if count}
    first = date.fromisoformat(f"{next(iter(months))}-03")
    return Coverage("activities", "occurred_at", months, 0, first, last, part)


EVEN = (100,) * 14
CASES = [
    ("as usual", covered(*EVEN), []),
    ("it grows by a tenth a month", covered(*(round(100 * 1.1**i) for i in range(14))), []),
    ("a quiet December", covered(*EVEN[:11], 50, 100, 100), []),
    ("few rows vary by chance", covered(*(1, 5, 0, 2, 6, 1, 0, 5, 1, 4, 0, 3, 1, 2)), []),
    ("it stops in January", covered(*EVEN[:12], 30, last=date(2026, 1, 9)), [("stops", "2026-01-10")]),
    ("three weeks ago", covered(*EVEN[:13], 30, last=date(2026, 2, 8)), [("stops", "2026-02-09")]),
    ("a pause of five days", covered(*EVEN, last=date(2026, 2, 24)), []),
    ("it was always seldom", covered(*((4,) * 12), last=date(2025, 12, 20)), []),
    ("it rises and stays", covered(*EVEN[:8], *((400,) * 6)), [("rises", "2025-09-01")]),
    ("it falls and stays", covered(*EVEN[:8], *((20,) * 6)), [("falls", "2025-09-01")]),
    ("an import", covered(*EVEN[:8], 900, *EVEN[9:]), [("burst", "2025-09-01")]),
    ("a month is missing", covered(*EVEN[:8], 0, *EVEN[9:]), [("gap", "2025-09-01")]),
    ("a month is missing while it grows", covered(*EVEN[:8], 0, *((250,) * 5)), [("gap", "2025-09-01")]),
    ("it rises and falls back later", covered(*EVEN[:5], *((400,) * 5), *EVEN[:4]), [("rises", "2025-06-01"),
                                                                                    ("falls", "2025-11-01")]),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_sudden_changes(found: Coverage, expected: list[tuple[str, str]]) -> None:
    assert [(change.kind, change.since.isoformat()) for change in changes_of(found, AS_OF)] == expected


def test_the_month_of_the_check_counts_by_its_days() -> None:
    # 100 rows in the first ten days of March are not fewer than 300 a month, and in the first three nothing is said.
    months = dict.fromkeys(YEAR, 300)
    for day, rows in ((11, 100), (4, 0)):
        found = Coverage(
            "leads", "created_at", {**months, "2026-03": rows}, 0, date(2025, 1, 1), date(2026, 3, day - 1)
        )
        assert list(changes_of(found, date(2026, 3, day))) == []


def test_a_type_that_begins_late_is_said_of_the_type_and_not_of_the_table() -> None:
    late = covered(*([0] * 6), *((100,) * 8), part="webinar")
    whole = covered(*EVEN)
    found = sudden_changes([whole, late], AS_OF)
    assert [(change.kind, change.part, change.sentence) for change in found] == [
        ("begins", "webinar", "activities of type webinar begin only in 2025-07, with 98 a month")
    ]


def test_where_a_table_stops_its_types_are_not_named_and_what_stops_comes_first() -> None:
    stopped = {"last": date(2026, 1, 9)}
    whole, part = covered(*EVEN[:12], 30, **stopped), covered(*EVEN[:12], 30, part="page_view", **stopped)
    jumped = Coverage("leads", "created_at", dict(zip(YEAR, (*EVEN[:8], *((400,) * 6)), strict=True)), 0,
                      date(2025, 1, 1), date(2026, 3, 1))  # fmt: skip
    found = sudden_changes([jumped, whole, part], AS_OF)
    assert [(change.table, change.part, change.kind) for change in found] == [
        ("activities", "", "stops"),
        ("leads", "", "rises"),
    ]
    assert found[0].sentence == "no activities since 2026-01-10, where 98 a month were usual"


@settings(max_examples=50)
@given(st.lists(st.integers(80, 120), min_size=14, max_size=14), st.integers(1, 100))
def test_what_varies_by_a_fifth_has_no_sudden_change(counts: list[int], factor: int) -> None:
    assert list(changes_of(covered(*(factor * count for count in counts)), AS_OF)) == []
