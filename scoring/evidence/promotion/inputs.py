"""Whether the data that a scorecard was trained on is complete, which no outcome can show.

The newest month has no outcomes yet. So activities that are missing or wrong in it change no figure of a past
cut-off. They do harm nevertheless: the base rate, the grades and the percentiles of a scorecard are fixed on the
entities as they are on its last day. An example on the simulated market: without the activities of December 2025, a
scorecard of 2025-12-29 ranks as well as any other. But all accounts seem less active, so its base rate is 2.8 %
instead of 3.7 %, and it grades 17 % of them B or better instead of 12 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import ibis

from scoring.engagement import engagement_log
from scoring.evidence.finding import Finding
from scoring.tables import Tables
from scoring.timeline import Window

#: Days of a month, and how many months are counted: the newest, and those before it, which show what is usual.
DAYS, MONTHS = 30, 7
#: The fewest engagements of a usual month from which to conclude anything, and the share of them that is too few.
LEAST, TOO_FEW = 30, 0.25
ALL = "engagements"


def flow(tables: Tables, as_of: int) -> ibis.Table | None:
    """Engagements on each of the newest days before `as_of`: what one person does of one kind on one day.

    Parameters
    ----------
    tables : Tables
    as_of : int
        Day number.

    Returns
    -------
    Table or None
        A row for each day and kind: `kind`, `day` (of the last `MONTHS` months; days without any are left out) and
        `engagements`. None without activities. `by_kind` makes months and weeks of it.
    """
    log = engagement_log(tables)
    if log is None:
        return None
    recent = log.days.filter(Window(DAYS * MONTHS).covers(log.days.day, as_of))
    return recent.group_by("kind", "day").agg(engagements=recent.count())


def by_kind(counts: Sequence[Mapping[str, Any]], as_of: int, days: int = DAYS) -> dict[str, list[int]]:
    """The rows of `flow` as counts by kind, the newest month first.

    Parameters
    ----------
    counts : sequence of mappings
        The rows of `flow`.
    as_of : int
        Day number.
    days : int
        How long a month is: the newest one has the last 30 days before `as_of`. 7 makes weeks.

    Returns
    -------
    dict of list of int
        `MONTHS` counts for each kind; first those of `ALL` kinds together.
    """
    found: dict[str, list[int]] = {ALL: [0] * MONTHS}
    for row in sorted(counts, key=lambda row: str(row["kind"])):
        month = (as_of - 1 - int(row["day"])) // days
        for kind in (ALL, str(row["kind"])) if 0 <= month < MONTHS else ():
            found.setdefault(kind, [0] * MONTHS)[month] += int(row["engagements"])
    return found


def flowing(counts: Mapping[str, Sequence[int]], days: int = DAYS) -> Finding:
    """Whether no kind of activity has stopped: that is more likely a broken export than a quiet month.

    What is usual is the median of the months before, from the first one with any activity on. It stays the same if two
    of the six are missing too.

    Parameters
    ----------
    counts : mapping
        What `by_kind` returns.
    days : int
        How long a month is, as given to `by_kind`.
    """
    short = {kind: usual for kind, months in counts.items() if (usual := _usual(months)) * TOO_FEW > months[0]}
    newest, usual = counts[ALL][0], _usual(counts[ALL])
    figures = {"engagements": float(newest), "engagements_usual": usual}
    if not short:
        return Finding(True, f"it saw {newest:,} engagements in its last {days} days, {usual:,.0f} are usual", figures)
    kinds = [ALL] if ALL in short else list(short)
    words = [f"{counts[kind][0]:,} {kind} where {short[kind]:,.0f} are usual" for kind in kinds[:3]]
    return Finding(False, f"in its last {days} days it saw only {', '.join(words)}: activities look lost", figures)


def _usual(months: Sequence[int]) -> float:
    """The median of the months before the newest; 0 if these are too few, or nearly empty."""
    first = max((i for i, count in enumerate(months) if count), default=0)
    before = months[1 : first + 1]
    usual = float(median(before)) if len(before) > 1 else 0.0
    return usual if usual >= LEAST else 0.0


@dataclass(frozen=True)
class OwnDay:
    """What a scorecard expects of the day it was trained on.

    Attributes
    ----------
    as_of : str
        That day, an ISO date.
    expected, base_rate : float
        The mean probability of those open on it: from the export at hand, and from the export of the training.
    """

    as_of: str
    expected: float
    base_rate: float


@dataclass(frozen=True)
class TrainingInputs:
    """What shows whether challenger and champion were trained on complete data.

    Attributes
    ----------
    own_days : mapping of str to OwnDay
        By `challenger` and `champion`.
    flow : mapping or None
        What `by_kind` returns for the challenger's training; None without activities.
    """

    own_days: Mapping[str, OwnDay] = field(default_factory=dict)
    flow: Mapping[str, Sequence[int]] | None = None


def as_many_as_trained(name: str, own_day: OwnDay, worst: float) -> Finding:
    """Whether a scorecard expects as many wins of the day it was trained on as it did in training.

    Parameters
    ----------
    name : str
        `challenger` or `champion`.
    own_day : OwnDay
    worst : float
        `expected` over `base_rate` must lie between 1 / worst and worst. On the same export it is 1.
    """
    expected, rate = float(own_day.expected), float(own_day.base_rate)
    shift = expected / rate if rate else float("nan")
    kept = 1.0 / worst <= shift <= worst
    words = f"of those open on {own_day.as_of} the {name} expects {expected:.2%} to win, and {rate:.2%} when it was "
    words += "trained" if kept else "trained: it was trained on other facts than this export shows of that day"
    return Finding(kept, words, {f"own_day_shift_of_{name}": shift})
