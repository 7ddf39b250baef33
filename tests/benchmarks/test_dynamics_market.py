"""A simulated market as a user of Dynamics 365 exports it: the same deals, people and accounts come out."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.raw_markets import dynamics
from pipelines.config_file import read_config
from pipelines.intake.point_in_time import read_export
from pipelines.sources.raw.init import init
from scoring.simulator import simulate


def silent(_: str) -> None:
    """Say nothing."""


@pytest.mark.slow
def test_the_views_of_a_market_give_its_deals_people_and_accounts(tmp_path: Path) -> None:
    market = simulate(accounts=200, seed=3)
    tables = market.export(market.as_of)
    dynamics.write(tables, tmp_path / "Export")
    init(tmp_path / "Export", tmp_path / "out", say=silent)
    config = read_config(tmp_path / "out" / "closedwon.toml")
    export = read_export(tmp_path / "out" / "crm.sql", config, market.as_of.date(), silent)

    def numbers(ids: pd.Series) -> list[str]:
        return sorted(ids.str[-7:])

    deals = export.tables.opportunities.to_pandas()
    won = deals[deals["status"].eq("won")]
    truth = tables["opportunities"]
    assert numbers(won["opportunity_id"]) == numbers(truth.loc[truth["status"].eq("won"), "opportunity_id"])
    assert numbers(won["account_id"]) == numbers(truth.loc[truth["status"].eq("won"), "account_id"])
    people = export.tables.leads.to_pandas()
    assert len(people) == len(tables["leads"])
    accounts = export.tables.accounts.to_pandas()
    assert len(accounts) == len(tables["accounts"])  # 25 duplicates were merged into others
    assert "firmenname" not in accounts
    steps = export.tables.opportunity_history.to_pandas()
    assert set(steps["opportunity_id"].str[-7:]) == set(tables["opportunity_history"]["opportunity_id"].str[-7:])
