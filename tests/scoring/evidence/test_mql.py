"""The MQL rule on the example: points of touches and titles, and who is qualified by them."""

from dataclasses import replace

import pytest

from scoring.entities import people
from scoring.entity import Entity
from scoring.evidence.mql import POINTS, TITLES, MqlRule, mql_facts
from scoring.evidence.touches import touch_days
from scoring.tables import Tables
from scoring.timeline import Grid
from tests.scoring.example_market import AS_OF, cells, day, example, expected, keep

RULE = MqlRule(
    threshold=30.0,
    points={"demo": 20.0, "pricing": 5.0, "email": 1_000.0},
    titles={"c_level": 10.0, "finance": 2.0, "student": -4.0},
)
EARLIER = day("2026-02-22")


def points_of(tables: Tables, level: Entity, rule: MqlRule = RULE) -> list[tuple[object, ...]]:
    crowd = people(tables)
    days = touch_days(tables, crowd, level)
    facts = mql_facts(None if days is None else keep(days), crowd, level, rule, Grid((EARLIER, AS_OF)))
    assert facts is not None
    return cells(facts, "unit", "as_of", "mql_points", "mqls")


def test_the_points_of_leads() -> None:
    # L1, the CFO: 12 points by title and 20 for the demo, qualified on both days, then 5 for each of three page views.
    # Our own e-mail to her is worth nothing. L7, the CEO, is known from 1 March only.
    assert points_of(example(), "lead") == expected("""
        unit  as_of       mql_points  mqls
        L1    2026-02-22  32          1
        L1    2026-03-01  47          1
        L2    2026-02-22  20          0
        L2    2026-03-01  25          0
        L3    2026-02-22  20          0
        L3    2026-03-01  20          0
        L4    2026-02-22  -4          0
        L4    2026-03-01  -4          0
        L5    2026-02-22  30          1
        L5    2026-03-01  30          1
        L6    2026-02-22  0           0
        L6    2026-03-01  0           0
        L8    2026-02-22  0           0
        L8    2026-03-01  0           0
    """)


def test_the_points_of_an_account_are_those_of_its_people_and_its_unknown_visitors() -> None:
    rule = replace(RULE, points={**RULE.points, "visit": 1.0})
    found = [row for row in points_of(example(), "account", rule) if row[0] in ("A1", "A2", "lead:L5")]
    assert found == expected("""
        unit     as_of       mql_points  mqls
        A1       2026-02-22  53          1
        A1       2026-03-01  73          1
        A2       2026-02-22  20          0
        A2       2026-03-01  21          0
        lead:L5  2026-02-22  30          1
        lead:L5  2026-03-01  30          1
    """)


def test_unknown_visitors_qualify_nobody() -> None:
    rule = MqlRule(threshold=1.0, points={"visit": 50.0}, titles={})
    tables = replace(example(), leads=None)
    crowd = None
    days = touch_days(tables, crowd, "account")
    assert days is not None
    facts = mql_facts(days.filter(days.lead_id.isnull()), crowd, "account", rule, Grid((AS_OF,)))
    assert facts is not None
    assert cells(facts, "unit", "mql_points", "mqls") == [("A1", 50.0, 0)]


def test_titles_alone_give_points_where_there_are_no_activities() -> None:
    found = points_of(replace(example(), activities=None), "lead")
    assert [row for row in found if row[2]] == expected("""
        unit  as_of       mql_points  mqls
        L1    2026-02-22  12          0
        L1    2026-03-01  12          0
        L4    2026-02-22  -4          0
        L4    2026-03-01  -4          0
        L5    2026-02-22  10          0
        L5    2026-03-01  10          0
    """)
    assert mql_facts(None, None, "account", RULE, Grid((AS_OF,))) is None


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("demo_request", 50.0),
        ("Demo Request", 50.0),
        ("DemoRequest", 50.0),
        (" demo-request ", 50.0),
        ("Email opened", 2.0),
        ("email_open", 1.0),
        ("Other", 2.0),
    ],
)
def test_a_kind_of_touch_is_known_however_it_is_written(kind: str, points: float) -> None:
    assert MqlRule().of(kind) == points


def test_a_rule_without_other_gives_nothing_for_what_it_does_not_list() -> None:
    assert MqlRule(points={"demo": 1.0}).of("visit") == 0.0


def test_the_defaults_are_what_marketing_automation_ships() -> None:
    rule = MqlRule()
    assert (rule.threshold, rule.points, rule.titles) == (100.0, dict(POINTS), dict(TITLES))
    assert rule.points["demo_request"] > rule.points["pricing_view"] > rule.points["email_open"]
