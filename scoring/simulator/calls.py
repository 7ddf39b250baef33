"""What a call does: it moves an account that has woken up on, the less the longer that is ago.

The hidden age of the waking decides, and no trigger that a CRM shows. In a deal, and to one that is asleep, a call does
nothing.
"""

import numpy as np
import pandas as pd

from scoring.simulator.cycles import DISCOVERY, EVALUATING, RESEARCHING, UNBORN, WON, Stages, transitions
from scoring.simulator.draws import Floats, Ints
from scoring.simulator.parameters import Parameters
from scoring.simulator.truth import win_probability

#: The step that a call makes more likely, by the stage it finds.
STEPS = {RESEARCHING: EVALUATING, EVALUATING: DISCOVERY}


def weeks_awake(stages: Stages, week: int) -> Ints:
    """Return for how many weeks each account has been researching or evaluating at boundary `week`; 0 if it is not."""
    awake = np.isin(stages[:, : week + 1], list(STEPS))[:, ::-1]
    still = np.logical_and.accumulate(awake, axis=1)
    return still.sum(axis=1)


def added(stage: Ints, awake: Ints, step: Floats, parameters: Parameters) -> Floats:
    """Return what a call adds to the chance of the next step, (n_accounts,).

    Parameters
    ----------
    stage, awake : ndarray of int
        The stage, and for how many weeks it has been awake.
    step : ndarray of float, shape (n_accounts, n_stages, n_stages)
        The transition matrices without a call.
    parameters : Parameters
    """
    found = np.zeros(len(stage))
    fades = 0.5 ** ((awake - 1) / parameters.call_half_life)
    for here, there in STEPS.items():
        rows = np.flatnonzero(stage == here)
        more = parameters.call_effect * fades[rows] * step[rows, here, there]
        found[rows] = np.minimum(more, step[rows, here, here])
    return found


def with_calls(step: Floats, stage: Ints, more: Floats) -> Floats:
    """Return the transition matrices of a week in which a call adds `more` to the next step of each account."""
    turned = step.copy()
    for here, there in STEPS.items():
        rows = np.flatnonzero(stage == here)
        turned[rows, here, there] += more[rows]
        turned[rows, here, here] -= more[rows]
    return turned


def call_gains(stages: Stages, hidden: pd.DataFrame, week: int, horizon: int, parameters: Parameters) -> pd.DataFrame:
    """Return what a call in the week after boundary `week` adds for each account known by then.

    Parameters
    ----------
    stages : ndarray of int8, shape (n_accounts, n_weeks + 1)
        The hidden stages, in the order of `hidden`.
    hidden : DataFrame
        A row per account: account_id, fit (log-odds), neglected, expected_amount.
    week, horizon : int
        The week boundary, and the number of weeks after it in which a win counts.
    parameters : Parameters

    Returns
    -------
    DataFrame
        account_id; weeks_awake; probability and revenue, what a call adds to P(new business is won within the horizon)
        and to expected revenue.
    """
    known = np.flatnonzero(stages[:, week] != UNBORN)
    stage = stages[known, week].astype(np.int64)
    fit, neglected = (hidden[name].to_numpy()[known] for name in ("fit", "neglected"))
    awake = weeks_awake(stages[known], week)
    more = added(stage, awake, transitions(fit, parameters), parameters)
    rows = np.flatnonzero(more > 0)
    at = [
        win_probability(fit[rows], neglected[rows], then, week + 1, horizon - 1, parameters)
        for then in (stage[rows], np.array([STEPS[int(one)] for one in stage[rows]], dtype=np.int64))
    ]
    gain = np.zeros(len(known))
    gain[rows] = more[rows] * (at[1] - at[0])
    gain[(stages[known, : week + 1] == WON).any(axis=1)] = 0.0
    return pd.DataFrame(
        {
            "account_id": hidden["account_id"].to_numpy()[known],
            "weeks_awake": awake,
            "probability": gain,
            "revenue": gain * hidden["expected_amount"].to_numpy()[known],
        }
    )
