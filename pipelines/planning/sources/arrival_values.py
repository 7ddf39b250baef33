"""What each arrival was expected to bring soon after, as one scorecard sees it from what was known then."""

from collections.abc import Sequence
from dataclasses import replace

import ibis
import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import PastTables
from scoring.evidence.monitoring.hindsight import expected_by
from scoring.features.facts import market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.snapshots import snapshots
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Grid, Horizon

#: Days between two days on which arrivals are looked at.
STEP = 7
#: Of a score, what is kept of an arrival.
KEPT = ("log_odds", "win_probability", "expected_amount", "expected_revenue", "fit_score")


def look_days(arrived: np.ndarray, after: int, begin: int) -> np.ndarray:
    """The day on which each arrival is looked at: the first of the weekly days at least `after` days later.

    Parameters
    ----------
    arrived : ndarray of int, shape (n,)
        Day numbers, none before `begin`.
    after : int
    begin : int
        A weekly day: the others are whole weeks later.
    """
    return np.asarray(begin - (begin - (arrived + after)) // STEP * STEP)


def chances_within(scorecard: Scorecard, days: np.ndarray, values: pd.DataFrame) -> np.ndarray:
    """The chance of each to be won within its own number of days, of shape (n,); NaN where it has no score.

    Parameters
    ----------
    scorecard : Scorecard
    days : ndarray of int, shape (n,)
        Beyond the horizon of the scorecard nothing is added.
    values : DataFrame
        As `arrival_values` gives them, in the same order.
    """
    horizon = Horizon(scorecard.horizon_days, len(scorecard.period_offsets))
    within = np.clip(days, 0, horizon.days)
    log_odds, probability = (values[name].to_numpy() for name in ("log_odds", "win_probability"))
    chance = np.full(len(values), np.nan)
    for one in np.unique(within):
        rows = (within == one) & ~np.isnan(log_odds)
        chance[rows] = expected_by(
            int(one), horizon, log_odds=log_odds[rows], probability=probability[rows], offsets=scorecard.period_offsets
        )
    return chance


def arrival_values(
    export: PastTables, scorecard: Scorecard, units: Sequence[str], looked_on: np.ndarray
) -> pd.DataFrame:
    """Score units on the days on which they are looked at, each once.

    Parameters
    ----------
    export : PastTables
        Whose day is later than all days in `looked_on`, or the same.
    scorecard : Scorecard
    units : sequence of str
        Ids of the scorecard's entity.
    looked_on : ndarray of int, shape (n,)
        Day numbers.

    Returns
    -------
    DataFrame
        `unit` and `KEPT`, without the units that had won before they were looked at.
    """
    grid = Grid(tuple(sorted({int(day) for day in looked_on})))
    asked = ibis.memtable(
        {"unit": list(units), "as_of": [int(day) for day in looked_on]}, schema={"unit": "string", "as_of": "int64"}
    )
    wanted = export.keep(asked)
    facts = market(replace(export.tables, win=scorecard.win), scorecard.entity, keep=export.keep)
    units_of = export.keep(facts.own.units.semi_join(wanted, "unit"))
    facts, _ = replace(facts, own=replace(facts.own, units=units_of)).conformed(
        list(scorecard.features), scorecard.encodings
    )
    rows = export.keep(snapshots(facts.own, grid).semi_join(wanted, ["unit", "as_of"]))
    frame = FeatureArrays().assemble(list(scorecard.features), facts, rows, grid).to_pandas()
    scores = scorecard.lookup.score(frame)
    return pd.DataFrame({"unit": frame["unit"], **{name: scores[name] for name in KEPT}})
