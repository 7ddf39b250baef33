"""The life table on lives that are written out, and on a market whose rates are known."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.planning.life_table import Lives, life_table
from scoring.planning.pooling import pooled

NEVER = float("nan")
#: So long that nothing decays.
FOREVER = 1e9


def lives(*rows: tuple[int, int, float, float], sources: tuple[str, ...] = ("web", "event")) -> Lives:
    """Lives from rows of source, arrived, won, ended."""
    source, arrived, won, ended = (np.array(column) for column in zip(*rows, strict=True))
    return Lives(sources, source, arrived, won.astype(np.float64), ended.astype(np.float64))


@pytest.mark.parametrize(
    ("row", "since", "days", "wins"),
    [
        ((0, 70, 79, NEVER), 0, [1, 6, 3, 0], [0, 0, 1, 0]),  # won at the age of 9 days, at risk on 10
        ((0, 91, NEVER, NEVER), 0, [1, 6, 2, 0], [0, 0, 0, 0]),  # nine days before as_of
        ((0, 100, 101, NEVER), 0, [0, 0, 0, 0], [0, 0, 0, 0]),  # came at as_of: not known
        ((0, 98, 105, NEVER), 0, [1, 1, 0, 0], [0, 0, 0, 0]),  # a win that came later is not known
        ((0, 70, NEVER, 72), 0, [1, 2, 0, 0], [0, 0, 0, 0]),  # a renewal ends it on its third day
        ((0, 70, 70, NEVER), 0, [1, 0, 0, 0], [1, 0, 0, 0]),  # won on the day it came
        ((0, 70, 60, NEVER), 0, [1, 0, 0, 0], [1, 0, 0, 0]),  # and before, by its dates
        ((0, 70, 79, NEVER), 75, [0, 2, 3, 0], [0, 0, 1, 0]),  # wins are recorded since day 75
        ((0, 70, 79, NEVER), 90, [0, 0, 0, 0], [0, 0, 0, 0]),
    ],
)
def test_days_at_risk_and_wins_of_one_life(
    row: tuple[int, int, float, float], since: int, days: list[int], wins: list[int]
) -> None:
    # A thousand days of others on every age, none of whom won, make rates that can be counted back.
    others = [(0, -20, NEVER, NEVER)] * 1000
    edges = (0, 1, 7, 14, 21)
    alone = life_table(lives(row), 100, since=since, half_life=FOREVER, ages=edges)
    expected = [w / d if d else 0 for w, d in zip(wins, days, strict=True)]
    # One source alone: its factor takes part of the rate, and gives it back.
    assert alone.rate * alone.factors.mean[0] == pytest.approx(expected, rel=0.15)
    table = life_table(lives(row, *others), 100, since=-1000, half_life=FOREVER, ages=edges)
    if since == 0:
        there = np.diff(edges) * 1000 + np.array(days)
        assert table.rate == pytest.approx(np.array(wins) / there)


def test_the_rates_of_a_market_are_found_and_a_source_without_wins_is_near_none() -> None:
    rng = np.random.default_rng(3)
    source = np.repeat([0, 1, 2], [4000, 4000, 30])
    arrived = rng.integers(0, 700, len(source))
    hazard = np.array([0.002, 0.0004, 0.002])[source]
    day = np.floor(arrived + rng.exponential(1 / hazard))
    won = np.where(day < 900, day, np.nan)
    table = life_table(
        Lives(("web", "event", "podcast"), source, arrived, won, np.full(len(source), np.nan)),
        900,
        since=0,
        half_life=FOREVER,
    )
    assert table.won_by(100.0)[:2] == pytest.approx([1 - np.exp(-0.2), 1 - np.exp(-0.04)], rel=0.06)
    assert 0.05 < table.won_by(100.0)[2] < 0.35  # thirty lives: between its own and that of all
    assert table.won_between(50.0, 150.0)[0] == pytest.approx(table.won_by(100.0)[0], rel=0.06)
    assert 0.0 < table.relative_error(np.array([100.0])) < 0.1
    assert table.won_by(np.array([0.0, 10.0, 200.0])).shape == (3, 3)
    assert (np.diff(table.won_by(np.arange(400.0)), axis=1) >= 0).all()


def test_what_is_long_ago_counts_less() -> None:
    old = [(0, 0, 5.0, NEVER)] * 50 + [(0, 0, NEVER, 10.0)] * 50
    new = [(0, 900, 905.0, NEVER)] * 10 + [(0, 900, NEVER, 910.0)] * 90
    even = life_table(lives(*old, *new), 1000, since=0, half_life=FOREVER, ages=(0, 30))
    recent = life_table(lives(*old, *new), 1000, since=0, half_life=90.0, ages=(0, 30))
    assert even.won_by(11.0)[0] == pytest.approx(1 - np.exp(-11 * 60 / (60 * 6 + 140 * 11)), rel=0.01)
    assert recent.won_by(11.0)[0] == pytest.approx(1 - np.exp(-11 * 10 / (10 * 6 + 90 * 11)), rel=0.05)


def test_the_median_is_of_those_who_win() -> None:
    found = life_table(
        lives(*[(0, 0, day, NEVER) for day in (10.0, 20.0, 30.0)], *[(0, 0, NEVER, NEVER)] * 300),
        400,
        since=0,
        half_life=FOREVER,
    )
    assert found.median_days(0) == pytest.approx(21, abs=4)
    nobody = life_table(lives((0, 0, NEVER, NEVER)), 400, since=0, half_life=FOREVER)
    assert np.isnan(nobody.median_days(0))
    assert nobody.won_by(100.0) == pytest.approx([0.0, 0.0])
    assert nobody.relative_error(np.array([100.0])) == 0.0


@pytest.mark.parametrize(
    ("reached", "error"),
    [
        ([50.0], 0.0),  # nobody wins so soon
        ([100.0, 50.0], 1.0),  # one win is all that is known of the age at which the first wins
        ([150.0], (0.05**2 + 0.05**2) ** 0.5 / (0.05 + 0.2)),
        ([150.0, 140.0, 100.0], (0.150**2 + 0.090**2) ** 0.5 / (0.150 + 0.360)),
    ],
)
def test_the_error_of_wins_is_that_of_the_ages_at_which_they_are_won(reached: list[float], error: float) -> None:
    some = life_table(lives((0, 0, NEVER, NEVER)), 100, since=0, half_life=FOREVER, ages=(0, 50, 100, 150))
    known = replace(some, rate=np.array([0.0, 0.001, 0.004]), error=np.array([0.0, 0.001, 0.001]))
    assert known.relative_error(np.array(reached)) == pytest.approx(error)


def test_groups_are_pulled_together_the_more_the_fewer_their_events() -> None:
    found = pooled(np.array([0.0, 2.0, 200.0]), np.array([1.0, 1.0, 100.0])).mean
    assert 0.3 < found[0] < 1.0 < found[1] < 2.0
    assert found[2] == pytest.approx(2.0, rel=0.03)
    alike = pooled(np.array([100.0, 102.0, 98.0]), np.array([100.0, 100.0, 100.0])).mean
    assert alike == pytest.approx(1.0, abs=0.01)
    less = pooled(np.array([0.0, 2.0, 200.0]), np.array([1.0, 1.0, 100.0]), information=0.1).mean
    assert abs(less[2] - 1) < abs(found[2] - 1)
