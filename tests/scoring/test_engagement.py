"""Engagement days of the example: what is dropped, what is one, and what is new in each."""

from dataclasses import replace

import ibis
import pytest

from scoring.engagement import Engagements, Reduced, actor_units, engagement_log
from scoring.entities import people, with_lone
from scoring.entity import Entity
from scoring.knowledge import upto
from scoring.tables import Tables
from tests.scoring.example_market import ACTIVITIES, AS_OF, cells, example, expected

HEADER = ACTIVITIES.strip().splitlines()[0]
DAYS = """
account_key  lead_id  kind     day         known_day   decision_maker  department
A1           L1       demo     2025-11-20  2025-11-20  true            finance
A1           L1       pricing  2026-02-28  2026-02-28  true            finance
A1           L2       demo     2026-02-10  2026-02-10  false           it
A1           L2       pricing  2026-02-28  2026-02-28  false           it
A1           -        visit    2026-02-14  2026-02-14  false           -
A2           L3       demo     2025-10-01  2025-10-01  true            sales
A2           L3       visit    2026-02-28  2026-02-28  true            sales
A3           L4       visit    2026-01-30  2026-01-30  false           other
A6           L8       visit    2026-02-10  2026-02-10  false           -
lead:L5      L5       demo     2026-01-30  2026-01-30  true            management
lead:L6      L6       visit    2026-01-20  2026-02-15  true            it
lead:L6      L6       visit    2026-02-20  2026-02-20  true            it
"""


def engagements(tables: Tables, level: Entity = "account", *, lone: bool = False) -> Engagements:
    log, crowd = engagement_log(tables), people(tables)
    assert log is not None
    seen = with_lone(crowd) if lone and crowd is not None else crowd
    return Engagements(Reduced(log, crowd, lambda table: table), actor_units(log, seen, level))


def named(found: Engagements) -> ibis.Table:
    return found.named(found.days)


def days_of(tables: Tables) -> list[tuple[object, ...]]:
    days = named(engagements(tables)).rename(account_key="unit")
    return cells(days, *DAYS.split("\n")[1].split())


@pytest.fixture(scope="module")
def known() -> Tables:
    return upto(example(), AS_OF)


MARKS = ("new_kind", "new_person", "returned")


def marked(tables: Tables, level: Entity) -> ibis.Table:
    """All engagement days of a level, each with what is new in it."""
    found = engagements(tables, level)
    days = named(found)
    for name in MARKS:
        event = found.named(found.event(name)).select("unit", "kind", "day", "lead_id").mutate(yes=True)
        same = [days[c].identical_to(event[c]) for c in event.columns if c != "yes"]
        days = days.left_join(event, same).select(*days.columns, **{name: ibis._.yes.fill_null(False)})
    return days


def marks(activities: str, level: Entity) -> list[tuple[object, ...]]:
    """The marks of all engagement days of a level, those of the example's leads before nothing is cut."""
    tables = example(activities=f"{HEADER}\n{activities.strip()}")
    return cells(marked(tables, level), "unit", "lead_id", "kind", "day", *MARKS)


def test_repeats_are_one_and_outbound_is_none(known: Tables) -> None:
    assert days_of(known) == expected(DAYS)  # three views of a price page are one, our own e-mail is none


def test_adding_repeats_and_our_own_touches_changes_nothing(known: Tables) -> None:
    more = """\
L1  -   pricing  2026-02-28T00:00  -           inbound
L1  -   pricing  2026-02-28T17:30  2026-02-28  inbound
L1  -   demo     2026-02-21T17:30  -           outbound
-   A2  visit    2026-02-21T17:30  -           outbound
"""
    assert days_of(upto(example(activities=ACTIVITIES + more), AS_OF)) == expected(DAYS)


def test_what_a_lead_did_is_known_with_the_lead() -> None:
    day_before = upto(example(), AS_OF - 14)  # 15 February: L6 is made on that day
    assert [row for row in days_of(day_before) if row[0] in ("A5", "lead:L6")] == []


def test_a_lead_known_before_its_account_has_its_days_twice() -> None:
    days = named(engagements(example(), lone=True))
    assert cells(days.filter(days.lead_id == "L6").rename(account_key="unit"), "account_key", "day") == expected("""
        account_key  day
        A5           2026-01-20
        A5           2026-02-20
        lead:L6      2026-01-20
        lead:L6      2026-02-20
    """)


def test_without_leads_only_accounts_engage(known: Tables) -> None:
    days = named(engagements(replace(known, leads=None))).rename(account_key="unit")
    assert cells(days, "account_key", "lead_id", "kind", "day") == expected("""
        account_key  lead_id  kind   day
        A1           -        visit  2026-02-14
        A3           L4       visit  2026-01-30
        A5           L6       visit  2026-01-20
        A5           L6       visit  2026-02-20
    """)
    assert engagement_log(replace(known, activities=None)) is None


def test_what_is_new_is_marked(known: Tables) -> None:
    of_accounts = marked(known, "account")
    of_acme = of_accounts.filter(of_accounts.unit == "A1")
    # The demo of 20 November is Acme's first, 10 February the engineer's first and a return after 82 days.
    assert cells(of_acme, "lead_id", "kind", "day", "new_kind", "new_person", "returned") == expected("""
        lead_id  kind     day         new_kind  new_person  returned
        L1       demo     2025-11-20  true      true        false
        L2       demo     2026-02-10  false     true        true
        -        visit    2026-02-14  true      false       false
        L1       pricing  2026-02-28  true      false       false
        L2       pricing  2026-02-28  true      false       false
    """)
    of_leads = marked(known, "lead")
    of_engineer = of_leads.filter(of_leads.unit == "L2")
    assert cells(of_engineer, "kind", "day", "new_kind", "returned") == expected("""
        kind     day         new_kind  returned
        demo     2026-02-10  true      false
        pricing  2026-02-28  true      false
    """)


def test_a_return_comes_after_sixty_days() -> None:
    touches = """
        L3  -  demo   2025-05-01T08:00  -  inbound
        L3  -  demo   2025-06-30T08:00  -  inbound
        L3  -  visit  2025-08-28T08:00  -  inbound
    """
    assert marks(touches, "account") == expected("""
        unit  lead_id  kind   day         new_kind  new_person  returned
        A2    L3       demo   2025-05-01  true      true        false
        A2    L3       demo   2025-06-30  false     false       true
        A2    L3       visit  2025-08-28  true      false       false
    """)


def test_a_row_known_late_takes_no_mark_and_makes_no_return() -> None:
    touches = """
        L3  -  demo  2025-09-01T08:00  -           inbound
        L3  -  demo  2025-05-01T08:00  2025-09-02  inbound
        L3  -  demo  2025-09-05T08:00  -           inbound
    """
    # On 2 September the demo of May became known. Nobody was silent before 5 September.
    assert marks(touches, "lead") == expected("""
        unit  lead_id  kind  day         new_kind  new_person  returned
        L3    L3       demo  2025-05-01  false     false       false
        L3    L3       demo  2025-09-01  true      true        false
        L3    L3       demo  2025-09-05  false     false       false
    """)
