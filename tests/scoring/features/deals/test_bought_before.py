"""What was bought before, as it was known on a day, of accounts, of customers and of leads at customers."""

from dataclasses import replace

import ibis
import pytest

from scoring.entity import Entity
from scoring.features import intent
from scoring.features.candidates import market_features, of_account
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.knowledge import upto
from scoring.question import Win
from scoring.timeline import Grid
from tests.scoring.example_market import AS_OF, LEADS, OPPORTUNITIES, cells, day, example, expected, keep

#: A6 buys twice, the second time two deals on one day, of which one is free. A1 loses a renewal, in the example.
MORE = """P1  A6  -   2025-02-01  2025-03-01  won   6000   new_business  -
P2  A6  -   2025-08-01  2025-09-01  won   10000  new_business  -
P3  A6  -   2025-08-01  2025-09-01  won   0      expansion     -
P4  A6  -   2025-12-01  2026-01-10  lost  -      new_business  -
P5  A6  -   2026-01-20  2026-02-20  won   -      renewal       2026-02-25
"""
OURS = intent.bought_before_features(customers=True, lost=True, others=True)
NAMES = [feature.name for feature in OURS]


def seen(win: Win, entity: Entity = "account", as_of: int = AS_OF) -> MarketFacts:
    return market(upto(replace(example(opportunities=OPPORTUNITIES + MORE), win=win), as_of), entity, keep=keep)


def both_ways(features: list[Feature], facts: MarketFacts, *days: int) -> ibis.Table:
    """The features by expressions, which are those by arrays."""
    grid = Grid(days)
    looks = keep(snapshots(facts.own, grid))
    found = keep(build(features, facts, looks, grid))
    names = ["unit", "as_of", *(feature.name for feature in features)]
    arrays = ibis.memtable(FeatureArrays().assemble(features, facts, looks, grid).select(names))
    assert cells(arrays, *names) == cells(found, *names)
    return found


def test_wins_count_from_the_day_after_they_were_known() -> None:
    days = [day(text) for text in ("2025-03-01", "2025-03-02", "2025-09-02", "2026-01-10", "2026-02-25", "2026-02-26")]
    found = both_ways(OURS, seen("any"), *days)
    assert NAMES == ["deals_won", "amount_won", "deals_won_a_year", "won_deal_days", "deals_lost", "other_deals"]
    rows = cells(found.filter(found.unit == "A6"), "as_of", *NAMES)
    assert [row[1:] for row in rows] == [
        (0, None, None, None, 0, 0),
        (1, 6000, 1 / (1 / 365.25 + 1), 1, 0, 0),
        (3, 16000 / 3, 3 / (185 / 365.25 + 1), 1, 0, 0),
        (3, 16000 / 3, 3 / (315 / 365.25 + 1), 131, 0, 0),  # a deal that is lost on that day is not known to be lost
        (3, 16000 / 3, 3 / (361 / 365.25 + 1), 177, 1, 0),
        (4, 16000 / 3, 4 / (362 / 365.25 + 1), 6, 1, 0),
    ]


def test_who_is_ranked_and_what_is_another_deal_is_a_matter_of_the_question() -> None:
    found = both_ways(OURS, seen("new_business"), AS_OF)
    assert cells(found, "unit", *NAMES) == expected("""
        unit  won  amount  between  days  lost  others
        A1    0    -       -        -     1     1
        A2    0    -       -        -     1     0
        A3    0    -       -        -     0     0
    """)
    found = both_ways(OURS, seen("any"), AS_OF)
    assert cells(found, "unit", *NAMES) == [
        ("A1", 0, None, None, None, 1, 0),
        ("A2", 0, None, None, None, 1, 0),
        ("A3", 0, None, None, None, 0, 0),
        ("A4", 1, 7000, 1 / (1 / 365.25 + 1), 1, 0, 0),
        ("A6", 4, 16000 / 3, 4 / (365 / 365.25 + 1), 9, 1, 0),
    ]


def test_of_the_future_nothing_is_known() -> None:
    for win in ("new_business", "any"):
        now, later = (both_ways(OURS, seen(win, as_of=as_of), AS_OF) for as_of in (AS_OF, AS_OF + 9))
        assert cells(now, "unit", *NAMES) == [row for row in cells(later, "unit", *NAMES) if row[0] != "A5"]


def test_a_lead_at_a_customer_is_told_what_its_account_bought() -> None:
    others = "L9  A6  2026-02-01  -  -  -  -"
    deals = MORE.replace("A6  -   2025", "A6  L8  2025").replace("A6  -   2026", "A6  L8  2026")
    tables = example(leads=f"{LEADS}{others}\n", opportunities=OPPORTUNITIES + deals)
    facts = market(upto(tables, AS_OF), "lead", keep=keep)
    features = of_account(OURS)
    found = both_ways(features, facts, AS_OF)
    told = {row[0]: row[1:] for row in cells(found, "unit", *(feature.name for feature in features))}
    assert told["L1"] == (0, None, None, None, 1, 1)  # of A1
    assert told["L9"] == (4, 16000 / 3, 4 / (365 / 365.25 + 1), 9, 1, 2)  # L8 brought them all
    assert "L8" not in told


@pytest.mark.parametrize(
    ("win", "entity", "declared"),
    [
        ("new_business", "account", NAMES[4:]),
        ("any", "account", NAMES[:5]),
        ("new_business", "lead", [*NAMES[4:], *(f"account_{name}" for name in NAMES)]),
    ],
)
def test_only_what_can_differ_is_declared(win: Win, entity: Entity, declared: list[str]) -> None:
    names = {*NAMES, *(f"account_{name}" for name in NAMES)}
    features = market_features(seen(win, entity), entity, {}, {})
    assert [feature.name for feature in features if feature.name in names] == declared
