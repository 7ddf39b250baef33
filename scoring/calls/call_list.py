"""The lists of a week, as they are given to sales: who is called by whom, why now, with whom, and who is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from scoring.calls.associations import Association
from scoring.entity import Entity


@dataclass(frozen=True)
class Touch:
    """What was done last: a type of activity and its day, never a text."""

    kind: str
    day: date


@dataclass(frozen=True)
class Call:
    """One name on a list.

    Attributes
    ----------
    unit, account : str
        The id of the account or lead, and of its account.
    owner : str
        An id of the CRM; never a name.
    team : str
        `account executives` with an open deal, else `inside sales`.
    order : int
        1 is the first that this owner calls.
    grade : str
    win_probability, expected_revenue : float
    trigger : str
        Its name; empty for none.
    why_now : str
    happened, expires : date or None
        The day of the trigger, and the first day on which it is no reason any more.
    left : float
        How much of the trigger is left, 0 to 1.
    value : float
        What it is ranked by: expected revenue times how much of the trigger is left.
    people : tuple of str
        Ids of leads who engaged lately, decision makers first.
    missing_role : str
        The typical role of whom nobody engaged; empty if none is known.
    ours, of_buyer : Touch or None
        Our newest touch, and the newest of the buyer.
    since : date
        The Monday since which it is on the list, week after week.
    """

    unit: str
    account: str
    owner: str
    team: str
    order: int
    grade: str
    win_probability: float
    expected_revenue: float
    trigger: str
    why_now: str
    happened: date | None
    expires: date | None
    left: float
    value: float
    people: tuple[str, ...]
    missing_role: str
    ours: Touch | None
    of_buyer: Touch | None
    since: date


@dataclass(frozen=True)
class Left:
    """Who was on the list of the week before and is not on this one, with the reason in words."""

    unit: str
    owner: str
    reason: str


@dataclass(frozen=True)
class Learned:
    """What came after a trigger on past days, within some days."""

    trigger: str
    words: str
    outcome: str
    days: int
    found: Association


@dataclass(frozen=True)
class CallLists:
    """The lists of a week.

    Attributes
    ----------
    week : date
        The Monday; what was known before it is used.
    entity : {"account", "lead"}
    model_version : str
    calls : tuple of Call
        By owner, then in order.
    slots : mapping of int
        By owner, how many it can call.
    teams : mapping of int
        By team, how many all of it can call, where that is known.
    capacity : str
        Where the capacity comes from, in words.
    open : int
        How many are open.
    not_called : mapping of int
        By reason in words, how many open ones were not looked at.
    left : tuple of Left
    learned : tuple of Learned
    past_days : int
        On how many past days it was learned.
    notes : tuple of str
    """

    week: date
    entity: Entity
    model_version: str
    calls: tuple[Call, ...]
    slots: Mapping[str, int]
    teams: Mapping[str, int]
    capacity: str
    open: int
    not_called: Mapping[str, int]
    left: tuple[Left, ...]
    learned: tuple[Learned, ...]
    past_days: int
    notes: tuple[str, ...]

    @property
    def until(self) -> date:
        """The Sunday of the week."""
        return self.week + timedelta(days=6)

    @property
    def by_owner(self) -> Mapping[str, Sequence[Call]]:
        """The list of each owner, also where it is empty."""
        found: dict[str, list[Call]] = {owner: [] for owner in self.slots}
        for call in self.calls:
            found[call.owner].append(call)
        return found

    @property
    def stays(self) -> int:
        """How many were on the list of the week before."""
        return sum(call.since < self.week for call in self.calls)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "week": self.week,
            "entity": self.entity,
            "model_version": self.model_version,
            "capacity": {"from": self.capacity, "owners": dict(self.slots), "teams": dict(self.teams)},
            "calls": [asdict(call) for call in self.calls],
            "left": [asdict(one) for one in self.left],
            "open": self.open,
            "not_called": dict(self.not_called),
            "associations": [
                {name: value for name, value in asdict(one).items() if name != "found"} | asdict(one.found)
                for one in self.learned
            ],
            "past_days": self.past_days,
            "notes": list(self.notes),
        }
