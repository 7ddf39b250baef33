"""The alarm on sources: whose arrivals are expected to bring less than those before them, and since when.

The expected revenue of who arrives is known within weeks; whether they buy takes months. So what is watched is the
expected revenue of each arrival, in the order in which a source brings them.

As long as nothing changes, every order of the values is as likely as any other. If the values fall from some week on,
so that the chance to exceed any value becomes its k-th power (Lehmann, 1953), the chance of each order is known too: it
is Cox's partial likelihood of the later ones at k times the hazard. The ratio of the two chances is what a stake of 1
on that week and that k has become. It is exactly a martingale while nothing changes, whatever the values are like (the
sequential rank test of Savage and Sethuraman, 1966, Annals of Mathematical Statistics 37, 1154-1160).

The stake of 1 is spread over all weeks and several k. What it has become (an e-process) reaches n with a chance of at
most 1 / n, however often somebody looks (Ville, 1939). For betting on each possible beginning see Shin, Ramdas and
Rinaldo, 2023, "E-detectors", New England Journal of Statistics in Data Science 2. Over several sources the chance is
divided by their number (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

#: How strong the fall may be that is bet on: with k, the chance to exceed any value becomes its k-th power.
STRENGTHS = (1.3, 1.7, 2.5, 4.0)
#: Days of a week, the step in which a change is dated.
WEEK = 7
#: Beginnings that are this many times less likely than the likeliest are not in the span of dates.
SPAN = 20.0
#: Most arrivals of a week that are ranked: of more, a part that is drawn without looking at the values.
MOST = 60
#: The standard normal quantile of the interval of the volume: 95 %.
_NORMAL = 1.96
#: Makes of a number in [0, 1) another one that tells next to nothing of it.
_SCRAMBLE = 7919.0


@dataclass(frozen=True)
class Alarm:
    """What the watch found of one source.

    Attributes
    ----------
    named_on : int
        Day number: the end of the first week in which the evidence was enough.
    changed_on : int
        Day number of the beginning of the week from which on the values fell, as far as can be said.
    changed_between : tuple of int
        Day numbers: the beginnings that are nearly as likely.
    evidence : float
        Logarithm of the e-value, the newest: what a stake of 1 has become.
    before, since : float
        Mean expected revenue of an arrival before and since the change.
    rate_before, rate_since : float
        Arrivals a week.
    rate_ratio : tuple of float
        Interval (95 %) of `rate_since / rate_before`.
    rising : bool
        Whether more arrive than before, by that interval. Cheap growth is the alarm; a fall alone is a remark.
    """

    named_on: int
    changed_on: int
    changed_between: tuple[int, int]
    evidence: float
    before: float
    since: float
    rate_before: float
    rate_since: float
    rate_ratio: tuple[float, float]
    rising: bool


def log_stakes(
    values: np.ndarray, ties: np.ndarray, week: np.ndarray, weeks: int, strengths: Sequence[float] = STRENGTHS
) -> np.ndarray:
    """What a stake of 1 on each possible beginning has become, by the order of all values so far.

    Parameters
    ----------
    values : ndarray of shape (n,)
    ties : ndarray of shape (n,)
        Numbers that tell nothing of the values or of the weeks: they decide between equal values.
    week : ndarray of int, shape (n,)
        0 to `weeks - 1`.
    weeks : int
    strengths : sequence of float

    Returns
    -------
    ndarray of shape (weeks,)
        By beginning, the logarithm of the stake, the mean over strengths.

    Notes
    -----
    With values from the lowest to the highest, and f_i the share of those from the i-th on that came since the
    beginning, a stake is ``k ** m * prod 1 / (1 + (k - 1) * f_i)``, where m came since then.
    """
    order = np.lexsort((ties, values))
    later = week[order][None, :] >= np.arange(weeks)[:, None]
    left = np.arange(len(order), 0, -1)
    share = np.cumsum(later[:, ::-1], axis=1)[:, ::-1] / left
    newer = later.sum(axis=1)
    logs = [newer * np.log(k) - np.log1p((k - 1) * share).sum(axis=1) for k in strengths]
    return np.asarray(np.logaddexp.reduce(logs, axis=0) - np.log(len(logs)))


def watch(
    day: np.ndarray,
    values: np.ndarray,
    ties: np.ndarray,
    *,
    begin: int,
    end: int,
    weeks: int,
    chance: float,
    with_volume: bool = True,
    strengths: Sequence[float] = STRENGTHS,
) -> Alarm | None:
    """Watch one source from a fixed day on, and say what is found by `end`.

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Day number of each arrival, none before `begin`.
    values : ndarray of shape (n,)
        The expected revenue of each.
    ties : ndarray of shape (n,)
        As for `log_stakes`; of more than `MOST` arrivals in a week, those with the lowest are ranked.
    begin, end : int
        Day numbers: the watch begins on the first, and nothing of `end` or later is known.
    weeks : int
        Of the whole watch: fixed beforehand, whatever `end` is.
    chance : float
        Of a false alarm in the whole watch, for this source.
    with_volume : bool
        Whether a rising volume makes it worse: then it is named on the first day on which both are so.
    strengths : sequence of float
        How strong the fall may be, as `STRENGTHS`.

    Returns
    -------
    Alarm or None
        None as long as there is no evidence of a fall. A fall without a rising volume has ``rising=False``.
    """
    over = min((end - begin) // WEEK, weeks)
    week = (np.asarray(day) - begin) // WEEK
    known = (week >= 0) & (week < over)
    if not known.any():
        return None
    week, values, ties = week[known], np.asarray(values)[known], np.asarray(ties)[known]
    arrived = np.bincount(week, minlength=over)
    ranked = _some_of_each_week(week, ties)
    # Of busy weeks those with low numbers are ranked, so these numbers must not decide between equal values.
    ties = np.modf(ties * _SCRAMBLE)[0]
    found: list[Alarm] = []
    for at in range(1, over):
        if not arrived[at]:
            continue
        then = ranked & (week <= at)
        stakes = log_stakes(values[then], ties[then], week[then], at + 1, strengths)
        # What is kept for later weeks is still there. Nothing can have fallen from the first week on.
        total = float(np.logaddexp(np.logaddexp.reduce(stakes[1:]), np.log(weeks - at)) - np.log(weeks))
        if total >= -np.log(chance):
            found.append(_described(at, total, stakes, week, values, arrived, begin))
    if not found:
        return None
    rising = [alarm for alarm in found if alarm.rising and with_volume]
    newest = rising[-1] if rising else found[-1]
    return replace(newest, named_on=(rising or found)[0].named_on)


def _some_of_each_week(week: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Which arrivals are ranked: at most `MOST` of each week."""
    order = np.lexsort((ties, week))
    of_week = week[order]
    first = np.searchsorted(of_week, of_week, "left")
    chosen = np.zeros(len(week), dtype=bool)
    chosen[order] = np.arange(len(week)) - first < MOST
    return chosen


