"""Who is a customer, as of 2026-03-01: whoever won a deal of any type, and whom a row that was set aside tells of."""

from dataclasses import replace

import ibis
import pytest

from scoring.entities import people
from scoring.entity import Entity
from scoring.features.facts import market
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.outcomes.customers import ALWAYS, customers, first_wins, won_deals
from scoring.outcomes.outcomes import outcomes
from scoring.outcomes.wins import WinCounts, count_wins
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon
from tests.scoring.example_market import (
    AS_OF,
    OPPORTUNITIES,
    cells,
    day,
    example,
    expected,
    keep,
)

#: A1 renews, A2 expands on 10 February and buys anew later, L5 renews, A6 buys twice. A4 won in the example.
MORE = """P1  A1  -   2026-01-02  2026-01-09  won  300  renewal       -
P2  A2  -   2026-02-01  2026-02-10  won  400  expansion     -
P3  A2  -   2026-02-11  2026-02-20  won  500  new_business  -
P4  -   L5  2026-02-01  2026-02-27  won  600  renewal       2026-02-28
P5  A6  -   2025-12-01  2026-01-05  won  700  new_business  -
P6  A6  -   2026-01-20  2026-02-15  won  800  new_business  -
"""
WON = """
unit     opportunity_id  known_day   closed_day  asked         amount  told_by
A1       P1              2026-01-02  2026-01-09  false         300     deal
A2       P2              2026-02-01  2026-02-10  false         400     deal
A2       P3              2026-02-11  2026-02-20  true          500     deal
A4       O4              2025-11-01  2026-02-28  true          7000    deal
A6       P5              2025-12-01  2026-01-05  true          700     deal
A6       P6              2026-01-20  2026-02-15  true          800     deal
lead:L5  P4              2026-02-28  2026-02-27  false         600     deal
"""
TOLD = {
    "opportunity_id": "string",
    "account_id": "string",
    "lead_id": "string",
    "since": "timestamp(6)",
    "unclear": "boolean",
}


@pytest.fixture(scope="module")
def known() -> Tables:
    return upto(example(opportunities=OPPORTUNITIES + MORE), AS_OF)


def told(*rows: tuple[str | bool | None, ...]) -> ibis.Table:
    columns = {name: [(*row, False)[i] for row in rows] for i, name in enumerate(TOLD)}
    return keep(ibis.memtable(columns, schema={**TOLD, "since": "string"}).cast({"since": "timestamp(6)"}))


def at_risk(tables: Tables, entity: Entity, *days: str) -> list[tuple[object, ...]]:
    seen = market(tables, entity, keep=keep)
    return cells(snapshots(seen.own, Grid(tuple(day(text) for text in days))), "as_of", "unit")


def test_won_deals_are_of_any_type(known: Tables) -> None:
    assert cells(won_deals(known, people(known), "account")) == expected(WON)


def test_a_customer_is_known_since_its_first_win_of_any_type(known: Tables) -> None:
    assert cells(customers(won_deals(known, people(known), "account")), "unit", "won_day") == expected("""
        unit     won_day
        A1       2026-01-09
        A2       2026-02-10
        A4       2026-02-28
        A6       2026-01-05
        lead:L5  2026-02-28
    """)


def test_only_new_business_is_a_first_win_to_learn_from(known: Tables) -> None:
    first = first_wins(won_deals(known, people(known), "account"))
    assert cells(first.filter(first.asked), "unit", "won_day", "amount") == expected("""
        unit  won_day     amount
        A4    2026-02-28  7000
        A6    2026-01-05  700
    """)
    assert cells(first.filter(~first.asked), "unit") == [("A1",), ("A2",), ("lead:L5",)]


def test_who_renewed_is_at_risk_until_then_and_never_again(known: Tables) -> None:
    assert at_risk(known, "account", "2026-01-09", "2026-01-10", "2026-02-11") == expected("""
        as_of       unit
        2026-01-09  A1
        2026-01-09  A2
        2026-01-09  A3
        2026-01-09  A4
        2026-01-10  A2
        2026-01-10  A3
        2026-01-10  A4
        2026-02-11  A3
        2026-02-11  A4
    """)
    # At lead level too: P1 names nobody, and is everyone's who was known; P4 names L5.
    leads = [unit for _, unit in at_risk(known, "lead", "2026-03-01")]
    assert leads == ["L2", "L4", "L6"]


def test_a_renewal_ends_what_is_observed(known: Tables) -> None:
    own = market(known, "account", keep=keep).own
    looks = snapshots(own, Grid((day("2026-01-05"),)))
    found = outcomes(looks, own.won_deals, Horizon(days=60, periods=6), day("2026-03-06"))
    assert cells(found.filter(found.unit.isin(["A1", "A2", "A3"])), "unit", "observed", "won_period") == [
        ("A1", 0, None),
        ("A2", 3, None),
        ("A3", 6, None),
    ]


