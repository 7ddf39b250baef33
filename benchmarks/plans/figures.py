"""The figures of a forecast of totals: what held, its CRPS, and what simple rules would have said instead."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Frames = dict[str, pd.DataFrame]

PERCENT = (50, 80, 95)
#: Days between the past days that the shares of stages are counted on, and how many such days there are at most.
STEP, MOST_DAYS = 28, 26


@dataclass(frozen=True)
class Forecast:
    """What is said of a total: as drawn, and the limits of 50, 80 and 95 %."""

    draws: Floats
    limits: tuple[tuple[float, float], ...]

    @classmethod
    def of_draws(cls, draws: Floats, *, whole: bool = False) -> "Forecast":
        """With the limits that the draws have themselves; those of counts are whole numbers."""
        tails = [(100 - percent) / 200 for percent in PERCENT]
        method = "inverted_cdf" if whole else "linear"
        limits = [np.quantile(draws, [tail, 1 - tail], method=method) for tail in tails]
        return cls(draws, tuple((float(low), float(high)) for low, high in limits))

    def held(self, observed: Floats) -> list[float]:
        """Which share of what came each interval holds."""
        return [float(((observed >= low) & (observed <= high)).mean()) for low, high in self.limits]

    def crps(self, observed: Floats) -> float:
        """The mean continuous ranked probability score of the draws: see `crps`."""
        return crps(self.draws, observed)


@dataclass(frozen=True)
class Planned:
    """The plan of one period.

    Attributes
    ----------
    forecast
        Of `wins` and of `revenue`, with the limits that the plan states.
    known, arriving
        Wins expected of those known, and of those still to arrive.
    level
        Standard error of the level, of the logarithm.
    """

    forecast: dict[str, Forecast]
    known: float
    arriving: float
    level: float


def crps(draws: Floats, observed: Floats) -> float:
    """Return the mean continuous ranked probability score of a forecast, in its unit; less is better.

    Parameters
    ----------
    draws : ndarray of shape (n_draws,)
        The forecast's distribution. Of one number it is the absolute error.
    observed : ndarray of shape (n,)

    Notes
    -----
    ``E|X - y| - E|X - X'| / 2`` (Gneiting and Raftery 2007), both from the sorted draws.
    """
    x, n = np.sort(draws), len(draws)
    total = np.concatenate([[0.0], np.cumsum(x)])
    below = np.searchsorted(x, observed)
    off = (2 * below - n) * observed + total[-1] - 2 * total[below]
    scatter = (2 * np.arange(1, n + 1) - n - 1) @ x / n**2
    return float(off.mean() / n - scatter)


def last_year(tables: Frames, as_of: pd.Timestamp, days: int) -> tuple[float, float]:
    """Return the wins and the revenue of the same days a year before `as_of`; without deals then, of the last."""
    wins = _won(tables["opportunities"])
    begin = as_of - pd.DateOffset(years=1)
    if tables["opportunities"]["created_at"].min() > begin:
        begin = as_of - pd.Timedelta(days=days)
    there = wins[(wins["closed_at"] >= begin) & (wins["closed_at"] < begin + pd.Timedelta(days=days))]
    return float(len(there)), float(there["amount"].sum())


def stage_weighted(tables: Frames, as_of: pd.Timestamp, days: int) -> tuple[float, float]:
    """Return the wins and the revenue that the open deals promise by their stage.

    A deal counts with the share of those that were open in its stage on past days, `STEP` days apart, and were won
    within as many days; its revenue is what is planned of it.
    """
    past = [as_of - pd.Timedelta(days=days + STEP * i) for i in range(MOST_DAYS)]
    shown = [_open_at(tables, day, days) for day in past]
    then = pd.concat(shown)
    share = then.groupby("stage")["won"].mean()
    now = _open_at(tables, as_of, days)
    chance = now["stage"].map(share).fillna(then["won"].mean() if len(then) else 0.0)
    return float(chance.sum()), float((chance * now["amount"].fillna(now["amount"].mean())).sum())


def _won(deals: pd.DataFrame) -> pd.DataFrame:
    return deals[deals["status"].eq("won") & _new(deals)]


def _new(deals: pd.DataFrame) -> "pd.Series[bool]":
    if "opportunity_type" not in deals:
        return pd.Series(data=True, index=deals.index)
    return deals["opportunity_type"].eq("new_business")


def _open_at(tables: Frames, day: pd.Timestamp, days: int) -> pd.DataFrame:
    """The new business that was open on a day: its stage and planned amount then, and whether it was won in `days`."""
    deals = tables["opportunities"]
    known = deals["known_at" if "known_at" in deals else "created_at"] < day
    deals = deals[_new(deals) & known & ~(deals["closed_at"] < day)]
    if "opportunity_history" not in tables:
        soon = deals["status"].eq("won") & (deals["closed_at"] < day + pd.Timedelta(days=days))
        return pd.DataFrame({"stage": "open", "amount": deals["amount"], "won": soon.astype("float64")})
    history = tables["opportunity_history"]
    newest = history[history["changed_at"] < day].drop_duplicates("opportunity_id", keep="last")
    newest = newest.set_index("opportunity_id")
    soon = deals["status"].eq("won") & (deals["closed_at"] < day + pd.Timedelta(days=days))
    stage, amount = (deals["opportunity_id"].map(newest[name]) for name in ("stage", "amount"))
    return pd.DataFrame({"stage": stage.fillna("none"), "amount": amount, "won": soon.astype("float64")})
