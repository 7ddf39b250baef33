"""Hazard rows of a dated example: a horizon of 60 days in two periods, looked back on from day 100."""

import numpy as np
import pytest

from models.hazard import HazardRows, hazard_rows, spared, split_day, thinned

BOUNDS = (0, 30, 60)

# as_of, periods over at day 100, period of the win -> (period, won, start, end) of each row
EXAMPLE: list[tuple[int, int, float, list[tuple[int, int, int, int]]]] = [
    (10, 2, np.nan, [(0, 0, 10, 40), (1, 0, 40, 70)]),  # its horizon ended on day 70: no win
    (10, 2, 1.0, [(0, 0, 10, 40), (1, 1, 40, 70)]),
    (10, 2, 0.0, [(0, 1, 10, 40)]),  # won in the first period: not at risk in the second
    (60, 1, np.nan, [(0, 0, 60, 90)]),  # the second period, 90 to 120, is not over
    (60, 1, 0.0, [(0, 1, 60, 90)]),
    (80, 0, np.nan, []),  # nothing of it is over
]
AS_OF, OBSERVED, WON_PERIOD = (np.array(column) for column in list(zip(*EXAMPLE, strict=True))[:3])


def rows_of_example(max_rows: int = 100) -> HazardRows:
    return hazard_rows(AS_OF, OBSERVED, WON_PERIOD, BOUNDS, max_rows=max_rows, seed=7)


def test_a_row_for_each_period_at_risk() -> None:
    rows = rows_of_example()
    found: list[list[tuple[int, ...]]] = [[] for _ in EXAMPLE]
    for snapshot, *row in zip(rows.snapshot, rows.period, rows.won, rows.start, rows.end, strict=True):
        found[snapshot].append(tuple(map(int, row)))
    assert found == [expected for *_, expected in EXAMPLE]
    assert rows.weight.tolist() == [1.0] * 7


def test_a_mask_keeps_whole_rows() -> None:
    late = rows_of_example()
    late = late.where(late.start >= 40)
    assert (late.snapshot.tolist(), late.won.tolist()) == ([0, 1, 3, 4], [0, 1, 0, 1])


@pytest.mark.parametrize("max_rows", [900, 3000])
def test_sampling_keeps_every_win_and_the_totals(max_rows: int) -> None:
    rng = np.random.default_rng(3)
    won_period = np.where(rng.random(4000) < 0.05, rng.integers(0, 2, 4000), np.nan)
    given = (np.full(4000, 10), np.full(4000, 2), won_period, BOUNDS)
    every = hazard_rows(*given, max_rows=10**6, seed=7)
    some = hazard_rows(*given, max_rows=max_rows, seed=7)
    assert some.won.sum() == every.won.sum() == np.isfinite(won_period).sum()
    assert len(some) == pytest.approx(max_rows, rel=0.1)
    assert some.weight.sum() == pytest.approx(len(every))
    assert (some.won * some.weight).sum() == every.won.sum()
    again = hazard_rows(*given, max_rows=max_rows, seed=7)
    assert again.snapshot.tolist() == some.snapshot.tolist()


@pytest.mark.parametrize(
    ("starts", "held_share", "day"),
    [([10, 20, 30, 40], 0.3, 30), ([10, 20, 30, 40], 0.5, 20), ([10, 10, 10, 40], 0.3, 10)],
)
def test_the_newest_wins_are_held_out(starts: list[int], held_share: float, day: int) -> None:
    zeros, start = np.zeros(4, dtype=int), np.array(starts)
    rows = HazardRows(zeros, zeros, np.ones(4), start, start + 30, np.ones(4))
    assert split_day(rows, held_share) == day


def test_without_a_win_nothing_is_split_off() -> None:
    lost = rows_of_example()
    lost = lost.where(lost.won == 0)
    assert split_day(lost, 0.3) == 60


def test_rows_that_stand_for_many_are_kept_the_more_surely_and_then_all_stand_for_as_many() -> None:
    """1,000 rows that stand for 9 each and 1,000 for one: of 500 that are kept, 450 are of the first."""
    n = np.arange(2_000)
    rows = HazardRows(n, n * 0, n * 0.0, n, n + 30, np.where(n < 1_000, 9.0, 1.0))
    some = thinned(rows, 500, seed=7)
    assert (some.snapshot < 1_000).sum() == pytest.approx(450, rel=0.1)
    assert some.weight == pytest.approx(np.full(len(some), 10_000 / len(some)))


def test_of_many_wins_some_are_spared_and_the_odds_stay() -> None:
    n = np.arange(4_000)
    rows = HazardRows(n, n * 0, (n < 1_000) * 1.0, n, n + 30, np.where(n < 1_000, 1.0, 50.0))
    some = spared(rows, 200, seed=7)
    wins = some.won == 1
    assert wins.sum() == pytest.approx(200, rel=0.15)
    assert some.weight[wins].tolist() == [1.0] * int(wins.sum())
    assert some.weight[~wins].sum() / wins.sum() == pytest.approx(3_000 * 50 / 1_000)
    assert spared(rows, 1_000, seed=7) is rows