def test_a_row_that_was_set_aside_makes_a_customer(known: Tables) -> None:
    aside = replace(
        upto(example(), AS_OF),
        won_aside=told(("X1", "A1", None, "2026-02-05"), ("X2", None, "L5", None), ("X3", "A9", None, None)),
    )
    found = won_deals(aside, people(aside), "account")
    assert cells(found.filter(found.opportunity_id.like("X%")), "unit", "closed_day", "known_day", "asked") == [
        ("A1", day("2026-02-05"), day("2026-02-05"), False),
        ("A9", ALWAYS, ALWAYS, False),
        ("lead:L5", ALWAYS, ALWAYS, False),
    ]
    assert ("A1",) in [row[1:] for row in at_risk(aside, "account", "2026-02-05")]
    assert ("A1",) not in [row[1:] for row in at_risk(aside, "account", "2026-02-06")]
    # Without a date, all leads of the account are a customer's, whenever they came.
    aside = replace(aside, won_aside=told(("X1", "A1", None, None)))
    assert [unit for _, unit in at_risk(aside, "lead", "2026-02-25")] == ["L3", "L4", "L5", "L6", "L8"]


def test_what_a_row_told_later_is_not_known_before() -> None:
    tables = replace(example(), won_aside=told(("X1", "A1", None, "2026-03-01"), ("X2", "A2", None, None)))
    assert cells(upto(tables, AS_OF).won_aside, "account_id") == [("A2",)]  # type: ignore[arg-type]
    assert cells(upto(tables, AS_OF + 1).won_aside, "account_id") == [("A1",), ("A2",)]  # type: ignore[arg-type]


def test_wins_are_counted_once_for_everyone(known: Tables) -> None:
    own = market(known, "account", keep=keep).own
    counted = count_wins(own, AS_OF, Horizon(days=60, periods=6), most=24)
    # The first outcome is that of 5 January (A6): the days begin after it. A4 won on 28 February, in the last period.
    assert counted == WinCounts(
        to_learn=1,
        outside=1,
        repeat=2,
        other_type=2,
        set_aside=0,
        unclear=0,
        first_day=day("2026-01-10"),
        last_day=AS_OF - 1,
    )
    assert counted.sentences("account") == [
        "1 wins to learn from: accounts that won their first new business, 2026-01-10 to 2026-02-28",
        "1 first wins outside these days, or of accounts not known before: not learned",
        '2 won deals of new business of accounts that had won before: repeat wins, which [question] win = "any" would '
        "count",
        "2 accounts are customers by another type of deal: not at risk of a first win",
    ]


def test_with_any_who_won_stays_and_wins_again() -> None:
    aside = told(("X1", "A3", None, "2026-02-05"), ("X2", "A2", None, None, True))
    known = upto(replace(example(opportunities=OPPORTUNITIES + MORE), won_aside=aside, win="any"), AS_OF)
    ranked = at_risk(known, "account", "2026-03-01")
    assert [unit for _, unit in ranked] == ["A1", "A2", "A3", "A4", "A6"]
    counted = count_wins(market(known, "account", keep=keep).own, AS_OF, Horizon(days=60, periods=6), most=24)
    assert counted.sentences("account") == [
        "3 accounts with wins to learn from: each won deal counts, of customers too, 2026-01-10 to 2026-02-28",
        "1 accounts with wins only outside these days, or not known before: not learned",
        "2 won deals of accounts that had won before: they are wins like the first",
        "1 accounts have a won deal whose row was set aside: it is not learned, nor taken for no win",
        "1 accounts have a closed deal whose status is not known: it is not learned, nor taken for no win",
    ]


def test_who_may_be_a_customer_is_not_ranked_and_no_win_and_no_loss() -> None:
    rows = [("X1", "A1", None, "2026-02-05", True), ("X2", "A2", None, None, True), ("X3", "A6", None, "2026-02-05")]
    tables = upto(replace(example(), won_aside=told(*rows)), AS_OF)
    ranked = [unit for _, unit in at_risk(tables, "account", "2026-03-01")]
    assert not {"A1", "A2", "A6"} & set(ranked)
    # Before its close A1 was looked at, and what is observed of it ends there.
    own = market(tables, "account", keep=keep).own
    found = outcomes(snapshots(own, Grid((day("2026-01-20"),))), own.won_deals, Horizon(60, 6), AS_OF + 30)
    assert cells(found.filter(found.unit == "A1"), "observed", "won_period") == [(1, None)]
    counted = count_wins(own, AS_OF, Horizon(days=60, periods=6), most=24)
    assert (counted.other_type, counted.set_aside, counted.unclear) == (0, 1, 2)
    assert counted.sentences("account")[-2:] == [
        "1 accounts are customers by a won deal whose row was set aside: not at risk, and the win is not learned",
        "2 accounts may be customers, by a deal whose status is not known: not ranked, and no win and no loss",
    ]
    leads = [unit for _, unit in at_risk(tables, "lead", "2026-03-01")]
    assert not {"L1", "L2"} & set(leads)
    early = upto(replace(example(), won_aside=told(rows[0])), day("2026-02-05"))
    assert "A1" in [unit for _, unit in at_risk(early, "account", "2026-02-05")]


@pytest.mark.parametrize("kind", ["new_business", "renewal", "expansion"])
def test_no_type_of_deal_keeps_a_winner_among_the_prospects(kind: str) -> None:
    line = f"P1  A1  -  2026-01-02  2026-01-09  won  300  {kind}  -\n"
    tables = upto(example(opportunities=OPPORTUNITIES + line), AS_OF)
    assert "A1" not in [unit for _, unit in at_risk(tables, "account", "2026-03-01")]
