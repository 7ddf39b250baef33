"""What was expected by now, and what is found of it: 1 March says 12 %, and it is some day of April."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evidence.comparison_result import Measure
from scoring.evidence.finding import Finding
from scoring.evidence.monitoring.hindsight import (
    ahead_of_chance,
    booked,
    calibrated,
    captured,
    expected_by,
    in_hindsight,
)
from scoring.evidence.monitoring.monitor_findings import CapturedByBest, Outcome, OutcomesByGroup
from scoring.scorecard.forecast_error import ForecastError, Interval
from scoring.scorecard.lookup import FORMAT, Lookup
from scoring.timeline import Horizon
from tests.scoring.example_forecast import APRIL, drawn, example

HORIZON = Horizon(180, 6)


def even(total: float) -> float:
    """The log-odds of a period whose six hazards come to a probability."""
    stays = (1.0 - total) ** (1 / 6)
    return float(np.log((1.0 - stays) / stays))


def by(elapsed: int, log_odds: float, probability: float, offsets: tuple[float, ...] = (0.0,) * 6) -> float:
    told = {"log_odds": np.array([log_odds]), "probability": np.array([probability])}
    return float(expected_by(elapsed, HORIZON, offsets=offsets, **told)[0])


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (0, 0.0),
        (1, 1 - 0.88 ** (1 / 180)),
        (30, 1 - 0.88 ** (1 / 6)),
        (45, 0.0314531),  # the first period and half of the second: 1 - 0.88 ** 0.25
        (90, 1 - 0.88**0.5),
        (180, 0.12),
        (400, 0.12),
    ],
)
def test_alike_hazards_are_spent_evenly(elapsed: int, expected: float) -> None:
    assert by(elapsed, even(0.12), 0.12) == pytest.approx(expected, abs=1e-7)


def test_a_hazard_that_comes_late_is_expected_late() -> None:
    """Log-odds 0 and offsets of -20 or 0: nothing in the first five periods, one half in the last."""
    late = (-20.0,) * 5 + (0.0,)
    assert by(150, 0.0, 0.5, late) == pytest.approx(0.0, abs=1e-7)
    assert by(165, 0.0, 0.5, late) == pytest.approx(1 - 0.5**0.5, abs=1e-6)  # of half a period
    assert by(180, 0.0, 0.5, late) == 0.5


def test_calibration_bends_how_much_and_not_when() -> None:
    """Served as 6 % where the hazards say 12 %: half of it at any time."""
    assert by(45, even(0.12), 0.06) == pytest.approx(by(45, even(0.12), 0.12) / 2)


def test_what_is_all_but_impossible_is_spent_evenly() -> None:
    assert by(45, -800.0, 1e-12) == pytest.approx(0.25e-12)


@given(
    st.floats(-12, 6),
    st.lists(st.floats(-3, 3), min_size=6, max_size=6),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_it_rises_to_what_was_served(log_odds: float, offsets: list[float], one: int, other: int) -> None:
    scorecard: dict[str, Any] = {
        "format": FORMAT, "encodings": {}, "terms": [], "amount": {"base": 0.0, "terms": []},
        "period_offsets": offsets, "calibration": {"x": [], "y": []},
    }  # fmt: skip
    served = float(Lookup(scorecard).probability(np.array([log_odds]))[0])
    early, late = sorted((one, other))
    steps = [by(days, log_odds, served, tuple(offsets)) for days in (early, late, 180)]
    assert 0.0 <= steps[0] <= steps[1] <= steps[2] * (1 + 1e-12)
    assert steps[2] == pytest.approx(served, rel=1e-12)


def served(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with what the ledger adds: which night, version and grade, and who was among the best."""
    night = np.where(frame["as_of"] == APRIL, "2026-04-01_2", "2026-03-01_1")
    best = frame.groupby("as_of")["value_closedwon"].rank(ascending=False) <= 1
    version = np.where(frame["as_of"] == APRIL, "10", "9")
    grade = np.where(frame["p_closedwon"] >= 0.3, "A", "B")
    return frame.assign(night=night, version=version, grade=grade, worked=best.astype(float))


def finding_of(found: OutcomesByGroup) -> Finding:
    return calibrated(found.total, found.winners)


