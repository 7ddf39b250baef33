"""The files and databases an export comes in."""

import datetime
import gzip
import sqlite3

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.config import Config
from pipelines.errors import BadInput, UsageError
from pipelines.intake.intake import Count
from pipelines.validation.rejects import write_all_rejects
from tests.pipelines.crm_export import ACCOUNTS, export, read, rejected, rows

DIALECTS = {
    "semicolons, BOM, CRLF": '\ufeffAccount ID ;DOMAIN;Note\r\nA1;acme.com;"one; ""two""\nthree"\r\nA2;;\r\n',
    "tabs": 'account_id\tdomain\tnote\nA1\tacme.com\t"one; ""two""\nthree"\nA2\t\t',
    "two ways to end a line": 'account_id,domain,note\nA1,acme.com,"one; ""two""\nthree"\nA2,,\r\n',
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_dialects_of_csv(tmp_path, text):
    intake = read(export(tmp_path, accounts=text), Config())
    assert rows(intake.tables.accounts, "account_id", "note") == [("A1", 'one; "two" three'), ("A2", None)]
    assert intake.tables.accounts.columns == ("account_id", "domain", "created_at", "note")


def test_torn_rows_are_set_aside(tmp_path):
    accounts = 'account_id,domain\nA1,acmé.com\nA2\nA3,a.com,b.com\n"A4"x,a.com\nA5,\udcff\nA2,beta.io\n'
    accounts = accounts.encode(errors="surrogateescape")
    intake = read(export(tmp_path, accounts=accounts))
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A2"]
    assert intake.counts["accounts"] == Count(read=6, accepted=2, rejected=4)
    assert [(r.rule, r.count, r.example) for r in intake.rejects] == [
        ("torn_row", 4, "row 3 of the file: missing columns")
    ]
    write_all_rejects(tmp_path / "rejects", intake.rejected_rows)
    (path,) = (tmp_path / "rejects").iterdir()
    assert path.read_text().splitlines() == [
        "rule",
        "torn_row: row 3 of the file: missing columns",
        "torn_row: row 4 of the file: too many columns",
        "torn_row: row 5 of the file: unquoted value",
        "torn_row: row 6 of the file: invalid encoding",
    ]


def test_an_open_quote_counts_every_row_it_swallows(tmp_path):
    good = "".join(f"A{i},a.com\n" for i in range(1000))
    accounts = "account_id,domain\nA1,acme.com\nA2,beta.io\n" + '"B,a.com\n' + good.replace("A", "C")
    with pytest.raises(BadInput, match=r"accounts\.csv cannot be read from row 4 on: a quote is opened"):
        read(export(tmp_path, accounts=accounts), Config())
    short = "account_id,domain\nA1,acme.com\nA2,beta.io\n" + '"B,a.com\nC,a.com\nD,a.com\n'
    intake = read(export(tmp_path, accounts=short))
    assert intake.counts["accounts"] == Count(read=5, accepted=2, rejected=3)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"opportunities": None}, "the table opportunities is missing: .* has accounts, leads"),
        (
            {"accounts": None, "leads": None},
            "neither the table accounts nor the table leads is there: .* has opportunities",
        ),
        (
            {"opportunities": "id;account_id;created_at;status\nO1;A1;2026-01-01;open\n"},
            r"opportunities \(opportunities.csv\) lacks the column opportunity_id; it has id, account_id",
        ),
        ({"accounts": "account_id\n", "leads": "lead_id\n"}, "the table accounts and leads has no rows"),
        ({"accounts": ""}, "accounts.csv is empty: its first line must name the columns"),
        ({"accounts": b"account_id,\x81\n"}, "accounts.csv is neither UTF-8 nor UTF-16 nor Windows-1252"),
        (
            {"accounts": "account_id,Account ID\nA1,A1\n"},
            "accounts.csv has the column account_id twice",
        ),
    ],
)
def test_what_stops_the_run(tmp_path, tables, message):
    with pytest.raises(BadInput, match=message):
        read(export(tmp_path, **tables))


