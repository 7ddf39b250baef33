"""Features: declared, and built for the example. Each table is what the accounts of the example show."""

import ibis
import pytest

from scoring.features import fit, intent
from scoring.features.candidates import of_account
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Age, Feature, Momentum, feature_of, is_category
from scoring.knowledge import upto
from scoring.timeline import Grid
from tests.scoring.example_market import AS_OF, cells, day, example, expected, keep

GROUP = fit.people_features()
DEALS = intent.deal_states(stages=True)
ENGAGED = intent.engagement(["demo", "pricing"], group=True)
ATTRIBUTES = fit.attributes({"industry": "category", "employees": "numeric"})


@pytest.fixture(scope="module")
def accounts() -> MarketFacts:
    return market(upto(example(), AS_OF), "account", keep=keep)


@pytest.fixture(scope="module")
def later() -> MarketFacts:
    """The example as known before 2026-03-11: a look back from it must not see more than it could then."""
    return market(upto(example(), AS_OF + 10), "account", keep=keep)


@pytest.fixture(scope="module")
def leads() -> MarketFacts:
    return market(upto(example(), AS_OF + 10), "lead", keep=keep)


def built(features: list[Feature], seen: MarketFacts, *days: int) -> ibis.Table:
    grid = Grid(days or (AS_OF,))
    return keep(build(features, seen, snapshots(seen.own, grid), grid))


def named(*names: str) -> list[Feature]:
    every = {feature.name: feature for feature in [*ATTRIBUTES, *GROUP, *DEALS, *ENGAGED]}
    return [every[name] for name in names]


def see(seen: MarketFacts, table: str, *days: int) -> None:
    """Build the features that the columns of a text table name and compare; `at` is the day of the look."""
    columns = table.split("\n")[1].split()
    keys = [name for name in columns if name in ("unit", "at")]
    found = built(named(*[name for name in columns if name not in keys]), seen, *days)
    assert cells(found.rename(at="as_of"), *columns) == expected(table)


@pytest.mark.parametrize("feature", [*GROUP, *DEALS, *ENGAGED, *ATTRIBUTES, *of_account(ENGAGED)])
def test_a_declaration_reads_back(feature: Feature) -> None:
    assert feature_of(feature.declaration()) == feature


def test_an_unknown_declaration_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'Count'.*Recency"):
        feature_of({"type": "Count", "name": "touches", "label": "Touches", "side": "intent"})


def test_names_are_apart_and_sides_are_what_they_say() -> None:
    features = [*ATTRIBUTES, *GROUP, *DEALS, *ENGAGED]
    assert len({feature.name for feature in features}) == len(features)
    assert {feature.side for feature in [*ATTRIBUTES, *GROUP]} == {"fit"}
    assert {feature.side for feature in [*DEALS, *ENGAGED]} == {"intent"}
    assert [f.name for f in features if is_category(f)] == [
        *("industry", "first_source", "first_campaign", "deal_stage"),
    ]


def test_a_lone_lead_has_nothing_that_takes_several_people() -> None:
    names = {feature.name for feature in intent.engagement(["demo"], group=False)}
    assert "days_since_demo" in names
    assert not any("person" in name or "people" in name or "decision" in name for name in names)


def test_those_who_are_known_and_no_customers_are_looked_at(later: MarketFacts) -> None:
    looks = snapshots(later.own, Grid((AS_OF - 1, AS_OF, AS_OF + 1)))
    # Delta won on 28 February and is a customer from 1 March, Core a day later, when Echo is first known.
    assert cells(looks.rename(at="as_of"), "at", "unit") == expected("""
        at          unit
        2026-02-28  A1
        2026-02-28  A2
        2026-02-28  A3
        2026-02-28  A4
        2026-02-28  A6
        2026-03-01  A1
        2026-03-01  A2
        2026-03-01  A3
        2026-03-01  A6
        2026-03-02  A1
        2026-03-02  A2
        2026-03-02  A5
        2026-03-02  A6
    """)


def test_attributes_are_those_of_the_day(accounts: MarketFacts, later: MarketFacts) -> None:
    see(
        accounts,
        """
        unit  industry  employees
        A1    Software  100
        A2    Retail    40
        A3    Software  -
        A6    -         60
        """,
    )
    # Beta has no history and keeps what it has; Delta's begins after these days.
    table = """
        unit  at          industry  employees
        A1    2026-02-28  Hardware  100
        A1    2026-03-01  Software  100
        A1    2026-03-02  Software  120
        A2    2026-02-28  Retail    40
        A2    2026-03-01  Retail    40
        A2    2026-03-02  Retail    40
        A3    2026-02-28  Software  -
        A3    2026-03-01  Software  -
        A4    2026-02-28  -         900
        A5    2026-03-02  Software  15
        A6    2026-02-28  -         60
        A6    2026-03-01  -         60
        A6    2026-03-02  -         60
    """
    see(later, table, AS_OF - 1, AS_OF, AS_OF + 1)


def test_the_buying_group_is_who_was_known(accounts: MarketFacts, later: MarketFacts) -> None:
    table = """
        unit  known_people  known_decision_makers  known_departments  first_source  first_campaign
        A1    2             1                      2                  search        spring
        A2    1             1                      1                  partner       -
        A3    1             0                      1                  search        -
        A6    1             0                      0                  -             -
    """
    see(accounts, table)
    see(later, table, AS_OF)  # the CEO of 1 March is not among them


