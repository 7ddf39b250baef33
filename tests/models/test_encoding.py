"""Numbers and levels to codes: edges that people would name, levels that are common enough."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.encoding import Edges, Levels, learn_encodings, says_nothing
from scoring.scorecard.lookup import encode
from scoring.scorecard.parts import Numeric

numbers = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=60)


def learned(values: list[Any], kind: str, **limits: int) -> Edges | Levels:
    return learn_encodings(pd.DataFrame({"x": values}), {"x": kind}, **limits)["x"]


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([1, 5, 5, 9, None], [5.0, 9.0]),  # few values: a bin for each
        (list(range(1000)), [250.0, 500.0, 750.0]),  # many: quarters
        ([1234.5 + i for i in range(1000)], [1480.0, 1730.0, 1980.0]),  # rounded to three digits
        ([0.0] * 90 + [1.0] * 10, [1.0]),
        ([3.0, 3.0], []),  # nothing to tell apart
        ([None, np.inf], []),
        ([], []),
    ],
)
def test_a_number_is_cut_at_its_quantiles(values: list[Any], edges: list[float]) -> None:
    assert learned(values, "numeric", max_bins=4) == Edges(tuple(edges))


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([1.0, 9.0, 30.0], [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 11.0, 15.0, 18.0, 22.0, 26.0]),
        ([7.0, 15.0, None], [8.0, 11.0, 15.0]),  # 15 days stand in a bin of their own: up to 14, and from 15
        ([12.0], []),
    ],
)
def test_days_are_cut_where_people_cut_them(values: list[Any], edges: list[float]) -> None:
    assert learned(values, "days") == Edges(tuple(edges))


def test_a_level_needs_cases_and_ties_go_by_name() -> None:
    values = ["b"] * 3 + ["a"] * 3 + ["c"] * 5 + ["rare"] + [None] * 9
    assert learned(values, "category", min_count=2) == Levels(("c", "a", "b"))
    assert learned(values, "category", min_count=2, max_levels=2) == Levels(("c", "a"))


def test_a_level_is_counted_by_units_and_not_by_rows() -> None:
    """One unit is seen thirty times; a unit that changed its level counts for both."""
    frame = pd.DataFrame({"x": ["often"] * 30 + ["a", "a", "b", "a", "b", None]})
    unit = np.array([0] * 30 + [1, 2, 2, 3, 4, 5])
    assert learn_encodings(frame, {"x": "category"}, min_count=2, unit=unit)["x"] == Levels(("a", "b"))
    assert learn_encodings(frame, {"x": "category"}, min_count=1, unit=unit)["x"] == Levels(("a", "b", "often"))


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"n": rng.normal(size=400), "d": rng.integers(1, 400, 400).astype(float)})
    frame["c"] = rng.choice(list("abcdef"), 400)
    kinds = {"n": "numeric", "d": "days", "c": "category"}
    assert learn_encodings(frame.sample(frac=1, random_state=1), kinds) == learn_encodings(frame, kinds)


@given(values=numbers, bins=st.integers(2, 6))
def test_every_value_has_a_code_below_the_size(values: list[Any], bins: int) -> None:
    encoding = learned(values, "numeric", max_bins=bins)
    assert isinstance(encoding, Edges)
    edges = list(encoding.edges)
    assert edges == sorted(set(edges))
    assert len(edges) < bins
    codes = encode({"x": Numeric(encoding.edges).to_json()}, {"x": values})["x"]
    assert ((codes >= 0) & (codes < Numeric(encoding.edges).size)).all()
    finite = [x for x in values if x is not None and np.isfinite(x)]
    if edges:  # no bin at either end is empty
        assert min(finite) < edges[0] <= edges[-1] <= max(finite)


@pytest.mark.parametrize(
    ("values", "kind", "nothing"),
    [
        ([0, 1, 2, 5], "numeric", True),
        ([0.0, 0.0, 1.0, None], "numeric", True),
        ([None, 1, 2, 5], "numeric", False),  # nobody has 0
        ([-1, 0, 1], "numeric", False),  # 0 is one number of many
        ([0, *range(1, 1000)], "numeric", False),  # 0 shares its code with others
        ([0, 3, 40], "days", False),  # today, not never
        ([0, 0, None], "numeric", False),  # one code for all
        (["0", "1"], "category", False),
    ],
)
def test_nothing_is_a_code_of_its_own_where_it_is_the_number_0_alone(
    values: list[Any], kind: str, nothing: bool
) -> None:
    column = pd.Series(values).to_numpy()
    assert says_nothing(learned(values, kind, min_count=1), kind, column) is nothing
