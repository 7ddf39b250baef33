"""Cheap growth: a source brings more, and those who come by it open deals less often than others of the same months.

Bought traffic can look better than anybody: it reads, clicks and replies. A scorecard that was trained before it came
then expects much of it, and only deals say that nothing comes of it. So what is watched is whose deal is opened next.

Of those who arrived in one month and have no deal yet, n came by the source and m by others. If they are alike, the
next deal is one of the source with the chance n / (n + m), whatever the season, the month or the age are like. If deals
of the source are k times as likely, it is k n / (k n + m). The product of the ratios of both chances is Cox's partial
likelihood, in strata of months, and what a stake of 1 on that k has become (see `alarm`): at most 1 on average while
the source is as good as others or better. The stake is spread over several k, and over the sources and months in which
clearly more arrived, as they come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.planning.sources.alarm import SPAN, WEEK, rate_ratio

#: How much less likely a deal is that is bet on.
RATIOS = (0.5, 0.2, 0.03)
#: Days from arriving in which a deal counts.
FOLLOWED_DAYS = 180
#: Fewest arrivals of a month that can be growth.
FEWEST = 10
#: Lower limit of the interval (95 %) of the ratio of arrivals from which on it is clear that more arrive.
CLEARLY = 1.2


@dataclass(frozen=True)
class Growth:
    """What the watch found of one source.

    Attributes
    ----------
    named_on : int
        Day number: the end of the first week in which the evidence was enough and more arrived.
    since : int
        Day number of the first day of the month from which on more arrive.
    evidence : float
        Logarithm of the e-value, the newest.
    deals, alike : float
        Deals that were opened by those who came since then, and how many it would have been if they were as others.
    arrived : int
        Who came by it since then.
    rate_before, rate_since : float
        Arrivals a week.
    rate_ratio : tuple of float
        Interval (95 %) of `rate_since / rate_before`.
    """

    named_on: int
    since: int
    evidence: float
    deals: float
    alike: float
    arrived: int
    rate_before: float
    rate_since: float
    rate_ratio: tuple[float, float]


@dataclass(frozen=True)
class NextDeals:
    """Each first deal of arrivals, by day, beside who could have opened it.

    Attributes
    ----------
    day, month : ndarray of int, shape (n,)
        Day number of the deal, and month of arrival, counted from the first of the watch.
    mine : ndarray of bool, shape (n,)
        Whether it is of the source.
    of_source, of_others : ndarray of int, shape (n,)
        Who of the same month had arrived and had no deal yet, with the one that opened this one.
    """

    day: np.ndarray
    month: np.ndarray
    mine: np.ndarray
    of_source: np.ndarray
    of_others: np.ndarray

    @property
    def alike(self) -> np.ndarray:
        """The chance of each to be of the source if all are alike, of shape (n,)."""
        return np.asarray(self.of_source / (self.of_source + self.of_others))

    def log_ratios(self, ratio: float) -> np.ndarray:
        """The logarithm of the stake that each multiplies, of shape (n,), if deals are `ratio` times as likely."""
        whole = (self.of_source + self.of_others) / (ratio * self.of_source + self.of_others)
        return np.asarray(np.log(whole) + np.where(self.mine, np.log(ratio), 0.0))


def next_deals(arrived: np.ndarray, deal: np.ndarray, month: np.ndarray, mine: np.ndarray) -> NextDeals:
    """Put arrivals and their deals in order.

    Parameters
    ----------
    arrived : ndarray of int, shape (n,)
        Day number of each arrival.
    deal : ndarray of float, shape (n,)
        Day number of its first deal; NaN for none.
    month : ndarray of int, shape (n,)
        Of arrival.
    mine : ndarray of bool, shape (n,)
        Whether it came by the source.
    """
    age = deal - arrived
    within = np.isfinite(deal) & (age >= 0) & (age <= FOLLOWED_DAYS)
    # Who opened a deal on the day of arrival, or before, was never at risk with the others.
    at_risk = ~(age <= 0)
    within &= at_risk
    rows = np.flatnonzero(within)
    rows = rows[np.argsort(deal[rows], kind="stable")]
    found = [np.zeros(len(rows), dtype=np.int64) for _ in range(2)]
    nth = np.full(len(deal), len(deal) + 1)
    nth[rows] = np.arange(len(rows))
    last = np.where(within, deal, arrived + FOLLOWED_DAYS)
    for i, row in enumerate(rows):
        there = at_risk & (month == month[row]) & (arrived < deal[row]) & (last >= deal[row]) & (nth >= i)
        found[0][i] = int((there & mine).sum())
        found[1][i] = int((there & ~mine).sum())
    return NextDeals(deal[rows].astype(np.int64), month[rows], mine[rows], *found)


@dataclass(frozen=True)
class Stake:
    """A part of the stake of 1, put on a source from a month on.

    Attributes
    ----------
    source : int
    month : int
        From which on it grew, as `NextDeals.month` counts.
    placed : int
        Day number on which that was clear.
    share : float
        The first has half of the stake, the next a sixth, and so on; what is left waits.
    """

    source: int
    month: int
    placed: int
    share: float = 1.0


def stakes_on_growth(arrived: Sequence[np.ndarray], months: np.ndarray, begin: int, end: int) -> list[Stake]:
    """Where the stake of 1 is put: on each source and month in which clearly more arrived than before, as they come.

    Whose deal is next does not depend on how many arrive, so this takes nothing from the test.

    Parameters
    ----------
    arrived : sequence of ndarray of int
        For each source, the day numbers of its arrivals.
    months : ndarray of int, shape (m,)
        Day numbers of the first days of all months that have begun by `end`.
    begin, end : int
        Day numbers: the watch begins on the first, and nothing of `end` or later is known.
    """
    found = [
        Stake(source, month, placed)
        for source, own in enumerate(arrived)
        for month in range(1, len(months))
        if (placed := _clear_on(own, months, month, begin, end)) is not None
    ]
    found.sort(key=lambda one: (one.placed, one.source, one.month))
    return [replace(one, share=1 / (nth * (nth + 1))) for nth, one in enumerate(found, 1)]


def _clear_on(arrived: np.ndarray, months: np.ndarray, month: int, begin: int, end: int) -> int | None:
    """The first day of a month, or the one after it, on which it is clear that more arrive."""
    since = int(months[month])
    over = min(int(months[month + 1]) if month + 1 < len(months) else end, end)
    for day in range(since + WEEK, over + WEEK, WEEK):
        at = min(day, over)
        before, after = _weekly(arrived, since, begin, at)
        if not len(before) or not len(after) or after.sum() < FEWEST:
            continue
        if not before.sum() or rate_ratio(before, after)[0] > CLEARLY:
            return at
    return None


def cheap_growth(
    deals: NextDeals,
    arrived: np.ndarray,
    stakes: Sequence[Stake],
    *,
    months: np.ndarray,
    begin: int,
    end: int,
    chance: float,
) -> Growth | None:
    """Watch one source from a fixed day on, and say what is found by `end`.

    Parameters
    ----------
    deals : NextDeals
    arrived : ndarray of int, shape (n,)
        Day numbers of all arrivals of the source.
    stakes : sequence of Stake
        Those on this source.
    months, begin, end
        As for `stakes_on_growth`.
    chance : float
        Of a false alarm of any source, however long they are watched.

    Returns
    -------
    Growth or None
        None as long as there is no evidence.
    """
    logs = [deals.log_ratios(ratio) for ratio in RATIOS]
    first: int | None = None
    newest: Growth | None = None
    for week_end in range(begin + WEEK, end + 1, WEEK):
        grown = [
            (np.log(one.share / len(logs)) + log[_counted(deals, one, week_end)].sum(), one)
            for one in stakes
            if one.placed < week_end
            for log in logs
        ]
        total = float(np.logaddexp.reduce([log for log, _ in grown])) if grown else -np.inf
        if total < -np.log(chance):
            continue
        first = first or week_end
        best = max(log for log, _ in grown)
        near = {one.month for log, one in grown if log >= best - np.log(SPAN)}
        newest = _described(deals, arrived, near, months, begin, week_end, total, first)
    return newest


def _counted(deals: NextDeals, stake: Stake, week_end: int) -> np.ndarray:
    return (deals.day < week_end) & (deals.day >= stake.placed) & (deals.month >= stake.month)


def _described(
    deals: NextDeals,
    arrived: np.ndarray,
    near: Collection[int],
    months: np.ndarray,
    begin: int,
    week_end: int,
    total: float,
    first: int,
) -> Growth:
    """What is said at the end of a week: since the month, of those nearly as likely, at which arrivals grew most."""

    def ratio(month: int) -> tuple[float, float]:
        before, after = _weekly(arrived, int(months[month]), begin, week_end)
        return rate_ratio(before, after) if before.sum() else (np.inf, np.inf)

    since = max(sorted(near), key=lambda month: ratio(month)[0])
    before, after = _weekly(arrived, int(months[since]), begin, week_end)
    counted = (deals.day < week_end) & (deals.month >= since)
    return Growth(
        named_on=first,
        since=int(months[since]),
        evidence=total,
        deals=float((counted & deals.mine).sum()),
        alike=float(deals.alike[counted].sum()),
        arrived=int(((arrived >= months[since]) & (arrived < week_end)).sum()),
        rate_before=float(before.mean()),
        rate_since=float(after.mean()),
        rate_ratio=ratio(since),
    )


def _weekly(arrived: np.ndarray, since: int, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Arrivals of each whole week before a day, and from it on."""
    sides = []
    for first, last in ((begin, since), (since, end)):
        weeks = (last - first) // WEEK
        within = arrived[(arrived >= first) & (arrived < first + weeks * WEEK)]
        sides.append(np.bincount((within - first) // WEEK, minlength=weeks))
    return sides[0], sides[1]
