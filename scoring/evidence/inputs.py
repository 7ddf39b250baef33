"""Whether what a scorecard was learned from is whole: what no outcome can show.

Of the newest month nothing has come true yet, so activities that are lost or garbled in it leave every figure on
past cut-offs as it was. They do harm all the same: the base rate, the grades and the percentiles of a scorecard
are frozen on the entities as they were seen on its last day. One dated example, on the simulated market: without
the activities of December 2025, a scorecard of 2025-12-29 ranks as well as any other, but takes the accounts for
so idle that its base rate is 2.8 % instead of 3.7 %, and grades 17 % of them B or better instead of 12 %.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import ibis

from scoring.engagement import engagement_log
from scoring.evidence.finding import Finding
from scoring.tables import Tables
from scoring.timeline import Window

#: A month, and how many of them are looked at: the newest, and those before that say what is usual.
DAYS, MONTHS = 30, 7
#: Engagements of a usual month below which nothing is concluded, and the share of them that is too few.
LEAST, TOO_FEW = 30, 0.25
ALL = "engagements"


def flow(tables: Tables, as_of: int) -> ibis.Table | None:
    """Engagements on each of the newest days before `as_of`: what one person does of one kind on one day.

    Returns
    -------
    Table or None
        `kind`, `day` (of the last `MONTHS` months; those without any are not there) and `engagements`; None without
        activities. A row each day and kind, of which months and weeks are made alike (`by_kind`).
    """
    log = engagement_log(tables)
    if log is None:
        return None
    recent = log.days.filter(Window(DAYS * MONTHS).covers(log.days.day, as_of))
    return recent.group_by("kind", "day").agg(engagements=recent.count())


def by_kind(counts: Sequence[Mapping[str, Any]], as_of: int, days: int = DAYS) -> dict[str, list[int]]:
    """The rows of `flow` as counts by kind, the newest month first; `ALL` kinds together come first.

    Parameters
    ----------
    days : int
        How long a month is: the first has the last 30 days before `as_of`; 7 makes weeks of them.
    """
    found: dict[str, list[int]] = {ALL: [0] * MONTHS}
    for row in sorted(counts, key=lambda row: str(row["kind"])):
        month = (as_of - 1 - int(row["day"])) // days
        for kind in (ALL, str(row["kind"])) if 0 <= month < MONTHS else ():
            found.setdefault(kind, [0] * MONTHS)[month] += int(row["engagements"])
    return found


def flowing(counts: Mapping[str, Sequence[int]], days: int = DAYS) -> Finding:
    """Nothing that used to come in every month has stopped: that is a broken export sooner than a quiet month.

    What is usual is the median of the months before, since the first in which there was any: it stays what it
    was when two of six are lost as well.
    """
    short = {kind: usual for kind, months in counts.items() if (usual := _usual(months)) * TOO_FEW > months[0]}
    newest, usual = counts[ALL][0], _usual(counts[ALL])
    figures = {"engagements": float(newest), "engagements_usual": usual}
    if not short:
        return Finding(True, f"it saw {newest:,} engagements in its last {days} days, {usual:,.0f} are usual", figures)
    kinds = [ALL] if ALL in short else list(short)
    told = [f"{counts[kind][0]:,} {kind} where {short[kind]:,.0f} are usual" for kind in kinds[:3]]
    return Finding(False, f"in its last {days} days it saw only {', '.join(told)}: activities look lost", figures)


def _usual(months: Sequence[int]) -> float:
    """The median of the months before the newest; 0 where they are too few to say, or hold next to nothing."""
    first = max((i for i, count in enumerate(months) if count), default=0)
    before = months[1 : first + 1]
    usual = float(median(before)) if len(before) > 1 else 0.0
    return usual if usual >= LEAST else 0.0


def as_trained(name: str, own_day: Mapping[str, Any], worst: float) -> Finding:
    """A scorecard expects of the day it was learned on what it expected then.

    Parameters
    ----------
    name : str
        `challenger` or `champion`.
    own_day : mapping
        `as_of`; `expected`, the mean probability of those open on that day, as the export that is judged on
        shows them; `base_rate`, the same as the training saw them.
    worst : float
        `expected` over `base_rate` must lie within 1 / worst and worst. On the same export it is 1.
    """
    expected, rate = float(own_day["expected"]), float(own_day["base_rate"])
    shift = expected / rate if rate else float("nan")
    kept = 1.0 / worst <= shift <= worst
    said = f"of those open on {own_day['as_of']} the {name} expects {expected:.2%} to win, and {rate:.2%} when it was "
    said += "trained" if kept else "trained: it was trained on other facts than this export shows of that day"
    return Finding(kept, said, {f"own_day_shift_of_{name}": shift})
