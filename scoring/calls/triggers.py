"""The triggers of a call: what is new about an account or a lead, and for how many days that is a reason to call now.

One dated example. On Monday 2026-03-02 a list is made. Somebody came back on 2026-02-23, after 70 silent days: that is
7 days ago, and the trigger lasts 28. So three quarters of it are left, and it expires on 2026-03-23.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.timeline import calendar_date


@dataclass(frozen=True)
class Trigger:
    """One kind of news.

    Attributes
    ----------
    name : str
    words : str
        What happened, for sales: the day is put behind it.
    lasts : int
        Days for which it is a reason to call.
    of_group : bool
        Whether it needs several people, so that a single lead cannot have it.
    """

    name: str
    words: str
    lasts: int
    of_group: bool = False

    def left(self, day: int, as_of: int) -> float:
        """How much of it is left: 1 on its own day, 0 once it has expired.

        Parameters
        ----------
        day, as_of : int
            Day numbers: when it happened, and when the list is made.
        """
        return min(1.0, max(0.0, 1.0 - (as_of - day) / self.lasts))

    def sentence(self, day: int, detail: str = "") -> str:
        """What happened, and when: `Came back after a silence on 2026-02-23`."""
        return f"{self.words}{f' ({detail})' if detail else ''} on {calendar_date(day)}"


RETURN, DECISION_MAKER, DEPARTMENT = "return", "decision_maker", "department"
SURGE, LOST, CHANGE, SLIPPED = "surge", "lost", "change", "slipped"

TRIGGERS = (
    Trigger(RETURN, "Came back after a silence", 28),
    Trigger(DECISION_MAKER, "First decision maker engaged", 28, of_group=True),
    Trigger(DEPARTMENT, "A new department engaged", 28, of_group=True),
    Trigger(SURGE, "More engagement in a week than is usual for it", 14),
    Trigger(LOST, "A lost deal is due for another look", 28),
    Trigger(CHANGE, "An attribute changed", 42),
    Trigger(SLIPPED, "The expected close was moved later", 21),
)
BY_NAME = {trigger.name: trigger for trigger in TRIGGERS}
