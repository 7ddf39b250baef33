"""What a call does in the simulated market: the closed form, and futures in which accounts are called."""

import numpy as np
import pandas as pd
import pytest

from scoring.simulator import Parameters, simulate
from scoring.simulator.calls import added, weeks_awake
from scoring.simulator.cycles import DISCOVERY, EVALUATING, IDLE, LOST, RESEARCHING, UNBORN, transitions


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([IDLE, RESEARCHING, RESEARCHING], 2),
        ([RESEARCHING, IDLE, RESEARCHING], 1),
        ([RESEARCHING, EVALUATING, EVALUATING], 3),
        ([EVALUATING, DISCOVERY, DISCOVERY], 0),
        ([DISCOVERY, LOST, RESEARCHING], 1),
        ([UNBORN, UNBORN, EVALUATING], 1),
    ],
)
def test_for_how_many_weeks_an_account_is_awake(stages: list[int], expected: int) -> None:
    assert weeks_awake(np.array([stages], dtype=np.int8), 2).tolist() == [expected]


@pytest.mark.parametrize(
    ("stage", "awake", "share"),
    [(RESEARCHING, 1, 1.0), (RESEARCHING, 3, 0.5), (EVALUATING, 5, 0.25), (IDLE, 0, 0.0), (DISCOVERY, 0, 0.0)],
)
def test_a_call_adds_the_less_the_longer_the_waking_is_ago(stage: int, awake: int, share: float) -> None:
    parameters = Parameters(call_effect=1.0, call_half_life=2.0)
    step = transitions(np.zeros(1), parameters)
    of_step = {RESEARCHING: step[0, RESEARCHING, EVALUATING], EVALUATING: step[0, EVALUATING, DISCOVERY]}
    found = added(np.array([stage]), np.array([awake]), step, parameters)
    assert found[0] == pytest.approx(share * of_step.get(stage, 0.0))


@pytest.mark.slow
def test_futures_in_which_accounts_are_called_gain_what_the_closed_form_says() -> None:
    market = simulate(400, weeks=110, seed=5, parameters=Parameters(flood_share=0.0, call_effect=4.0))
    as_of = market.start + pd.Timedelta(weeks=78)
    gains = market.call_gains(as_of, 182)
    called = gains.loc[gains["probability"] > 0, "account_id"].tolist()
    seeds = range(150)
    both = [market.futures(as_of, 26, seeds, called=who) for who in (called, [])]
    differences = [
        len(np.unique(one.account[one.known])) - len(np.unique(other.account[other.known]))
        for one, other in zip(*both, strict=True)
    ]
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    assert np.mean(differences) == pytest.approx(gains["probability"].sum(), abs=3 * error)
    assert gains["probability"].sum() > 3 * error
