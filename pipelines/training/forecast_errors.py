"""What a training learns of its own errors: a scorecard's totals at the past days of its training set."""

import numpy as np
import pandas as pd

from models.hazard import HazardRows
from models.past_errors import amount_error, finished_days, level_error
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Horizon

#: Decimals of the figures.
DECIMALS = 6


def forecast_error(
    scorecard: Scorecard, frame: pd.DataFrame, rows: HazardRows, horizon: Horizon, weight: np.ndarray | None
) -> ForecastError:
    """How far the totals of a scorecard may be off.

    Parameters
    ----------
    scorecard : Scorecard
    frame : DataFrame of n rows
        The snapshots that it was learned from, as `fitting.FittedScorecard` has them.
    rows : HazardRows
        Of these snapshots.
    horizon : Horizon
    weight : ndarray of shape (n,), optional
        How many snapshots each stands for.

    Notes
    -----
    The tables have seen the outcomes of the past days, only the level has not: so the level's errors are what is
    learned here, and what is assumed of short histories stands for the rest.
    """
    scores = scorecard.lookup.score(frame)
    alone = scores["log_odds"] - scorecard.base
    as_of, period = frame["as_of"].to_numpy(), frame["won_period"].to_numpy(dtype="float64", na_value=np.nan)
    is_won = np.isfinite(period)
    won = np.where(frame["observed"].to_numpy() == horizon.periods, is_won.astype("float64"), np.nan)
    past = finished_days(
        rows,
        alone[rows.snapshot] + np.asarray(scorecard.period_offsets)[rows.period],
        as_of,
        won,
        weight,
        lambda some, level: scorecard.lookup.probability(alone[some] + level),
        horizon.periods,
    )
    history = float(rows.end.max() - rows.start.min()) if len(rows) else 0.0
    deviation, horizons = level_error(past, history, horizon.days)
    amounts = frame["amount"].to_numpy(dtype="float64", na_value=np.nan)
    last = frame[is_won & np.isfinite(amounts)].drop_duplicates("unit", keep="last").index.to_numpy()
    counted = np.nan_to_num(amounts) * (1.0 if weight is None else weight)
    by_others = counted[~is_won].sum()  # of leads whose account won without them
    brought = amounts[last] * (1.0 + by_others / max(counted[is_won].sum(), 1e-9))
    amount, mean = amount_error(brought, scores["expected_amount"][last])
    return ForecastError(*(round(figure, DECIMALS) for figure in (deviation, amount, mean, horizons)))
