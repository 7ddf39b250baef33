"""Whom a won deal is shared among: deals created on 2026-02-20 and won on 2026-03-10, looked at on 2026-03-01."""

from dataclasses import replace

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import entities
from scoring.engagement import engagement_log
from scoring.outcomes.customers import won_deals
from scoring.outcomes.deal_shares import Sharing
from scoring.outcomes.outcomes import outcomes
from scoring.tables import Tables
from scoring.timeline import Horizon, calendar_date
from tests.scoring.any_market import of_market
from tests.scoring.example_market import AS_OF, arrow, cells, day, example, keep, parsed

ACCOUNTS = """
account_id  domain  created_at  industry  employees
A1  acme.com  2025-01-10  Software  120
A2  beta.io   2025-01-10  Retail    40
"""
LEADS = """
lead_id  account_id  created_at  title  source  campaign  country
L1  A1  2025-06-01  CFO  search  -  DE
L2  A1  2025-06-01  CEO  search  -  DE
L3  A1  -           CIO  search  -  DE
L4  A2  2025-06-01  CIO  search  -  DE
"""
DEALS = "opportunity_id  account_id  lead_id  created_at  closed_at  status  amount  opportunity_type  known_at"
DEAL = "O1  A1  -  2026-02-20  2026-03-10  won  1200  new_business  -"
TOUCHES = "lead_id  account_id  activity_type  occurred_at  known_at  direction"
ROLES = "opportunity_id  lead_id  role  is_primary"
HORIZON = Horizon(days=90, periods=3)


def market(deals: str = DEAL, touches: str = "", roles: str | None = None, leads: str = "") -> Tables:
    return example(
        accounts=ACCOUNTS,
        leads=LEADS + leads,
        opportunities=f"{DEALS}\n{deals}",
        activities=f"{TOUCHES}\n{touches}",
        contact_roles=None if roles is None else f"{ROLES}\n{roles}",
        account_history=None,
        opportunity_history=None,
    )


def outcomes_of(tables: Tables, at: int) -> ibis.Table:
    """The outcomes of the leads that were known at a day."""
    people = entities.people(tables)
    assert people is not None
    there = people.filter(people.known_day.isnull() | (people.known_day < at))
    looks = there.select(unit="lead_id", as_of=ibis.literal(at, type="int64"))
    return outcomes(looks, won_deals(tables, people, "lead"), HORIZON, at + 90, Sharing.of(tables, people, keep))


def amounts(tables: Tables, at: int = AS_OF) -> list[tuple[str, float | None]]:
    """What each lead that won brought, of those known at a day."""
    found = outcomes_of(tables, at)
    return cells(found.filter(found.won_period.notnull()), "unit", "amount")


ALL = [("L1", 400.0), ("L2", 400.0), ("L3", 400.0)]
#: deals, touches, roles, and what each lead that won brought
CASES = [
    # Nobody engaged: all leads of the account that were known.
    (DEAL, "", None, ALL),
    # Those who engaged in the year before, and nothing for the others, who won all the same.
    (DEAL, "L1  -  demo  2025-09-01  -  inbound", None, [("L1", 1200.0), ("L2", 0.0), ("L3", 0.0)]),
    (DEAL, "L1  -  demo  2025-02-20  -  inbound", None, [("L1", 1200.0), ("L2", 0.0), ("L3", 0.0)]),
    (DEAL, "L1  -  demo  2025-02-19  -  inbound", None, ALL),  # too early
    (DEAL, "L1  -  demo  2026-02-20  -  inbound", None, ALL),  # not before
    (DEAL, "L1  -  demo  2026-02-01  2026-02-20  inbound", None, ALL),
    (DEAL, "L1  -  mail  2025-09-01  -  outbound", None, ALL),  # our own
    (DEAL, "-  A1  visit  2025-09-01  -  inbound", None, ALL),  # by nobody
    (DEAL, "L4  -  demo  2025-09-01  -  inbound", None, ALL),  # elsewhere
    # Roles before engagement, and the lead that is named before roles.
    (
        DEAL,
        "L1  -  demo  2025-09-01  -  inbound",
        "O1  L2  user  true\nO1  L3  user  false",
        [("L2", 600.0), ("L3", 600.0)],
    ),
    (DEAL, "", "O1  L2  user  true\nO1  L2  buyer  false", [("L2", 1200.0)]),
    (DEAL, "", "O9  L2  user  true", ALL),
    (DEAL, "", "O1  L2  user  true\nO1  L99  user  false", [("L2", 1200.0)]),  # nobody who is known
    (DEAL.replace("A1  -", "A1  L1"), "", "O1  L2  user  true", [("L1", 1200.0)]),
    # A lead of another account is named.
    (DEAL.replace("A1  -", "A1  L4"), "", None, [("L4", 1200.0)]),
    # Two deals on the first day, one with a name; and a later one, which is no first win of L1.
    (DEAL + "\n" + DEAL.replace("O1  A1  -", "O2  A1  L1"), "", None, [("L1", 1600.0), ("L2", 400.0), ("L3", 400.0)]),
    (DEAL + "\n" + DEAL.replace("O1  A1  -", "O2  A1  L1").replace("03-10", "03-11"), "", None, ALL),
    # No amount, and an amount of nothing.
    (DEAL.replace("1200", "-"), "", None, [("L1", None), ("L2", None), ("L3", None)]),
    (DEAL.replace("1200", "0"), "", None, [("L1", 0.0), ("L2", 0.0), ("L3", 0.0)]),
]


