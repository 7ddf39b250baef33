"""Features of one's own: what may be declared, what is refused in which words, and what the example shows by them."""

from typing import Any, get_args

import pytest

from scoring.buying_groups.titles import DEPARTMENT
from scoring.features import fit, intent
from scoring.features.candidates import market_features
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_expressions import build
from scoring.features.own import Undeclarable, checked, features_of_toml, with_own
from scoring.features.snapshots import snapshots
from scoring.features.spec import (
    Attribute,
    Breadth,
    Deal,
    Department,
    Feature,
    Group,
    Listed,
    Ratio,
    Recency,
    Regularity,
    feature_of,
)
from scoring.knowledge import upto
from scoring.timeline import Grid
from tests.scoring.example_market import AS_OF, cells, example, expected, keep

INTEREST = Recency(name="interest", label="Demo or pricing", activity=("demo", "pricing"))
TARGET = Listed(name="target", label="Target industry", column="industry", values=(" software", "FINTECH"))
PER_HEAD = Ratio(name="per_head", label="Per head", numerator="revenue", denominator="employees")


@pytest.fixture(scope="module")
def accounts() -> MarketFacts:
    return market(upto(example(), AS_OF), "account", keep=keep)


@pytest.fixture(scope="module")
def leads() -> MarketFacts:
    return market(upto(example(), AS_OF), "lead", keep=keep)


def declaration(**keys: Any) -> dict[str, Any]:
    return {"feature": [{"type": "Recency", "name": "mine"} | keys]}


def test_a_declaration_becomes_a_feature() -> None:
    said = [
        {"type": "Recency", "name": "interest", "label": "Demo or pricing", "activity": ["demo", "pricing"]},
        {"type": "Breadth", "name": "it_90d", "of": "people", "days": 90, "department": "it"},
        {"type": "Regularity", "name": "weeks", "weeks": 8, "activity": ["demo"], "by": "decision_maker"},
        {"type": "Listed", "name": "territory", "column": "zip", "values": ["10115", 20095], "side": "fit"},
    ]
    assert features_of_toml({"feature": said}) == (
        INTEREST,
        Breadth(name="it_90d", label="It 90d", of="people", days=90, department="it"),
        Regularity(name="weeks", label="Weeks", weeks=8, activity=("demo",), by="decision_maker"),
        Listed(name="territory", label="Territory", column="zip", values=("10115", "20095")),
    )
    assert features_of_toml({}) == ()


@pytest.mark.parametrize("feature", [INTEREST, TARGET, PER_HEAD])
def test_it_travels_as_plain_data(feature: Feature) -> None:
    plain = feature.declaration()
    assert all(isinstance(value, str | int | list | None) for value in plain.values())
    assert feature_of(plain) == feature
    assert hash(feature_of(plain)) == hash(feature)
    assert checked([feature]) == (feature,)


