"""A simulated market in HubSpot's layouts: `init` gives back its deals and its activities, none more and none less."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.raw_markets.writers import WRITERS
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init
from scoring.simulator import simulate

TYPES = {
    "newbusiness": "new_business", "existingbusiness": "expansion", "Neugeschäft": "new_business",
    "Bestandsgeschäft": "expansion", "renewal": "renewal",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["hubspot_fivetran", "hubspot_screen"])
def test_the_deals_come_back_as_they_were(layout: str, tmp_path: Path) -> None:
    market, writer = simulate(accounts=120, seed=7), WRITERS[layout]
    tables = market.export(market.as_of)
    assert writer.kept is not None
    writer.write(tables, tmp_path / "raw" / writer.path)
    init(tmp_path / "raw", tmp_path / "out", say=lambda _: None)
    found = open_sources(connect(), tmp_path / "out" / "crm.sql").tables
    deals = found["opportunities"].raw.to_pandas()
    if "is_deleted" in deals:
        assert int(deals["is_deleted"].eq("true").sum()) == 15  # won, and deleted: the intake leaves them out
        deals = deals[deals["is_deleted"].eq("false")]
    own = tables["opportunities"].assign(number=lambda rows: rows["opportunity_id"].str[-8:])
    both = own.merge(
        deals.assign(number=deals["opportunity_id"].str[-8:]), on="number", how="outer", suffixes=("", "_came")
    )
    assert len(both) == len(own) == len(deals)
    closed = both["status"].ne("open")
    apart = (both["closed_at"] - pd.to_datetime(both["closed_at_came"]))[closed].abs()
    assert {
        "status": both["status"].tolist() == both["status_came"].tolist(),
        "type": both["opportunity_type"].tolist() == both["opportunity_type_came"].map(TYPES).tolist(),
        "closed within a minute": bool(apart.lt(pd.Timedelta("1min")).all()),
    } == {"status": True, "type": True, "closed within a minute": True}
    other = both["account_id"].str[-7:].ne(both["account_id_came"].str[-7:])
    assert set(both.loc[other, "account_id_came"].fillna("none")) <= {"none"}  # two companies have one name
    touches = found["activities"].raw.to_pandas()
    machines = touches["filtered_event"].eq("true").sum() if "filtered_event" in touches else 0
    assert len(touches) - machines == len(writer.kept(tables)["activities"])
