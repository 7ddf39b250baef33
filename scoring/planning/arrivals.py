"""How many still come, by source: rates of today, how far such rates were off before, and the season.

One dated example, as of 2026-03-01 and until 2026-05-30 (90 days): of a source that brought 2 a day lately, 180 are
expected. On past days as many as that were forecast in the same way for the 90 days ahead; by how much more than by
chance they were off is how far 180 may be off. Before two years have passed nobody can tell a season from a trend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.planning.life_table import Ints
from scoring.planning.pooling import Floats, pooled

#: Days from one past forecast of arrivals to the next.
STEP = 28
#: What is assumed of the variance of arrivals over their forecast, relative to its square and beyond chance, before
#: any forecast is seen; and for how many windows that counts.
ASSUMED, WEIGHT = 0.02, 3.0
#: On a day with so many times the usual number, and at least so many, records were imported: nobody came.
IMPORTED, FEWEST_IMPORTED = 30.0, 50.0
#: Days of history from which on a season is looked for.
TWO_YEARS = 730
#: The share of all that a source has is remembered for so many half-lives.
MEMORY = 4.0


@dataclass(frozen=True)
class Arrivals:
    """How many come, by source.

    Attributes
    ----------
    sources : tuple of str
    rate : ndarray of shape (n_sources,)
        A day, at `as_of`, without the season.
    season : ndarray of shape (12,)
        What each calendar month multiplies it by; all 1 where there are not two years.
    market, own : float
        Variance of arrivals over their forecast for the window, relative to its square and beyond chance: of all
        sources together, and of each beyond that.
    windows : float
        Of how many windows that was learned; 0 where it is assumed.
    imported : int
        How many came on days of an import, which count as usual days.
    """

    sources: tuple[str, ...]
    rate: Floats
    season: Floats
    market: float
    own: float
    windows: float
    imported: int

    def daily(self, begin: int, end: int) -> Floats:
        """How many are expected on each of the days `[begin, end)`: shape (n_sources, end - begin)."""
        found: Floats = self.rate[:, None] * self.season[months_of_days(begin, end)]
        return found


def months_of_days(begin: int, end: int) -> Ints:
    """The calendar month, 0 to 11, of each of the days `[begin, end)`."""
    days = np.arange(begin, end).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Ints = days % 12
    return found


def arrivals(
    source: Ints, arrived: Ints, sources: tuple[str, ...], as_of: int, *, window: int, half_life: float
) -> Arrivals:
    """The arrivals as known at `as_of`.

    Parameters
    ----------
    source : ndarray of int, shape (n,)
        Of each who came, as an index.
    arrived : ndarray of int, shape (n,)
        Day numbers. Who came at `as_of` or later is not read.
    sources : tuple of str
    as_of : int
        Day number.
    window : int
        Days ahead for which arrivals are forecast.
    half_life : float
        In days: arrivals so long ago count for half.

    Returns
    -------
    Arrivals

    Notes
    -----
    The rate of a source is a weighted mean, pulled (`pooling.pooled`) to what its long-run share of the rate of all
    would be: a source that brings three a month has no trend of its own to be seen. Arrivals of a window are negative
    binomial, a Poisson variable whose mean has a gamma distribution; its variance is learned by moments from forecasts
    on past days, `STEP` apart, shrunk to `ASSUMED`.
    """
    if not (arrived < as_of).any():
        nothing = np.zeros(len(sources))
        return Arrivals(sources, nothing, np.ones(12), ASSUMED, ASSUMED, 0.0, 0)
    start = int(arrived[arrived < as_of].min())
    counts, imported = _by_day(source, arrived, len(sources), start, as_of)
    season = _season(counts.sum(axis=0), start, as_of)
    level = counts / season[months_of_days(start, as_of)]
    past = _past(level, window, half_life)
    market, own, windows = past
    rate = _rates(level, half_life, market)
    return Arrivals(sources, rate, season, market, own, windows, imported)


def _by_day(source: Ints, arrived: Ints, n: int, start: int, as_of: int) -> tuple[Floats, int]:
    """How many came, by source and day, with days of an import as usual days; and how many came on these."""
    known, days = arrived < as_of, as_of - start
    cell = source[known] * days + arrived[known] - start
    counts = np.bincount(cell, minlength=n * days).reshape(n, days).astype(np.float64)
    every = counts.sum(axis=0)
    usual = np.median(every[every > 0])
    of_import = every > max(IMPORTED * usual, FEWEST_IMPORTED)
    if of_import.all():
        return counts, 0
    imported = int(every[of_import].sum())
    counts[:, of_import] = counts[:, ~of_import].mean(axis=1, keepdims=True)
    return counts, imported


def _weights(days: int, half_life: float) -> Floats:
    """The weight of each of the days before today, the oldest first."""
    found: Floats = 0.5 ** (np.arange(days, 0, -1) / half_life)
    return found


def _rates(level: Floats, half_life: float, variance: float) -> Floats:
    """The rate of each source a day, shape (n_sources,), from its arrivals by day."""
    weight, memory = (_weights(level.shape[1], life) for life in (half_life, MEMORY * half_life))
    every = level.sum(axis=0)
    of_all = float(every @ weight / weight.sum())
    share = (level @ memory) / max(float(every @ memory), 1e-9)
    observed = level > 0
    first = np.where(observed.any(axis=1), observed.argmax(axis=1), level.shape[1])
    after = np.arange(level.shape[1]) > first[:, None]
    # From its first arrival on, which itself says only when the source began.
    began = first > 0
    covered = np.where(began[:, None], after, True)
    events, expected = (level * covered) @ weight, of_all * share * (covered @ weight)
    information = 1.0 / (1.0 + variance * float(expected.mean())) if expected.sum() > 0 else 1.0
    found: Floats = of_all * share * pooled(events, expected, information).mean
    return found


def _past(level: Floats, window: int, half_life: float) -> tuple[float, float, float]:
    """The variance of arrivals beyond chance, of all and of each source, and of how many windows it was learned."""
    days = level.shape[1]
    begin = max(window, 2 * STEP)
    at = range(begin, days - window + 1, STEP)
    if not at:
        return ASSUMED, ASSUMED, 0.0
    decay = 0.5 ** (1.0 / half_life)
    covered, weights, so_far = np.zeros((level.shape[0], days + 1)), np.zeros(days + 1), np.zeros(level.shape[0])
    for day in range(days):
        so_far = so_far * decay + level[:, day]
        covered[:, day + 1], weights[day + 1] = so_far, weights[day] * decay + 1.0
    total = np.concatenate([np.zeros((level.shape[0], 1)), np.cumsum(level, axis=1)], axis=1)
    forecast = np.stack([covered[:, day] / weights[day] * window for day in at], axis=1)
    observed = np.stack([total[:, day + window] - total[:, day] for day in at], axis=1)
    windows = (len(at) - 1) * STEP / window + 1.0

    def beyond(observed: Floats, forecast: Floats) -> float:
        """The variance relative to the square of what was forecast, as the larger of the two sides sees it."""
        squares = float((np.maximum(observed, forecast) * forecast).sum())
        return float(((observed - forecast) ** 2 - forecast).sum()) / squares if squares > 0 else 0.0

    market = beyond(observed.sum(axis=0), forecast.sum(axis=0))
    each = beyond(observed, forecast)
    market, each = ((WEIGHT * ASSUMED + windows * max(one, 0.0)) / (WEIGHT + windows) for one in (market, each))
    return market, max(each - market, 0.0), windows


def _season(every: Floats, start: int, as_of: int) -> Floats:
    """What each calendar month multiplies arrivals by, from whole years; all 1 where there are not two."""
    years = (as_of - start) // 365
    if as_of - start < TWO_YEARS:
        return np.ones(12)
    counts = every[-365 * years :].reshape(years, 365)
    month = months_of_days(as_of - 365 * years, as_of).reshape(years, 365)
    expected = np.repeat(counts.mean(axis=1, keepdims=True), 365, axis=1)
    cells = [np.bincount(month[year], side[year], 12) for year in range(years) for side in (counts, expected)]
    observed, usual = np.array(cells[::2]), np.array(cells[1::2])
    # By how much months differ from their own mean over the years is no season, and makes one less sure.
    mean = np.divide(observed.sum(axis=0), usual.sum(axis=0), out=np.ones(12), where=usual.sum(axis=0) > 0)
    noise = float(((observed - mean * usual) ** 2).sum() / max((mean * usual).sum(), 1e-9)) * years / (years - 1)
    found: Floats = pooled(observed.sum(axis=0), usual.sum(axis=0), 1.0 / max(noise, 1.0)).mean
    return found / float(found.mean())
