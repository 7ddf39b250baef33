"""Columns of numbers told by their values: row numbers, and counts and days of touches."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scoring.columns.behaviour import rank_correlation, suspected_by_values

SIZE = 800
rng = np.random.default_rng(4)
CREATED = np.sort(rng.integers(19_000, 20_000, SIZE)).astype(float)
DAYS = rng.poisson(rng.gamma(1.0, 6.0, SIZE)).astype(float)
NEWEST = np.where(DAYS > 0, 20_000 - rng.exponential(90, SIZE).round(), np.nan)

VALUES: dict[str, tuple[Callable[[], np.ndarray], str | None]] = {
    "the row": (lambda: np.arange(SIZE), "numbers_rows"),
    "rows in another order": (lambda: rng.permutation(SIZE) + 1, "numbers_rows"),
    "an id that rises by some": (lambda: np.cumsum(rng.integers(1, 90, SIZE)), "numbers_rows"),
    "the same, for two thirds": (
        lambda: np.where(np.arange(SIZE) % 3, np.cumsum(rng.integers(1, 90, SIZE)), np.nan),
        "numbers_rows",
    ),
    "touches": (lambda: (3 * DAYS + rng.poisson(1.0 + DAYS)).round(), "counts_touches"),
    "days since the last touch": (lambda: 20_001 - NEWEST + rng.integers(0, 9, SIZE), "dates_touches"),
    "employees": (lambda: rng.lognormal(5, 1.4, SIZE).round(), None),
    "employees of those who engage more": (lambda: np.exp(4 + 0.1 * DAYS + rng.normal(0, 1.2, SIZE)).round(), None),
    "a year": (lambda: rng.integers(1950, 2020, SIZE), None),
    "a year that rises with the rows": (lambda: 2000 + np.arange(SIZE) // 100, None),
    "unique, in no order": (lambda: rng.choice(10**6, SIZE, replace=False), None),
    "a flag": (lambda: rng.integers(0, 2, SIZE), None),
    "no whole numbers": (lambda: np.arange(SIZE) + 0.5, None),
}


@pytest.mark.parametrize("column", VALUES)
def test_numbers_are_told_by_their_values(column: str) -> None:
    make, rule = VALUES[column]
    found = suspected_by_values(pd.DataFrame({"column": make().astype(float)}), CREATED, DAYS, NEWEST)
    assert [suspicion.rule for suspicion in found] == ([rule] if rule else [])


DEALS = rng.random(SIZE) < 0.4
DOUBTS: dict[str, tuple[str, Callable[[], np.ndarray], str | None]] = {
    "downloads of ours": ("downloads", lambda: rng.poisson(0.3 * DAYS), "counts_touches"),
    "downloads of their app": ("downloads", lambda: rng.lognormal(6, 2, SIZE).round(), None),
    "a rating that follows touches": (
        "rating",
        lambda: np.clip(DAYS // 4 + rng.integers(0, 2, SIZE), 1, 5),
        "is_a_score",
    ),
    "a rating of credit": ("rating", lambda: rng.integers(1, 6, SIZE), None),
    "orders with us": ("orders", lambda: np.where(DEALS, rng.integers(1, 9, SIZE), 0), "tells_of_deals"),
    "orders of their own": ("orders", lambda: rng.integers(0, 900, SIZE), None),
    "a pipeline of oil": ("pipeline", lambda: rng.integers(0, 2, SIZE), None),
    "the age of persons": ("age", lambda: rng.integers(21, 66, SIZE), "trait"),
    "the age of companies": ("age", lambda: rng.integers(1, 80, SIZE), None),
    "heat": ("Rating", lambda: rng.choice(["Hot", "Warm", "Cold"], SIZE), "is_a_score"),
    "a credit rating in words": ("Rating", lambda: rng.choice(["AAA", "BB", "C"], SIZE), None),
    "stages": ("pipeline", lambda: rng.choice(["Lead", "MQL", "Closed Won"], SIZE), "is_a_stage"),
    "phases of a trial": ("phase", lambda: rng.choice(["Phase I", "Phase II"], SIZE), None),
    "what a farm needs": ("climate", lambda: rng.choice(["Hot", "Warm", "Cold"], SIZE), None),
}


@pytest.mark.parametrize("column", DOUBTS)
def test_a_name_in_doubt_is_told_by_its_values(column: str) -> None:
    name, make, rule = DOUBTS[column]
    found = suspected_by_values(pd.DataFrame({name: make()}), CREATED, DAYS, NEWEST, DEALS)
    assert [suspicion.rule for suspicion in found] == ([rule] if rule else [])


def test_what_nothing_can_tell_is_held_back_and_said() -> None:
    frame = pd.DataFrame({"downloads": np.arange(60) % 7, "orders": np.arange(60) % 5})
    found = suspected_by_values(frame, CREATED[:60], None, None, np.zeros(60, dtype=bool))
    assert [suspicion.why for suspicion in found] == [
        "its name may say a count of touches, and there are too few activities to tell",
        "its name may say made from the deals, and there are too few deals to tell",
    ]


def test_without_activities_nothing_is_said_of_touches() -> None:
    assert suspected_by_values(pd.DataFrame({"column": 3 * DAYS}), CREATED, None, None) == []


def test_few_rows_say_nothing() -> None:
    assert suspected_by_values(pd.DataFrame({"column": np.arange(60.0)}), CREATED[:60], None, None) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([1, 2, 3], [10, 40, 90], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1, 1], [3, 2, 1], 0.0)],
)
def test_the_rank_correlation_of_three(one: list[float], other: list[float], expected: float) -> None:
    assert rank_correlation(np.array(one), np.array(other)) == pytest.approx(expected)
