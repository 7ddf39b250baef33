"""The promotion gate on drawn markets: a base rate that drifts, shuffled labels, a broken challenger."""

import numpy as np
import pandas as pd
import pytest

from scoring.evidence.comparison import compare
from scoring.evidence.comparison_result import Comparison
from scoring.evidence.measures.totals import stated
from scoring.scorecard.forecast_error import ForecastError, Interval
from tests.scoring.evidence.promotion.test_gate import STATED, decide, scorecard
from tests.scoring.example_forecast import drawn

#: Nobody is refused for the number of wins.
AS_MANY = dict.fromkeys(STATED, Interval(250.0, 0.0, 1e6, 0.0, 1e6))


def compared(frame: pd.DataFrame, names: tuple[str, ...] = ("closedwon", "touches", "mql")) -> Comparison:
    capacity = {int(day): 80.0 for day in frame["as_of"].unique()}
    return compare(frame, names, capacity=capacity, replicates=100)


@pytest.mark.parametrize("shift", [-0.8, 0.0, 0.8])
def test_a_base_rate_that_drifts_is_no_want_of_skill(shift: float) -> None:
    """Half or twice as many win as when closedwon was asked; it still tells who."""
    frame = drawn(shift=shift)
    error = ForecastError(level=0.05, amount=1.3, mean_amount=0.05, horizons=3.0)
    wins = stated(frame, {int(day): error for day in frame["as_of"].unique()}).together.wins
    verdict = decide(compared(frame), changed={"closedwon": wins}, scorecard=scorecard())
    said = " ".join(verdict.reasons)
    assert "does not tell" not in said
    assert verdict.promoted is (shift == 0.0)
    assert ("times the wins that came, outside" in said) is (shift != 0.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_labels_are_refused(seed: int) -> None:
    frame = drawn(seed=seed)
    order = np.random.default_rng(seed).permutation(len(frame))
    shuffled = frame.assign(won=frame["won"].to_numpy()[order], amount=frame["amount"].to_numpy()[order])
    verdict = decide(compared(shuffled), changed=AS_MANY, scorecard=scorecard())
    assert not verdict.promoted
    assert "it does not tell who will win" in verdict.reasons[0]


def test_a_broken_challenger_does_not_take_over() -> None:
    """It lost its eye for two units in three; the champion is what closedwon was."""
    frame = drawn()
    blind = np.random.default_rng(3).random(len(frame)) < 0.67
    broken = frame["value_closedwon"].where(~blind, frame["value_closedwon"].median())
    frame = frame.assign(value_champion=frame["value_closedwon"], value_challenger=broken)
    frame = frame.assign(p_champion=frame["p_closedwon"], p_challenger=frame["p_closedwon"])
    names = ("closedwon", "touches", "champion", "challenger")
    verdict = decide(compared(frame, names), changed=AS_MANY, scorecard=scorecard())
    assert (verdict.promoted, len(verdict.reasons)) == (False, 1)
    assert "is worse beyond noise" in verdict.reasons[0]
    swapped = frame.rename(columns={"value_champion": "value_challenger", "value_challenger": "value_champion"})
    assert decide(compared(swapped, names), changed=AS_MANY, scorecard=scorecard()).promoted
