"""The page of `closedwon calls`: this week's list of each owner as one HTML file, in the style of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.calls.files import NO_TRIGGER
from pipelines.reports.page import rendered
from scoring.calls.call_list import Call, CallLists, Learned


@dataclass(frozen=True)
class CallsPage:
    """The content of the page.

    Attributes
    ----------
    lists : CallLists
    """

    lists: CallLists

    @property
    def owners(self) -> Mapping[str, Sequence[Call]]:
        """The list of each owner that has places."""
        return {owner: calls for owner, calls in self.lists.by_owner.items() if calls or self.lists.slots[owner]}

    @property
    def slots(self) -> int:
        """How many can be called."""
        return sum(self.lists.slots.values())

    @property
    def revenue(self) -> float:
        """What is expected of all who are called, within the horizon of the scorecard."""
        return sum(call.expected_revenue for call in self.lists.calls)

    @property
    def with_trigger(self) -> int:
        """How many have a trigger."""
        return sum(bool(call.trigger) for call in self.lists.calls)

    @property
    def learned(self) -> Sequence[tuple[str, Sequence[Learned]]]:
        """What was learned, by trigger."""
        return [(words, list(rows)) for words, rows in groupby(self.lists.learned, key=lambda one: one.words)]

    def why(self, call: Call) -> str:
        """Why now, in words."""
        return call.why_now or NO_TRIGGER


def html_of(lists: CallLists) -> str:
    """The page as HTML. Whatever comes from a CRM is escaped."""
    return rendered("calls.html.j2", CallsPage(lists))
