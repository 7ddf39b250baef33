"""`closedwon retention` and `sources` as a user runs them, with enough customers that left to learn from."""

import json
from pathlib import Path

import pandas as pd
import pytest

from pipelines.demo import write_crm
from scoring.simulator.customers import simulated_customers
from tests.pipelines.conftest import QUICKEST, Run
from tests.pipelines.small_crm import AS_OF, simulated

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, market = tmp_path_factory.mktemp("crm"), simulated(2_000)
    write_crm(market.export(AS_OF), folder)
    simulated_customers(market, 3).table(pd.Timestamp(AS_OF)).to_csv(folder / "customers.csv", index=False)
    # Filled because a customer left: nothing to learn from.
    table = pd.read_csv(folder / "customers.csv")
    accounts = pd.read_csv(folder / "accounts.csv")
    left = accounts["account_id"].isin(table.loc[table["until"].notna(), "account_id"])
    accounts["exit_talk"] = left.map({True: "held", False: None})
    accounts.to_csv(folder / "accounts.csv", index=False)
    (folder.parent / "closedwon.toml").write_text(QUICKEST + "min_wins = 5\n", encoding="utf-8")
    return folder


def test_customers_are_ranked_with_reasons_and_add_up(closedwon: Run, crm: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "tables", tmp_path / "retention.json"
    config = crm.parent / "closedwon.toml"
    words = ("--data", crm, "--as-of", AS_OF, "--config", config)
    ended = closedwon("retention", *words, "--by", "source", "--json", file, "--out", out)
    assert ended.code == 0, ended.err
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["model"]["left"] >= 25
    assert any("exit_talk" in note for note in content["notes"])
    table = pd.read_parquet(out / "customers.parquet")
    assert len(table) == content["all"]["customers"] == sum(one["customers"] for one in content["by"].values())
    expected = content["all"]["leaving"]["expected"]
    assert table["leave_probability"].sum() == pytest.approx(expected, rel=1e-6)
    assert sum(one["leaving"]["expected"] for one in content["by"].values()) == pytest.approx(expected, rel=1e-6)
    assert table["leave_probability"].is_monotonic_decreasing
    assert table["expected_years"].between(0, 5).all()
    assert ((table["reason_1"] != "") | (table["concern_1"] != "")).any()
    assert (
        not table.filter(like="reason").astype(str).apply(lambda column: column.str.contains("exit_talk")).any().any()
    )
    low, high = content["all"]["leaving"]["interval_80"]
    assert low < expected < high
    assert "Likeliest to leave within a year" in ended.out
