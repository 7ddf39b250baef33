"""What a training learns of its own errors: literal pasts."""

import numpy as np
import pytest

from models.calibration import sigmoid
from models.hazard import HazardRows
from models.past_errors import MOST_DAYS, PastDay, amount_error, finished_days, level_error

HORIZON = 180


def day(number: int, predicted: float, won: float, chance: float = 0.0) -> PastDay:
    return PastDay(number, predicted, chance, won)


@pytest.mark.parametrize(
    ("past", "history", "deviation", "horizons"),
    [
        # Nothing seen yet: 0.10 for a history without end, and three times its variance after one horizon.
        ([], 1e9, 0.1, 0.0),
        ([], 180.0, 0.1732, 0.0),
        ([], 90.0, 0.2236, 0.0),
        # Two days a horizon apart, off by a factor of e^0.2 each way: (3 * 0.01 + 2 * 0.04) / 5.
        ([day(0, 1e6, 1e6 * np.exp(0.2)), day(180, 1e6, 1e6 * np.exp(-0.2))], 1e9, 0.1483, 2.0),
        # Days that overlap are little more than one: (3 * 0.01 + 1.167 * 0.04) / 4.167.
        ([day(0, 1e6, 1e6 * np.exp(0.2)), day(30, 1e6, 1e6 * np.exp(0.2))], 1e9, 0.1356, 1.1667),
        # What chance explains is no error of the level.
        ([day(0, 100.0, 110.0, chance=100.0), day(180, 100.0, 90.0, chance=100.0)], 1e9, 0.0775, 2.0),
    ],
)
def test_the_error_of_the_level(past: list[PastDay], history: float, deviation: float, horizons: float) -> None:
    assert level_error(past, history, HORIZON) == (
        pytest.approx(deviation, abs=2e-4),
        pytest.approx(horizons, abs=1e-4),
    )


@pytest.mark.parametrize(
    ("amount", "expected", "square", "mean"),
    [
        ([], [], 1.0, 0.0),
        ([0.0, 0.0], [1.0, 1.0], 1.0, 0.0),  # no amount is known: every win counts as one
        # Ten wins as expected beside ten assumed ones whose mean square is 4.
        ([5.0] * 10, [5.0] * 10, 2.5, 0.2739),
        # One of them mistyped: it counts as the largest of the others. 101 wins as expected beside the ten.
        ([5.0] * 100 + [5e12], [5.0] * 101, 1.2703, 0.0493),
        # A thousand wins: one in ten brings ten times as much, the others nothing. The mean square is 10.
        ([50.0] * 100 + [0.0] * 900, [5.0] * 1000, 9.9406, 0.0941),
    ],
)
def test_the_scatter_of_amounts(amount: list[float], expected: list[float], square: float, mean: float) -> None:
    assert amount_error(np.array(amount), np.array(expected)) == (
        pytest.approx(square, abs=1e-4),
        pytest.approx(mean, abs=1e-4),
    )


def market(rates: list[float], of: int = 400, periods: int = 3) -> tuple[HazardRows, np.ndarray, np.ndarray]:
    """Rows of snapshots of `of` units on each day of a period; the hazard of a period is `rates`. Wins are exact."""
    snapshot, period, won, start, outcome = [], [], [], [], []
    for first in range(len(rates)):
        alive, done = of, 0
        for k in range(periods):
            if first + k >= len(rates):
                break
            wins = round(alive * rates[first + k])
            for i in range(alive):
                snapshot.append(first * of + done + i)
                period.append(k)
                won.append(float(i < wins))
                start.append(30 * (first + k))
            alive, done = alive - wins, done + wins
        whole = first + periods <= len(rates)
        outcome += [1.0 if whole and i < done else 0.0 if whole else np.nan for i in range(of)]
    starts = np.array(start)
    rows = HazardRows(np.array(snapshot), np.array(period), np.array(won), starts, starts + 30, np.ones(len(starts)))
    return rows, np.repeat(np.arange(len(rates)) * 30, of), np.array(outcome)


def days_of(rates: list[float]) -> list[PastDay]:
    rows, as_of, won = market(rates)

    def probability(some: np.ndarray, level: float) -> np.ndarray:
        return np.full(len(some), 1.0 - (1.0 - sigmoid(np.array([level]))[0]) ** 3)

    return finished_days(rows, np.zeros(len(rows)), as_of, won, None, probability, 3)


def test_a_steady_market_was_right_at_every_past_day() -> None:
    found = days_of([0.05] * 12)
    assert [one.day for one in found] == [30, 60, 90, 120, 150, 180, 210, 240, 270]
    for one in found:
        assert one.predicted == pytest.approx(one.won, rel=0.03)


def test_a_market_that_doubles_was_underestimated_before_and_knows_nothing_of_later() -> None:
    found = {one.day: one for one in days_of([0.04] * 6 + [0.08] * 6)}
    assert found[60].predicted == pytest.approx(found[60].won, rel=0.05)
    assert found[180].won > 1.7 * found[180].predicted  # the step comes on that day
    assert found[270].won == pytest.approx(found[270].predicted, rel=0.35)
    assert level_error(list(found.values()), 360.0, 90)[0] > level_error(days_of([0.04] * 12), 360.0, 90)[0]


def test_only_so_many_days_are_looked_at() -> None:
    found = days_of([0.05] * 30)
    assert (len(found), found[-1].day) == (MOST_DAYS, 810)
