"""What is written for warehouses that are not run here: each expression of a night becomes a statement of theirs."""

from dataclasses import fields

import ibis
import pytest

from pipelines.intake.point_in_time import PastTables, scorecard_features
from pipelines.serving.scoring_expressions import scored_rows
from pipelines.sources.duckdb import connect
from scoring.buying_groups.group_expressions import group_columns
from scoring.contracts.crm import CONTRACTS
from scoring.scores.priority_expressions import prioritised
from scoring.tables import Tables
from scoring.timeline import calendar_date
from tests.pipelines.conftest import TrainedStore

pytestmark = pytest.mark.slow

DAY = 20_451
ATTRIBUTES: dict[str, object] = {
    "industry": "string",
    "country": "string",
    "employees": "float64",
    "uses_data_warehouse": "boolean",
}


class Written(PastTables):
    """Tables of one lead at one account, and the statement of each table that was kept, in a dialect."""

    def __init__(self, dialect: str) -> None:
        connection = connect()
        made = {}
        later = {field.name for field in fields(Tables)}  # the rates of currencies are not read any more then
        for contract in (contract for contract in CONTRACTS if contract.table in later):
            columns = {name: field.dtype for name, field in contract.fields.items()}
            schema = ibis.schema(columns | (ATTRIBUTES if contract.attributes else {}))
            made[contract.table] = connection.create_table(contract.table, schema=schema)
        connection.con.execute("INSERT INTO accounts (account_id) VALUES ('A')")
        connection.con.execute("INSERT INTO leads (lead_id, account_id, title) VALUES ('L', 'A', 'CFO')")
        super().__init__(connection, calendar_date(DAY), Tables(**made, known_before=DAY))
        object.__setattr__(self, "dialect", dialect)
        object.__setattr__(self, "statements", [])

    dialect: str
    statements: list[str]

    def keep(self, table: ibis.Table) -> ibis.Table:
        self.statements.append(str(ibis.to_sql(table, dialect=self.dialect)))
        return super().keep(table)


@pytest.mark.parametrize("entity", ["account", "lead"])
@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_a_night_compiles(dialect: str, entity: str, trained: TrainedStore):
    scorecard, export = trained.scorecard(entity), Written(dialect)
    features, market, _ = scorecard_features(scorecard, export)
    rows, _ = scored_rows(scorecard, features, market, export, since=DAY - 7)
    stamp = ibis.timestamp("2025-12-29 02:00:00")
    accounts = market.own if entity == "account" else market.account
    assert scorecard.buying_group is not None
    rows = export.keep(group_columns(scorecard.buying_group, rows, accounts, DAY))
    table = export.keep(prioritised(rows, scorecard.entity, as_of=DAY, scored_at=stamp, model_version="1"))
    assert table.count().execute() == 1
    assert len(export.statements) > 12
    assert all(score_breakdown.startswith(("SELECT", "WITH")) for score_breakdown in export.statements)
