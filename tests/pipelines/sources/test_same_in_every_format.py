"""The same small CRM in every format: text says the same as types, whatever holds it."""

import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.intake.intake import read_tables
from tests.pipelines.sources.formats.workbooks import open_document, workbook

NOW = datetime.datetime(2026, 4, 1)
#: Of each attribute what stands in a cell of text, what a typed column holds, and what is read.
CELLS = {
    "employees": (["12", "250", "7"], [12, 250, 7], [12.0, 250.0, 7.0]),
    "score": (["1.5", "-3e2", ""], [1.5, -300.0, None], [1.5, -300.0, None]),
    "budget": (["€1,200.50", "€900.00", "€12,000.00"], [1200.5, 900.0, 12000.0], [1200.5, 900.0, 12000.0]),
    "growth": (["12 %", "7 %", ""], [12.0, 7.0, None], [12.0, 7.0, None]),
    "partner": (["Yes", "no", ""], [True, False, None], [True, False, None]),
    "zip": (["01234", "99999", "10115"], ["01234", "99999", "10115"], ["01234", "99999", "10115"]),
    "industry": ([" Retail", "n/a", "Media"], ["Retail", None, "Media"], ["Retail", None, "Media"]),
    "founded": (["1999-01-01", "2005-05-05", ""], [datetime.date(1999, 1, 1), datetime.date(2005, 5, 5), None], "date"),
}
ACCOUNTS = {"account_id": ["1001", "1002", "1003"], "created_at": ["2026-01-05", "2026-01-06 10:00:00", "2026-01-07"]}
DEALS = {
    "opportunity_id": ["1", "2", "3"],
    "account_id": ["1001", "1002", "1003"],
    "created_at": ["05.02.2026", "06.02.2026", "20.02.2026"],
    "closed_at": ["01.03.2026", "", "15.03.2026"],
    "status": ["Closed Won", "open", "Closed Lost"],
    "amount": ["$1,000.00", "$500.00", ""],
}


def _text() -> dict[str, pd.DataFrame]:
    accounts = ACCOUNTS | {name: text for name, (text, _, _) in CELLS.items()}
    return {"accounts": pd.DataFrame(accounts, dtype=str), "opportunities": pd.DataFrame(DEALS, dtype=str)}


def _typed() -> dict[str, pd.DataFrame]:
    accounts = {name: pd.Series(typed) for name, (_, typed, _) in CELLS.items()}
    times = pd.to_datetime(pd.Series(ACCOUNTS["created_at"]), format="ISO8601")
    deals = DEALS | {
        name: pd.to_datetime(pd.Series(DEALS[name]).replace("", None), format="%d.%m.%Y")
        for name in ("created_at", "closed_at")
    }
    deals |= {"amount": pd.Series([1000.0, 500.0, None]), "currency": ["$", "$", "$"]}
    return {
        "accounts": pd.DataFrame({"account_id": [1001, 1002, 1003], "created_at": times, **accounts}),
        "opportunities": pd.DataFrame(deals),
    }


def _csv(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def _parquet(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def _duckdb(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    with duckdb.connect(folder / "crm.duckdb") as con:
        for name, table in tables.items():
            con.register("shown", table)
            con.execute(f"CREATE TABLE {name} AS FROM shown")
    return folder / "crm.duckdb"


def _sqlite(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    with sqlite3.connect(folder / "crm.sqlite") as con:
        for name, table in tables.items():
            table.to_sql(name, con, index=False)
    con.close()
    return folder / "crm.sqlite"


def _sheets(tables: dict[str, pd.DataFrame]) -> dict[str, list[list[object]]]:
    cells = {name: table.astype(object).where(table.notna(), None) for name, table in tables.items()}
    return {name: [list(table.columns), *table.to_numpy().tolist()] for name, table in cells.items()}


def _excel(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    workbook(folder / "crm.xlsx", **_sheets(tables))
    return folder


def _ods(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    open_document(folder / "crm.ods", **_sheets(tables))
    return folder


@pytest.mark.parametrize(
    "written", [_csv, _parquet, _duckdb, _sqlite, _excel, _ods], ids=lambda write: write.__name__[1:]
)
@pytest.mark.parametrize("tables", [_text, _typed], ids=["text", "typed"])
def test_the_same_crm_is_read_alike(
    tmp_path: Path,
    tables: Callable[[], dict[str, pd.DataFrame]],
    written: Callable[[dict[str, pd.DataFrame], Path], Path],
) -> None:
    read = read_tables(written(tables(), tmp_path), Config(), now=NOW, with_pandera=False)
    accounts, deals = (_rows(table, key) for table, key in _keyed(read.tables.accounts, read.tables.opportunities))
    assert accounts["account_id"] == ["1001", "1002", "1003"]
    assert [str(moment)[:16] for moment in accounts["created_at"]] == [
        "2026-01-05 00:00",
        "2026-01-06 10:00",
        "2026-01-07 00:00",
    ]
    kept = {name: expected for name, (_, _, expected) in CELLS.items() if expected != "date"}
    assert {name: accounts[name] for name in kept} == kept
    assert not {"founded"} & set(accounts)
    assert deals["status"] == ["won", "open", "lost"]
    assert deals["amount"] == [1000.0, 500.0, None]
    assert [str(day)[:10] for day in deals["closed_at"]] == ["2026-03-01", "None", "2026-03-15"]
    assert read.rejects == ()


def _keyed(accounts: ibis.Table | None, deals: ibis.Table) -> list[tuple[ibis.Table, str]]:
    assert accounts is not None
    return [(accounts, "account_id"), (deals, "opportunity_id")]


def _rows(table: ibis.Table, key: str) -> dict[str, list[object]]:
    found: dict[str, list[object]] = table.order_by(key).to_pyarrow().to_pydict()
    return found
