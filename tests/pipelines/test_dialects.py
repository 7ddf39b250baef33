"""What is written for warehouses that are not run here: each expression of a night becomes a statement of theirs."""

from typing import Any

import ibis
import pytest

from pipelines.scored import card_features
from pipelines.view import Past
from scoring.contracts.crm import CONTRACTS
from scoring.features.build import build, snapshots
from scoring.priority import prioritised
from scoring.reasons import explained
from scoring.scorecard import scored
from scoring.tables import Tables
from scoring.timeline import Grid, calendar_date
from tests.pipelines.conftest import Trained

DAY = 20_451
ATTRIBUTES = {"industry": "string", "country": "string", "employees": "float64", "uses_data_warehouse": "boolean"}


@pytest.mark.parametrize("entity", ["account", "lead"])
@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_a_night_compiles(dialect: str, entity: str, trained: Trained):
    card = trained.card(entity)
    # Tables without an engine: nothing is run, and nothing is looked at.
    unbound = {c.table: _unbound(c) for c in CONTRACTS}
    seen = _Written(None, calendar_date(DAY), Tables(**unbound, known_before=DAY), dialect, [])
    features, market, _ = card_features(card, seen)
    grid = Grid((DAY,))
    frame = seen.keep(build(features, market, seen.keep(snapshots(market.own, grid)), grid))
    told = explained(card, scored(card, frame, seen.keep), as_of=DAY, since=DAY - 7, keep=seen.keep)
    stamp = ibis.timestamp("2025-12-29 02:00:00")
    seen.keep(prioritised(told, card["entity"], as_of=DAY, scored_at=stamp, model_version="1"))
    assert len(seen.statements) > 12
    assert all(text.lstrip().startswith(("SELECT", "WITH")) for text in seen.statements)


def _unbound(contract: Any) -> ibis.Table:
    columns: dict[str, Any] = {name: field.dtype for name, field in contract.fields.items()}
    return ibis.table(columns | (ATTRIBUTES if contract.attributes else {}), name=contract.table)


class _Written(Past):
    """A past whose kept tables are names alone, each with the statement that would make it."""

    def __init__(self, connection: Any, as_of: Any, tables: Tables, dialect: str, statements: list[str]) -> None:
        super().__init__(connection, as_of, tables)
        object.__setattr__(self, "dialect", dialect)
        object.__setattr__(self, "statements", statements)

    statements: list[str]
    dialect: str

    def keep(self, table: ibis.Table) -> ibis.Table:
        self.statements.append(str(ibis.to_sql(table, dialect=self.dialect)))
        return ibis.table(table.schema(), name=f"kept_{len(self.statements)}")