def together() -> Tables:
    """The markets of all cases in the same tables, each with ids of its own."""
    texts = [
        {
            "accounts": ACCOUNTS,
            "leads": LEADS,
            "opportunities": f"{DEALS}\n{deals}",
            "activities": f"{TOUCHES}\n{touches}",
            "contact_roles": f"{ROLES}\n{roles or ''}",
        }
        for deals, touches, roles, _ in CASES
    ]
    rows = {
        name: [of_market(i, row) for i, case in enumerate(texts) for row in parsed(case[name])] for name in texts[0]
    }
    return Tables(**{name: keep(ibis.memtable(arrow(name, some))) for name, some in rows.items()})


@pytest.fixture(scope="module")
def shared() -> dict[str, list[list[tuple[str, float | None]]]]:
    """What each lead brought that won in each of the cases, by how the activities are kept."""
    tables = together()
    folded = engagement_log(tables)
    assert folded is not None
    folded = replace(folded, days=keep(folded.days), actors=keep(folded.actors))

    def by_case(tables: Tables) -> list[list[tuple[str, float | None]]]:
        found: list[list[tuple[str, float | None]]] = [[] for _ in CASES]
        for unit, amount in amounts(tables):
            owner, lead = unit.split("~")
            found[int(owner)].append((lead, amount))
        return found

    return {"rows": by_case(tables), "folded": by_case(replace(tables, activities=None, log=folded))}


@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{case[0]}, {case[1]}, {case[2]}" for case in CASES])
def test_a_deal_is_shared_among_those_who_brought_it(
    shared: dict[str, list[list[tuple[str, float | None]]]], case: int
) -> None:
    assert shared["rows"][case] == CASES[case][3]
    assert shared["folded"][case] == CASES[case][3]


def test_without_roles_all_known_leads_share() -> None:
    assert amounts(market(roles=None)) == ALL


def test_without_activities_all_known_leads_share() -> None:
    assert amounts(replace(market(), activities=None)) == ALL


def test_who_came_after_the_look_has_no_share_of_it() -> None:
    tables = market(leads="L5  A1  2026-02-10  CEO  search  -  DE\nL6  A1  2026-03-01  CEO  search  -  DE")
    assert amounts(tables, day("2026-02-10")) == ALL
    assert amounts(tables, day("2026-02-11")) == [("L1", 300.0), ("L2", 300.0), ("L3", 300.0), ("L5", 300.0)]
    assert [lead for lead, _ in amounts(tables)] == ["L1", "L2", "L3", "L5"]  # L6 came after the deal


LATER = DEAL.replace("A1  -", "A1  L5").replace("2026-02-20", "2026-03-06")
WITH_L5 = "L5  A1  2026-03-05  CEO  search  -  DE"


@pytest.mark.parametrize(
    ("deals", "expected"),
    [
        # L5 came after the look: its deal is no win of those who were there, and they share it. A second deal of that
        # day, which L1 brought, is its own.
        (
            f"{LATER}\n{DEAL.replace('O1  A1  -', 'O2  A1  L1')}",
            [("L1", 1600.0, True), ("L2", 400.0, False), ("L3", 400.0, False)],
        ),
        # The account was won before, by L5: then it is a customer, and a later deal is not waited for.
        (
            f"{LATER.replace('2026-03-06', '2026-02-24').replace('2026-03-10', '2026-02-28')}\n"
            + LATER.replace("O1", "O2"),
            [],
        ),
    ],
)
def test_what_somebody_brings_who_comes_later_is_shared_among_those_who_were_known(
    deals: str, expected: list[tuple[str, float, bool]]
) -> None:
    found = outcomes_of(market(deals, leads=WITH_L5), AS_OF)
    found = found.filter(found.amount.notnull()).mutate(won=found.won_period.notnull())
    assert cells(found, "unit", "amount", "won") == expected


leads_of_touches = st.lists(
    st.tuples(st.sampled_from(["L1", "L2", "L3", "L4"]), st.integers(0, 500), st.sampled_from(["inbound", "outbound"])),
    max_size=6,
)


@settings(max_examples=3)
@given(leads_of_touches, st.sets(st.sampled_from(["L1", "L2", "L3"])), st.sampled_from(["-", "L1", "L2"]))
def test_shares_add_up_to_the_deal_whoever_brought_it(
    touches: list[tuple[str, int, str]], roles: set[str], named: str
) -> None:
    lines = [f"{lead}  -  demo  {_date(ago)}  -  {way}" for lead, ago, way in touches]
    deal, in_roles = DEAL.replace("A1  -", f"A1  {named}"), "\n".join(f"O1  {lead}  user  true" for lead in roles)
    once = amounts(market(deal, "\n".join(lines), in_roles))
    assert sum(amount or 0.0 for _, amount in once) == pytest.approx(1200.0)
    # A touch that is repeated, one of our own, and the order of rows change nothing.
    more = [*reversed(lines), *lines, "L3  -  mail  2026-01-01  -  outbound"]
    assert amounts(market(deal, "\n".join(more), in_roles)) == once


def _date(days_before: int) -> str:
    return calendar_date(day("2026-02-20") - days_before).isoformat()
