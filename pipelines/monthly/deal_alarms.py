"""The alarms on deals: fewer are opened by those who are known, or fewer of those that are closed are won."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from pipelines.monthly.alarms import MonthAlarm, alarmed, fall, ties_of
from scoring.planning.sources.alarm import WEEK
from scoring.timeline import calendar_date


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


def of_openings(
    deals: pd.DataFrame, companies: pd.DataFrame, begin: int, as_of: int, weeks: int, chance: float
) -> list[MonthAlarm]:
    """Whether those who are known and open open fewer deals than before: the base rate, long before it shows in wins.

    Parameters
    ----------
    deals : DataFrame
        As `deals.all_deals` gives them.
    companies : DataFrame
        The frame of `Companies`, named by source.
    begin, as_of : int
        Day numbers.
    weeks : int
        Of the whole watch.
    chance : float
        Of a false alarm in these weeks.
    """
    starts, rate = opening_rates(deals, companies, begin, as_of)
    if not len(starts):
        return []
    ties = np.array([zlib.crc32(f"week {start}".encode()) / 2**32 for start in starts])
    alarm = fall(starts, rate, ties, begin, as_of, weeks, chance)
    if alarm is None:
        return []
    words = (
        f"since about {{since}} {alarm.since * 1000:.1f} deals a week are opened for 1,000 known and open companies, "
        f"instead of {alarm.before * 1000:.1f}, sources weighted as on {calendar_date(begin)}"
    )
    return [alarmed("openings", "all companies", alarm, words)]


def opening_rates(
    deals: pd.DataFrame, companies: pd.DataFrame, begin: int, as_of: int
) -> tuple[np.ndarray, np.ndarray]:
    """Deals that are opened in each week, for each company that had come and not won before it.

    Sources count by their share of those who were known when the watch began (direct standardisation): else a source
    that brings many who never buy would look like a fall of all others.

    Parameters
    ----------
    deals, companies, begin, as_of
        As for `of_openings`.

    Returns
    -------
    tuple of ndarray, each of shape (n,)
        Day number of the first day of each week, and the rate.
    """
    starts = np.arange(begin - WEEK + 1, as_of + 2 - WEEK, WEEK)  # weeks as `fall` counts them
    frame = companies
    came = frame["day"].to_numpy(dtype=np.int64)
    gone = np.fmin(frame["won"].to_numpy(dtype=np.float64), frame["ended"].to_numpy(dtype=np.float64))
    name = frame["name"].to_numpy(dtype=object)
    opened = deals.dropna(subset=["opened_day"])
    source = opened["unit"].astype(str).map(frame["name"]).to_numpy(dtype=object)
    day = opened["opened_day"].to_numpy(dtype=np.int64)
    rate, weight = np.zeros(len(starts)), 0.0
    for one in sorted(set(name)):
        mine, own = name == one, np.sort(day[source == one])
        known = _before(came[mine], starts) - _before(gone[mine], starts)
        if len(known) and known[0] > 0 and (known > 0).all():
            rate += known[0] * (_before(own, starts + WEEK) - _before(own, starts)) / known
            weight += float(known[0])
    return (starts, rate / weight) if weight else (starts[:0], rate[:0])


def _before(days: np.ndarray, each: np.ndarray) -> np.ndarray:
    """How many of some days are before each day."""
    return np.searchsorted(np.sort(days[np.isfinite(days)]), each)
