"""The exact truth about every account, from the equations of the market. No model sees it."""

import numpy as np
import pandas as pd

from scoring.simulator.cycles import STAGES, UNBORN, WON, Stages, in_season, season, transitions, uncalled
from scoring.simulator.draws import Bools, Floats, Ints, labels
from scoring.simulator.parameters import Parameters

_AT_ONCE = 10_000


def win_probability(
    fit: Floats, neglected: Bools, stage: Ints, week: int, horizon: int, parameters: Parameters
) -> Floats:
    """Return P(won by boundary `week + horizon` given `stage` at boundary `week`).

    It solves the backward equations of the chain: at the end v is one for `won` and zero elsewhere, and
    v(w) = P_w v(w + 1). It is one for accounts that have won already.
    """
    matrix = transitions(fit, parameters)
    value = np.zeros(matrix.shape[:2])
    value[:, WON] = 1.0
    alone = uncalled(matrix, neglected, parameters.neglected_deals)
    weeks = np.arange(week, week + horizon)
    for at, factor in zip(weeks[::-1], season(weeks, parameters)[::-1], strict=True):
        now = alone if at >= parameters.neglected_from else matrix
        value = np.einsum("nij,nj->ni", in_season(now, float(factor)), value)
    return value[np.arange(len(fit)), stage]


def truth(stages: Stages, hidden: pd.DataFrame, week: int, horizon: int, parameters: Parameters) -> pd.DataFrame:
    """Return the truth about every account known at boundary `week`, for `horizon` weeks.

    Parameters
    ----------
    stages : ndarray of int8, shape (n_accounts, n_weeks + 1)
        The hidden stages, in the order of `hidden`.
    hidden : DataFrame
        A row per account: account_id, fit (log-odds), neglected, expected_amount.
    week, horizon : int
        The week boundary, and the number of weeks after it.
    parameters : Parameters
    """
    known = np.flatnonzero(stages[:, week] != UNBORN)
    stage = stages[known, week].astype(np.int64)
    fit = hidden["fit"].to_numpy()[known]
    neglected = hidden["neglected"].to_numpy()[known]
    parts = [slice(begin, begin + _AT_ONCE) for begin in range(0, len(known), _AT_ONCE)]
    values = [win_probability(fit[part], neglected[part], stage[part], week, horizon, parameters) for part in parts]
    probability = np.where(stage == WON, 0.0, np.concatenate([*values, np.zeros(0)]))
    amount = hidden["expected_amount"].to_numpy()[known]
    return pd.DataFrame(
        {
            "account_id": hidden["account_id"].iloc[known].reset_index(drop=True),
            "stage": labels(STAGES, stage),
            "is_customer": stage == WON,
            "win_probability": probability,
            "expected_amount": amount,
            "expected_revenue": probability * amount,
        }
    )
