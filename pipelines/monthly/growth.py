"""The alarm on cheap growth, on an export: a source brings more, and its arrivals open deals less often than others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.monthly.alarms import MonthAlarm
from scoring.monthly.month import CalendarMonth
from scoring.planning.sources.cohorts import pooled_sources
from scoring.planning.sources.growth import Growth, NextDeals, cheap_growth, next_deals, stakes_on_growth
from scoring.timeline import calendar_date


def of_growth(
    companies: pd.DataFrame, begin: int, as_of: int, chance: float, fewest: int
) -> tuple[list[MonthAlarm], int]:
    """The sources that grow by those who open deals less often than others of the same months.

    Parameters
    ----------
    companies : DataFrame
        The frame of `Companies`, named by source.
    begin, as_of : int
        Day numbers: who arrived since the first is watched.
    chance : float
        Of a false alarm of any source in the whole watch.
    fewest : int
        Sources that brought fewer since `begin` are watched together.

    Returns
    -------
    tuple
        The alarms, and how many sources are watched.
    """
    frame = companies
    frame = frame[frame["day"].to_numpy() >= begin]
    if frame.empty:
        return [], 0
    arrived = frame["day"].to_numpy(dtype=np.int64)
    names, source = pooled_sources(frame["name"].to_numpy(dtype=object).astype(str), fewest)
    begins = month_begins(begin, as_of)
    mine = [source == one for one in range(len(names))]
    stakes = stakes_on_growth([arrived[own] for own in mine], begins, begin, as_of) if len(names) > 1 else []
    found = []
    for one in sorted({stake.source for stake in stakes}):
        growth = cheap_growth(
            ordered_deals(frame, mine[one], begins),
            arrived[mine[one]],
            [stake for stake in stakes if stake.source == one],
            months=begins,
            begin=begin,
            end=as_of,
            chance=chance,
        )
        if growth is not None:
            found.append(_alarm(names[one], growth))
    return found, len(names)


def month_begins(begin: int, as_of: int) -> np.ndarray:
    """The day numbers of the first days of the months from the one of a day to the one before another day."""
    first, last = CalendarMonth.of(calendar_date(begin)), CalendarMonth.of(calendar_date(as_of - 1))
    months = [first]
    while months[-1] < last:
        months.append(months[-1].moved(1))
    return np.array([month.begin_day for month in months])


def ordered_deals(frame: pd.DataFrame, mine: np.ndarray, begins: np.ndarray) -> NextDeals:
    """The first deals of companies in order.

    Parameters
    ----------
    frame : DataFrame
        Rows of `Companies`: `day`, `in_deal` and `won`.
    mine : ndarray of bool, shape (n,)
        Whether each came by the source.
    begins : ndarray of int
        As `month_begins` gives them.
    """
    arrived = frame["day"].to_numpy(dtype=np.int64)
    deal = np.fmin(frame["in_deal"].to_numpy(dtype=np.float64), frame["won"].to_numpy(dtype=np.float64))
    return next_deals(arrived, deal, np.searchsorted(begins, arrived, "right") - 1, mine)


def _alarm(name: str, growth: Growth) -> MonthAlarm:
    more = f"{growth.rate_since / growth.rate_before:.1f} times as many" if growth.rate_before else "many more"
    words = (
        f"{name}: since about {calendar_date(growth.since)} {more} arrive ({growth.rate_since:.1f} a week), and the "
        f"{growth.arrived:,} who came opened {growth.deals:,.0f} deals; as often as others of the same months it would "
        f"have been {growth.alike:,.0f}; named on {calendar_date(growth.named_on)}"
    )
    return MonthAlarm(
        "growth",
        name,
        calendar_date(growth.named_on),
        calendar_date(growth.since),
        growth.alike,
        growth.deals,
        words,
    )
