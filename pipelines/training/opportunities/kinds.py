"""How the values of a feature are put into bins."""

from scoring.entity import OPPORTUNITY, Entity
from scoring.features.spec import DealPlan, Feature, is_category


def kind_of(feature: Feature, entity: Entity) -> str:
    """The kind of a feature, as `models.encoding` knows it.

    Parameters
    ----------
    feature : Feature
    entity : {"account", "lead", "opportunity"}
        Whose scorecard reads it: of a deal, the amount entered counts nearly as it is, and needs bins of its own.
    """
    if entity == OPPORTUNITY and isinstance(feature, DealPlan) and feature.of == "amount":
        return "money"
    return "category" if is_category(feature) else feature.kind
