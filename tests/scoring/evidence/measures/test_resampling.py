"""Resamples draw whole accounts; intervals are their percentiles."""

import math

import numpy as np
import pandas as pd
import pytest

from scoring.evidence.measures.resampling import drawn_together, resamples, with_interval

UNITS = pd.Series(["b", "a", "c", "a", "b", "a"])


def all_of(units: pd.Series, replicates: int, seed: int = 3, block: int = 10_000) -> np.ndarray:
    return np.hstack(list(resamples(units, replicates, seed, block=block)))


def test_the_first_column_is_the_sample_as_it_is() -> None:
    weights = all_of(UNITS, 50)
    assert weights.shape == (6, 51)
    assert weights[:, 0].tolist() == [1.0] * 6


def test_as_many_units_are_drawn_as_there_are_and_each_brings_all_its_rows() -> None:
    weights = all_of(UNITS, 50)
    a, b, c = weights[1], weights[0], weights[2]
    assert (a + b + c == 3).all()
    assert (weights[[3, 5]] == a).all()
    assert (weights[4] == b).all()
    assert set(np.unique(weights)) == {0.0, 1.0, 2.0, 3.0}


def test_every_unit_is_drawn_once_on_average() -> None:
    weights = all_of(pd.Series(range(40)), 2_000)[:, 1:]
    assert weights.mean(axis=1) == pytest.approx(1.0, abs=0.1)
    assert weights.var() == pytest.approx(1.0 - 1.0 / 40, abs=0.05)


@pytest.mark.parametrize("block", [1, 13, 600])
def test_blocks_are_only_a_matter_of_memory(block: int) -> None:
    blocks = list(resamples(UNITS, 20, 3, block=block))
    assert max(part.size for part in blocks) <= max(block, len(UNITS))
    assert (np.hstack(blocks) == all_of(UNITS, 20)).all()


def test_the_order_of_the_rows_changes_nothing_and_the_seed_everything() -> None:
    assert (all_of(UNITS[::-1], 20)[::-1] == all_of(UNITS, 20)).all()
    assert (all_of(UNITS, 20, seed=3) == all_of(UNITS, 20, seed=3)).all()
    assert (all_of(UNITS, 20, seed=4) != all_of(UNITS, 20, seed=3)).any()


def test_leads_of_one_account_are_drawn_together_where_it_is_known() -> None:
    frame = pd.DataFrame({"unit": ["l1", "l2"], "account": ["a", "a"]})
    assert drawn_together(frame).tolist() == ["a", "a"]
    assert drawn_together(frame.drop(columns="account")).tolist() == ["l1", "l2"]


@pytest.mark.parametrize(
    ("draws", "value", "low", "high"),
    [
        ([50.0, *range(101)], 50.0, 2.5, 97.5),
        ([50.0, math.nan, *range(101), math.inf], 50.0, 2.5, 97.5),  # a resample without a win says nothing
        ([1.0, *range(101)], 1.0, 1.0, 97.5),  # it holds the value
        ([99.0, *range(101)], 99.0, 2.5, 99.0),
        ([5.0], 5.0, None, None),
        ([math.nan, 1.0, 2.0], None, None, None),
    ],
)
def test_an_interval(draws: list[float], value: float | None, low: float | None, high: float | None) -> None:
    found = with_interval(np.array(draws, dtype=float))
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))
