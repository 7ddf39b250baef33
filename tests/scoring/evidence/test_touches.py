"""Touch counts of the example: every repeat and either direction counts, and only what was known."""

from dataclasses import replace

import pytest

from scoring.entities import people
from scoring.entity import Entity
from scoring.evidence.touches import touch_days, touch_facts, touch_kinds
from scoring.knowledge import upto
from scoring.tables import Tables
from scoring.timeline import Grid
from tests.scoring.example_market import ACTIVITIES, AS_OF, cells, day, example, expected, keep

Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def known() -> Tables:
    return upto(example(), AS_OF)


def days_of(tables: Tables, level: Entity, *columns: str) -> Rows:
    days = touch_days(tables, people(tables), level)
    assert days is not None
    return cells(days, *columns)


def facts_of(tables: Tables, level: Entity, *columns: str, grid: Grid, kinds: tuple[str, ...] = ()) -> Rows:
    days = touch_days(tables, people(tables), level)
    assert days is not None
    return cells(touch_facts(keep(days), grid, kinds), *columns)


def test_every_repeat_and_either_direction_counts(known: Tables) -> None:
    columns = ("unit", "lead_id", "kind", "inbound", "day", "known_day", "touches")
    assert days_of(known, "account", *columns) == expected("""
        unit     lead_id  kind     inbound  day         known_day   touches
        A1       L1       demo     true     2025-11-20  2025-11-20  1
        A1       L1       pricing  true     2026-02-28  2026-02-28  3
        A1       L1       email    false    2026-02-27  2026-02-27  1
        A1       L2       demo     true     2026-02-10  2026-02-10  1
        A1       L2       pricing  true     2026-02-28  2026-02-28  1
        A1       -        visit    true     2026-02-14  2026-02-14  1
        A2       L3       demo     true     2025-10-01  2025-10-01  1
        A2       L3       visit    true     2026-02-28  2026-02-28  1
        A3       L4       visit    true     2026-01-30  2026-01-30  1
        A6       L8       visit    true     2026-02-10  2026-02-10  1
        lead:L5  L5       demo     true     2026-01-30  2026-01-30  1
        lead:L6  L6       visit    true     2026-01-20  2026-02-15  1
        lead:L6  L6       visit    true     2026-02-20  2026-02-20  1
    """)


def test_a_lead_has_its_own_touches_and_no_unknown_visitors(known: Tables) -> None:
    found = days_of(known, "lead", "unit", "kind", "touches")
    assert [row for row in found if row[0] in ("L1", "A1", None)] == expected("""
        unit  kind     touches
        L1    demo     1
        L1    email    1
        L1    pricing  3
    """)


def test_the_facts_of_two_days() -> None:
    # Of Acme, 22 February has seen two demos and a visit; the demo of 20 November is 94 days old by then and 101 on
    # 1 March. Foxtrot's visit of 20 February became known on 1 March: no day of the grid has seen it.
    grid = Grid((day("2026-02-22"), AS_OF))
    columns = ("unit", "as_of", "touches_90d", "touches_ever", "days_since_touch")
    assert facts_of(example(), "account", *columns, grid=grid) == expected("""
        unit     as_of       touches_90d  touches_ever  days_since_touch
        A1       2026-02-22  2            3             8
        A1       2026-03-01  7            8             1
        A2       2026-02-22  0            1             144
        A2       2026-03-01  1            2             1
        A3       2026-02-22  1            1             23
        A3       2026-03-01  1            1             30
        A5       2026-02-22  2            2             2
        A5       2026-03-01  2            2             9
        A6       2026-02-22  1            1             12
        A6       2026-03-01  1            1             19
        lead:L5  2026-02-22  1            1             23
        lead:L5  2026-03-01  1            1             30
    """)


def test_each_kind_is_counted_apart() -> None:
    grid = Grid((AS_OF,))
    columns = ("unit", "touches_90d_0", "days_since_touch_0", "touches_90d_1", "days_since_touch_1")
    found = facts_of(example(), "account", *columns, grid=grid, kinds=("demo", "email"))
    assert [row for row in found if row[0] in ("A1", "A2", "A3")] == expected("""
        unit  touches_90d_0  days_since_touch_0  touches_90d_1  days_since_touch_1
        A1    1              19                  1              2
        A2    0              151                 0              -
        A3    0              -                   0              -
    """)


def test_our_own_touch_is_no_touch_of_the_buyer() -> None:
    only_ours = ACTIVITIES.strip().splitlines()[0] + "\n-  A2  call  2026-02-21T17:30  -  outbound"
    columns = ("unit", "touches_90d", "touches_ever", "days_since_touch")
    found = facts_of(example(activities=only_ours), "account", *columns, grid=Grid((AS_OF,)))
    assert found == [("A2", 1, 1, None)]


def test_the_window_is_of_90_days_before() -> None:
    header = ACTIVITIES.strip().splitlines()[0]
    touches = f"{header}\n-  A2  visit  2025-12-01  -  inbound\n-  A2  visit  2025-11-30  -  inbound"
    found = facts_of(example(activities=touches), "account", "touches_90d", "touches_ever", grid=Grid((AS_OF,)))
    assert found == [(1, 2)]


def test_what_is_known_later_changes_nothing() -> None:
    grid = Grid((AS_OF - 7, AS_OF))
    columns = ("unit", "as_of", "touches_90d", "touches_ever", "days_since_touch")
    later = """\
L1  -   pricing  2026-03-01T00:00  -           inbound
-   A3  visit    2026-02-20T00:00  2026-03-01  inbound
-   A3  call     2026-01-01T00:00  2026-03-09  outbound
"""
    plain, more = (
        facts_of(example(activities=text), "account", *columns, grid=grid) for text in (ACTIVITIES, ACTIVITIES + later)
    )
    assert plain == more


def test_what_a_lead_did_is_known_with_the_lead(known: Tables) -> None:
    # The CEO became known on 1 March: until then her visits are nobody's, not even her account's.
    more = upto(example(activities=f"{ACTIVITIES}L7  A1  visit  2026-02-20  -  inbound"), AS_OF)
    assert days_of(more, "account") == days_of(known, "account")


def test_without_activities_there_is_nothing_to_count(known: Tables) -> None:
    assert touch_days(replace(known, activities=None), people(known), "account") is None
    only_accounts = touch_days(replace(known, leads=None), None, "account")
    assert only_accounts is not None
    assert cells(only_accounts, "unit", "kind", "touches") == expected("""
        unit  kind   touches
        A1    visit  1
        A3    visit  1
        A5    visit  1
        A5    visit  1
    """)


def test_the_kinds_that_most_units_show(known: Tables) -> None:
    days = touch_days(known, people(known), "account")
    assert days is not None
    assert touch_kinds(days) == ["demo", "email", "pricing", "visit"]
    assert touch_kinds(days, most=2) == ["demo", "visit"]
