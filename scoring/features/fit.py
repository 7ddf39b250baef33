"""The features of fit (who they are): declared from attributes and from the buying group."""

from collections.abc import Mapping

from scoring.features.intent import type_in_words
from scoring.features.spec import Attribute, Feature, Group


def attributes(columns: Mapping[str, str]) -> list[Feature]:
    """One feature for each attribute; `columns` maps its name to `numeric` or `category`."""
    return [
        Attribute(
            name=column,
            label=type_in_words(column),
            column=column,
            values="numeric" if values == "numeric" else "category",
        )
        for column, values in columns.items()
    ]


def people_features() -> list[Feature]:
    """The features of the known people of an account: their number, decision makers, departments, and first source."""
    return [
        Group(name="known_people", label="Known people", of="people"),
        Group(name="known_decision_makers", label="Known decision makers", of="decision_makers"),
        Group(name="known_departments", label="Known departments", of="departments"),
        Group(name="first_source", label="First came through", of="first_source"),
        Group(name="first_campaign", label="First campaign", of="first_campaign"),
    ]
