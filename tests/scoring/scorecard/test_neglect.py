"""What sales leaves alone: which segments are neglected, never tried, and fit; and the record in a scorecard."""

from typing import Any

import pytest

from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.neglect import Neglect, WorkedSegment

#: Snapshots, worked, usual, and whether it is neglected and untried.
CASES = [
    (1_000, 0.10, 0.10, False, False),
    (1_000, 0.05, 0.10, False, False),  # half as often
    (1_000, 0.04, 0.10, True, False),
    (1_000, 0.011, 0.10, True, False),
    (1_000, 0.009, 0.10, True, True),
    (1_000, 0.0, 0.10, True, True),
    (199, 0.0, 0.10, False, False),  # 20 were to be expected: fewer may be chance
    (200, 0.0, 0.10, True, True),
    (0, 0.0, 0.0, False, False),
]


def segment(**changed: Any) -> WorkedSegment:
    facts: dict[str, Any] = {
        "feature": "country",
        "value": "US",
        "open": 300,
        "snapshots": 1_000.0,
        "worked": 0.0,
        "usual": 0.1,
        "fit": 50.0,
        "fit_of_all": 50.0,
        "as_it_is": 5.0,
        "if_worked": Interval(12.0, 8.0, 17.0, 6.0, 21.0),
    }
    return WorkedSegment(**(facts | changed))


@pytest.mark.parametrize(("snapshots", "worked", "usual", "neglected", "untried"), CASES)
def test_a_segment_is_neglected_that_is_worked_less_than_half_as_often(
    snapshots: float, worked: float, usual: float, neglected: bool, untried: bool
) -> None:
    found = segment(snapshots=snapshots, worked=worked, usual=usual)
    assert (found.neglected, found.untried) == (neglected, untried)


@pytest.mark.parametrize(("fit", "fits"), [(80.0, True), (50.0, True), (45.0, True), (44.9, False)])
def test_a_segment_fits_that_is_about_as_good_as_all(fit: float, fits: bool) -> None:
    assert segment(fit=fit).fits is fits


def test_those_that_fit_come_first_and_then_what_work_would_add() -> None:
    few = segment(value="FR", as_it_is=11.0)
    poor = segment(value="BR", fit=20.0, as_it_is=0.0)
    worked = segment(value="DE", worked=0.1)
    found = Neglect(kinds=("call",), days=180, share=0.08, kept=0.7, segments=(poor, few, worked, segment()))
    assert [one.value for one in found.neglected] == ["US", "FR", "BR"]
    assert Neglect.from_json(found.to_json()) == found
