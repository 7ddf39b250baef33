"""Who is scored, the people behind them, and whose a deal is: the example as known before 2026-03-01."""

from dataclasses import replace

import ibis
import pytest

from scoring import entities
from scoring.entities import deals, people, units, with_lone
from scoring.knowledge import upto
from scoring.tables import LINKED_AT, Tables
from tests.scoring.example_market import (
    AS_OF,
    LEADS,
    OPPORTUNITIES,
    cells,
    example,
    expected,
)

PEOPLE = """
lead_id  account_key  linked_day  known_day   seniority  department  decision_maker  source
L1       A1           2025-01-10  2025-06-01  c_level    finance     true            search
L2       A1           2025-01-10  2026-02-01  staff      it          false           webinar
L3       A2           2025-03-01  2025-04-01  vp         sales       true            partner
L4       A3           2025-05-05  2026-01-10  student    other       false           search
L5       lead:L5      -           2026-01-05  c_level    management  true            webinar
L6       lead:L6      -           2026-02-15  director   it          true            search
L8       A6           -           -           -          -           false           -
"""
ACCOUNT_DEALS = """
unit     opportunity_id  opened_day  known_day   closed_day  status  amount
A1       O1              2026-02-10  2026-02-10  -           open    -
A2       O2              2025-12-01  2025-12-01  2026-01-15  lost    5000
A3       O3              2026-01-20  2026-01-20  -           open    -
A4       O4              2025-11-01  2025-11-01  2026-02-28  won     7000
lead:L5  O5              2026-02-01  2026-02-01  -           open    -
"""


@pytest.fixture(scope="module")
def known() -> Tables:
    return upto(example(), AS_OF)


def lead_deals(tables: Tables) -> list[tuple[object, ...]]:
    return cells(deals(tables, people(tables), "lead"), "opportunity_id", "unit", "known_day")


def test_leads_are_people_of_their_accounts(known: Tables) -> None:
    leads = people(known)
    assert leads is not None
    assert cells(leads, *PEOPLE.split("\n")[1].split()) == expected(PEOPLE)
    assert people(replace(known, leads=None)) is None


def test_a_lead_known_before_its_account_stands_alone_until_then() -> None:
    leads = people(example())
    assert leads is not None
    twice = with_lone(leads)
    assert twice.count().execute() == leads.count().execute() + 1
    l6 = twice.filter(twice.lead_id == "L6")
    assert cells(l6, "account_key", "account_id", "known_day") == expected("""
        account_key  account_id  known_day
        A5           A5          2026-02-15
        lead:L6      A5          2026-02-15
    """)


def test_what_a_lead_did_before_it_was_linked_is_its_accounts_from_that_day_on(known: Tables) -> None:
    assert known.leads is not None
    mine, day = known.leads.lead_id == "L5", ibis.timestamp("2026-02-20")
    linked = known.leads.mutate(
        account_id=ibis.ifelse(mine, "A1", known.leads.account_id),
        **{LINKED_AT: ibis.ifelse(mine, day, ibis.null("timestamp"))},
    )
    tables = replace(known, leads=linked)
    leads = people(tables)
    assert leads is not None
    assert cells(leads.filter(leads.lead_id.isin(["L1", "L5"])), "lead_id", "account_key", "linked_day") == expected("""
        lead_id  account_key  linked_day
        L1       A1           2025-01-10
        L5       A1           2026-02-20
    """)
    found = deals(tables, leads, "account")
    assert cells(found.filter(found.opportunity_id == "O5"), "unit", "opened_day", "known_day") == expected("""
        unit  opened_day  known_day
        A1    2026-02-01  2026-02-20
    """)
    earlier = upto(replace(tables, known_before=None), AS_OF - 10).leads
    assert earlier is not None
    assert cells(earlier.filter(earlier.lead_id == "L5"), "account_id") == [(None,)]


def test_a_column_of_the_crm_does_not_pass_for_what_the_title_says() -> None:
    leads = people(example(leads=LEADS.replace("country", "seniority")))
    assert leads is not None
    assert cells(leads.filter(leads.lead_id == "L1"), "seniority", "decision_maker") == [("c_level", True)]