def test_the_example_in_hindsight() -> None:
    found = in_hindsight(served(example()), replicates=50)
    total = found.total
    assert (total.rows, total.units, total.wins, found.winners, total.revenue) == (8, 5, 3, 3, 1000.0)
    assert (total.expected_wins, total.expected_revenue) == pytest.approx((2.3, 730.0))
    assert (total.predicted, total.actual) == pytest.approx((2.3 / 8, 3 / 8))
    assert total.ratio.value == pytest.approx(2.3 / 3)
    assert [(name, one.wins) for name, one in found.nights.items()] == [("2026-03-01_1", 2), ("2026-04-01_2", 1)]
    assert [(name, one.wins) for name, one in found.versions.items()] == [("9", 2), ("10", 1)]
    assert [(name, one.rows, one.wins) for name, one in found.grades.items()] == [("A", 4, 2), ("B", 4, 1)]
    # One of four is worked a night: a (300 of March's 400) and b (600, all of April's).
    assert found.captured.share == 0.25
    assert found.captured.revenue.value == pytest.approx(0.9)
    assert found.captured.wins.value == pytest.approx(2 / 3)


def test_nothing_booked_is_nothing_captured() -> None:
    found = captured(served(example().assign(won=0, amount=0.0)), replicates=5)
    assert found.revenue == found.wins == Measure(None)
    assert ahead_of_chance(found).sentence == "nothing was booked yet: nothing can be said about the ranking"


@pytest.mark.parametrize(
    ("times", "kept", "start"),
    [
        (1.0, True, "well calibrated: it expected 1.0"),
        (1.6, False, "expects too much: it expected 1.6"),
        (0.6, False, "expects too little: it expected 0.6"),
    ],
)
def test_the_verdict_on_many_wins(times: float, kept: bool, start: str) -> None:
    """The market of `drawn`, where the probabilities are true, unless they are served as so many times higher."""
    frame = served(drawn(units=1_500))
    off = frame.assign(p_closedwon=frame["p_closedwon"] * times, value_closedwon=frame["value_closedwon"] * times)
    finding = finding_of(in_hindsight(off, replicates=100))
    assert (finding.kept, finding.sentence[: len(start)]) == (kept, start), finding.sentence


@pytest.mark.parametrize(
    ("wins", "expected", "kept", "sentence"),
    [
        # Of 400 scores; Wilson's interval of 3 in 400 is 0.26 % to 2.18 %, of 0 in 400 up to 0.95 %.
        (3, 4.0, True, "too few wins to say more: 3 were won where 4.0 were expected, within noise"),
        (3, 9.0, False, "expects too much: 3 were won where 9.0 were expected, beyond noise"),
        (3, 1.0, False, "expects too little: 3 were won where 1.0 were expected, beyond noise"),
        (1, 0.2, True, "too few wins to say more: 1 was won where 0.2 were expected, within noise"),
        (0, 3.7, True, "too few wins to say more: 0 were won where 3.7 were expected, within noise"),
        (0, 4.0, False, "expects too much: 0 were won where 4.0 were expected, beyond noise"),
    ],
)
def test_the_verdict_on_few_wins(wins: int, expected: float, kept: bool, sentence: str) -> None:
    won = [1] * wins + [0] * (400 - wins)
    frame = pd.DataFrame({"unit": range(400), "won": won, "amount": 0.0, "p_closedwon": expected / 400})
    frame = frame.assign(value_closedwon=0.0, worked=0.0, night="n", version="1", grade="C")
    assert finding_of(in_hindsight(frame, replicates=5))[:2] == (kept, sentence)


@pytest.mark.parametrize(
    ("revenue_ratio", "winners", "kept", "sentence"),
    [
        ((1.2, 1.0, 1.4), 40, True, "it expected 1.20 times what was booked (1.00 to 1.40), within noise"),
        ((1.3, 1.1, 1.7), 40, False, "it expected 1.30 times what was booked (1.10 to 1.70), too much, beyond noise"),
        ((0.5, 0.3, 0.8), 40, False, "it expected 0.50 times what was booked (0.30 to 0.80), too little, beyond noise"),
        ((1.3, 1.1, 1.7), 4, True, "too few wins to say"),
        ((None, None, None), 40, True, "too few wins to say"),  # all of them were worth nothing
    ],
)
def test_the_verdict_on_revenue(revenue_ratio: tuple[Any, ...], winners: int, kept: bool, sentence: str) -> None:
    total = Outcome(400, 400, 40, 40.0, 10.0, 12.0, 0.1, 0.1, 0.07, 0.13, Measure(1.0), Measure(*revenue_ratio))
    assert booked(total, winners)[:2] == (kept, f"revenue: {sentence}")


