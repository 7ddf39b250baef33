"""Calibration: the mean is hit, a known distortion is undone, a map rises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import beta_map, horizon_probability, knots, log_loss, recalibrate, sigmoid
from scoring.scorecard import lookup


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def drawn(rows: int, a: float, c: float, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds, and wins with the odds of `a + c * log_odds`."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-2.0, 1.2, rows)
    return log_odds, (rng.random(rows) < sigmoid(a + c * log_odds)).astype("float64")


def test_the_sigmoid_overflows_nowhere() -> None:
    assert sigmoid(np.array([-800.0, 0.0, 800.0])).tolist() == [0.0, 0.5, 1.0]


def test_log_loss_by_hand() -> None:
    """A win given 80 % and a loss given 30 %, the loss counted three times."""
    found = log_loss(np.array([1.0, 0.0]), np.array([logit(0.8), logit(0.3)]), np.array([1.0, 3.0]))
    assert found == pytest.approx((-math.log(0.8) - 3 * math.log(0.7)) / 4)


@pytest.mark.parametrize(("wins", "rows"), [(30, 100), (0, 50), (50, 50), (1, 10_000)])
def test_an_intercept_is_the_share_of_wins(wins: int, rows: int) -> None:
    """With half a win and half a non-win added: so it is finite even where none or all won."""
    y = np.repeat([1.0, 0.0], [wins, rows - wins])
    a, c = recalibrate(y, np.full(rows, 3.0), slope=False)
    assert (a + 3.0, c) == (pytest.approx(logit((wins + 0.5) / (rows + 1)), abs=1e-7), 1.0)


@given(
    seed=st.integers(0, 1000),
    shift=st.floats(-6, 6),
    spread=st.floats(0, 4),
    slope=st.booleans(),
    weighted=st.booleans(),
)
def test_recalibrated_odds_expect_as_many_wins_as_there_are(
    seed: int, shift: float, spread: float, slope: bool, weighted: bool
) -> None:
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(shift, spread, 200)
    y = (rng.random(200) < 0.3).astype("float64")
    weight = rng.uniform(0.5, 2.0, 200) if weighted else None
    a, c = recalibrate(y, log_odds, weight, slope=slope)
    w = np.ones(200) if weight is None else weight
    middle = sigmoid(np.array([a + c * np.average(log_odds, weights=w)]))[0]
    expected = (w * sigmoid(a + c * log_odds)).sum() + middle
    assert expected == pytest.approx((w * y).sum() + 0.5, abs=1e-4)


@pytest.mark.parametrize(("a", "c"), [(0.0, 1.0), (1.5, 1.0), (-1.0, 0.6), (0.5, 1.4)])
def test_a_known_line_is_recovered(a: float, c: float) -> None:
    log_odds, won = drawn(40_000, a, c)
    assert recalibrate(won, log_odds, slope=True) == (pytest.approx(a, abs=0.12), pytest.approx(c, abs=0.06))


def test_a_horizon_is_what_its_periods_leave() -> None:
    """Hazards of 10, 20 and 50 %: 1 - 0.9 * 0.8 * 0.5 = 0.64."""
    offsets = [logit(0.1) + 2.0, logit(0.2) + 2.0, logit(0.5) + 2.0]
    assert horizon_probability(np.array([-2.0]), offsets)[0] == pytest.approx(0.64)


def test_a_rare_win_keeps_its_digits() -> None:
    assert horizon_probability(np.array([-60.0]), [0.0, 0.0])[0] == pytest.approx(2 * math.exp(-60), rel=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "c", "most", "kind"),
    [
        (0.0, 1.0, 1.0, 3, "beta"),
        (-0.5, 0.8, 0.3, 3, "beta"),  # promises too much where it is high
        (0.4, 1.5, 0.6, 3, "beta"),
        (-0.6, 0.7, 0.7, 2, "platt"),
    ],
)
def test_a_known_distortion_is_undone(a: float, b: float, c: float, most: int, kind: str) -> None:
    rng = np.random.default_rng(7)
    raw = rng.beta(0.6, 1.6, 60_000)
    true = sigmoid(a + b * np.log(raw) - c * np.log1p(-raw))
    found, parameters = beta_map(raw, (rng.random(60_000) < true).astype("float64"), most=most)
    assert found == kind
    x, y = knots(parameters)
    inside = (raw > 0.002) & (raw < 0.998)
    assert np.abs(np.interp(raw[inside], x, y) - true[inside]).max() < 0.025


def test_wins_against_the_order_leave_a_map_that_still_rises() -> None:
    raw = np.linspace(0.01, 0.6, 2000)
    kind, parameters = beta_map(raw, (raw < 0.2).astype("float64"), most=3)
    assert (kind, parameters[1], parameters[2]) == ("platt", 0.05, 0.05)


@given(a=st.floats(-4, 4), b=st.floats(0.05, 4), c=st.floats(0.05, 4))
def test_knots_rise_from_nothing_to_certainty(a: float, b: float, c: float) -> None:
    x, y = knots(np.array([a, b, c]))
    assert (x[0], y[0], x[-1], y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (np.diff(x) > 0).all()
    assert (np.diff(y) >= 0).all()


def test_knots_lie_close_enough_together() -> None:
    """Between its knots the map is a line, never as much as one in a hundred off."""
    a, b, c = -0.5, 0.8, 0.3
    p = np.linspace(0, 1, 5001)[1:-1]
    true = sigmoid(a + b * np.log(p) - c * np.log1p(-p))
    assert np.abs(np.interp(p, *knots(np.array([a, b, c]))) - true).max() < 0.01


def test_equal_log_odds_leave_the_slope_alone() -> None:
    """Nothing is learned of a slope from rows that nothing tells apart."""
    a, c = recalibrate(np.array([1.0, 0.0, 0.0, 0.0]), np.full(4, -3.0), slope=True)
    assert (a + c * -3.0, c) == (pytest.approx(logit(1.5 / 5)), pytest.approx(1.0, abs=1e-4))


@given(
    log_odds=st.lists(st.floats(-60, 30), min_size=1, max_size=5),
    offsets=st.lists(st.floats(-3, 3), min_size=1, max_size=6),
)
def test_a_logged_model_has_the_same_probability_of_a_horizon(log_odds: list[float], offsets: list[float]) -> None:
    """`scoring.scorecard.lookup` has a copy: neither may import the other."""
    x = np.array(log_odds)
    assert horizon_probability(x, offsets).tolist() == lookup.horizon_probability(x, offsets).tolist()


@given(st.floats(-40, 40))
def test_the_sigmoid_is_one_over_one_plus_exp(x: float) -> None:
    assert sigmoid(np.array([x]))[0] == pytest.approx(1 / (1 + math.exp(-x)), rel=1e-12)
