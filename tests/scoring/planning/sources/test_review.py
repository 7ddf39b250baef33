"""A period looked back at: the six sums, and the plan that is made of the period before."""

import numpy as np
import pytest

from scoring.planning.sources.review import HELD_BY, AtRisk, planned


def at_risk(rows: list[tuple[bool, float, float, bool, float, bool, float]]) -> AtRisk:
    """Those who could be won, of one group."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return AtRisk(np.zeros(len(rows), dtype=int), *columns)


# new, usual, scored, followed, expected of open deals, won, revenue
BEFORE = at_risk(
    [
        (False, 0.5, 0.5, True, 0.0, True, 900.0),
        (False, 0.5, 0.5, True, 0.3, False, 0.0),
        (True, 0.5, 0.5, True, 0.0, True, 1_100.0),
        (True, 0.5, 0.5, False, 0.0, False, 0.0),
    ]
)
NOW = at_risk(
    [
        (False, 0.5, 0.9, False, 0.0, False, 0.0),
        (True, 0.5, 0.1, True, 0.0, True, 700.0),
    ]
)


def test_the_sums_of_a_period() -> None:
    assert BEFORE.sums(1).tolist() == [pytest.approx([2.0, 2.0, 1.5, 2.3, 2.0, 2_000.0])]
    assert NOW.sums(1).tolist() == [pytest.approx([1.0, 1.0, 0.1, 1.0, 1.0, 700.0])]


def test_a_plan_goes_on_as_before() -> None:
    """Half a win of arrivals was expected, and one who is open scores 0.9; three quarters are followed up."""
    found = planned(NOW, BEFORE, np.array([0.5]), 1_000.0)
    fit = 0.9 + 0.5
    followed = fit * 0.75
    expected = [1.0, fit, followed, followed * 2.3 / 1.5, followed * 2.0 / 1.5, followed * 2.0 / 1.5 * 1_000]
    assert found.tolist() == [pytest.approx(expected)]


def test_what_came_changes_no_plan() -> None:
    other = at_risk([(False, 0.5, 0.9, True, 0.0, True, 5_000.0)])
    assert (
        planned(NOW, BEFORE, np.array([0.5]), 10.0).tolist() == planned(other, BEFORE, np.array([0.5]), 10.0).tolist()
    )


def test_a_small_group_follows_up_as_all_do() -> None:
    """Of a group with 0.2 expected wins, none followed up, the ratio of all counts more."""
    big = [(True, 0.5, 0.5, True, 0.0, False, 0.0)] * 100
    small = [(True, 0.2, 0.2, False, 0.0, False, 0.0)]
    before = at_risk(big + small)
    before.group[-1] = 1
    found = planned(before, before, np.array([1.0, 1.0]), 1.0)
    of_all = 50 / 50.2
    assert found[1, 2] / found[1, 1] == pytest.approx(HELD_BY * of_all / (0.2 + HELD_BY))
