"""The alarm on sources, on an export: which source brings more, of whom less is expected."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.planning.sources.values import SourceValues
from scoring.planning.sources.alarm import WEEK, Alarm, watch
from scoring.timeline import calendar_date

#: Days of a year and a quarter of a day, as the calendar has it.
YEAR = 365.25


@dataclass(frozen=True)
class SourceAlarm:
    """What the watch found of one source.

    Attributes
    ----------
    source : str
    alarm : Alarm
    lag : int
        Days from an arrival to the look at it, at least.
    """

    source: str
    alarm: Alarm
    lag: int

    @property
    def more_since(self) -> str:
        """The day from which on other arrivals came, as far as can be said."""
        return calendar_date(self.alarm.changed_on - self.lag).isoformat()

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        found = asdict(self.alarm)
        for name in ("named_on", "changed_on"):
            found[name] = calendar_date(found[name]).isoformat()
        found["changed_between"] = [calendar_date(day).isoformat() for day in self.alarm.changed_between]
        return {"source": self.source, "more_since": self.more_since, **found}

    def sentence(self) -> str:
        """What to say of it."""
        alarm = self.alarm
        more = f"{alarm.rate_since / alarm.rate_before:.1f} times as many arrive ({alarm.rate_since:.1f} a week)"
        volume = more if alarm.rising else f"about as many arrive ({alarm.rate_since:.1f} a week)"
        return (
            f"{self.source}: since about {self.more_since} {volume}, and an arrival is expected to bring "
            f"{alarm.since:,.0f} instead of {alarm.before:,.0f}; named on {calendar_date(alarm.named_on)}"
        )


@dataclass(frozen=True)
class Watch:
    """The watch over all sources.

    Attributes
    ----------
    begin : int
        Day number: it begins there, at 1 January of the year before, or where it was asked to.
    weeks : int
        For which the chance of a false alarm is stated.
    sources : int
        How many are watched.
    chance : float
        Of a false alarm of one source in these weeks.
    named : tuple of SourceAlarm
        Rising volume and falling value: those of whom most was lost first.
    falling : tuple of SourceAlarm
        Falling value alone.
    """

    begin: int
    weeks: int
    sources: int
    chance: float
    named: tuple[SourceAlarm, ...] = ()
    falling: tuple[SourceAlarm, ...] = ()


def watched(values: SourceValues, source: pd.Series, begin: int, as_of: int, config: Config) -> Watch:
    """Watch all sources from a day on.

    Parameters
    ----------
    values : SourceValues
    source : Series of str
        By company, the name of its source.
    begin, as_of : int
        Day numbers.
    config : Config
        Its section ``sources`` is used.
    """
    frame = values.frame
    names = source.reindex(frame.index).to_numpy(dtype=object)
    # The whole second year is counted from its first day on, so that looking again another night changes nothing.
    weeks = max(2 * 52 + 1, -(-(as_of - begin) // WEEK))
    every = sorted(set(names))
    chance = min(config.sources.false_alarms * weeks * WEEK / YEAR / max(len(every), 1), 1.0)
    ties = np.array([zlib.crc32(str(unit).encode()) / 2**32 for unit in frame.index])
    found = []
    for name in every:
        mine = names == name
        alarm = watch(
            frame["looked_on"].to_numpy(dtype=np.int64)[mine],
            frame["expected_revenue"].to_numpy()[mine],
            ties[mine],
            begin=begin - WEEK + 1,  # so that a week ends with the day on which arrivals are looked at
            end=as_of + 1,
            weeks=weeks,
            chance=chance,
        )
        if alarm is not None:
            found.append(SourceAlarm(name, alarm, config.sources.look_days))
    found.sort(key=lambda one: -(one.alarm.before - one.alarm.since) * one.alarm.rate_since)
    return Watch(
        begin,
        weeks,
        len(every),
        chance,
        tuple(one for one in found if one.alarm.rising),
        tuple(one for one in found if not one.alarm.rising),
    )
