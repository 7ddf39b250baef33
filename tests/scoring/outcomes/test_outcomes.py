"""Which period a win falls into, as far as observed. The look is at 2026-03-01; periods are 30 days."""

import ibis
import pytest

from scoring.outcomes.outcomes import outcomes
from scoring.timeline import Horizon
from tests.scoring.example_market import AS_OF, CONNECTION, cells, day

HORIZON = Horizon(days=90, periods=3)
SNAPSHOTS = ibis.memtable({"unit": ["A1"], "as_of": [AS_OF]}, schema={"unit": "string", "as_of": "int64"})
DEALS = {"unit": "string", "closed_day": "int64", "asked": "boolean", "amount": "float64"}

#: won deals, today, and the outcome: periods observed, period won, amount
CASES = [
    ("A1  2026-03-01  new    10", "2026-06-01", (3, 0, 10.0)),  # on as_of: an outcome
    ("A1  2026-03-30  new    10", "2026-06-01", (3, 0, 10.0)),
    ("A1  2026-03-31  new    10", "2026-06-01", (3, 1, 10.0)),
    ("A1  2026-05-29  new    10", "2026-06-01", (3, 2, 10.0)),
    ("A1  2026-05-30  new    10", "2026-06-01", (3, None, None)),  # behind the horizon
    ("A1  2026-03-05  new    10", "2026-03-31", (1, 0, 10.0)),
    ("A1  2026-03-05  new    10", "2026-03-30", (0, None, None)),  # won, but its period is not over
    ("A1  2026-03-31  new    10", "2026-04-01", (1, None, None)),
    ("A1  2026-04-10  new    10\nA1  2026-03-05  new  7", "2026-06-01", (3, 0, 7.0)),  # the first win
    ("A1  2026-03-05  new    10\nA1  2026-03-05  new  7", "2026-06-01", (3, 0, 17.0)),  # both of its day
    ("A1  2026-03-05  new    -", "2026-06-01", (3, 0, None)),
    ("A1  2026-03-05  new    0", "2026-06-01", (3, 0, 0.0)),
    ("A2  2026-03-05  new    10", "2026-06-01", (3, None, None)),  # somebody else's
    ("A1  2026-02-27  new    10\nA1  2026-03-05  new  9", "2026-06-01", (3, None, None)),  # entered late
    # A deal of another type is no win, and ends what is observed: the period in which it closed does not count.
    ("A1  2026-03-05  other  10", "2026-06-01", (0, None, None)),
    ("A1  2026-03-31  other  10", "2026-06-01", (1, None, None)),
    ("A1  2026-05-30  other  10", "2026-06-01", (3, None, None)),  # behind the horizon
    ("A1  2026-05-29  other  10", "2026-04-05", (1, None, None)),  # not known yet
    ("A1  2026-04-10  other  10\nA1  2026-03-05  new    7", "2026-06-01", (3, 0, 7.0)),  # won before
    ("A1  2026-03-05  other  10\nA1  2026-04-10  new    7", "2026-06-01", (0, None, None)),  # a customer's repeat win
    ("A1  2026-03-05  other  10\nA1  2026-03-05  new    7", "2026-06-01", (3, 0, 7.0)),  # sold together
    ("A1  2026-02-27  other  10", "2026-06-01", (3, None, None)),  # entered late
]


def won_deals(text: str) -> ibis.Table:
    rows = [line.split() for line in text.splitlines()]
    table = {
        "unit": [unit for unit, *_ in rows],
        "closed_day": [day(closed) for _, closed, *_ in rows],
        "asked": [kind == "new" for _, _, kind, _ in rows],
        "amount": [None if amount == "-" else float(amount) for *_, amount in rows],
    }
    return ibis.memtable(table, schema=DEALS)


@pytest.mark.parametrize(("closes", "today", "expected"), CASES)
def test_a_win_counts_in_the_period_it_falls_into(
    closes: str, today: str, expected: tuple[int, int | None, float | None]
) -> None:
    found = outcomes(SNAPSHOTS, won_deals(closes), HORIZON, day(today))
    assert cells(found, "observed", "won_period", "amount") == [expected]


#: won deals, and for each look with the next win of who may be a customer: observed, won_period, won_day, amount
ANY = [
    ("", [(3, None, None, None), (3, None, None, None), (2, None, None, None)]),
    ("A1  2026-03-01  new  10", [(3, 0, "2026-03-01", 10.0), (3, None, None, None), (2, None, None, None)]),
    (
        "A1  2026-02-10  new  5\nA1  2026-03-05  new  7\nA1  2026-04-05  new  9\nA1  2026-04-05  new  1",
        [(3, 0, "2026-03-05", 7.0), (3, 0, "2026-04-05", 10.0), (2, 0, "2026-04-05", 10.0)],
    ),
    # By a row that was set aside, it is not known whether it was the next win: nothing is observed from then on.
    ("A1  2026-04-05  other  9", [(1, None, None, None), (0, None, None, None), (0, None, None, None)]),
    (
        "A1  2026-04-05  other  9\nA1  2026-05-02  new  8",
        [(1, None, None, None), (0, None, None, None), (0, None, None, None)],
    ),
    (
        "A1  2026-03-05  other  9\nA1  2026-04-20  new  8",
        [(0, None, None, None), (3, 1, "2026-04-20", 8.0), (2, 0, "2026-04-20", 8.0)],
    ),
    (
        "A1  1900-01-01  other  9\nA2  2026-03-05  new  8",
        [(3, None, None, None), (3, None, None, None), (2, None, None, None)],
    ),
]


@pytest.mark.parametrize(("closes", "expected"), ANY)
def test_with_any_the_next_win_of_a_customer_counts(closes: str, expected: list[tuple[object, ...]]) -> None:
    days = [AS_OF, day("2026-03-15"), day("2026-04-01")]
    looks = ibis.memtable({"unit": ["A1"] * 3, "as_of": days}, schema={"unit": "string", "as_of": "int64"})
    found = outcomes(looks, won_deals(closes), HORIZON, day("2026-06-13"), win="any")
    rows = CONNECTION.to_pyarrow(found.order_by("as_of")).to_pylist()
    told = [(row["observed"], row["won_period"], row["won_day"], row["amount"]) for row in rows]
    assert told == [(seen, period, won and day(str(won)), amount) for seen, period, won, amount in expected]


def test_every_look_keeps_its_columns_and_its_row() -> None:
    snapshots = ibis.memtable({"unit": ["A1", "A9"], "as_of": [AS_OF, AS_OF + 31], "industry": ["Retail", None]})
    found = outcomes(snapshots, won_deals("A1  2026-04-01  new  10"), HORIZON, AS_OF + 61)
    assert CONNECTION.to_pyarrow(found.order_by("unit")).to_pylist() == [
        {
            "unit": "A1",
            "as_of": AS_OF,
            "industry": "Retail",
            "amount": 10.0,
            "won_day": AS_OF + 31,
            "observed": 2,
            "won_period": 1,
        },
        {
            "unit": "A9",
            "as_of": AS_OF + 31,
            "industry": None,
            "amount": None,
            "won_day": None,
            "observed": 1,
            "won_period": None,
        },
    ]
