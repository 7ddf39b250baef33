"""The choice among the models for few wins: by what each says of units that it was not fitted to."""

import numpy as np
import pytest

from models.calibration import sigmoid
from models.hazard import HazardRows
from models.tables.additive import summed_tables
from models.tables.few_wins import Candidate, CrossValidated, cross_validated

TRUTH = np.array([-1.0, 1.5, 0.9, 0.3, -0.3, -0.9])
SIZES, UNORDERED = [6, 3, 1], [False, True, True]  # recency, noise, and one period


def market(units: int, base: float = -3.5) -> tuple[np.ndarray, HazardRows, np.ndarray]:
    """Each unit is looked at three times, with the same codes, and wins after all of them or none."""
    rng = np.random.default_rng(7)
    codes = np.column_stack([rng.integers(0, size, units) for size in SIZES[:2]])
    won = (rng.random(units) < sigmoid(base + TRUTH[codes[:, 0]])).astype("float64")
    unit = np.repeat(np.arange(units), 3)
    rows = len(unit)
    day = np.tile([0, 30, 60], units)
    made = HazardRows(np.arange(rows), np.zeros(rows, dtype=int), won[unit], day, day + 30, np.ones(rows))
    return codes[unit], made, unit


def found(units: int, *candidates: Candidate, base: float = -3.5) -> CrossValidated:
    result = cross_validated(*market(units, base), SIZES, UNORDERED, 7, candidates)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("logistic", "evidence", "rung"),
    [(1e-9, 3.0, "evidence"), (0.03, 1e9, "logistic")],
)
def test_the_smaller_loss_decides(logistic: float, evidence: float, rung: str) -> None:
    """A penalty beyond measure leaves a model nothing to say."""
    result = found(1000, Candidate("logistic", logistic), Candidate("evidence", evidence))
    assert result.best.rung == rung
    assert set(result.losses) == {"logistic", "evidence"}
    assert result.losses[rung] < 0.985 * result.constant
    assert min(result.losses, key=lambda name: result.losses[name]) == rung


def test_a_rung_is_as_good_as_its_best_penalty() -> None:
    one, other = (found(1500, Candidate("evidence", pull)).losses["evidence"] for pull in (1e9, 3.0))
    both = found(1500, Candidate("evidence", 1e9), Candidate("evidence", 3.0))
    assert both.losses == {"evidence": min(one, other)}
    assert both.best == Candidate("evidence", 3.0)


def test_units_stay_whole() -> None:
    """A code for each unit tells who won, but nothing about others: rows of a unit on both sides would find skill."""
    codes, rows, unit = market(300, base=-2.0)
    known = np.column_stack([codes[:, 1], unit])
    result = cross_validated(known, rows, unit, [3, 300, 1], [True, True, True], 7, [Candidate("evidence", 0.1)])
    assert result is not None
    assert result.losses["evidence"] >= 0.999 * result.constant


def test_the_next_ten_wins_buy_less_the_more_there_are() -> None:
    few, many = (found(units, Candidate("evidence", 3.0)).next_ten for units in (900, 6000))
    assert 0.0 <= many < few < 0.05


def test_too_little_to_divide_is_not_compared() -> None:
    codes, rows, unit = market(300)
    alone = np.where(unit == unit[rows.won == 1][0], 1.0, 0.0)
    lone = HazardRows(rows.snapshot, rows.period, alone, rows.start, rows.end, rows.weight)
    assert cross_validated(codes, lone, unit, SIZES, UNORDERED, 7) is None


@pytest.mark.parametrize("rung", ["logistic", "evidence"])
def test_a_model_is_exactly_its_tables(rung: str) -> None:
    codes, rows, unit = market(1500)
    tables, start = Candidate(rung, 1.0).fit(codes, rows, unit, SIZES, UNORDERED)
    assert [len(table) for table in tables] == SIZES
    hazard = sigmoid(start + summed_tables(tables, rows.design(codes)[0]))
    assert hazard.mean() == pytest.approx(rows.won.mean(), rel=0.1)
