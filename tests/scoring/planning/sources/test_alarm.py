"""The alarm on sources: literal stakes, what it says of a planted change, and how seldom it is wrong."""

import itertools

import numpy as np
import pytest

from scoring.planning.sources.alarm import STRENGTHS, WEEK, Alarm, log_stakes, rate_ratio, watch


def test_the_stakes_on_two_values() -> None:
    """The newer of two values is lower: the chance of that is k / (1 + k), twice which a stake has become."""
    stakes = log_stakes(np.array([5.0, 3.0]), np.array([0.1, 0.2]), np.array([0, 1]), 2)
    expected = np.log(np.mean([2 * k / (1 + k) for k in STRENGTHS]))
    # A fall from the first week on changes no order: its stake stays as it is.
    assert stakes == pytest.approx([0.0, expected])


def test_a_stake_is_fair_over_all_orders() -> None:
    """The mean over all orders of five values is 1 for each beginning: a martingale, whatever the values are."""
    week, ties = np.array([0, 0, 1, 2, 2]), np.zeros(5)
    found = [np.exp(log_stakes(np.array(order), ties, week, 3)) for order in itertools.permutations(range(5))]
    assert np.mean(found, axis=0) == pytest.approx([1.0, 1.0, 1.0])


def test_a_week_more_keeps_the_mean_of_what_was_staked() -> None:
    """Given the order so far, the mean over where the next value falls is the stake so far."""
    before = log_stakes(np.array([3.0, 1.0, 2.0]), np.zeros(3), np.array([0, 1, 1]), 2)
    after = [
        np.exp(log_stakes(np.array([3.0, 1.0, 2.0, new]), np.zeros(4), np.array([0, 1, 1, 2]), 3)[:2])
        for new in (0.5, 1.5, 2.5, 3.5)
    ]
    assert np.mean(after, axis=0) == pytest.approx(np.exp(before))


def history(seed: int, *, more: float, less: float, weekly: int = 12, weeks: int = 30, at: int = 18) -> Alarm | None:
    """A source that brings `more` times as many from a week on, each worth `less` times as much."""
    rng = np.random.default_rng(seed)
    counts = np.where(np.arange(weeks) >= at, round(weekly * more), weekly)
    week = np.repeat(np.arange(weeks), counts)
    values = np.exp(rng.normal(0, 1, len(week))) * np.where(week >= at, less, 1.0)
    ties = rng.random(len(week))
    return watch(week * WEEK, values, ties, begin=0, end=weeks * WEEK, weeks=104, chance=0.05 / 6)


def test_a_source_that_brings_more_of_less_is_named_and_dated() -> None:
    found = history(1, more=2.0, less=0.3)
    assert found is not None
    assert found.rising
    assert 18 * WEEK < found.named_on <= 24 * WEEK
    assert abs(found.changed_on - 18 * WEEK) <= WEEK
    assert found.changed_between[0] <= found.changed_on <= found.changed_between[1]
    assert found.rate_before == pytest.approx(12.0, abs=1.0)
    assert found.rate_since == pytest.approx(24.0, abs=1.0)
    assert found.since < 0.5 * found.before


def test_a_source_that_only_falls_is_a_remark_and_one_that_only_grows_is_none() -> None:
    fell = history(2, more=1.0, less=0.3)
    assert fell is not None
    assert not fell.rising
    assert history(2, more=2.0, less=1.0) is None
    assert history(2, more=2.0, less=2.0) is None


def test_looking_earlier_finds_nothing_else() -> None:
    """What is named by a night was named by no later night on another day."""
    rng = np.random.default_rng(3)
    week = np.repeat(np.arange(30), np.where(np.arange(30) >= 18, 24, 12))
    values = np.exp(rng.normal(0, 1, len(week))) * np.where(week >= 18, 0.3, 1.0)
    ties = rng.random(len(week))
    named = set()
    for end in range(18 * WEEK, 30 * WEEK, WEEK):
        found = watch(week * WEEK, values, ties, begin=0, end=end, weeks=104, chance=0.01)
        named.add(None if found is None else (found.named_on, end >= found.named_on))
    assert len(named) == 2
    assert None in named


def test_false_alarms_are_seldom() -> None:
    """With a stated chance of 0.2 at most 57 of 200 quiet histories may have one (the binomial limit of 99.8 %)."""
    rng = np.random.default_rng(4)
    false = 0
    for _ in range(200):
        week = np.repeat(np.arange(20), rng.poisson(np.where(np.arange(20) >= 10, 6, 3)))
        values = rng.integers(0, 3, len(week)).astype(float)  # many equal values
        ties = rng.random(len(week))
        false += watch(week * WEEK, values, ties, begin=0, end=140, weeks=20, chance=0.2) is not None
    assert false <= 57


@pytest.mark.parametrize("arrived", [[], [3], [3, 3, 3]])
def test_too_few_arrivals_say_nothing(arrived: list[int]) -> None:
    day = np.array(arrived, dtype=int)
    assert watch(day, np.ones(len(day)), np.ones(len(day)), begin=0, end=70, weeks=104, chance=0.05) is None


@pytest.mark.parametrize(
    ("before", "since", "expected"),
    [
        ([100, 100], [200, 200], (1.69, 2.37)),  # chance alone: exp(1.96 * sqrt(1 / 200 + 1 / 400)) = 1.185
        ([50, 150], [200, 200], (0.86, 4.67)),  # weeks that scatter 25 times as much as by chance
        ([0, 0], [5, 5], (0.0, float("inf"))),
    ],
)
def test_the_interval_of_the_volume(before: list[int], since: list[int], expected: tuple[float, float]) -> None:
    assert rate_ratio(np.array(before), np.array(since)) == pytest.approx(expected, abs=0.01)
