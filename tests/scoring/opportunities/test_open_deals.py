"""Deals as units: on which days each is looked at, whose it is, and what is said of it, as of 2026-03-01."""

from collections.abc import Sequence

import ibis
import pytest

from scoring.features.candidates import market_features
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.outcomes.outcomes import outcomes
from scoring.timeline import Grid, Horizon
from tests.scoring.example_market import AS_OF, OPPORTUNITIES, cells, day, example, expected, keep

LATER = day("2026-06-01")
#: A feature of each kind of the account.
SOME = ("account_industry", "account_known_people", "account_lost_deal_days", "account_days_since_engaged")


@pytest.fixture(scope="module")
def deals() -> MarketFacts:
    return market(upto(example(), LATER), "opportunity", keep=keep)


def looked_at(seen: MarketFacts, *days: str) -> ibis.Table:
    return keep(snapshots(seen.own, Grid(tuple(map(day, days)))))


def test_a_deal_is_looked_at_from_when_it_is_known_until_it_closes(deals: MarketFacts) -> None:
    # O2 was lost in January. O3 is won on 1 March and still open on that day. O7 is known from 2 March on.
    table = """
        unit  account_id  account_key  as_of
        O1  A1  A1       2026-03-01
        O3  A3  A3       2026-03-01
        O5  -   lead:L5  2026-03-01
        O1  A1  A1       2026-03-02
        O5  -   lead:L5  2026-03-02
        O7  A2  A2       2026-03-02
    """
    rows = looked_at(deals, "2026-03-01", "2026-03-02").order_by("as_of", "unit")
    wanted = sorted((unit, None if of == "-" else of, key, day(at)) for unit, of, key, at in _rows(table))
    assert cells(rows, "unit", "account_id", "account_key", "as_of") == wanted
    # O2 is lost on that day, and O4 is won in February.
    assert cells(looked_at(deals, "2026-01-15"), "unit", "account_id") == [("O2", "A2"), ("O4", "A4")]


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()[1:]]


#: four deals of one account, all open on 2026-03-01
CLOSES = """
O1  A1  -  2026-02-10  2026-03-20  won   9  new_business  -
O2  A1  -  2026-02-10  2026-04-10  won   9  renewal       -
O3  A1  -  2026-02-10  2026-03-20  lost  9  new_business  -
O4  A1  -  2026-02-10  -           open  9  new_business  -
"""


def test_a_lost_deal_stays_in_the_risk_set_of_the_days_on_which_it_was_open() -> None:
    """Every period that is over counts, so that the hazards are those of being won before anything else."""
    head = OPPORTUNITIES.strip().splitlines()[0]
    seen = market(upto(example(opportunities=head + CLOSES), LATER), "opportunity", keep=keep)
    rows = outcomes(looked_at(seen, "2026-03-01"), seen.own.won_deals, Horizon(90, 3), LATER, win=seen.own.win)
    # Deals of any type count: it is this deal that is asked about.
    expected_rows = [("O1", 3, 0), ("O2", 3, 1), ("O3", 3, None), ("O4", 3, None)]
    assert cells(rows.order_by("unit"), "unit", "observed", "won_period") == expected_rows


def features_of(seen: MarketFacts, names: Sequence[str], *days: int) -> ibis.Table:
    features = [f for f in market_features(seen, "opportunity", {}, {"industry": "category"}) if f.name in names]
    assert [f.name for f in features] == list(names)
    grid = Grid(days or (AS_OF,))
    return keep(build(features, seen, snapshots(seen.own, grid), grid))


def test_a_deal_has_its_own_stage_and_plans_and_the_facts_of_its_account(deals: MarketFacts) -> None:
    names = [
        *("open_deal_days", "deal_stage", "open_deal_amount", "days_to_expected_close", "expected_close_moved"),
        *("open_deal_probability", "account_industry", "account_known_people"),
    ]
    table = """
        unit  days  stage     amount  close  moved  probability  industry  people
        O1    19    proposal  12000   -1     0      40           Software  2
        O3    40    proposal  20000   -4     0      -            Software  1
        O5    28    -         -       -      -      -            -         1
    """
    assert cells(features_of(deals, names), "unit", *names) == expected(table)


def test_no_feature_of_a_deal_is_of_the_open_deals_of_its_account(deals: MarketFacts) -> None:
    names = {f.name for f in market_features(deals, "opportunity", {}, {})}
    assert {name for name in names if "open_deal" in name or "deal_stage" in name or "expected_close" in name} == {
        *("open_deal_days", "deal_stage", "deal_stage_days", "open_deal_amount", "open_deal_amount_known"),
        *("days_to_expected_close", "expected_close_moved", "open_deal_probability"),
    }
    assert "account_lost_deal_days" in names


def test_what_is_known_later_changes_no_snapshot_and_no_feature(deals: MarketFacts) -> None:
    then = market(upto(example(), AS_OF), "opportunity", keep=keep)
    features = market_features(then, "opportunity", {}, {"industry": "category"})
    features = [f for f in features if f.scope == "own" or f.name in SOME]
    grid = Grid((AS_OF,))
    found = [
        FeatureArrays().assemble(features, seen, snapshots(seen.own, grid), grid).to_pylist() for seen in (then, deals)
    ]
    assert found[0] == found[1]
    assert [row["unit"] for row in found[0]] == ["O1", "O3", "O5"]
