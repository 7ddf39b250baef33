"""How ready they are: the declarations made from engagement days and from the state of deals."""

from collections.abc import Sequence

from scoring.features.spec import Age, Breadth, Deal, Feature, Momentum, Recency


def words(name: str) -> str:
    """A column or activity type as words: `pricing_view` reads `pricing view`."""
    return name.replace("_", " ").replace("-", " ").replace(":", " ").strip()


def deal_states(*, stages: bool) -> list[Feature]:
    """What deals and dates alone tell; `stages` where the export has an opportunity history."""
    state: list[Feature] = [
        Age(name="days_known", label="Known for"),
        Deal(name="open_deal_days", label="Open deal for", of="open_days"),
        Deal(name="lost_deal_days", label="Deal lost", of="lost_days"),
    ]
    if stages:
        state += [
            Deal(name="deal_stage", label="Deal stage", of="stage"),
            Deal(name="deal_stage_days", label="In its deal stage for", of="stage_days"),
        ]
    return state


def engagement(kinds: Sequence[str], *, group: bool) -> list[Feature]:
    """What engagement days tell. Which `kinds` matter is learned: each gets its own recency.

    `group` adds what takes several people to see (who engaged, who is new, breadth); a lone lead has none of it.
    """
    features: list[Feature] = [
        Recency(name="days_since_engaged", label="Last engaged"),
        Recency(name="days_since_new_kind", label="First time it did something new", event="new_kind"),
        Recency(name="days_since_return", label="Came back after a silence", event="returned"),
        Breadth(name="kinds_30d", label="Kinds of engagement in 30 days", of="kinds", days=30),
        Breadth(name="kinds_90d", label="Kinds of engagement in 90 days", of="kinds", days=90),
        Momentum(name="momentum", label="Active weeks against its own usual"),
    ]
    features += [
        Recency(name=f"days_since_{kind}", label=words(kind).capitalize(), activity=kind) for kind in kinds
    ]
    if not group:
        return features
    features += [
        Recency(name="days_since_decision_maker", label="Decision maker engaged", by="decision_maker"),
        Recency(name="days_since_new_person", label="A new person engaged", event="new_person"),
        Recency(
            name="days_since_new_decision_maker",
            label="A new decision maker engaged",
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
            label=f"Decision maker: {words(kind)}",
            activity=kind,
            by="decision_maker",
        )
        for kind in kinds
    ]
    return features
