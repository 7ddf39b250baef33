"""Regularity: in how many of the last weeks somebody engaged, and never how often."""

from typing import Any

import ibis
import pytest

from scoring.features.facts import MarketFacts, market
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature, Regularity
from scoring.knowledge import upto
from scoring.scorecard.parts import encoding
from scoring.scorecard.reasons import phrase
from scoring.timeline import Grid
from tests.scoring.example_market import ACTIVITIES, AS_OF, cells, example, expected, keep
from tests.scoring.scorecard.test_scorecard_expressions import Spark

FEATURES: list[Feature] = [
    Regularity(name="four", weeks=4),
    Regularity(name="eight", weeks=8),
    Regularity(name="pricing", weeks=4, activity="pricing"),
    Regularity(name="deciders", weeks=20, by="decision_maker"),
    Regularity(name="it", weeks=20, activity=("demo", "visit"), department="it"),
]
#: Acme: its four pricing views of one day are one week; its visit and the engineer's demo, 15 and 19 days back, are
#: another. The CFO's demo is 15 weeks back, Beta's 22. Core's visit is 30 days back: in the fifth week.
SHOWN = """
    unit  four  eight  pricing  deciders  it
    A1    2     2      1        2         1
    A2    1     1      0        1         0
    A3    0     1      0        0         0
    A6    1     1      0        0         0
"""


def accounts(activities: str = ACTIVITIES) -> MarketFacts:
    return market(upto(example(activities=activities), AS_OF), "account", keep=keep)


def built(seen: MarketFacts) -> list[tuple[Any, ...]]:
    grid = Grid((AS_OF,))
    table = keep(build(FEATURES, seen, snapshots(seen.own, grid), grid))
    return cells(table, "unit", *(feature.name for feature in FEATURES))


def test_a_week_counts_once() -> None:
    assert built(accounts()) == expected(SHOWN)


def test_more_of_the_same_in_a_week_changes_nothing() -> None:
    more = """
    L1  -   pricing  2026-02-22T09:00  -           inbound
    L2  -   demo     2026-02-13T08:00  -           inbound
    L3  -   visit    2026-02-23T08:00  -           inbound
    """
    assert built(accounts(ACTIVITIES.rstrip() + more)) == expected(SHOWN)


def test_the_first_day_of_a_week_is_seven_days_back() -> None:
    """22 February is the seventh day before 1 March, and in the last week; 21 February is in the week before."""
    touch = "L3  -   demo     2026-02-{day}T23:59  -           inbound\n"
    by_day = {day: built(accounts(f"{ACTIVITIES.rstrip()}\n{touch.format(day=day)}"))[1] for day in ("22", "21")}
    assert {day: row[:2] for day, row in by_day.items()} == {"22": ("A2", 1.0), "21": ("A2", 2.0)}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (1, "Weeks with a demo, of 13: none"),
        (2, "Weeks with a demo, of 13: 1"),
        (3, "Weeks with a demo, of 13: 2 to 3"),
    ],
)
def test_it_is_said_as_a_count(code: int, says: str) -> None:
    feature = Regularity(name="demo_weeks", label="Weeks with a demo, of 13", weeks=13, activity="demo")
    assert phrase(feature, encoding("demo_weeks", {"kind": "numeric", "edges": [1.0, 2.0, 4.0]}), code) == says


@pytest.mark.parametrize("dialect", ["pyspark", "postgres", "snowflake", "bigquery"])
@pytest.mark.parametrize("days", [(AS_OF,), (AS_OF - 70, AS_OF)])
def test_it_is_written_for_every_engine(dialect: str, days: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if ibis.options.pyspark is None:
        monkeypatch.setattr(ibis.options, "pyspark", Spark())
    seen = market(upto(example(), AS_OF), "account", keep=lambda table: table)
    grid = Grid(days)
    assert "COUNT(DISTINCT" in str(ibis.to_sql(build(FEATURES, seen, snapshots(seen.own, grid), grid), dialect=dialect))
