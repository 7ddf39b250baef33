"""Whether a deal opened within the first period. The look is at 2026-03-01, and the first period ends before 03-31."""

import ibis
import pytest

from scoring.outcomes.openings import OPENED, with_openings
from scoring.timeline import Horizon
from tests.scoring.example_market import AS_OF, cells, day

HORIZON = Horizon(days=90, periods=3)
SNAPSHOTS = ibis.memtable({"unit": ["A1"], "as_of": [AS_OF]}, schema={"unit": "string", "as_of": "int64"})
DEALS = {"unit": "string", "known_day": "int64", "closed_day": "int64"}

#: deals (known, closed), today, whether one opened
CASES = [
    ("A1 2026-03-01 -", "2026-06-01", 1),
    ("A1 2026-03-30 -", "2026-06-01", 1),
    ("A1 2026-03-31 -", "2026-06-01", 0),  # in the second period
    ("A1 2026-03-05 -", "2026-03-31", 1),  # the period is over
    ("A1 2026-03-05 -", "2026-03-30", None),  # it is not
    ("A1 2026-03-05 2026-03-06", "2026-06-01", 1),  # it closed at once, and had opened
    ("A1 2026-02-28 -", "2026-06-01", None),  # open already
    ("A1 2026-02-28 2026-03-01", "2026-06-01", None),  # closed on the day, which nobody knew then
    ("A1 2026-02-10 2026-02-28", "2026-06-01", 0),  # lost before: another could open
    ("A1 2026-02-10 2026-02-28\nA1 2026-03-05 -", "2026-06-01", 1),
    ("A1 2026-02-10 -\nA1 2026-03-05 -", "2026-06-01", None),  # a second beside an open one says nothing new
    ("A1 2026-03-05 -\nA1 2026-03-06 -", "2026-06-01", 1),
    ("A2 2026-03-05 -", "2026-06-01", 0),  # somebody else's
    ("", "2026-06-01", 0),
    # Old deals that were entered on 2026-03-10, as when a CRM is moved, did not open then.
    ("A1 2026-03-10 2024-05-01", "2026-06-01", 0),
    ("A1 2026-03-10 2026-02-28\nA1 2026-03-12 -", "2026-06-01", 1),
    ("A1 2026-03-10 2026-03-01", "2026-06-01", 1),
    # What is known on the day that asks or later changes nothing.
    ("A1 2026-03-31 -", "2026-03-31", 0),
    ("A1 2026-03-30 -\nA1 2026-04-10 2026-04-20", "2026-03-31", 1),
    ("A1 2026-02-10 2026-04-10", "2026-03-31", None),
]


def deals(text: str) -> ibis.Table:
    rows = [line.split() for line in text.splitlines()]
    table = {
        "unit": [unit for unit, _, _ in rows],
        "known_day": [day(known) for _, known, _ in rows],
        "closed_day": [None if closed == "-" else day(closed) for *_, closed in rows],
    }
    return ibis.memtable(table, schema=DEALS)


@pytest.mark.parametrize(("text", "today", "expected"), CASES)
def test_a_deal_opens_in_the_first_period_or_not(text: str, today: str, expected: int | None) -> None:
    found = with_openings(SNAPSHOTS, deals(text), HORIZON, day(today))
    assert cells(found, OPENED) == [(expected,)]
    assert found.columns == ("unit", "as_of", OPENED)
