"""The features of intent (how ready they are): declared from engagement days and from the state of deals."""

import re
from collections.abc import Collection, Sequence

from scoring.features.spec import Age, Bought, Breadth, Deal, DealPlan, Feature, LastBought, Momentum, Recency

#: The features of what was planned of the open deal.
DEAL_PLANS = (
    DealPlan(name="open_deal_amount", label="Amount of the open deal", of="amount"),
    DealPlan(name="open_deal_amount_known", label="Amount of the open deal", of="amount_known"),
    DealPlan(name="days_to_expected_close", label="Days to the expected close", of="days_to_close"),
    DealPlan(name="expected_close_moved", label="Expected close moved later", of="slips"),
    DealPlan(name="open_deal_probability", label="Probability of the open deal as entered", of="probability"),
)


def type_in_words(name: str) -> str:
    """A column or activity type as words: `pricing_view` and `PricingView__c` read `Pricing view`."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|__c$|[\W_]+", " ", name).split()
    text = " ".join(part if part.isupper() and len(part) <= 4 else part.lower() for part in parts)
    return text[:1].upper() + text[1:]


def deal_states(*, stages: bool, plans: Collection[str] = ()) -> list[Feature]:
    """The features of deals and dates.

    Parameters
    ----------
    stages : bool
        Whether the export has an opportunity history.
    plans : collection of str
        Those of `spec.PLANS` that it has.
    """
    state: list[Feature] = [
        Age(name="days_known", label="In the CRM for"),
        Deal(name="open_deal_days", label="Open deal for", of="open_days"),
        Deal(name="lost_deal_days", label="Deal lost", of="lost_days"),
    ]
    if stages:
        state += [
            Deal(name="deal_stage", label="Deal stage", of="stage"),
            Deal(name="deal_stage_days", label="Deal in the same stage for", of="stage_days"),
        ]
    return state + [feature for feature in DEAL_PLANS if feature.plan in plans]


def bought_before_features(*, customers: bool, lost: bool, others: bool) -> list[Feature]:
    """The features of what was bought before, as far as they can differ.

    Parameters
    ----------
    customers : bool
        Whether there are customers among those that it is said of.
    lost, others : bool
        Whether any deal was lost, and whether any is of a type that the model does not predict.
    """
    found: list[Feature] = []
    if customers:
        found += [
            Bought(name="deals_won", label="Deals won before", of="wins"),
            Bought(name="amount_won", label="Amount of deals won before", of="amount"),
            Bought(name="deals_won_a_year", label="Deals won a year", of="per_year"),
            LastBought(name="won_deal_days", label="Deal won"),
        ]
    if lost:
        found.append(Bought(name="deals_lost", label="Deals lost before", of="losses"))
    if others:
        found.append(Bought(name="other_deals", label="Renewals and expansions", of="other_deals"))
    return found


def engagement(kinds: Sequence[str], *, group: bool) -> list[Feature]:
    """The features of engagement days. Each of the `kinds` has its own recency, so that its weight can be learned.

    `group` adds the features of several people (who engaged, who is new, breadth), which a single lead cannot have.
    """
    features: list[Feature] = [
        Recency(name="days_since_engaged", label="Last engaged"),
        Recency(name="days_since_new_kind", label="New kind of engagement", event="new_kind"),
        Recency(name="days_since_return", label="Came back after a silence", event="returned"),
        Breadth(name="kinds_30d", label="Kinds of engagement in 30 days", of="kinds", days=30),
        Breadth(name="kinds_90d", label="Kinds of engagement in 90 days", of="kinds", days=90),
        Momentum(name="momentum", label="Active weeks"),
    ]
    features += [Recency(name=f"days_since_{kind}", label=type_in_words(kind), activity=kind) for kind in kinds]
    if not group:
        return features
    features += [
        Recency(name="days_since_decision_maker", label="Decision maker engaged", by="decision_maker"),
        Recency(name="days_since_new_person", label="New person engaged", event="new_person"),
        Recency(
            name="days_since_new_decision_maker",
            label="New decision maker engaged",
            by="decision_maker",
            event="new_person",
        ),
        Breadth(name="people_30d", label="People engaged in 30 days", of="people", days=30),
        Breadth(name="people_90d", label="People engaged in 90 days", of="people", days=90),
        Breadth(
            name="decision_makers_90d",
            label="Decision makers engaged in 90 days",
            of="decision_makers",
            days=90,
        ),
        Breadth(name="departments_90d", label="Departments engaged in 90 days", of="departments", days=90),
    ]
    features += [
        Recency(
            name=f"days_since_decision_maker_{kind}",
            label=f"{type_in_words(kind)} by a decision maker",
            activity=kind,
            by="decision_maker",
        )
        for kind in kinds
    ]
    return features
