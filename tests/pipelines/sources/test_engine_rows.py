"""What is brought here from an engine: of DuckDB itself in these tests, a part of a table at a time."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Capacity, Config, DuckDbSettings
from pipelines.intake.engine_intake import brought_here
from pipelines.intake.intake import Count, Intake
from pipelines.intake.point_in_time import Export
from pipelines.sources import engine_rows
from pipelines.sources.duckdb import connect
from pipelines.sources.engine_rows import brought, share_within, telling_outcomes
from scoring.tables import Tables
from tests.scoring.example_market import CONNECTION, example

MARKET = example()


class DuckDb:
    """The connection of the example as an engine."""

    name = "another"
    connection = CONNECTION

    def open(self, data: str) -> dict[str, Any]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def rows(tables: Tables) -> dict[str, list[str]]:
    return {name: sorted(map(str, table.to_pyarrow().to_pylist())) for name, table in tables.present()}


def intake() -> Intake:
    counts = {"accounts": Count(6, 6, 0), "leads": Count(9, 8, 1), "activities": Count(16, 16, 0)}
    return Intake(MARKET, connect(), (), counts, {}, (), {})


@pytest.mark.parametrize(
    ("most", "counts", "share"),
    [
        (100, {}, 1.0),
        (100, {"accounts": 40, "leads": 60}, 1.0),
        (50, {"accounts": 40, "leads": 60}, 0.5),
        (1, {"accounts": 4, "activities": 1_000_000_000}, 1 / 1_000_000_004),
    ],
)
def test_the_share_is_of_all_rows(most: int, counts: dict[str, int], share: float) -> None:
    assert share_within(most, counts) == share


@pytest.mark.parametrize("at_once", [3, 1_000])
def test_the_same_rows_come_whatever_the_parts(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_rows, "AT_ONCE", at_once)
    counts = {name: len(found) for name, found in rows(MARKET).items()}
    here, total = brought(MARKET, counts, connect())
    assert rows(here) == rows(MARKET)
    assert total == sum(counts.values())
    assert {name: table.schema() for name, table in here.present()} == {n: t.schema() for n, t in MARKET.present()}


def test_outcomes_need_neither_activities_nor_attributes() -> None:
    found = telling_outcomes(MARKET)
    assert sorted(name for name, _ in found.present()) == [
        "accounts",
        "contact_roles",
        "leads",
        "opportunities",
        "opportunity_history",
    ]
    assert found.accounts is not None
    assert found.leads is not None
    assert found.accounts.columns == ("account_id", "domain", "created_at")
    assert found.leads.columns == ("lead_id", "account_id", "created_at", "title", "source", "campaign")


def test_what_comes_is_said_and_outcomes_come_of_all() -> None:
    said: list[str] = []
    few = replace(Config(), engine=DuckDbSettings(brought_rows=15))
    share = brought_here(DuckDb(), intake(), "to_learn", few, said.append).share
    assert share == 0.5
    assert brought_here(DuckDb(), intake(), "outcomes", few, said.append).share == 1.0
    assert brought_here(DuckDb(), intake(), "to_learn", Config(), said.append).share == 1.0
    assert said == [
        "  35 rows were brought here from another, those of 50.0% of the companies, drawn by their ids: "
        "all are 30, and brought_rows under [engine] is 15",
        "  30 rows were brought here from another",
        "  52 rows were brought here from another",
    ]


def test_a_share_of_the_companies_is_worked_by_a_share_of_the_team() -> None:
    config = Config(capacity=Capacity(share=0.1, accounts_per_week=40.0))
    export = Export(None, date(2026, 3, 1), MARKET, replace(intake(), share=0.25), Path())
    assert export.scaled(config).capacity == Capacity(share=0.1, accounts_per_week=10.0)
    assert replace(export, intake=intake()).scaled(config) == config