@pytest.mark.parametrize(
    ("came", "kept", "off"), [(10.0, True, "as stated"), (4.0, False, "too much"), (19.0, False, "too little")]
)
def test_what_the_scorecards_state_decides_on_revenue(came: float, kept: bool, off: str) -> None:
    ratio = Measure(12.0 / came, 11.0 / came, 13.0 / came)
    total = Outcome(400, 400, 40, 40.0, came, 12.0, 0.1, 0.1, 0.07, 0.13, Measure(1.0), ratio)
    said = f"revenue: {came:.0f} was booked where it expected 12, and 95 of 100 times 6 to 18, {off}"
    assert booked(total, 2, Interval(12.0, 8.0, 16.0, 6.0, 18.0))[:2] == (kept, said)


def test_one_win_seen_from_six_nights_is_one() -> None:
    """Of 400 accounts one won, and all six nights were before it: nothing to resample."""
    nights = [
        pd.DataFrame({"unit": range(400), "won": [1] + [0] * 399, "amount": 0.0, "night": f"n{i}"}) for i in range(6)
    ]
    frame = pd.concat(nights).assign(p_closedwon=2 / 400, value_closedwon=0.0, worked=0.0, version="1", grade="C")
    finding = finding_of(in_hindsight(frame, replicates=20))
    said = "too few wins to say more: 6 were won where 12.0 were expected, within noise"
    assert (finding.kept, finding.sentence) == (True, said)


@pytest.mark.parametrize(
    ("revenue", "kept", "sentence"),
    [
        ((0.40, 0.30, 0.50), True, "40% of the revenue (30% to 50%), 8.0 times what chance brings"),
        ((0.08, 0.03, 0.15), True, "8% of the revenue (3% to 15%): no more than chance, within noise"),
        ((0.01, 0.00, 0.04), False, "1% of the revenue (0% to 4%): less than chance"),
    ],
)
def test_the_ranking_is_compared_with_chance(revenue: tuple[float, ...], kept: bool, sentence: str) -> None:
    found = ahead_of_chance(CapturedByBest(0.05, Measure(*revenue), Measure(None)))
    assert (found.kept, found.sentence) == (kept, f"the best 5.0% of each night brought {sentence}")


@pytest.mark.parametrize(
    ("wins", "kept", "words"),
    [
        (62, True, "well calibrated: 62 were won where it expected 80.0, and 95 of 100 times 60 to 103"),
        (59, False, "expects too much: 59 were won where it expected 80.0, and 95 of 100 times 60 to 103"),
        (104, False, "expects too little: 104 were won where it expected 80.0, and 95 of 100 times 60 to 103"),
    ],
)
def test_the_interval_that_the_scorecards_state_decides(wins: int, kept: bool, words: str) -> None:
    """The resampled interval alone would say otherwise of 62 wins."""
    total = Outcome(400, 400, wins, 80.0, 10.0, 12.0, 0.2, 0.1, 0.07, 0.13, Measure(1.3, 1.1, 1.5), Measure(None))
    found = calibrated(total, wins, Interval(80.0, 67.0, 94.0, 60.0, 103.0))
    assert (found.kept, found.sentence) == (kept, words)
    assert (found.figures["wins_low"], found.figures["wins_high"]) == (60.0, 103.0)


def test_nights_of_two_models_state_their_own_errors() -> None:
    """A night of 100 scores at 20 %, of a model that is sure, and one of a model that is not."""
    night = pd.DataFrame(
        {
            "unit": range(100), "account": range(100), "as_of": 20_000, "night": "a", "version": "1", "grade": "A",
            "won": [1] * 18 + [0] * 82, "amount": [500.0] * 18 + [0.0] * 82, "p_closedwon": 0.2,
            "value_closedwon": 100.0, "expected_amount": 500.0, "worked": 0.0,
        }
    )  # fmt: skip
    errors = {"a": ForecastError(0.0, 1.0, 0.0, 3.0, part=0.0), "b": ForecastError(0.5, 1.0, 0.0, 3.0, part=0.0)}
    found = in_hindsight(pd.concat([night, night.assign(night="b", version="2")]), errors, replicates=20).stated
    assert found is not None
    sure, unsure = (total.wins for total in found.cut_offs)
    assert (sure.low_95, sure.high_95) == (13.0, 29.0)
    assert (unsure.low_95, unsure.high_95) == (5.0, 46.0)
    assert (found.together.won, found.together.wins.expected) == (36, pytest.approx(40.0))
    assert (found.together.wins.low_95, found.together.wins.high_95) == (16.0, 74.0)
    assert found.coverage.wins_95 == 2
    assert in_hindsight(night, replicates=20).stated is None
