"""Which features an export allows, and which of its columns are left out for what reason."""

import ibis
import pytest

from scoring.engagement import Engagements, Reduced, actor_units
from scoring.features.candidates import (
    activity_types,
    columns,
    deals_tell_only_winners,
    declare,
    market_features,
    of_account,
)
from scoring.features.facts import Facts, market
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Attribute
from scoring.knowledge import upto
from scoring.outcomes.outcomes import outcomes
from scoring.tables import Log
from scoring.timeline import Grid, Horizon
from tests.scoring.example_market import ACCOUNTS, AS_OF, LEADS, example, keep

NO_DEALS = ibis.memtable({"unit": [], "status": []}, schema={"unit": "string", "status": "string"})


def facts(attributes: dict[str, list[object]], history: tuple[str, ...] = ()) -> Facts:
    units = [f"A{i}" for i in range(len(next(iter(attributes.values()))))]
    traced = ibis.memtable({"unit": units[:1], **{name: ["x"] for name in history}}) if history else None
    return Facts(
        units=ibis.memtable({"unit": units}),
        deals=NO_DEALS,
        won_deals=NO_DEALS,
        attributes=ibis.memtable({"unit": units, **attributes}),
        history=traced,
    )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0, None] * 40, "numeric"),
        ([True, False, None] * 40, "category"),
        (["Software", "Retail", None] * 40, "category"),
        (["Software", None, None] * 40, "category"),  # being filled at all may tell
        ([float(i) for i in range(120)], "numeric"),
        ([f"level {i % 50}" for i in range(120)], "category"),
    ],
)
def test_columns_are_typed_by_what_they_hold(values: list[object], kind: str) -> None:
    assert columns(facts({"column": values}), drop=()).kinds == {"column": kind}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([None, "Software"] * 60, None),
        (["Software"] * 120, "the same everywhere"),
        ([7.0] * 120, "the same everywhere"),
        ([f"account {i}" for i in range(120)], "120 different texts in 120 rows: an identifier or free text"),
    ],
)
def test_what_tells_nothing_is_left_out_with_its_reason(values: list[object], why: str | None) -> None:
    found = columns(facts({"column": values}), drop=())
    assert found.left_out == ({} if why is None else {"column": why})
    assert set(found.kinds) == (set() if why else {"column"})


def test_an_empty_column_is_left_out_unless_its_history_is_not() -> None:
    nothing = ibis.memtable({"unit": ["A1"], "column": [None]}, schema={"unit": "string", "column": "string"})
    bare = Facts(units=nothing, deals=NO_DEALS, won_deals=NO_DEALS, attributes=nothing)
    assert columns(bare, drop=()).left_out == {"column": "empty"}
    traced = facts({"column": ["Software"] * 3}, history=("column",))
    assert columns(traced, drop=()).kinds == {"column": "category"}


def test_the_configuration_drops_columns() -> None:
    found = columns(facts({"tier": ["gold", None], "size": [1.0, 2.0]}), drop=("tier",))
    assert (found.kinds, found.left_out) == ({"size": "numeric"}, {"tier": "dropped by the configuration"})


def test_an_activity_type_needs_thirty_units() -> None:
    touches = (
        [("demo", i) for i in range(30)] + [("visit", i) for i in range(29)] + [("call", i % 9) for i in range(99)]
    )
    days = ibis.memtable([(f"A{i}", kind, 1, 1) for kind, i in touches], columns=["actor", "kind", "day", "known_day"])
    actors = [(f"A{i}", None, f"A{i}") for i in range(30)]
    schema = {"actor": "string", "lead_id": "string", "account_id": "string"}
    log = Log(days, ibis.memtable(actors, schema=schema))
    seen = Engagements(Reduced(log, None, keep), actor_units(log, None, "account"))
    assert activity_types(Facts(units=days, deals=NO_DEALS, won_deals=NO_DEALS, engagements=seen)) == ["demo"]
    assert activity_types(Facts(units=days, deals=NO_DEALS, won_deals=NO_DEALS)) == []


def test_an_export_of_deals_alone_has_their_states() -> None:
    lean = market(upto(example(leads=None, activities=None, opportunity_history=None), AS_OF), "account", keep=keep)
    declared = declare(lean.own, {}, group=True)
    assert [feature.name for feature in declared] == [
        "days_known",
        "open_deal_days",
        "lost_deal_days",
        "deals_lost",
        "other_deals",
    ]


def test_of_the_account_is_said_in_name_and_label() -> None:
    (feature,) = of_account([Attribute(name="industry", label="Industry", column="industry")])
    assert (feature.name, feature.label, feature.scope) == ("account_industry", "Account industry", "account")


@pytest.mark.parametrize(("text", "number"), [("Momentum", "amount"), ("unit", "as_of")])
def test_a_column_of_the_crm_takes_no_name_of_ours(text: str, number: str) -> None:
    renamed = ACCOUNTS.replace("industry", text).replace("employees", number)
    seen = market(upto(example(accounts=renamed, account_history=None), AS_OF), "account", keep=keep)
    features = market_features(seen, "account", columns(seen.own, drop=()).kinds, {})
    assert [f.name for f in features if isinstance(f, Attribute)] == [f"{text}_attribute", f"{number}_attribute"]
    grid = Grid((AS_OF,))
    looks = snapshots(seen.own, grid)
    told = outcomes(build(features, seen, looks, grid), seen.own.won_deals, Horizon(180), AS_OF + 30)
    beta = told.filter(told.unit == "A2").to_pyarrow().to_pylist()[0]
    assert (beta[f"{text}_attribute"], float(beta[f"{number}_attribute"])) == ("Retail", 40.0)
    assert (beta["momentum"], beta["amount"], beta["as_of"]) == (0.25 - 1 / 24, None, AS_OF)


def test_a_leads_own_column_and_its_accounts_are_apart() -> None:
    own = LEADS.replace("country", "account_industry")
    seen = market(upto(example(leads=own), AS_OF), "lead", keep=keep)
    features = market_features(seen, "lead", {"account_industry": "category"}, {"industry": "category"})
    attributes = {feature.name: feature.scope for feature in features if isinstance(feature, Attribute)}
    assert attributes == {"account_industry": "own", "account_industry_attribute": "account"}


def test_a_market_of_lone_leads_has_no_account() -> None:
    rows = [line.split("  ") for line in LEADS.strip().splitlines()]
    alone = "\n".join("  ".join([row[0], "account_id" if i == 0 else "-", *row[2:]]) for i, row in enumerate(rows))
    seen = market(upto(example(leads=alone), AS_OF), "lead", keep=keep)
    assert seen.account is None
    assert {feature.scope for feature in market_features(seen, "lead", {}, {})} == {"own"}


@pytest.mark.parametrize(("won", "lost", "suspected"), [(20, 0, True), (19, 0, False), (500, 1, False), (0, 0, False)])
def test_deals_that_are_only_ever_won_tell_by_hindsight(won: int, lost: int, suspected: bool) -> None:
    deals = ibis.memtable({"status": ["won"] * won + ["lost"] * lost + ["open"]}, schema={"status": "string"})
    why = deals_tell_only_winners(deals)
    assert why == (
        f"{won} deals were won and none was ever lost: deals may be recorded only once they are won"
        if suspected
        else None
    )
