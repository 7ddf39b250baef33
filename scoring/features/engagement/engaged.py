"""The declarations of features that are made from engagement days: how lately, how broadly, how regularly."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.features.feature import Feature, Kind, Side, Texts
from scoring.timeline import Window

#: What `scoring.buying_groups.titles` reads from a title.
Department = Literal[
    "finance", "procurement", "legal", "hr", "sales", "marketing", "product", "it", "operations", "management", "other"
]

#: What the measures of a group of people read of each of them.
GROUPS: dict[str, Texts] = {
    "people": (),
    "kinds": (),
    "decision_makers": ("seniority",),
    "departments": ("department",),
    "first_source": ("source",),
    "first_campaign": ("campaign",),
}


def _of_engaged(by: str, department: str | Texts | None) -> Texts:
    return (("seniority",) if by == "decision_maker" else ()) + (("department",) if department is not None else ())


@dataclass(frozen=True, kw_only=True)
class Recency(Feature):
    """Days since the last engagement day that matches; null if there was none.

    `activity` restricts it to one activity type or several, `by` and `department` to who engaged, `event` to
    what was new about it.
    """

    kind: ClassVar[Kind] = "days"
    activity: str | Texts | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    department: Department | tuple[Department, ...] | None = None
    event: Literal["any", "new_kind", "new_person", "returned"] = "any"
    side: Side = "intent"

    @property
    def of_people(self) -> Texts:
        """What it reads of those who engaged."""
        return _of_engaged(self.by, self.department)


@dataclass(frozen=True, kw_only=True)
class Breadth(Feature):
    """How many different people, decision makers, departments or activity types engaged within the last `days`.

    `activity` restricts it to one activity type or several, `by` and `department` to who engaged.
    """

    of: Literal["people", "decision_makers", "departments", "kinds"]
    days: int
    activity: str | Texts | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    department: Department | tuple[Department, ...] | None = None
    side: Side = "intent"

    @property
    def of_people(self) -> Texts:
        """What it reads of those who engaged."""
        return tuple(dict.fromkeys((*GROUPS[self.of], *_of_engaged(self.by, self.department))))

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(self.days)


@dataclass(frozen=True, kw_only=True)
class Momentum(Feature):
    """Share of the last `recent_weeks` with any engagement, less the share of the `usual_weeks` before them.

    It compares an account with its own usual weeks: one that is always busy has 0. Between -1 and 1.
    """

    recent_weeks: int = 4
    usual_weeks: int = 24
    side: Side = "intent"

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(7 * (self.recent_weeks + self.usual_weeks))


@dataclass(frozen=True, kw_only=True)
class Regularity(Feature):
    """In how many of the last `weeks` weeks there was any engagement that matches: a week counts once.

    A week is seven days back from `as_of`. `activity` restricts it to one activity type or several, `by` and
    `department` to who engaged.
    """

    weeks: int
    activity: str | Texts | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    department: Department | tuple[Department, ...] | None = None
    side: Side = "intent"

    @property
    def of_people(self) -> Texts:
        """What it reads of those who engaged."""
        return _of_engaged(self.by, self.department)

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(7 * self.weeks)


#: A feature that is made from engagement days.
Engaged = Recency | Breadth | Momentum | Regularity


def restriction(names: str | Texts | None) -> Texts:
    """The names as a tuple; empty if there is no restriction."""
    return (names,) if isinstance(names, str) else names or ()
