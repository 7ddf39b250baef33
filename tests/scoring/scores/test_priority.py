"""The order of work: by expected revenue, ties by probability and then by id, the columns as published."""

from datetime import date, datetime
from typing import Any

import ibis
import pytest

from scoring.buying_groups.group_expressions import COLUMNS as GROUP
from scoring.contracts.scores import score_columns
from scoring.entity import Entity
from scoring.scores.priority import SCORE_COLUMNS, id_columns
from scoring.scores.priority_expressions import prioritised
from scoring.timeline import day_number

# unit, expected revenue, win probability -> rank
ORDER = [
    ("b", 300.0, 0.1, 3),
    ("a", 300.0, 0.1, 2),  # as much and as likely: the smaller id first
    ("c", 300.0, 0.3, 1),  # as much, and likelier
    ("10", 200.0, 0.2, 4),
    ("9", 200.0, 0.2, 5),  # ids are text: "10" stands before "9"
    ("d", 0.0, 0.0, 6),
]


def ranked(entity: Entity, rows: list[tuple[Any, ...]]) -> ibis.Table:
    columns = dict(zip(("unit", "expected_revenue", "win_probability", "wanted"), zip(*rows, strict=True), strict=True))
    scores = ibis.memtable({name: list(column) for name, column in columns.items()})
    scores = scores.mutate(
        account_id=ibis.literal("x") + scores.unit,
        expected_amount=ibis.literal(1000.0),
        grade=ibis.literal("B"),
        **{
            name: ibis.literal(0.0)
            for name in ("log_odds", "fit_log_odds", "intent_log_odds", "fit_score", "intent_score")
        },
        **{name: ibis.literal("") for name in ("reason_1", "reason_2", "reason_3", "concern_1", "why_now", *GROUP)},
    )
    return prioritised(
        scores,
        entity,
        as_of=day_number(date(2026, 3, 1)),
        scored_at=ibis.timestamp("2026-03-01 02:30:00").cast("timestamp(6)"),
        model_version="4",
    )


@pytest.mark.parametrize("rows", [ORDER, ORDER[::-1]], ids=["as listed", "the other way round"])
def test_ties_go_by_probability_then_by_id(rows: list[tuple[Any, ...]]) -> None:
    found = ranked("account", rows).execute()
    assert found["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    assert dict(zip(found["account_id"], found["rank"], strict=True)) == {unit: rank for unit, _, _, rank in ORDER}


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_a_score_table_is_what_the_contract_says(entity: Entity) -> None:
    table = ranked(entity, ORDER)
    assert table.columns == (*id_columns(entity), *SCORE_COLUMNS)
    wanted = score_columns(entity)
    # What only the nights before can tell comes last, and later (`scoring.scores.changes.moved`).
    assert dict(table.schema().items()) == {name: wanted[name] for name in list(wanted)[:-2]}
    first = table.execute().iloc[0]
    assert first[f"{entity}_id"] == "c"
    assert first["as_of"] == datetime(2026, 3, 1)
    assert first["scored_at"] == datetime(2026, 3, 1, 2, 30)
    assert first["model_version"] == "4"


def test_a_lead_has_its_accounts_id_beside_its_own() -> None:
    found = ranked("lead", ORDER).execute()
    assert found["account_id"].tolist() == [f"x{lead}" for lead in found["lead_id"]]
