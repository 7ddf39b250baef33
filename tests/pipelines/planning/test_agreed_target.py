"""What is left of an agreed target, by what was booked and when the plan ends."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.planning.agreed_target import AgreedTarget
from pipelines.planning.known_lives import KnownLives
from scoring.planning.life_table import Lives
from scoring.timeline import day_number

AGREED = AgreedTarget("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), 1_200_000.0)
#: Won before the agreement, on its first day, without an amount, and on the day of the plan.
WON = {
    "2026-12-31": 500_000.0,
    "2027-01-01": 100_000.0,
    "2027-01-31": 200_000.0,
    "2027-01-15": np.nan,
    "2027-02-01": 7.0,
}
NONE = np.full(len(WON), np.nan)


def known(factor: float = 1.0) -> KnownLives:
    won = np.array([day_number(date.fromisoformat(day)) for day in WON], dtype=float)
    lives = Lives(("all",), np.zeros(len(WON), dtype=np.int64), won.astype(np.int64) - 90, won, NONE)
    units = np.array([f"A{i}" for i in range(len(WON))], dtype=object)
    return KnownLives(lives, units, factor * np.array(list(WON.values())), pd.Series(dtype=str), 0, "nothing")


NO_TARGET = AgreedTarget("2027-Q1", AGREED.first_day, AGREED.last_day, 0.0)
OF = "the target of agreement 2027-Q1"


@pytest.mark.parametrize(
    ("agreed", "as_of", "until", "factor", "left", "words"),
    [
        (AGREED, "2027-01-01", "2027-04-01", 1.0, 1_200_000.0, "1,200,000 of agreement 2027-Q1"),
        (AGREED, "2027-02-01", "2027-04-01", 1.0, 900_000.0, "1,200,000 of agreement 2027-Q1, less 300,000 booked "),
        (AGREED, "2027-02-01", "2027-04-01", 5.0, None, f"{OF}, 1,200,000, is booked already: 1,500,000"),
        (AGREED, "2027-02-01", "2027-05-01", 1.0, None, f"{OF} is not taken: it ends on 2027-03-31, so --until 2027-0"),
        (AGREED, "2026-12-01", "2027-04-01", 1.0, None, f"{OF} is not taken: it begins on 2027-01-01"),
        (NO_TARGET, "2027-02-01", "2027-04-01", 1.0, None, "agreement 2027-Q1 has no revenue target"),
    ],
)
def test_what_is_left_of_an_agreed_target(
    agreed: AgreedTarget, as_of: str, until: str, factor: float, left: float | None, words: str
) -> None:
    found = agreed.left(known(factor), date.fromisoformat(as_of), date.fromisoformat(until))
    assert (found[0], found[1][: len(words)]) == (left, words)