def test_a_day_alone_shows_what_it_shows_among_others(later: MarketFacts) -> None:
    features = [*GROUP, *DEALS, *intent.DEAL_PLANS]
    names = ["unit", *(feature.name for feature in features)]
    among = built(features, later, AS_OF - 60, AS_OF, AS_OF + 1).filter(ibis._.as_of == AS_OF)
    assert cells(among, *names) == cells(built(features, later, AS_OF), *names)


def test_recency_is_in_days_before_the_look(accounts: MarketFacts) -> None:
    see(
        accounts,
        """
        unit  days_since_engaged  days_since_demo  days_since_pricing  days_since_decision_maker_demo
        A1    1                   19               1                   101
        A2    1                   151              -                   151
        A3    30                  -                -                   -
        A6    19                  -                -                   -
        """,
    )
    see(
        accounts,
        """
        unit  days_since_new_kind  days_since_new_person  days_since_new_decision_maker  days_since_return
        A1    1                    19                     101                            19
        A2    1                    151                    151                            1
        A3    30                   30                     -                              -
        A6    19                   19                     -                              -
        """,
    )


def test_a_touch_counts_from_the_day_after(later: MarketFacts) -> None:
    table = """
        unit  at          days_since_pricing  days_since_decision_maker
        A1    2026-02-27  -                   99
        A1    2026-02-28  -                   100
        A1    2026-03-01  1                   1
        A1    2026-03-02  1                   2
        A1    2026-03-05  4                   5
    """
    days = [day(f"2026-{date}") for date in ("02-27", "02-28", "03-01", "03-02", "03-05")]
    found = built(named("days_since_pricing", "days_since_decision_maker"), later, *days)
    of_acme = found.filter(found.unit == "A1").rename(at="as_of")
    assert cells(of_acme, *table.split("\n")[1].split()) == expected(table)


def test_a_touch_known_late_counts_from_then_by_its_own_day(later: MarketFacts) -> None:
    found = built(named("days_since_engaged"), later, AS_OF, AS_OF + 1, AS_OF + 2)
    foxtrot = found.filter(found.unit == "A6")
    assert [row[0] for row in cells(foxtrot.select("days_since_engaged", "as_of"))] == [10, 11, 19]


def test_breadth_is_who_and_what_within_its_window(accounts: MarketFacts, later: MarketFacts) -> None:
    # 30 January is the first day of 30, 29 January none: Core's one visit.
    see(
        accounts,
        """
        unit  kinds_30d  kinds_90d  people_30d  people_90d  decision_makers_90d  departments_90d
        A1    3          3          2           2           1                    2
        A2    1          1          1           1           1                    1
        A3    1          1          1           1           0                    1
        A6    1          1          1           1           0                    0
        """,
    )
    table = """
        unit  at          kinds_30d  kinds_90d
        A5    2026-03-02  1          1
        A6    2026-03-02  1          1
        A1    2026-03-02  3          3
        A2    2026-03-02  1          1
    """
    see(later, table, AS_OF + 1)


def test_momentum_is_against_its_own_usual(accounts: MarketFacts) -> None:
    brisk = Momentum(name="brisk", label="", recent_weeks=4, usual_weeks=20)
    short = Momentum(name="short", label="", recent_weeks=1, usual_weeks=1)
    # Acme: 2 of the last 4 weeks, 1 of the 20 before; Beta's demo is 22 weeks back; Core's visit 5.
    assert cells(built([brisk, short], accounts), "unit", "brisk", "short") == expected("""
        unit  brisk  short
        A1    0.45   1
        A2    0.2    1
        A3    -0.05  0
        A6    0.25   0
    """)


def test_deals_are_open_lost_or_at_a_stage(accounts: MarketFacts, later: MarketFacts) -> None:
    table = """
        unit  open_deal_days  lost_deal_days  deal_stage  deal_stage_days  days_known
        A1    19              -               proposal    9                415
        A2    -               45              -           -                365
        A3    40              -               proposal    14               300
        A6    -               -               -           -                -
    """
    see(accounts, table)
    see(later, table, AS_OF)  # Core's win, Beta's late deal and Acme's next stage came later
    see(
        later,
        """
        unit  open_deal_days  lost_deal_days  deal_stage   deal_stage_days  days_known
        A1    20              -               negotiation  1                416
        A2    10              46              discovery    9                366
        A5    -               -               -            -                1
        A6    -               -               -            -                -
        """,
        AS_OF + 1,
    )


def test_a_lead_has_its_accounts_from_when_it_was_known(leads: MarketFacts) -> None:
    features = of_account([Age(name="days_known", label=""), *GROUP[:2], *ATTRIBUTES[:1], *named("days_since_engaged")])
    found = built(features, leads, AS_OF, AS_OF + 1)
    some = found.filter(found.unit.isin(["L2", "L5", "L6"])).rename(at="as_of")
    columns = [feature.name for feature in features]
    assert cells(some, "unit", "at", "account_id", *columns) == expected("""
        unit  at          acc  days_known  people  deciders  industry  engaged
        L2    2026-03-01  A1   415         2       1         Software  1
        L2    2026-03-02  A1   416         3       2         Software  1
        L5    2026-03-01  -    55          1       1         -         30
        L5    2026-03-02  -    56          1       1         -         31
        L6    2026-03-01  -    14          1       1         -         9
        L6    2026-03-02  A5   1           1       1         Software  10
    """)


def test_a_feature_without_its_table_is_refused(accounts: MarketFacts) -> None:
    lean = market(upto(example(activities=None), AS_OF), "account", keep=keep)
    with pytest.raises(ValueError, match="days_since_engaged is made from a table that is not in this export"):
        built(named("days_since_engaged"), lean)
    with pytest.raises(ValueError, match="account_days_since_engaged is a feature of the account"):
        built(of_account(named("days_since_engaged")), accounts)
