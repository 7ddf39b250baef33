"""Who was ever known, from where, since when, and what its first win brought: of the example market."""

from datetime import date, datetime

import ibis
import numpy as np
import pytest

from pipelines.config import Config, Planning
from pipelines.intake.point_in_time import PastTables
from pipelines.planning import known_lives as module
from pipelines.planning.costs import costs
from pipelines.planning.known_lives import KnownLives, known_lives
from scoring.entity import Entity
from scoring.planning.life_table import Lives
from scoring.tables import Tables
from scoring.timeline import calendar_date, day_number
from tests.scoring.example_market import AS_OF, CONNECTION, example

#: As of a day on which all wins of the example are known.
LATER = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _few_are_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEWEST", 1)


def past(tables: Tables, day: date = LATER) -> PastTables:
    return PastTables(CONNECTION, day, tables)


def rows(found: KnownLives) -> dict[str, tuple[str, str, str | None, float | None]]:
    """By unit: its source, the day it came, the day of its first win, and what that brought."""
    lives = found.lives
    return {
        unit: (
            lives.sources[lives.source[i]],
            calendar_date(lives.arrived[i]).isoformat(),
            None if np.isnan(lives.won[i]) else calendar_date(int(lives.won[i])).isoformat(),
            None if np.isnan(found.amount[i]) else float(found.amount[i]),
        )
        for i, unit in enumerate(found.unit)
    }


def test_accounts_have_the_source_of_their_first_lead_and_their_first_win() -> None:
    found = known_lives(past(example()), "account", "new_business", Config())
    assert rows(found) == {
        "A1": ("search", "2025-01-10", None, None),
        "A2": ("partner", "2025-03-01", None, None),
        "A3": ("search", "2025-05-05", "2026-03-01", 20_000.0),
        "A4": ("not known", "2025-02-02", "2026-02-28", 7_000.0),
        "A5": ("search", "2026-03-01", None, None),
    }
    assert found.by_unit["A6"] == "not known"  # it has no day, so nobody knows when it came
    assert found.column == "the source of the first lead"
    assert calendar_date(found.since).isoformat() == "2026-01-09"  # the first deal that was closed


def test_leads_are_companies_that_came_with_their_first_lead() -> None:
    found = known_lives(past(example()), "lead", "new_business", Config())
    assert rows(found) == {
        "A1": ("search", "2025-06-01", None, None),
        "A2": ("partner", "2025-04-01", None, None),
        "A3": ("search", "2026-01-10", "2026-03-01", 20_000.0),
        "A5": ("search", "2026-02-15", None, None),
        "lead:L5": ("webinar", "2026-01-05", None, None),
    }


@pytest.mark.parametrize(
    ("column", "held_back", "source", "said"),
    [
        ("", (), "Software", "accounts.lead_channel, else the source of the first lead"),
        ("", ("Lead_Channel",), "search", "the source of the first lead"),
        ("industry", (), "Software", "accounts.industry, else the source of the first lead"),
        ("nothing_like_it", (), "search", "the source of the first lead"),
    ],
)
def test_a_column_of_accounts_says_the_source_unless_it_is_held_back(
    column: str, held_back: tuple[str, ...], source: str, said: str
) -> None:
    tables = example()
    assert tables.accounts is not None
    named = Tables(
        opportunities=tables.opportunities,
        accounts=tables.accounts.mutate(lead_channel=tables.accounts.industry),
        leads=tables.leads,
    )
    config = Config(plan=Planning(source=column))
    found = known_lives(past(named), "account", "new_business", config, held_back=held_back)
    assert (rows(found)["A1"][0], found.column) == (source, said)
    assert found.by_unit["A6"] == "not known"


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_small_sources_are_one(entity: Entity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEWEST", 3)
    found = known_lives(past(example()), entity, "new_business", Config())
    assert found.lives.sources == ("search", "others")
    assert "partner" in found.small


def test_what_one_cost_is_its_spend_over_those_who_came_in_these_months() -> None:
    months = {"web": ["2026-01-01", "2026-02-01", "2026-03-01"], "event": ["2026-01-01"], "fair": ["2024-01-01"]}
    months |= {"stand": ["2025-06-01"], "old": ["2024-06-01"]}
    spend = [
        {"source": source, "campaign": None, "month": datetime.fromisoformat(month), "cost": 100.0}
        for source, of in months.items()
        for month in of
    ]
    days = [date(2026, 1, 5), date(2026, 1, 31), date(2026, 2, 3), date(2026, 3, 1), date(2025, 12, 31)]
    # What is paid once a year is paid for all who come from then on.
    days += [date(2025, 5, 31), date(2025, 6, 1), date(2026, 2, 28), date(2025, 7, 1)]
    arrived = np.array([day_number(day) for day in days])
    nothing, source = np.full(9, np.nan), np.array([0, 0, 0, 0, 0, 3, 3, 3, 4])
    lives = Lives(("web", "event", "fair", "stand", "old"), source, arrived, nothing, nothing)
    tables = Tables(opportunities=example().opportunities, spend=ibis.memtable(spend))
    found = costs(past(tables, date(2026, 3, 1)), lives)
    # March is not over; nobody came from two of the others, and one cost nothing in the last year.
    assert found == {"web": pytest.approx(200 / 3), "stand": pytest.approx(100 / 2)}
    assert costs(past(example(), calendar_date(AS_OF)), lives) == {}
