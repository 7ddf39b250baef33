"""The level's error from past periods of the same length."""

import pytest

from scoring.planning.past_level import PastTotal, with_past
from tests.scoring.planning.periods import UNSURE


@pytest.mark.parametrize(
    ("won", "days", "level"),
    [
        ([], [], 0.2),  # nothing was seen: as the scorecard says
        ([100.0] * 4, [0, 90, 180, 270], (3 * 0.04 / 7) ** 0.5),  # never off, over four periods
        ([100.0] * 4, [0, 10, 20, 30], (3 * 0.04 / (3 + 4 / 3)) ** 0.5),  # over hardly more than one
        ([200.0], [0], ((3 * 0.04 + 0.6908**2 - 0.0099) / 4) ** 0.5),  # twice as many
    ],
)
def test_past_periods_count_beside_what_the_scorecard_says(won: list[float], days: list[int], level: float) -> None:
    past = [PastTotal(day, 100.0, 100.0, came) for day, came in zip(days, won, strict=True)]
    found = with_past(UNSURE, past, 90)
    assert found.level == pytest.approx(level, rel=0.001)
    assert found.amount == UNSURE.amount
