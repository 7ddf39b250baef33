"""Working hours between two moments, by working days, hours of the day, time zone and holidays.

One dated example, Monday to Friday from 9 to 17 UTC: from Friday 2027-01-08 16:00 to Monday 2027-01-11 10:30 are two
and a half working hours, one on Friday and one and a half on Monday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, Strict

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
#: TOML has lists where the configuration has tuples.
Texts = Annotated[tuple[str, ...], Strict(False)]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = np.timedelta64(1, "h")
_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is at work.

    Attributes
    ----------
    days : tuple of str
        Of `DAYS`; one at least.
    begin, end : float
        Hours of the day, in `time_zone`: ``0 <= begin < end <= 24``.
    time_zone : str
        Such as ``Europe/Berlin``.
    holidays : tuple of str
        Days such as ``2027-01-01`` on which nobody works.
    """

    days: Annotated[
        Texts,
        Field(
            description=f"Working days, of: {', '.join(DAYS)}.",
            json_schema_extra={"items": {"type": "string", "enum": list(DAYS)}},
        ),
    ] = DAYS[:5]
    begin: Annotated[
        float, Field(ge=0, le=24, description="Hour at which work begins, such as 8.5 for half past eight.")
    ] = 9.0
    end: Annotated[float, Field(ge=0, le=24, description="Hour at which work ends; above `begin`.")] = 17.0
    time_zone: Annotated[str, Field(description='Time zone of these hours, such as "Europe/Berlin".')] = "UTC"
    holidays: Annotated[Texts, Field(description='Days on which nobody works, such as "2027-01-01".')] = ()

    @property
    def a_day(self) -> float:
        """The hours of a working day."""
        return self.end - self.begin

    def between(self, start: pd.Series, end: pd.Series) -> Floats:
        """The working hours from one moment to another, of shape (n,); negative where the end is before the start.

        Parameters
        ----------
        start, end : Series of datetime64
            Naive, in UTC. NaT gives NaN.
        """
        return self._since_epoch(end) - self._since_epoch(start)

    def _since_epoch(self, moment: pd.Series) -> Floats:
        """Working hours since 1970: they rise within working hours and stand still outside of them."""
        import pandas as pd

        aware = pd.to_datetime(moment).dt.tz_localize("UTC").dt.tz_convert(ZoneInfo(self.time_zone))
        local = aware.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        found = np.full(len(local), np.nan)
        there = ~np.isnat(local)
        day = local[there].astype("datetime64[D]")
        mask, holidays = [name in self.days for name in DAYS], np.array(self.holidays, dtype="datetime64[D]")
        before = np.busday_count(_EPOCH, day, weekmask=mask, holidays=holidays)
        today = np.clip((local[there] - day) / _HOUR - self.begin, 0.0, self.a_day)
        at_work = np.is_busday(day, weekmask=mask, holidays=holidays)
        found[there] = before * self.a_day + np.where(at_work, today, 0.0)
        return found

    def __str__(self) -> str:
        """In words: "mon, tue, wed, thu, fri, 9:00 to 17:00 UTC, 2 holidays"."""
        minutes = (round(hour * 60) for hour in (self.begin, self.end))
        hours = " to ".join(f"{minute // 60}:{minute % 60:02}" for minute in minutes)
        off = f", {len(self.holidays)} holiday{'s' * (len(self.holidays) > 1)}" if self.holidays else ""
        return f"{', '.join(self.days)}, {hours} {self.time_zone}{off}"


def elapsed(start: pd.Series, end: pd.Series) -> Floats:
    """The hours from one moment to another, of shape (n,), by the clock.

    Parameters
    ----------
    start, end : Series of datetime64
    """
    return np.asarray((end - start).to_numpy() / _HOUR, dtype=np.float64)


def hours_faults(found: Mapping[str, Any]) -> list[str]:
    """What is wrong of some working hours beyond the types of their values, a line for each error.

    Parameters
    ----------
    found : mapping
        By key, as a file has it.
    """
    lines, (days, begin, end, zone, off) = [], (found.get(n) for n in ("days", "begin", "end", "time_zone", "holidays"))
    if isinstance(days, tuple | list) and (not days or [day for day in days if day not in DAYS]):
        lines.append(f"days in [hours] must be one or more of {', '.join(DAYS)}: found {list(days)!r}")
    if isinstance(begin, int | float) and isinstance(end, int | float) and not begin < end:
        lines.append(f"end in [hours] must be above begin = {begin:g}: found {end:g}")
    # Every command reads its default, and a list of all zones is made of hundreds of files.
    if isinstance(zone, str) and zone != "UTC" and zone not in available_timezones():
        lines.append(f'time_zone in [hours] must be a time zone such as "Europe/Berlin": found {zone!r}')
    wrong = [day for day in (off if isinstance(off, tuple | list) else ()) if isinstance(day, str) and not _is_day(day)]
    return lines + [f'holidays in [hours] must be days such as "2027-01-01": found {day!r}' for day in wrong]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