def test_a_deal_is_its_accounts_or_its_leads_accounts(known: Tables) -> None:
    found = deals(known, people(known), "account")
    assert cells(found) == expected(ACCOUNT_DEALS)
    without_leads = deals(replace(known, leads=None), None, "account")
    assert cells(without_leads, "unit") == [("A1",), ("A2",), ("A3",), ("A4",)]


def test_a_deal_counts_from_when_its_unit_was_known() -> None:
    more = """O8   -   L6  2026-02-01  -  open  -  new_business  -
O9   A5  L6  2026-02-20  -  open  -  new_business  -
O10  A1  L6  2026-02-20  -  open  -  new_business  -
O11  A5  -   2026-02-20  -  open  -  new_business  -
"""
    tables = example(opportunities=OPPORTUNITIES + more)
    leads = people(tables)
    assert leads is not None
    found = deals(tables, with_lone(leads), "account")
    found = found.filter(found.opportunity_id.isin(["O8", "O9", "O10", "O11"]))
    # L6 came after O8 and before its account, Echo: until then its deals are those of a lone lead.
    assert cells(found, "opportunity_id", "unit", "known_day") == expected("""
        opportunity_id  unit     known_day
        O8              A5       2026-02-15
        O8              lead:L6  2026-02-15
        O9              A5       2026-02-20
        O9              lead:L6  2026-02-20
        O10             A1       2026-02-20
        O11             A5       2026-02-20
    """)


def test_at_lead_level_a_deal_is_that_of_whom_it_names(known: Tables) -> None:
    assert lead_deals(known) == expected("""
        opportunity_id  unit  known_day
        O1              L2    2026-02-10
        O2              L3    2025-12-01
        O3              L4    2026-01-20
        O5              L5    2026-02-01
    """)  # O1: its contact role; O2, O5: the lead it names; O3: all of Core; O4: Delta has no lead


def test_a_deal_without_names_is_that_of_all_who_were_known_when_it_opened() -> None:
    tables = example(contact_roles=None)  # L7 is there by now, but came after O1 opened
    assert [row for row in lead_deals(tables) if row[0] == "O1"] == expected("""
        opportunity_id  unit  known_day
        O1              L1    2026-02-10
        O1              L2    2026-02-10
    """)


def test_a_deal_of_several_contact_roles_is_each_ones_once() -> None:
    roles = "opportunity_id  lead_id  role  is_primary\nO1  L1  signs  -\nO1  L1  pays  -\nO1  L2  -  -"
    assert [row[1] for row in lead_deals(example(contact_roles=roles)) if row[0] == "O1"] == ["L1", "L2"]


def test_units_have_their_dates(known: Tables) -> None:
    leads = people(known)
    assert cells(units(known, leads, "account"), "unit", "created_day", "linked_day") == expected("""
        unit  created_day  linked_day
        A1    2025-01-10   -
        A2    2025-03-01   -
        A3    2025-05-05   -
        A4    2025-02-02   -
        A6    -            -
    """)
    of_leads = units(known, leads, "lead")
    assert cells(of_leads, "unit", "account_id", "created_day", "linked_day") == expected("""
        unit  account_id  created_day  linked_day
        L1    A1          2025-06-01   2025-01-10
        L2    A1          2026-02-01   2025-01-10
        L3    A2          2025-04-01   2025-03-01
        L4    A3          2026-01-10   2025-05-05
        L5    -           2026-01-05   -
        L6    -           2026-02-15   -
        L8    A6          -            -
    """)


def test_without_an_accounts_table_leads_make_the_accounts() -> None:
    tables = upto(example(accounts=None), AS_OF)
    assert cells(entities.account_units(tables, people(tables))) == expected("""
        unit     created_day
        A1       2025-06-01
        A2       2025-04-01
        A3       2026-01-10
        A5       2026-02-15
        A6       -
        lead:L5  2026-01-05
    """)


@pytest.mark.parametrize(("level", "missing"), [("account", "accounts"), ("lead", "leads")])
def test_a_level_without_its_table_is_refused(level: entities.Entity, missing: str) -> None:
    tables = example(**{missing: None})
    with pytest.raises(ValueError, match=f"there is no {missing} table"):
        units(tables, people(tables), level)
