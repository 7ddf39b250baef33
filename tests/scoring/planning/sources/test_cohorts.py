"""Cohorts of sources: literal counts, what is still expected, and pooled sources."""

import numpy as np
import pytest

from scoring.planning.sources.cohorts import STEPS, Arrived, cohorts, payback_days, pooled_sources

NEVER = np.nan


def arrived(rows: list[tuple[int, int, bool, float, float]]) -> Arrived:
    """Those who came: source, day, whether in target, days until won, revenue; all other steps with the win."""
    source, day, target, wait, revenue = (np.array(column) for column in zip(*rows, strict=True))
    won = day + wait.astype(float)
    return Arrived(
        ("ads", "fair"),
        source,
        day // 30,
        day,
        target.astype(bool),
        dict.fromkeys(STEPS, won),
        np.full(len(rows), NEVER),
        np.where(np.isnan(won), 0.0, revenue),
    )


def test_a_cohort_is_counted_to_date() -> None:
    rows = [
        (0, 400, True, 10.0, 100.0),
        (0, 405, True, NEVER, 0.0),
        (0, 410, False, 5.0, 900.0),  # not in target: came, and no more
        (0, 430, True, 50.0, 300.0),
        (1, 400, True, 95.0, 700.0),  # later than a cohort is followed
        (1, 300, True, 10.0, 50.0),  # came before what is shown
    ]
    found = cohorts(arrived(rows), 1_000, since=390, first_day=0, days=90, half_life=365.0, seed=1)
    assert found.source.tolist() == [0, 0, 1]
    assert found.month.tolist() == [13, 14, 13]
    assert found.n_arrived.tolist() == [3, 1, 1]
    assert found.targets.tolist() == [2, 1, 1]
    assert found.steps["won"].to_date.tolist() == [1.0, 1.0, 0.0]
    assert found.revenue.to_date.tolist() == [100.0, 300.0, 0.0]
    # All have been followed for 90 days: nothing more is expected.
    assert found.steps["won"].completed.tolist() == [1.0, 1.0, 0.0]
    whole = cohorts(arrived(rows), 1_000, since=390, first_day=0, days=90, half_life=365.0, seed=1, whole=True)
    assert (whole.source.tolist(), whole.month.tolist(), whole.n_arrived.tolist()) == ([0, 1], [-1, -1], [4, 1])


def test_a_young_cohort_is_completed_by_the_rates_of_the_old_ones() -> None:
    """Half of the old ones were won, all in the second month; so half of those who are a month old still will be."""
    old = [(0, day, True, 45.0 if day % 2 else NEVER, 10.0) for day in range(400)]
    young = [(0, 970, True, NEVER, 0.0)] * 100
    found = cohorts(arrived(old + young), 1_000, since=960, first_day=0, days=90, half_life=1e6, seed=1)
    won = found.steps["won"]
    assert won.to_date.tolist() == [0.0]
    assert won.completed[0] == pytest.approx(50.0, rel=0.1)
    assert won.low[0] < won.completed[0] < won.high[0]
    assert found.revenue.completed[0] == pytest.approx(500.0, rel=0.1)
    assert found.won_by[0, [0, 30, 90]] == pytest.approx([0.0, 0.0, 0.5], abs=0.06)


def test_the_interval_of_a_young_cohort_holds_as_often_as_it_says() -> None:
    """200 cohorts of 60 with a win in one of five cases: 80 % of the intervals hold, within four binomial errors."""
    rng = np.random.default_rng(5)
    wait = np.where(rng.random(4_000) < 0.2, rng.integers(31, 90, 4_000), NEVER)
    old = [(0, int(day), True, float(one), 10.0) for day, one in zip(rng.integers(0, 800, 4_000), wait, strict=True)]
    young = [(0, 970, True, NEVER, 0.0)] * 60
    found = cohorts(arrived(old + young), 1_000, since=960, first_day=0, days=90, half_life=1e6, seed=1)
    low, high = found.steps["won"].low[0], found.steps["won"].high[0]
    n_arrived = rng.binomial(60, 0.2, 200)
    assert 0.69 <= ((n_arrived >= low) & (n_arrived <= high)).mean() <= 0.97


@pytest.mark.parametrize(
    ("names", "fewest", "sources", "index"),
    [
        (["a", "b", "a"], 1, ("a", "b"), [0, 1, 0]),
        (["b", "b", "a", "c"], 2, ("b", "others"), [0, 0, 1, 1]),
        (["others", "others", "b", "b"], 2, ("b", "others"), [1, 1, 0, 0]),  # those are one already
        (["b", "b", "a"], 2, ("b", "a"), [0, 0, 1]),  # a pool of one is that one
        ([], 2, (), []),
    ],
)
def test_small_sources_are_one(names: list[str], fewest: int, sources: tuple[str, ...], index: list[int]) -> None:
    found, positions = pooled_sources(np.array(names, dtype=str), fewest)
    assert (found, positions.tolist()) == (sources, index)


@pytest.mark.parametrize(("cost", "expected"), [(10.0, 1.0), (25.0, 2.0), (31.0, float("nan")), (0.0, float("nan"))])
def test_a_cohort_pays_its_cost_back(cost: float, expected: float) -> None:
    assert payback_days(cost, np.array([0.0, 10.0, 30.0])) == pytest.approx(expected, nan_ok=True)
