"""The alarms of a month: a source that brings less, a segment that is no longer followed up, bands.

Each watch looks at an order that means nothing as long as nothing changes (see `scoring.planning.sources.alarm`), so
looking every month raises no more false alarms than looking once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from pipelines.planning.sources.alarm import YEAR, Watch
from pipelines.planning.sources.cohort_steps import CALLED
from scoring.planning.sources.alarm import STRENGTHS, WEEK, Alarm, watch
from scoring.planning.sources.cohorts import NO_SOURCE
from scoring.timeline import calendar_date

#: Days from arriving within which somebody is followed up, or is not.
FOLLOW_DAYS = 14
#: How strong a fall of follow-up may be: from 85 % to 10 % is the 14th power. See `scoring.planning.sources.alarm`.
LEFT_ALONE = (2.5, 6.0, 14.0)


@dataclass(frozen=True)
class MonthAlarm:
    """One alarm.

    Attributes
    ----------
    kind : str
        ``source``, ``growth``, ``follow-up``, ``close rate`` or ``bands``.
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


@dataclass(frozen=True)
class ToFollow:
    """Who is to be followed up: hand-offs, or, where there are none, arrivals.

    Attributes
    ----------
    frame : DataFrame
        By row: `day` (day number), `name` (of the segment), and `first` (day number on which somebody was called, or in
        a deal; NaN for never). The index tells nothing of them.
    noun : str
        ``hand-offs`` or ``arrivals``.
    """

    frame: pd.DataFrame
    noun: str

    @classmethod
    def arrivals(cls, companies: pd.DataFrame) -> ToFollow:
        """Everybody who came."""
        frame = companies
        first = np.fmin(frame[CALLED].to_numpy(), frame["in_deal"].to_numpy())
        return cls(frame[["day", "name"]].assign(first=first), "arrivals")

    @classmethod
    def handed(cls, handed: pd.DataFrame, companies: pd.DataFrame) -> ToFollow:
        """Those who were handed over, as `FollowedHandoffs` has them: who was soon rejected needs no call."""
        rows = handed[~(handed["ended"] & (handed["hours"] < FOLLOW_DAYS * 24))]
        frame = pd.DataFrame(
            {
                "day": _day_numbers(rows["handed_at"]).astype(np.int64),
                "name": rows["account"].map(companies["name"]).fillna(NO_SOURCE).astype(str),
                "first": np.where(rows["touched"], _day_numbers(rows["touched_at"]), np.nan),
            }
        )
        keys = rows["entity"].astype(str) + rows["unit"].astype(str) + rows["handed_at"].astype(str)
        return cls(frame.set_index(pd.Index(keys)), "hand-offs")


def _day_numbers(moments: pd.Series) -> np.ndarray:
    """The day numbers of moments; NaN for none."""
    days = moments.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype("int64").astype(np.float64))


def of_follow_up(
    to_follow: ToFollow, begin: int, as_of: int, weeks: int, chance: float, fewest: int
) -> list[MonthAlarm]:
    """The segments that are followed up less than before.

    Parameters
    ----------
    to_follow : ToFollow
    begin, as_of : int
        Day numbers.
    weeks : int
        Of the whole watch.
    chance : float
        Of a false alarm of any segment in these weeks.
    fewest : int
        A segment with fewer is not watched by itself.
    """
    frame = to_follow.frame
    day = frame["day"].to_numpy(dtype=np.int64)
    over = (day >= begin - WEEK - FOLLOW_DAYS) & (day + FOLLOW_DAYS <= as_of)
    frame, day = frame[over], day[over]
    followed = (frame["first"].to_numpy(dtype=np.float64) - day < FOLLOW_DAYS).astype(np.float64)
    names = frame["name"].to_numpy(dtype=object)
    counts = pd.Series(names).value_counts()
    kept = sorted(str(name) for name in counts.index[counts.to_numpy() >= fewest])
    ties = ties_of(frame.index)
    found = []
    for name in kept:
        mine = names == name
        alarm = fall(
            day[mine] + FOLLOW_DAYS, followed[mine], ties[mine], begin, as_of, weeks, chance / len(kept), LEFT_ALONE
        )
        if alarm is not None:
            words = (
                f"{name}: since about {{since}} {alarm.since:.0%} of {to_follow.noun} are called or in a deal within "
                f"{FOLLOW_DAYS} days, instead of {alarm.before:.0%}"
            )
            found.append(alarmed("follow-up", name, alarm, words, lag=FOLLOW_DAYS))
    return found


