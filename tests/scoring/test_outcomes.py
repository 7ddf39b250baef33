"""Which period a win falls into, as far as observed. The look is at 2026-03-01; periods are 30 days."""

import ibis
import pytest

from scoring.outcomes import outcomes
from scoring.timeline import Horizon
from tests.scoring.example_market import AS_OF, CONNECTION, cells, day

HORIZON = Horizon(days=90, periods=3)
SNAPSHOTS = ibis.memtable({"unit": ["A1"], "as_of": [AS_OF]}, schema={"unit": "string", "as_of": "int64"})
DEALS = {"unit": "string", "closed_day": "int64", "status": "string", "amount": "float64"}

#: closed deals, today, and the outcome: periods observed, period won, amount
CASES = [
    ("A1  2026-03-01  won   10", "2026-06-01", (3, 0, 10.0)),  # on as_of: an outcome
    ("A1  2026-03-30  won   10", "2026-06-01", (3, 0, 10.0)),
    ("A1  2026-03-31  won   10", "2026-06-01", (3, 1, 10.0)),
    ("A1  2026-05-29  won   10", "2026-06-01", (3, 2, 10.0)),
    ("A1  2026-05-30  won   10", "2026-06-01", (3, None, None)),  # behind the horizon
    ("A1  2026-03-05  won   10", "2026-03-31", (1, 0, 10.0)),
    ("A1  2026-03-05  won   10", "2026-03-30", (0, None, None)),  # won, but its period is not over
    ("A1  2026-03-31  won   10", "2026-04-01", (1, None, None)),
    ("A1  2026-03-05  lost  -", "2026-06-01", (3, None, None)),  # losing ends nothing
    ("A1  2026-03-05  lost  -\nA1  2026-04-10  won  10", "2026-06-01", (3, 1, 10.0)),
    ("A1  2026-04-10  won   10\nA1  2026-03-05  won  7", "2026-06-01", (3, 0, 7.0)),  # the first win
    ("A1  2026-03-05  won   10\nA1  2026-03-05  won  7", "2026-06-01", (3, 0, 17.0)),  # both of its day
    ("A1  2026-03-05  won   -", "2026-06-01", (3, 0, None)),
    ("A1  2026-03-05  won   0", "2026-06-01", (3, 0, 0.0)),
    ("A1  -           open  -", "2026-06-01", (3, None, None)),
    ("A2  2026-03-05  won   10", "2026-06-01", (3, None, None)),  # somebody else's
    ("A1  2026-02-27  won   10\nA1  2026-03-05  won  9", "2026-06-01", (3, None, None)),  # entered late
]


def deals(text: str) -> ibis.Table:
    rows = [line.split() for line in text.splitlines()]
    table = {
        "unit": [unit for unit, *_ in rows],
        "closed_day": [None if closed == "-" else day(closed) for _, closed, *_ in rows],
        "status": [status for _, _, status, _ in rows],
        "amount": [None if amount == "-" else float(amount) for *_, amount in rows],
    }
    return ibis.memtable(table, schema=DEALS)


@pytest.mark.parametrize(("closes", "today", "expected"), CASES)
def test_a_win_counts_in_the_period_it_falls_into(
    closes: str, today: str, expected: tuple[int, int | None, float | None]
) -> None:
    found = outcomes(SNAPSHOTS, deals(closes), HORIZON, day(today))
    assert cells(found, "observed", "won_period", "amount") == [expected]


def test_every_look_keeps_its_columns_and_its_row() -> None:
    snapshots = ibis.memtable({"unit": ["A1", "A9"], "as_of": [AS_OF, AS_OF + 31], "industry": ["Retail", None]})
    found = outcomes(snapshots, deals("A1  2026-04-01  won  10"), HORIZON, AS_OF + 61)
    assert CONNECTION.to_pyarrow(found.order_by("unit")).to_pylist() == [
        {"unit": "A1", "as_of": AS_OF, "industry": "Retail", "amount": 10.0, "observed": 2, "won_period": 1},
        {
            "unit": "A9",
            "as_of": AS_OF + 31,
            "industry": None,
            "amount": None,
            "observed": 1,
            "won_period": None,
        },
    ]
