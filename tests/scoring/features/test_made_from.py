"""Which columns of the export each feature is made from: where one of them is suspected, the feature is held back."""

import pytest

from scoring.entity import Entity
from scoring.features.spec import (
    Age,
    Attribute,
    Bought,
    Breadth,
    Deal,
    DealPlan,
    Feature,
    Group,
    LastBought,
    Listed,
    Momentum,
    Ratio,
    Recency,
    Regularity,
    SourceColumn,
)

DEALS = SourceColumn("opportunities", "status")


def of_leads(*names: str) -> set[SourceColumn]:
    return {SourceColumn("leads", name) for name in names}


@pytest.mark.parametrize(
    ("feature", "entity", "columns"),
    [
        (Attribute(name="size", column="employees"), "account", {SourceColumn("accounts", "employees")}),
        (Attribute(name="size", column="employees"), "lead", of_leads("employees")),
        (Attribute(name="size", column="employees", scope="account"), "lead", {SourceColumn("accounts", "employees")}),
        (Listed(name="home", column="country", values=("DE",)), "lead", of_leads("country")),
        (
            Ratio(name="per_head", numerator="revenue", denominator="employees"),
            "account",
            {SourceColumn("accounts", "revenue"), SourceColumn("accounts", "employees")},
        ),
        (Group(name="known", of="people"), "account", set()),
        (Group(name="deciders", of="decision_makers"), "account", of_leads("seniority")),
        (Group(name="departments", of="departments"), "account", of_leads("department")),
        (Group(name="first", of="first_source"), "account", of_leads("source")),
        (Group(name="first", of="first_campaign", scope="account"), "lead", of_leads("campaign")),
        (Recency(name="last"), "account", set()),
        (Recency(name="last", by="decision_maker"), "account", of_leads("seniority")),
        (Recency(name="last", department="it"), "account", of_leads("department")),
        (Breadth(name="kinds", of="kinds", days=30), "account", set()),
        (
            Breadth(name="wide", of="departments", days=30, by="decision_maker"),
            "account",
            of_leads("seniority", "department"),
        ),
        (Momentum(name="momentum"), "lead", set()),
        (Regularity(name="weeks", weeks=8), "lead", set()),
        (
            Regularity(name="weeks", weeks=8, by="decision_maker", department="it"),
            "account",
            of_leads("seniority", "department"),
        ),
        (Deal(name="open", of="open_days"), "account", {DEALS}),
        (Deal(name="stage", of="stage"), "lead", {DEALS}),
        (DealPlan(name="moved", of="slips"), "lead", {DEALS, SourceColumn("opportunity_history", "close_date")}),
        (DealPlan(name="sure", of="amount_known"), "account", {DEALS, SourceColumn("opportunity_history", "amount")}),
        (Bought(name="won", of="wins"), "account", {SourceColumn("opportunities", "closed_at")}),
        (Bought(name="lost", of="losses"), "account", {DEALS}),
        (Bought(name="others", of="other_deals"), "lead", {DEALS}),
        (LastBought(name="last"), "account", {SourceColumn("opportunities", "closed_at")}),
        (Age(name="age"), "account", set()),
    ],
)  # fmt: skip
def test_a_feature_says_what_it_is_made_from(feature: Feature, entity: Entity, columns: set[SourceColumn]) -> None:
    assert set(feature.made_from(entity)) == columns