@dataclass(frozen=True)
class ServedBands:
    """Where the grades of a night begin, as multiples of the base rate.

    Attributes
    ----------
    day : date
        Of the night.
    version : str
        Of the model.
    bands : mapping of float
        By grade.
    agreement : str
        The agreement that held; empty for none.
    agreed : mapping of float
        What it says, by grade.
    """

    day: date
    version: str
    bands: Mapping[str, float]
    agreement: str = ""
    agreed: Mapping[str, float] = field(default_factory=dict)


def of_bands(served: Iterable[ServedBands]) -> list[MonthAlarm]:
    """Where the bands of the grades that are served changed from one night to the next.

    Parameters
    ----------
    served : iterable of ServedBands
        The oldest first.
    """
    found = []
    before: Mapping[str, float] | None = None
    for night in served:
        for grade in sorted(night.bands) if before is not None and dict(night.bands) != dict(before) else ():
            was, now = before.get(grade, 0.0) if before else 0.0, night.bands[grade]
            if was != now:
                words = (
                    f"grade {grade} begins at {now:g} times the base rate since the night of {night.day}, version "
                    f"{night.version}, instead of {was:g}: counts by grade before and after cannot be compared"
                )
                if night.agreed.get(grade, now) != now:
                    words += f"; agreement {night.agreement}, which holds, says {night.agreed[grade]:g}"
                found.append(MonthAlarm("bands", f"grade {grade}", night.day, night.day, was, now, words))
        before = night.bands
    return found


def chance_of(false_alarms: float, weeks: int) -> float:
    """The chance of a false alarm in so many weeks, from that of a year."""
    return min(false_alarms * weeks * WEEK / YEAR, 1.0)


def fall(
    day: np.ndarray,
    values: np.ndarray,
    ties: np.ndarray,
    begin: int,
    as_of: int,
    weeks: int,
    chance: float,
    strengths: Sequence[float] = STRENGTHS,
) -> Alarm | None:
    """The alarm on values that fall, without a look at how many there are.

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Day number of each.
    values, ties : ndarray of shape (n,)
        See `scoring.planning.sources.alarm`.
    begin, as_of : int
        Day numbers.
    weeks : int
        Of the whole watch.
    chance : float
        Of a false alarm in these weeks.
    strengths : sequence of float
        How strong the fall may be.
    """
    # A week of the watch ends with the day on which the sources' does.
    return watch(
        day,
        values,
        ties,
        begin=begin - WEEK + 1,
        end=as_of + 1,
        weeks=weeks,
        chance=chance,
        with_volume=False,
        strengths=strengths,
    )


def ties_of(ids: Iterable[object]) -> np.ndarray:
    """Numbers that tell nothing of the values: of equal ones they decide which is first."""
    return np.array([zlib.crc32(str(one).encode()) / 2**32 for one in ids])


def alarmed(kind: str, of: str, alarm: Alarm, words: str, lag: int = 0) -> MonthAlarm:
    """An alarm of a kind, from what a watch found; `lag` is the days until somebody can be looked at."""
    since, named = calendar_date(alarm.changed_on - lag), calendar_date(alarm.named_on)
    sentence = f"{words.replace('{since}', since.isoformat())}; named on {named}"
    return MonthAlarm(kind, of, named, since, alarm.before, alarm.since, sentence)
