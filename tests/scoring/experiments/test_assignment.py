"""Who is called in which week: by chance, the same for ever, and whoever else takes part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.experiments.assignment import PROPENSITIES, WEEKS, folds, most_in_a_week, week_of


@pytest.mark.parametrize(
    ("name", "weeks"),
    [("spring", [0, 3, 3, 2]), ("autumn", [1, 0, 0, 3])],
)
def test_a_name_draws_the_same_weeks_for_ever(name: str, weeks: list[int]) -> None:
    assert [week_of(name, unit) for unit in ("A-1", "A-2", "A-3", "A-4")] == weeks


@given(st.text(), st.lists(st.text(), unique=True, min_size=1), st.data())
def test_the_week_of_one_does_not_change_when_others_come(name: str, units: list[str], data: st.DataObject) -> None:
    fewer = data.draw(st.sets(st.sampled_from(units)))
    every = dict(zip(units, folds(name, units, 5), strict=True))
    ordered = sorted(fewer)
    assert dict(zip(ordered, folds(name, ordered, 5), strict=True)) == {unit: every[unit] for unit in fewer}
    assert all(0 <= week_of(name, unit) < WEEKS for unit in units)


def test_each_week_has_its_propensity_whatever_the_fold() -> None:
    units = [f"A-{number}" for number in range(4_000)]
    weeks, parts = np.array([week_of("n", unit) for unit in units]), folds("n", units, 2)
    assert sum(PROPENSITIES) == 1.0
    shares = [(weeks[parts == fold] == week).mean() for fold in range(2) for week in range(4)]
    assert np.abs(np.array(shares) - 0.25).max() < 4 * np.sqrt(0.25 * 0.75 / 2_000)


@pytest.mark.parametrize(("n", "most"), [(0, 0), (4, 3), (100, 34), (1_000, 278)])
def test_a_week_has_room_for_two_standard_deviations(n: int, most: int) -> None:
    assert most_in_a_week(n) == most