def test_files_that_cannot_be_read(tmp_path):
    folder = export(tmp_path / "crm", accounts=None)
    table = pa.table({"account_id": [f"A{i}" for i in range(10_000)]})
    pq.write_table(table, folder / "accounts.parquet")
    content = (folder / "accounts.parquet").read_bytes()
    (folder / "accounts.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInput, match=r"accounts\.parquet cannot be read"):
        read(folder)
    (folder / "accounts.parquet").unlink()
    packed = gzip.compress("\n".join(["account_id,domain", *(f"A{i * i},{i}" for i in range(90_000))]).encode())
    (folder / "accounts.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(BadInput, match=r"accounts\.csv\.gz cannot be read"):
        read(folder)
    (folder / "accounts.csv").write_text(ACCOUNTS)
    with pytest.raises(BadInput, match=r"accounts is there twice: accounts\.csv and accounts\.csv\.gz"):
        read(folder)
    with pytest.raises(UsageError, match="does not exist"):
        read(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(BadInput, match=r"notes.txt is neither a folder nor a DuckDB or SQLite database"):
        read(tmp_path / "notes.txt")


def test_types_of_a_parquet_file(tmp_path):
    moment = datetime.datetime(2026, 3, 1, 8)  # UTC, which is what Arrow takes a naive time for
    folder = export(tmp_path, accounts=None, leads=None, opportunities=None)
    accounts = pa.table(
        {
            "account_id": pa.array([1.0, 2.0]),  # pandas, after a gap
            "Created At": pa.array([moment, None], pa.timestamp("ns", "Europe/Berlin")),
            "employees": pa.array([5, None], pa.int32()),
            "revenue": pa.array([1.5, float("nan")]),
            "tier": pa.array(["a", None]).dictionary_encode(),
            "code": pa.array(["1", "2"]),
            "partner": pa.array([True, None]),
            "tags": pa.array([["x"], []]),
        }
    )
    pq.write_table(accounts, folder / "accounts.parquet")
    deals = {"opportunity_id": [7, 8], "account_id": [1, 2], "created_at": [datetime.date(2026, 3, 2)] * 2}
    deals |= {
        "status": pa.array(["open", "open"]).dictionary_encode(),
        "amount": pa.array([1, None], pa.decimal128(9, 2)),
    }
    pq.write_table(pa.table(deals), folder / "opportunities.parquet")
    activities = {"account_id": [1, 1, 9], "activity_type": ["visit", "visit", "visit"]}
    activities |= {"occurred_at": pa.array([moment] * 3, pa.timestamp("us", "UTC"))}
    pq.write_table(pa.table(activities), folder / "activities.parquet")
    intake = read(folder)
    named = ("account_id", "created_at", "employees", "revenue", "tier", "code", "partner")
    assert rows(intake.tables.accounts, *named) == [
        ("1", datetime.datetime(2026, 3, 1, 8), 5.0, 1.5, "a", 1.0, True),
        ("2", None, None, None, None, 2.0, None),
    ]
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id", "amount", "created_at") == [
        ("7", "1", 1.0, datetime.datetime(2026, 3, 2)),
        ("8", "2", None, datetime.datetime(2026, 3, 2)),
    ]
    assert rows(intake.tables.activities, "account_id", "occurred_at") == [("1", datetime.datetime(2026, 3, 1, 8))] * 2
    assert rejected(intake, tmp_path, "activities", "account_id") == {"9": "unknown_account"}
    assert "accounts: ignored columns with nested or binary values: tags" in intake.notes
    assert set(intake.digests) == {"accounts.parquet", "opportunities.parquet", "activities.parquet"}


@pytest.mark.parametrize("engine", [duckdb, sqlite3])
def test_a_database_holds_the_tables(tmp_path, engine):
    path = tmp_path / "crm.db"
    database = engine.connect(str(path))
    database.execute("CREATE TABLE Accounts (account_id INTEGER, employees INTEGER)")
    database.execute("INSERT INTO Accounts VALUES (1, 5), (2, NULL)")
    database.execute("CREATE TABLE deals (id TEXT, account_id INTEGER, created_at TEXT, status TEXT)")
    database.execute("INSERT INTO deals VALUES ('O1', 1, '2026-02-01', 'Won'), ('O2', 2, '2026-02-01', 'open')")
    database.execute(
        "CREATE VIEW opportunities AS SELECT id AS opportunity_id, account_id, created_at, status FROM deals"
    )
    database.commit()
    database.close()
    intake = read(path, workspace=tmp_path / "work")
    assert rows(intake.tables.accounts, "account_id", "employees") == [("1", 5.0), ("2", None)]
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id") == [("O2", "2")]
    assert [(r.rule, r.count) for r in intake.rejects] == [("closed_without_date", 1)]
    assert list(intake.digests) == ["crm.db"]
    assert [note for note in intake.notes if "deals" in note] == [
        "crm.db: deals is not read: no table has this name; if it is the table opportunities, make a view of that name"
    ]
