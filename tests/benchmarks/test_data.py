"""The market on disk is the simulator's, and an export of a day holds what was known before it."""

from datetime import date
from io import StringIO
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from benchmarks.speed.data import AS_OF, NEXT, SEED, WEEKS, Data, cut, cut_offs
from scoring.simulator import simulate

DAY = date(2026, 6, 1)
#: A market in which something happened on 31 May, on 1 June, and earlier but known on 1 June.
MARKET = {
    "accounts": "account_id,created_at,onboarding_tier,employees\nA1,2026-05-01,gold,90\nA2,2026-06-01,,5",
    "hidden": "account_id,onboarded_at,enriched_at\nA1,2026-06-01,2026-05-31 23:59:59\nA2,,2026-06-01 00:00:00",
    "leads": "lead_id,created_at\nL1,2026-05-31 23:59:59\nL2,2026-06-01 00:00:00",
    "activities": "activity_id,occurred_at,known_at\n"
    "T1,2026-05-30,2026-06-01\nT2,2026-05-31,2026-05-31\nT3,2026-06-01,2026-06-01",
    "opportunities": "opportunity_id,known_at,closed_at,status,amount\n"
    "D1,2026-05-02,2026-05-31,won,10\nD2,2026-05-02,2026-06-01,won,20\nD3,2026-06-01,,open,",
    "account_history": "account_id,known_at,employees\nA1,2026-06-01,90",
    "contact_roles": "opportunity_id,lead_id\nD1,L1\nD3,L1",
    "opportunity_history": "opportunity_id,changed_at\nD2,2026-05-02\nD2,2026-06-01\nD3,2026-06-01",
    "spend": "month,cost\n2026-05-01,1\n2026-06-01,1",
}


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"FROM '{folder / table}.parquet'").fetchall()


def test_an_export_holds_what_was_known_before_the_day(tmp_path: Path) -> None:
    (tmp_path / "market").mkdir()
    for name, text in MARKET.items():
        table = pd.read_csv(StringIO(text))
        moments = {column: "datetime64[us]" for column in table if column == "month" or column.endswith("_at")}
        table.astype(moments).to_parquet(tmp_path / "market" / f"{name}.parquet")
    counts = cut(tmp_path / "market", DAY, tmp_path / "export")
    assert counts == {
        **{"accounts": 1, "leads": 1, "activities": 1, "opportunities": 2, "account_history": 0},
        **{"contact_roles": 1, "opportunity_history": 1, "spend": 1},
    }
    export = tmp_path / "export"
    assert [(row[0], *row[2:]) for row in rows(export, "accounts")] == [("A1", None, 90.0)]
    assert [row[0] for row in rows(export, "activities")] == ["T2"]
    assert [(row[0], row[2] is None, row[3], row[4]) for row in rows(export, "opportunities")] == [
        ("D1", False, "won", 10.0),
        ("D2", True, "open", None),
    ]
    # T1 happened two days before and is in the next day's export only.
    assert cut(tmp_path / "market", date(2026, 6, 2), tmp_path / "next")["activities"] == 3
    assert not (export / "hidden.parquet").exists()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Data:
    data = Data(150, tmp_path_factory.mktemp("speed"))
    data.make()
    return data


@pytest.mark.parametrize("day", [AS_OF, NEXT])
def test_an_export_is_what_the_simulator_exports(market: Data, day: date) -> None:
    expected = simulate(150, weeks=WEEKS, seed=SEED).export(day)
    assert market.rows(day) == {name: len(table) for name, table in expected.items()}
    for name, table in expected.items():
        by = list(table.columns)
        table_read = pd.read_parquet(market.export(day) / f"{name}.parquet")[by].sort_values(by, ignore_index=True)
        pd.testing.assert_frame_equal(table_read, table.sort_values(by, ignore_index=True), check_dtype=False)


def test_activities_are_sorted_by_time_and_existing_files_are_used_again(market: Data) -> None:
    moments = [row[4] for row in rows(market.export(AS_OF), "activities")]
    assert len(moments) > 5_000
    assert moments == sorted(moments)
    before = (market.market / "activities.parquet").stat().st_mtime_ns
    market.make()
    assert market.complete
    assert (market.market / "activities.parquet").stat().st_mtime_ns == before
    assert not (market.market / "parts").exists()


def test_the_cut_offs_end_at_the_first_night() -> None:
    assert cut_offs(3) == [date(2026, 4, 2), date(2026, 5, 2), date(2026, 6, 1)]
