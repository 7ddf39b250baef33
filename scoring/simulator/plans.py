"""What sales plans of each deal: an amount that comes closer to what is paid, and a close that is put off."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.simulator.draws import DAY, NEVER, Floats, Ints, stamps
from scoring.simulator.parameters import Parameters, Part

#: Most times that the close of a deal is put off.
_MOST_SLIPS = 40


@dataclass(frozen=True)
class Moves:
    """Changes of the stage of deals: position of the deal, second, code of the stage reached; by deal, then time."""

    deal: Ints
    second: Ints
    stage: Ints


def plan_history(
    moves: Moves, created: Ints, closed: Ints, log_amount: Floats, part: Part, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the rows of the history: each change of the stage, and each time that the expected close is put off.

    Parameters
    ----------
    moves : Moves
    created, closed : ndarray of shape (n_deals,)
        Seconds; `NEVER` for what is open at the end.
    log_amount : ndarray of shape (n_deals,)
        The logarithm of what is paid if the deal is won.
    part : Part
    rng : Generator

    Returns
    -------
    DataFrame
        `deal`, `second`, `stage` (code), `amount`, `close_date`, by deal and time.
    """
    n, errors = len(created), part.parameters.amount_errors
    # The newest guess tells all: an earlier one has another error on top of its.
    error = np.cumsum(rng.normal(0, 1, (n, 3)) * errors[::-1], axis=1)[:, ::-1]
    guess = np.where(moves.stage < 3, error[moves.deal, np.minimum(moves.stage, 2)], 0.0)
    amount = np.exp(log_amount[moves.deal] + guess).round(2)
    close = created + rng.integers(30 * DAY, 90 * DAY, n)
    end = np.minimum(closed, part.weeks * 7 * DAY)
    deals, seconds, closes = [np.arange(n)], [created], [close]
    for _ in range(_MOST_SLIPS):
        noticed = close + rng.integers(0, 5 * DAY, n)
        close = noticed + rng.integers(14 * DAY, 60 * DAY, n)
        slips = np.flatnonzero(noticed < end)
        if not len(slips):
            break
        deals, seconds = [*deals, slips], [*seconds, noticed[slips]]
        closes = [*closes, close[slips]]
        close = np.where(noticed < end, close, NEVER // 2)
    rows = pd.DataFrame(
        {
            "deal": np.concatenate([moves.deal, *deals[1:]]),
            "second": np.concatenate([moves.second, *seconds[1:]]),
            "stage": pd.array(np.concatenate([moves.stage, np.full(sum(map(len, deals[1:])), -1)]), dtype="Int64"),
            "amount": np.concatenate([amount, np.full(sum(map(len, deals[1:])), np.nan)]),
            "close": np.concatenate([np.full(len(moves.deal), NEVER), *closes[1:]]),
        }
    )
    first = rows["second"].eq(pd.Series(created[rows["deal"]])) & rows["stage"].eq(0)
    rows.loc[first, "close"] = closes[0][rows.loc[first, "deal"]]
    rows = rows.sort_values(["deal", "second"], kind="stable", ignore_index=True)
    known = rows.assign(stage=rows["stage"].mask(rows["stage"] < 0), close=rows["close"].mask(rows["close"] == NEVER))
    filled = known.groupby("deal")[["stage", "amount", "close"]].ffill()
    close_at = filled["close"].fillna(NEVER).to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "deal": rows["deal"],
            "second": rows["second"],
            "stage": filled["stage"].to_numpy(dtype=np.int64),
            "amount": filled["amount"],
            "close_date": pd.Series(stamps(part.start, close_at)).dt.normalize(),
        }
    )


def believed(log_amount: Floats, guess: Floats, stage: Ints, parameters: Parameters) -> tuple[Floats, Floats]:
    """Return mean and variance of the logarithm of what a deal brings if it is won, given what sales plans.

    Parameters
    ----------
    log_amount : ndarray of shape (n_deals,)
        The logarithm of the median amount of the account.
    guess : ndarray of shape (n_deals,)
        The newest amount in the history.
    stage : ndarray of shape (n_deals,)
        Code of the stage that it was given in.
    parameters : Parameters
    """
    variance = np.cumsum(np.square(parameters.amount_errors[::-1]))[::-1][np.minimum(stage, 2)]
    before = parameters.amount_noise**2
    mean = (variance * log_amount + before * np.log(guess)) / (variance + before)
    return mean, before * variance / (before + variance)


def expected_amount(log_amount: Floats, guess: Floats, stage: Ints, parameters: Parameters) -> Floats:
    """Return what a deal brings on average if it is won, given what sales plans: see `believed`."""
    mean, variance = believed(log_amount, guess, stage, parameters)
    return np.asarray(np.exp(mean + variance / 2) * (1 - parameters.pilot_share))
