"""The exact truth about every account, from the equations of the market. No model sees it."""

import numpy as np
import pandas as pd

from scoring.simulator.cycles import LOST, STAGES, UNBORN, WON, Stages, in_season, season, transitions, uncalled
from scoring.simulator.draws import Bools, Floats, Ints, labels
from scoring.simulator.parameters import Parameters
from scoring.simulator.plans import expected_amount

_AT_ONCE = 10_000


def win_probability(
    fit: Floats,
    neglected: Bools,
    stage: Ints,
    week: int,
    horizon: int,
    parameters: Parameters,
    *,
    again: bool = True,
) -> Floats:
    """Return P(won by boundary `week + horizon` given `stage` at boundary `week`).

    It solves the backward equations of the chain: at the end v is one for `won` and zero elsewhere, and
    v(w) = P_w v(w + 1). It is one for accounts that have won already. Without `again`, only a win before the
    next loss counts: of an account in a deal, by that deal.
    """
    matrix = transitions(fit, parameters)
    if not again:
        matrix[:, LOST] = 0.0
        matrix[:, LOST, LOST] = 1.0
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


def with_plans(
    found: pd.DataFrame,
    plans: pd.DataFrame,
    stage: Stages,
    hidden: pd.DataFrame,
    weeks: tuple[int, int],
    parameters: Parameters,
) -> pd.DataFrame:
    """Return the truth with what the planned amount of an open deal says of the amount of a win.

    Parameters
    ----------
    found : DataFrame
        As `truth` gives it.
    plans : DataFrame
        account_id, amount, stage: what is planned, and the stage in which it was (the word of the history).
    stage : ndarray of int8, shape (n_accounts,)
        The hidden stage, in the order of `hidden`.
    hidden : DataFrame
        As for `truth`.
    weeks : tuple of int
        The week boundary, and the number of weeks after it.
    parameters : Parameters
    """
    place = pd.Index(hidden["account_id"]).get_indexer(plans["account_id"])
    fit, neglected, usual = (hidden[name].to_numpy()[place] for name in ("fit", "neglected", "expected_amount"))
    by_this = win_probability(fit, neglected, stage[place].astype(np.int64), *weeks, parameters, again=False)
    log_amount = np.log(usual / (1 - parameters.pilot_share)) - parameters.amount_noise**2 / 2
    given = np.array([("Discovery", "Proposal", "Negotiation").index(one) for one in plans["stage"]], dtype=np.int64)
    amount = expected_amount(log_amount, plans["amount"].to_numpy(), given, parameters)
    row = pd.Index(found["account_id"]).get_indexer(plans["account_id"])
    any_way = found["win_probability"].to_numpy()[row]
    revenue = found["expected_revenue"].to_numpy(copy=True)
    revenue[row] = by_this * amount + (any_way - by_this) * usual
    each = found["expected_amount"].to_numpy(copy=True)
    each[row] = np.where(any_way > 0, revenue[row] / np.where(any_way > 0, any_way, 1.0), usual)
    return found.assign(expected_amount=each, expected_revenue=revenue)
