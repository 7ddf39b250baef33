"""The declaration of a feature: its source, its window and its side.

A declaration holds no code. `feature_expressions` computes all declarations on any engine, for one `as_of` or for many,
and `feature_arrays` in this process. No declaration can count touches: the vocabulary below has no word for it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from scoring.entity import Entity
from scoring.features.engaged import (
    GROUPS,
    Breadth,
    Department,
    Engaged,
    Momentum,
    Recency,
    Regularity,
    chosen,
)
from scoring.features.feature import Attribute, Column, Feature, Kind, Scope, Side, Texts

__all__ = [
    "PLANS",
    "TYPES",
    "Age",
    "Attribute",
    "Breadth",
    "Column",
    "Deal",
    "DealPlan",
    "Department",
    "Engaged",
    "Feature",
    "Group",
    "Kind",
    "Listed",
    "Momentum",
    "Ratio",
    "Recency",
    "Regularity",
    "Scope",
    "Side",
    "Texts",
    "chosen",
    "declared",
    "is_category",
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


@dataclass(frozen=True, kw_only=True)
class Group(Feature):
    """The buying group: its known people, decision makers or departments, or the first person's source or campaign."""

    of: Literal["people", "decision_makers", "departments", "first_source", "first_campaign"]
    side: Side = "fit"

    @property
    def of_people(self) -> Texts:
        """What it reads of each person."""
        return GROUPS[self.of]


#: That there are deals, and whether they are open.
DEAL_STATE = Column("opportunities", "status")


@dataclass(frozen=True, kw_only=True)
class Deal(Feature):
    """The state of the deals: days since the open one opened, days since the last was lost, the stage, days in it."""

    kind: ClassVar[Kind] = "days"
    of: Literal["open_days", "lost_days", "stage", "stage_days"]
    side: Side = "intent"

    def made_from(self, entity: Entity) -> tuple[Column, ...]:
        """The state of deals."""
        return (DEAL_STATE,)


PLANS = ("amount", "close_date", "probability")  # the columns of the opportunity history


@dataclass(frozen=True, kw_only=True)
class DealPlan(Feature):
    """What was planned of the open deal, as the opportunity history told it: null without an open deal that has one.

    `amount` is the largest, `days_to_close` until the first expected close (below 0 if it has passed), `slips` how
    often that was moved later, `probability` the one that sales entered.
    """

    of: Literal["amount", "amount_known", "days_to_close", "slips", "probability"]
    side: Side = "intent"

    @property
    def plan(self) -> str:
        """The column of the opportunity history that it is made from."""
        return "probability" if self.of == "probability" else "amount" if "amount" in self.of else "close_date"

    def made_from(self, entity: Entity) -> tuple[Column, ...]:
        """The state of deals, and the column of their history."""
        return (DEAL_STATE, Column("opportunity_history", self.plan))


@dataclass(frozen=True, kw_only=True)
class Age(Feature):
    """Days since the entity was created."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"


TYPES: dict[str, type[Feature]] = {
    kind.__name__: kind
    for kind in (Attribute, Listed, Ratio, Group, Recency, Breadth, Momentum, Regularity, Deal, DealPlan, Age)
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
