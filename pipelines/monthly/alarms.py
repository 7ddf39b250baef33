"""The alarms of a month: a source that brings less, a segment that is no longer followed up, a lower close rate, bands.

Each watch looks at an order that means nothing as long as nothing changes (see `scoring.planning.sources.alarm`), so
looking every month raises no more false alarms than looking once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipelines.planning.sources.alarm import YEAR, Watch
from pipelines.planning.sources.cohort_steps import CALLED
from pipelines.planning.sources.companies import Companies
from scoring.planning.sources.alarm import WEEK, Alarm, watch
from scoring.timeline import calendar_date

#: Days from arriving within which somebody is followed up, or is not.
FOLLOW_DAYS = 14


@dataclass(frozen=True)
class MonthAlarm:
    """One alarm.

    Attributes
    ----------
    kind : str
        ``source``, ``follow-up``, ``close rate`` or ``bands``.
    of : str
        Whose it is.
    named_on : date
        The first day on which it could be said.
    since : date
        From when on it was so, as far as can be said.
    before, after : float
        What is watched, before and since then.
    sentence : str
    """

    kind: str
    of: str
    named_on: date
    since: date
    before: float
    after: float
    sentence: str


@dataclass(frozen=True)
class Watched:
    """What was watched, with the chance of a false alarm.

    Attributes
    ----------
    alarms : tuple of MonthAlarm
        The newest first.
    chances : mapping of float
        By kind, the chance that anything is named in the whole watch while nothing changes.
    weeks : int
        Of the whole watch.
    begin : date
    notes : tuple of str
        What could not be watched, and why.
    """

    alarms: tuple[MonthAlarm, ...]
    chances: Mapping[str, float]
    weeks: int
    begin: date
    notes: tuple[str, ...] = ()


def of_sources(found: Watch) -> list[MonthAlarm]:
    """The alarms on sources: those that bring more of whom less is expected, and those of whom less is expected."""
    return [
        MonthAlarm(
            "source",
            one.source,
            calendar_date(one.alarm.named_on),
            date.fromisoformat(one.more_since),
            one.alarm.before,
            one.alarm.since,
            one.sentence(),
        )
        for one in (*found.named, *found.falling)
    ]


def of_follow_up(
    segments: Companies, begin: int, as_of: int, weeks: int, chance: float, fewest: int
) -> list[MonthAlarm]:
    """The segments whose arrivals are followed up less than before.

    Parameters
    ----------
    segments : Companies
        Named by segment.
    begin, as_of : int
        Day numbers.
    weeks : int
        Of the whole watch.
    chance : float
        Of a false alarm of any segment in these weeks.
    fewest : int
        A segment with fewer arrivals is not watched by itself.
    """
    frame = segments.frame
    day = frame["day"].to_numpy(dtype=np.int64)
    over = (day >= begin - WEEK - FOLLOW_DAYS) & (day + FOLLOW_DAYS <= as_of)
    frame, day = frame[over], day[over]
    first = np.fmin(frame[CALLED].to_numpy(), frame["in_deal"].to_numpy())
    followed = (first - day < FOLLOW_DAYS).astype(np.float64)
    names = frame["name"].to_numpy(dtype=object)
    counts = pd.Series(names).value_counts()
    kept = sorted(str(name) for name in counts.index[counts.to_numpy() >= fewest])
    ties = _ties(frame.index)
    found = []
    for name in kept:
        mine = names == name
        alarm = _fall(day[mine] + FOLLOW_DAYS, followed[mine], ties[mine], begin, as_of, weeks, chance / len(kept))
        if alarm is not None:
            words = (
                f"{name}: since about {{since}} {alarm.since:.0%} of arrivals are called or in a deal within "
                f"{FOLLOW_DAYS} days, instead of {alarm.before:.0%}"
            )
            found.append(_alarm("follow-up", name, alarm, words, lag=FOLLOW_DAYS))
    return found


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
    ties = _ties(closed["opportunity_id"][here])
    alarm = _fall(day[here], won[here], ties, begin, as_of, weeks, chance)
    if alarm is None:
        return []
    words = f"since about {{since}} {alarm.since:.0%} of closed deals are won, instead of {alarm.before:.0%}"
    return [_alarm("close rate", "all deals", alarm, words)]


def of_bands(served: Iterable[tuple[date, str, Mapping[str, float]]]) -> list[MonthAlarm]:
    """Where the bands of the grades that are served changed from one night to the next.

    Parameters
    ----------
    served : iterable of tuple
        Of each night, the oldest first: its day, the model version, and the lowest multiple of the base rate by grade.
    """
    found = []
    before: Mapping[str, float] | None = None
    for day, version, bands in served:
        for grade in sorted(bands) if before is not None and dict(bands) != dict(before) else ():
            was, now = before.get(grade, 0.0) if before else 0.0, bands[grade]
            if was != now:
                words = (
                    f"grade {grade} begins at {now:g} times the base rate since the night of {day}, version {version}, "
                    f"instead of {was:g}: counts by grade before and after cannot be compared"
                )
                found.append(MonthAlarm("bands", f"grade {grade}", day, day, was, now, words))
        before = bands
    return found


def chance_of(false_alarms: float, weeks: int) -> float:
    """The chance of a false alarm in so many weeks, from that of a year."""
    return min(false_alarms * weeks * WEEK / YEAR, 1.0)


def _fall(
    day: np.ndarray, values: np.ndarray, ties: np.ndarray, begin: int, as_of: int, weeks: int, chance: float
) -> Alarm | None:
    # A week of the watch ends with the day on which the sources' does.
    return watch(
        day, values, ties, begin=begin - WEEK + 1, end=as_of + 1, weeks=weeks, chance=chance, with_volume=False
    )


def _ties(ids: Iterable[object]) -> np.ndarray:
    """Numbers that tell nothing of the values: of equal ones they decide which is first."""
    return np.array([zlib.crc32(str(one).encode()) / 2**32 for one in ids])


def _alarm(kind: str, of: str, alarm: Alarm, words: str, lag: int = 0) -> MonthAlarm:
    since, named = calendar_date(alarm.changed_on - lag), calendar_date(alarm.named_on)
    sentence = f"{words.replace('{since}', since.isoformat())}; named on {named}"
    return MonthAlarm(kind, of, named, since, alarm.before, alarm.since, sentence)