def test_departments_are_those_that_titles_have() -> None:
    assert get_args(Department) == tuple(dict.fromkeys(name for name, _ in DEPARTMENT))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"features": []}, "a features file holds [[feature]] tables only: found 'features'"),
        ({"feature": {"name": "x"}}, "a features file holds [[feature]] tables only: found 'feature'"),
        ({"feature": [3]}, "feature 1: must be a table, found 3"),
        (declaration(name="Days Since"), "feature 1: name must be a text of lower-case letters"),
        (declaration(name="as_of"), "not one of unit, unit_right"),
        (declaration(type="Count"), "feature 'mine': type must be one of Attribute, Listed, Ratio, Group, Recency"),
        (declaration(type=["Recency"]), "feature 'mine': type must be one of Attribute"),
        (
            declaration(activty="demo"),
            "feature 'mine': a Recency has no key 'activty'; it may have: "
            "name, label, side, scope, activity, by, department, event",
        ),
        (declaration(type="Breadth", of="people"), "feature 'mine': a Breadth needs the key 'days'"),
        (declaration(by="boss"), "feature 'mine': by must be one of anyone, decision_maker: found 'boss'"),
        (declaration(scope="lead"), "feature 'mine': scope must be one of own, account: found 'lead'"),
        (declaration(side="both"), "feature 'mine': side must be one of fit, intent: found 'both'"),
        (declaration(department=["it", "IT"]), "feature 'mine': department must be one of finance, procurement"),
        (declaration(activity=[]), "feature 'mine': activity must be a list with something in it: found []"),
        (declaration(activity=1.5), "feature 'mine': activity must be a text: found 1.5"),
        (declaration(label=""), "feature 'mine': label must be a text: found ''"),
        (declaration(type="Breadth", of="kinds", days=0), "feature 'mine': days must be 1 or more: found 0"),
        (declaration(type="Breadth", of="kinds", days=True), "feature 'mine': days must be a whole number: found True"),
        (declaration(type="Breadth", of="kinds", days="9"), "feature 'mine': days must be a whole number: found '9'"),
        (declaration(type="Regularity"), "feature 'mine': a Regularity needs the key 'weeks'"),
        (declaration(type="Regularity", weeks=0), "feature 'mine': weeks must be 1 or more: found 0"),
        (declaration(type="Regularity", weeks=5_201), "feature 'mine': weeks must be 5,200 at most: found 5201"),
        (declaration(type="Listed", column="zip", values="1"), "feature 'mine': values must be a list"),
        ({"feature": 2 * declaration()["feature"]}, "feature 'mine': the name is taken by another one"),
    ],
)
def test_what_is_wrong_is_named(content: dict[str, Any], message: str) -> None:
    with pytest.raises(Undeclarable) as refused:
        features_of_toml(content)
    assert message in str(refused.value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    said = [
        {"type": "Count", "name": "visits"},
        {"type": "Breadth", "name": "wide", "of": "persons", "activty": "demo"},
        {"type": "Recency", "name": "mine"},
        {"type": "Breadth", "name": "mine", "of": "people", "days": 0},
        {"type": "Recency", "name": "mine"},
    ]
    with pytest.raises(Undeclarable) as refused:
        features_of_toml({"feature": said})
    assert str(refused.value).splitlines() == [
        "feature 'visits': type must be one of Attribute, Listed, Ratio, Group, Recency, Breadth, Momentum, "
        "Regularity, Deal, DealPlan, Bought, LastBought, Age: found 'Count'",
        "feature 'wide': a Breadth has no key 'activty'; it may have: "
        "name, label, side, scope, of, days, activity, by, department",
        "feature 'wide': a Breadth needs the key 'days'",
        "feature 'wide': of must be one of people, decision_makers, departments, kinds: found 'persons'",
        "feature 'mine': days must be 1 or more: found 0",
        "feature 'mine': the name is taken by another one; each needs its own",
    ]


def test_attributes_are_listed_and_divided_as_of_their_day(accounts: MarketFacts) -> None:
    same = Ratio(name="same", numerator="employees", denominator="employees")
    words = Ratio(name="words", numerator="employees", denominator="industry")
    by_number = Listed(name="hundred", column="employees", values=("100", "5"))
    coded = Attribute(name="coded", label="", column="employees")
    # Acme was Hardware until 28 February and has 120 employees from 1 March on.
    assert built([TARGET, by_number, same, words, coded], accounts) == expected("""
        unit  target  hundred  same  words  coded
        A1    true!   true!    1     -      100!
        A2    false!  false!   1     -      40!
        A3    true!   -        -     -      -
        A6    -       false!   1     -      60!
    """)


def test_nothing_divided_by_nothing_is_not_known() -> None:
    rows = "account_id  domain  created_at  revenue  employees\nA1  -  -  10  0\nA2  -  -  10  4\nA3  -  -  -  4"
    texts = {"accounts": rows, "account_history": None, "leads": None, "activities": None}
    seen = market(upto(example(**texts), AS_OF), "account", keep=keep)
    assert built([PER_HEAD], seen) == [("A1", None), ("A2", 2.5), ("A3", None)]


def test_engagement_is_restricted_by_what_and_by_whom(accounts: MarketFacts) -> None:
    features = [
        INTEREST,
        Recency(name="it", department="it"),
        Recency(name="money", activity="demo", department=("finance", "legal")),
        Breadth(name="kinds", of="kinds", days=30, activity=("demo", "visit")),
        Breadth(name="tech", of="people", days=90, department="it"),
        Breadth(name="signers", of="departments", days=400, by="decision_maker"),
    ]
    assert built(features, accounts) == expected("""
        unit  interest  it  money  kinds  tech  signers
        A1    1         1   101    2      1     1
        A2    151       -   -      1      0     1
        A3    -         -   -      1      0     0
        A6    -         -   -      1      0     0
    """)


def built(features: list[Feature], seen: MarketFacts) -> list[tuple[Any, ...]]:
    """The features of each unit; the levels of a category end in `!`, as the tables here have them."""
    grid = Grid((AS_OF,))
    frame = keep(build(features, seen, snapshots(seen.own, grid), grid))
    names = [feature.name for feature in features]
    texts = {name: frame[name] + "!" for name in names if frame[name].type().is_string()}
    return cells(frame.mutate(**texts), "unit", *names)


ONE_EACH = [
    Listed(name="target", column="industry", values=("Software",)),
    Listed(name="near", column="country", values=("DE",)),
    Recency(name="interest", activity="demo"),
    Breadth(name="crowd", of="people", days=30),
    Regularity(name="weeks", weeks=8),
    Regularity(name="boss_weeks", weeks=8, by="decision_maker"),
    Group(name="friends", of="people"),
    Deal(name="open", of="open_days"),
    Deal(name="stage", of="stage", scope="account"),
]


@pytest.mark.parametrize(
    ("level", "names", "notes"),
    [
        (
            "account",
            ["target", "interest", "crowd", "weeks", "boss_weeks", "friends", "open", "stage"],
            ["near is not made for accounts: they have no country"],
        ),
        (
            "lead",
            [
                *("account_target", "near", "interest", "account_interest", "account_crowd"),
                *("weeks", "account_weeks", "account_boss_weeks", "account_friends"),
                *("open", "account_open", "account_stage"),
            ],
            [],
        ),
    ],
)
def test_each_level_has_what_it_can_make(level: Any, names: list[str], notes: list[str], request: Any) -> None:
    seen = request.getfixturevalue(f"{level}s")
    found = with_own([], ONE_EACH, seen, level, elsewhere=["country"])
    assert [feature.name for feature in found.features] == names
    assert list(found.notes) == notes
    assert {f.scope for f in found.features if f.name.startswith("account_")} <= {"account"}
    built(found.features, seen)


def test_without_its_table_a_feature_is_left_out_with_a_word() -> None:
    lean = market(upto(example(activities=None, opportunity_history=None), AS_OF), "account", keep=keep)
    found = with_own([], [INTEREST, Deal(name="stage", of="stage")], lean, "account")
    assert found.features == []
    assert found.notes == (
        "interest is not made for accounts: there is no table activities",
        "stage is not made for accounts: there is no table opportunity_history",
    )


def test_an_activity_that_nobody_shows_is_told(accounts: MarketFacts) -> None:
    found = with_own([], [Recency(name="mine", activity=("demo", "dmeo"))], accounts, "account")
    assert found.notes == ("mine: nobody has shown the activity type 'dmeo' so far; there are: demo, pricing, visit",)


def test_an_attribute_that_is_not_there_is_refused(accounts: MarketFacts) -> None:
    with pytest.raises(Undeclarable) as refused:
        with_own([], [PER_HEAD], accounts, "account", elsewhere=["country"])
    assert str(refused.value) == (
        "feature 'per_head': no attribute is called 'revenue'; there are: country, employees, industry"
    )


def test_names_are_apart(accounts: MarketFacts) -> None:
    ours = market_features(accounts, "account", {"industry": "category"}, {})
    with pytest.raises(Undeclarable, match="feature 'momentum': there is a feature of this name already"):
        with_own(ours, [Recency(name="momentum")], accounts, "account")


def test_an_attribute_declared_anew_takes_the_place_of_ours(accounts: MarketFacts) -> None:
    ours = [*fit.attributes({"industry": "category", "employees": "numeric"}), *intent.deal_states(stages=False)]
    branch = Attribute(name="industry", label="Branch", column="industry")
    assert with_own(ours, [branch], accounts, "account").features == [*ours[1:], branch]


def test_what_an_export_lacks_at_scoring_is_not_known_and_named() -> None:
    rows = "account_id  domain  created_at  employees\nA1  -  -  100"
    texts = {"accounts": rows, "account_history": None, "activities": None, "leads": None}
    lean = market(upto(example(**texts), AS_OF), "account", keep=keep)
    features = [TARGET, PER_HEAD, INTEREST]
    seen, missing = lean.conformed(features, {})
    assert missing == ["activities", "industry", "revenue"]
    assert built(features, seen) == [("A1", None, None, None)]
