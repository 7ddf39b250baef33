"""The alarm on the close rate: fewer of the deals that are closed are won than before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.monthly.alarms import MonthAlarm, alarmed, fall, ties_of
from scoring.planning.sources.alarm import WEEK


def of_close_rate(deals: pd.DataFrame, begin: int, as_of: int, weeks: int, chance: float) -> list[MonthAlarm]:
    """Whether fewer of the deals that are closed are won than before.

    Parameters
    ----------
    deals : DataFrame
        As `deals.all_deals` gives them.
    begin, as_of : int
        Day numbers.
    weeks : int
        Of the whole watch.
    chance : float
        Of a false alarm in these weeks.
    """
    closed = deals[deals["status"].isin(["won", "lost"]) & deals["closed_day"].notna()]
    day, won = closed["closed_day"].to_numpy(dtype=np.int64), (closed["status"] == "won").to_numpy(dtype=np.float64)
    here = (day >= begin - WEEK) & (day < as_of)
    ties = ties_of(closed["opportunity_id"][here])
    alarm = fall(day[here], won[here], ties, begin, as_of, weeks, chance)
    if alarm is None:
        return []
    words = f"since about {{since}} {alarm.since:.0%} of closed deals are won, instead of {alarm.before:.0%}"
    return [alarmed("close rate", "all deals", alarm, words)]
