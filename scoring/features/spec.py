"""The declaration of a feature: its source, its window and its side.

A declaration holds no code. `feature_expressions` computes all declarations on any engine, for one `as_of` or for many,
and `feature_arrays` in this process. No declaration can count touches: the vocabulary below has no word for it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from scoring.features.deals.dealings import DEAL_STATE, PLANS, Bought, Deal, DealPlan, LastBought
from scoring.features.engagement.engaged import (
    GROUPS,
    Breadth,
    Department,
    Engaged,
    Momentum,
    Recency,
    Regularity,
    restriction,
)
from scoring.features.feature import Attribute, Feature, Kind, Scope, Side, SourceColumn, Texts

__all__ = [
    "DEAL_STATE",
    "PLANS",
    "TYPES",
    "Age",
    "Attribute",
    "Bought",
    "Breadth",
    "Deal",
    "DealPlan",
    "Department",
    "Engaged",
    "Feature",
    "Group",
    "Kind",
    "LastBought",
    "Listed",
    "Momentum",
    "Ratio",
    "Recency",
    "Regularity",
    "Scope",
    "Side",
    "SourceColumn",
    "Texts",
    "feature_of",
    "is_category",
    "is_count",
    "restriction",
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


@dataclass(frozen=True, kw_only=True)
class Age(Feature):
    """Days since the entity was created."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"


TYPES: dict[str, type[Feature]] = {
    kind.__name__: kind
    for kind in (
        *(Attribute, Listed, Ratio, Group, Recency, Breadth, Momentum, Regularity),
        *(Deal, DealPlan, Bought, LastBought, Age),
    )
}


def feature_of(declaration: dict[str, Any]) -> Feature:
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
