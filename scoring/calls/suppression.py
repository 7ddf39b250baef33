"""Who is not called now, and why: somebody works it, it was rejected, it rests, or the policy says so.

One dated example, of a list for Monday 2026-03-02 with 14 days for work and 28 of rest:

    called on 2026-02-20                     somebody works it until 2026-03-06
    on the list of 2026-02-02, called 02-10  it was called off a list, and rests until 2026-03-10
    on four lists and never called           it rests until 28 days after the last of them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "", "grade", "market", "open deal", "rejected", "worked", "rests", "not called", "no trigger", "experiment"
]

#: The reasons in words, in the order in which they are looked at: the first that holds counts.
WORDS: Mapping[Reason, str] = {
    "market": "outside the target market of the agreement",
    "grade": "of a grade that is not called ([calls] grades)",
    "open deal": "with an open deal ([calls] open_deals)",
    "rejected": "rejected by sales lately",
    "worked": "somebody works it: a call, meeting or visit lately",
    "rests": "was called off an earlier list lately, and rests",
    "not called": "was on the lists for weeks and nobody called it, and rests",
    "no trigger": "nothing is new, and the lists have places only for those with a trigger",
    "experiment": "an experiment calls it in a later week",
}


@dataclass(frozen=True)
class Rests:
    """For how many days somebody is left alone.

    Attributes
    ----------
    worked : int
        After any touch of ours in which a person talks to a person.
    rest : int
        After a call that came off a list, and after lists that nobody called off.
    rejected : int
        After a rejection.
    weeks : int
        So many lists one may be on without a call.
    """

    worked: int = 14
    rest: int = 28
    rejected: int = 90
    weeks: int = 4

    @property
    def remembered(self) -> int:
        """The days of earlier lists that count."""
        return self.rest + 7 * self.weeks


@dataclass(frozen=True)
class Past:
    """What is known of one account or lead, in day numbers; None for never.

    Attributes
    ----------
    touched : int or None
        Our newest touch in which a person talks to a person.
    rejected : int or None
    lists : sequence of int
        The Mondays of the lists that it was on.
    """

    touched: int | None = None
    rejected: int | None = None
    lists: Sequence[int] = ()


def suppressed(past: Past, week: int, rests: Rests) -> Reason:
    """Why one is not called in a week; empty if it may be.

    Parameters
    ----------
    past : Past
    week : int
        Day number of the Monday.
    rests : Rests
    """
    if past.rejected is not None and week - past.rejected <= rests.rejected:
        return "rejected"
    earlier = [day for day in past.lists if week - rests.remembered <= day < week]
    touched = past.touched
    if touched is not None:
        if week - touched <= rests.worked:
            return "worked"
        off_list = any(0 <= touched - day < 7 * rests.weeks for day in earlier)
        if off_list and week - touched <= rests.rest:
            return "rests"
    since = [day for day in earlier if touched is None or day > touched]
    return "not called" if len(since) >= rests.weeks and week - max(since) <= rests.rest else ""
