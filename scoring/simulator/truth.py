"""The exact truth about every account, from the equations of the market. No model sees it."""

import numpy as np
import pandas as pd

from scoring.question import Win
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
    loyalty: Floats | None = None,
    in_deals: Floats | None = None,
) -> Floats:
    """Return P(won by boundary `week + horizon` given `stage` at boundary `week`).

    It solves the backward equations of the chain: at the end v is one for `won` and zero elsewhere, and
    v(w) = P_w v(w + 1). It is one for accounts that have won already. Without `again`, only a win before the
    next loss counts: of an account in a deal, by that deal. With `loyalty`, the accounts are customers who buy again,
    and their next win counts: v is zero at the end, and what enters `won` in a week is added. With `in_deals`, that is
    added to the log-odds that a deal is won.
    """
    matrix = transitions(fit, parameters, loyalty, in_deals)
    if not again:
        matrix[:, LOST] = 0.0
        matrix[:, LOST, LOST] = 1.0
    value = np.zeros(matrix.shape[:2])
    value[:, WON] = 0.0 if loyalty is not None else 1.0
    alone = uncalled(matrix, neglected, parameters.neglected_deals)
    weeks = np.arange(week, week + horizon)
    for at, factor in zip(weeks[::-1], season(weeks, parameters)[::-1], strict=True):
        now = alone if at >= parameters.neglected_from else matrix
        steps = in_season(now, float(factor))
        value = np.einsum("nij,nj->ni", steps, value) if loyalty is None else _entering_won(steps, value)
    return value[np.arange(len(fit)), stage]


def _entering_won(steps: Floats, value: Floats) -> Floats:
    """A step of the backward equations in which entering `won` is the win, and staying there is none."""
    others = np.arange(len(STAGES)) != WON
    going_on = steps.copy()
    going_on[:, others, WON] = 0.0
    found = np.einsum("nij,nj->ni", going_on, value)
    found[:, others] += steps[:, others, WON]
    return np.asarray(found)


def truth(
    stages: Stages,
    hidden: pd.DataFrame,
    week: int,
    horizon: int,
    parameters: Parameters,
    win: Win = "new_business",
) -> pd.DataFrame:
    """Return the truth about every account known at boundary `week`, for `horizon` weeks.

    Parameters
    ----------
    stages : ndarray of int8, shape (n_accounts, n_weeks + 1)
        The hidden stages, in the order of `hidden`.
    hidden : DataFrame
        A row per account: account_id, fit (log-odds), neglected, in_deals, expected_amount.
    week, horizon : int
        The week boundary, and the number of weeks after it.
    parameters : Parameters
    win : {"new_business", "any"}
        With `any`, customers can win too.
    """
    known = np.flatnonzero(stages[:, week] != UNBORN)
    stage = stages[known, week].astype(np.int64)
    fit = hidden["fit"].to_numpy()[known]
    neglected, in_deals = (hidden[name].to_numpy()[known] for name in ("neglected", "in_deals"))
    parts = [slice(begin, begin + _AT_ONCE) for begin in range(0, len(known), _AT_ONCE)]
    values = [
        win_probability(
            fit[part], neglected[part], stage[part], week, horizon, parameters, in_deals=_added(in_deals[part])
        )
        for part in parts
    ]
    customer = (stages[known, : week + 1] == WON).any(axis=1)
    probability = np.where(customer, 0.0, np.concatenate([*values, np.zeros(0)]))
    if win == "any" and parameters.repeat:
        loyalty = hidden["loyalty"].to_numpy()[known][customer]
        of_customers = (fit[customer], neglected[customer], stage[customer], week, horizon, parameters)
        probability[customer] = win_probability(*of_customers, loyalty=loyalty, in_deals=_added(in_deals[customer]))
    amount = hidden["expected_amount"].to_numpy()[known]
    return pd.DataFrame(
        {
            "account_id": hidden["account_id"].iloc[known].reset_index(drop=True),
            "stage": labels(STAGES, stage),
            "is_customer": customer,
            "win_probability": probability,
            "expected_amount": amount,
            "expected_revenue": probability * amount,
        }
    )


def _added(in_deals: Floats) -> Floats | None:
    """What is added in deals; None where nothing is."""
    return in_deals if in_deals.any() else None


def with_plans(
    found: pd.DataFrame,
    plans: pd.DataFrame,
    stage: Stages,
    hidden: pd.DataFrame,
    weeks: tuple[int, int],
    parameters: Parameters,
    win: Win = "new_business",
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
    win : {"new_business", "any"}
    """
    position = pd.Index(hidden["account_id"]).get_indexer(plans["account_id"])
    fit, neglected, usual = (hidden[name].to_numpy()[position] for name in ("fit", "neglected", "expected_amount"))
    in_deals = _added(hidden["in_deals"].to_numpy()[position])
    at = stage[position].astype(np.int64)
    by_this = win_probability(fit, neglected, at, *weeks, parameters, again=False, in_deals=in_deals)
    row = pd.Index(found["account_id"]).get_indexer(plans["account_id"])
    if win == "any" and parameters.repeat:
        loyalty = hidden["loyalty"].to_numpy()[position]
        of_customers = win_probability(
            fit, neglected, at, *weeks, parameters, again=False, loyalty=loyalty, in_deals=in_deals
        )
        by_this = np.where(found["is_customer"].to_numpy()[row], of_customers, by_this)
    log_amount = np.log(usual / (1 - parameters.pilot_share)) - parameters.amount_noise**2 / 2
    stage_index = np.array(
        [("Discovery", "Proposal", "Negotiation").index(one) for one in plans["stage"]], dtype=np.int64
    )
    amount = expected_amount(log_amount, plans["amount"].to_numpy(), stage_index, parameters)
    any_way = found["win_probability"].to_numpy()[row]
    revenue = found["expected_revenue"].to_numpy(copy=True)
    revenue[row] = by_this * amount + (any_way - by_this) * usual
    each = found["expected_amount"].to_numpy(copy=True)
    each[row] = np.where(any_way > 0, revenue[row] / np.where(any_way > 0, any_way, 1.0), usual)
    return found.assign(expected_amount=each, expected_revenue=revenue)