def _described(
    at: int,
    total: float,
    stakes: np.ndarray,
    week: np.ndarray,
    values: np.ndarray,
    arrived: np.ndarray,
    begin: int,
) -> Alarm:
    """The alarm at the end of week `at`, from what was known then."""
    change = int(np.argmax(stakes[1:])) + 1
    near = np.flatnonzero(stakes[1:] >= stakes[1:].max() - np.log(SPAN)) + 1
    then = week <= at
    old, new = values[then & (week < change)], values[then & (week >= change)]
    ratio = rate_ratio(arrived[:change], arrived[change : at + 1])
    return Alarm(
        named_on=begin + (at + 1) * WEEK,
        changed_on=begin + change * WEEK,
        changed_between=(begin + int(near[0]) * WEEK, begin + int(near[-1]) * WEEK),
        evidence=total,
        before=float(old.mean()) if len(old) else float("nan"),
        since=float(new.mean()) if len(new) else float("nan"),
        rate_before=float(arrived[:change].mean()),
        rate_since=float(arrived[change : at + 1].mean()),
        rate_ratio=ratio,
        rising=ratio[0] > 1.0,
    )


def rate_ratio(before: np.ndarray, since: np.ndarray) -> tuple[float, float]:
    """The interval (95 %) of the ratio of two weekly rates, wider where weeks scatter by more than chance.

    Parameters
    ----------
    before, since : ndarray of int
        Arrivals by week.

    Notes
    -----
    Log-normal, by the delta method; the variance of counts is their mean times a dispersion that the weeks show, at
    least 1 (quasi-Poisson; Wedderburn, 1974).
    """
    if not before.sum() or not since.sum():
        return (0.0, float("inf"))
    residuals = sum(float(((part - part.mean()) ** 2 / part.mean()).sum()) for part in (before, since))
    spread = max(1.0, residuals / max(len(before) + len(since) - 2, 1))
    ratio = float(since.mean() / before.mean())
    factor = float(np.exp(_NORMAL * np.sqrt(spread * (1 / before.sum() + 1 / since.sum()))))
    return ratio / factor, ratio * factor
