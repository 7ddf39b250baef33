"""What sources cost as of 2026-03-10: every cost is with a source, or said in a note."""

from datetime import date, datetime

import ibis
import pytest

from pipelines.intake.point_in_time import PastTables
from pipelines.planning.sources.spending import month_number, spending
from scoring.tables import Tables
from scoring.timeline import day_number
from tests.scoring.example_market import CONNECTION, example

JANUARY, FEBRUARY, MARCH = (month_number(date(2026, month, 1)) for month in (1, 2, 3))
NAMES = {"Web": 0, "WEB": 1, "fair": 2, "radio": 3, "others": 3, "left": 4}
SHOWN = {(0, JANUARY), (1, JANUARY), (2, JANUARY), (3, FEBRUARY)}


@pytest.mark.parametrize(
    ("rows", "costs", "notes"),
    [
        pytest.param({("Web", 1): 5.0, ("WEB", 1): 7.0}, {(0, 1): 5.0, (1, 1): 7.0}, (), id="two ways to write it"),
        pytest.param({("FAIR ", 1): 5.0}, {(2, 1): 5.0}, (), id="written in another way"),
        pytest.param({("radio", 2): 5.0, ("others", 2): 1.0}, {(3, 2): 6.0}, (), id="among the others"),
        pytest.param({("fair", 4): 5.0, ("tv", 5): 9.0}, {}, (), id="not yet"),
        pytest.param(
            {("left", 1): 5.0, ("tv", 1): 9.0},
            {},
            ("costs of no source above: tv (9), left (5)",),
            id="nobody came in all months shown",
        ),
        pytest.param(
            {(f"tv {n}", 1): 10.0 + n for n in range(7)},
            {},
            ("costs of no source above: tv 6 (16), tv 5 (15), tv 4 (14), tv 3 (13), tv 2 (12), and 2 more; 91 in all",),
            id="many",
        ),
        pytest.param(
            {("fair", 1): 5.0, ("fair", 2): 3.0},
            {(2, 1): 5.0, (2, 2): 3.0},
            (
                "3 was spent in months in which nobody came from the source: the table by source has it, and that by "
                "month has not",
            ),
            id="nobody came in the month",
        ),
    ],
)
def test_every_cost_is_with_a_source_or_in_a_note(
    rows: dict[tuple[str, int], float], costs: dict[tuple[int, int], float], notes: tuple[str, ...]
) -> None:
    spend = ibis.memtable(
        [
            {"source": name, "campaign": None, "month": datetime(2026, month, 1), "cost": cost}
            for (name, month), cost in rows.items()
        ]
    )
    past = PastTables(CONNECTION, date(2026, 3, 10), Tables(opportunities=example().opportunities, spend=spend))
    found = spending(past, "source", NAMES, day_number(date(2026, 1, 1)), shown=SHOWN)
    assert {key: cost for key, cost in found.costs.items() if key[1] >= 0} == {
        (source, JANUARY + month - 1): cost for (source, month), cost in costs.items()
    }
    assert sum(cost for key, cost in found.costs.items() if key[1] < 0) == sum(costs.values())
    assert found.notes == notes
