"""The declaration of a feature: its source, its window and its side.

A declaration holds no code. `feature_expressions` computes all declarations on any engine, for one `as_of` or for many,
and `feature_arrays` in this process. No declaration can count touches: the vocabulary below has no word for it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from scoring.features.dealings import DEAL_STATE as DEAL_STATE
from scoring.features.dealings import PLANS as PLANS
from scoring.features.dealings import Bought as Bought
from scoring.features.dealings import Deal as Deal
from scoring.features.dealings import DealPlan as DealPlan
from scoring.features.dealings import LastBought as LastBought
from scoring.features.feature import Attribute as Attribute
from scoring.features.feature import Column as Column
from scoring.features.feature import Feature as Feature
from scoring.features.feature import Kind as Kind
from scoring.features.feature import Side as Side
from scoring.features.feature import Texts as Texts
from scoring.timeline import Window

#: What `scoring.titles` reads from a title.
Department = Literal[
    "finance", "procurement", "legal", "hr", "sales", "marketing", "product", "it", "operations", "management", "other"
]


@dataclass(frozen=True, kw_only=True)
class Listed(Feature):
    """Whether an attribute is one of a list: an ideal customer, a territory. Null where it is not known.

    Case and outer blanks do not matter; a number is written as the export writes it.
    """

    column: str
    values: Texts
    side: Side = "fit"

    @property
    def sources(self) -> tuple[Attribute, ...]:
        """The attribute as it is, under a name that no feature has."""
        return (_source(self, self.column),)


@dataclass(frozen=True, kw_only=True)
class Ratio(Feature):
    """One number of the entity by another: revenue by employee. Null where one is not known, or the second is 0."""

    numerator: str
    denominator: str
    side: Side = "fit"

    @property
    def sources(self) -> tuple[Attribute, ...]:
        """Both attributes as they are, under names that no feature has."""
        return _source(self, self.numerator), _source(self, self.denominator)


def _source(feature: Feature, column: str) -> Attribute:
    # A feature's name has no blank in it.
    return Attribute(name=f"{column} of {feature.name}", label="", column=column)


#: What the measures of a group of people read of each of them.
_GROUPS: dict[str, Texts] = {
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
class Group(Feature):
    """The buying group: its known people, decision makers or departments, or the first person's source or campaign."""

    of: Literal["people", "decision_makers", "departments", "first_source", "first_campaign"]
    side: Side = "fit"

    @property
    def of_people(self) -> Texts:
        """What it reads of each person."""
        return _GROUPS[self.of]


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
        return tuple(dict.fromkeys((*_GROUPS[self.of], *_of_engaged(self.by, self.department))))

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
class Age(Feature):
    """Days since the entity was created."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"


TYPES: dict[str, type[Feature]] = {
    kind.__name__: kind
    for kind in (Attribute, Listed, Ratio, Group, Recency, Breadth, Momentum, Deal, DealPlan, Bought, LastBought, Age)
}


def declared(declaration: dict[str, Any]) -> Feature:
    """The feature of a declaration: the inverse of `Feature.declaration`."""
    settings = dict(declaration)
    if (name := settings.pop("type")) not in TYPES:
        raise ValueError(f"No feature type is called {name!r}; there are {', '.join(TYPES)}.")
    return TYPES[name](**settings)


def is_category(feature: Feature) -> bool:
    """Whether its column holds levels (text) rather than numbers."""
    if isinstance(feature, Attribute):
        return feature.values == "category"
    named = isinstance(feature, Group | Deal) and feature.of in ("first_source", "first_campaign", "stage")
    return named or isinstance(feature, Listed)


def is_count(feature: Feature) -> bool:
    """Whether it is a number of people or deals, which is 0 where nothing is known."""
    if isinstance(feature, Bought):
        return feature.counts
    return isinstance(feature, Group) and not feature.of.startswith("first_")


def chosen(names: str | Texts | None) -> Texts:
    """The names as a tuple; empty if there is no restriction."""
    return (names,) if isinstance(names, str) else names or ()
