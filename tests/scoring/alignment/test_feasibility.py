from datetime import date
from typing import Any

import pytest

from scoring.alignment.feasibility import Feasibility, ScoredMarket, feasibility

MARKET = ScoredMarket(
    as_of=date(2026, 12, 28),
    known=1_840,
    grades={"A": 40, "B": 200, "C": 1_600},
    entered={"A": 12.0, "B": 70.0},
    revenue=900_000.0,
    most=50_000_000.0,
)
USUAL: dict[str, Any] = {"target": 400_000.0, "promised": {"A": 4.0}, "capacity": 20.0, "horizon_days": 180, "days": 90}
ENOUGH = "12 a week come into grade A, and 20 a week can be worked"


@pytest.mark.parametrize(
    ("changed", "faults", "notes"),
    [
        ({}, [], [ENOUGH]),
        (
            {"target": 1_350_000.0},
            [],
            [
                "the target of 1,350,000 is 3.0 times what is expected of those who are known and open (450,000 in 90 "
                "days); `closedwon plan` says how likely it is with those still to come",
                ENOUGH,
            ],
        ),
        (
            {"target": 60_000_000.0},
            [
                "the target of 60,000,000 is more than the market holds: 1,840 are known and open, and they would "
                "bring 50,000,000 if every one of them bought"
            ],
            [ENOUGH],
        ),
        (
            {"promised": {"A": 4.0, "B": 24.0}},
            [
                "the service level cannot be kept: 82 a week come into grade A and B, and 20 a week can be worked; "
                "raise capacity, or promise it for fewer grades"
            ],
            [],
        ),
        ({"promised": {}}, [], []),
        ({"capacity": 0.0}, [], []),
    ],
)
def test_an_agreement_beside_its_market(changed: dict[str, Any], faults: list[str], notes: list[str]) -> None:
    assert feasibility(MARKET, **USUAL | changed) == Feasibility(tuple(faults), tuple(notes))


def test_one_night_tells_nothing_of_a_week() -> None:
    found = feasibility(ScoredMarket(MARKET.as_of, 10, {}, {}, 900_000.0, 1e6), **USUAL)
    assert found.faults == ()
    assert found.notes == (
        "whether 20 a week are enough for grade A is not known yet: it takes two nights that are a week apart",
    )
