"""Parquet files: names that the engine uses itself, text that is not marked as text, parts that differ."""

import datetime
import decimal
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rejected, rows

TAKEN = ("file_row_number", "file_index", "filename", "rowid", "raw_accounts", "rule", "unit", "as_of", "day", "order")
OURS = ("__row", "__rule", "__domain", "__known", "__owner", "domain__as_exported")


def write(folder, table, *names, **columns):
    for name in names or (f"{table}.parquet",):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), folder / name)


@pytest.mark.parametrize("where", ["Parquet", "CSV", "parts", "DuckDB", "SQLite"])
def test_a_column_may_have_any_name(tmp_path, where):
    folder = export(tmp_path / "crm", accounts=None)
    names = ["account_id", "Created At", *TAKEN, *OURS]
    lines = [["A1", "2026-01-05", *(name[:2] for name in (*TAKEN, *OURS))], ["A1", *["x"] * (len(names) - 1)]]
    lines.append(["A2", "2026-01-06", *(name[-2:] for name in (*TAKEN, *OURS))])
    columns = {name: [line[i] for line in lines] for i, name in enumerate(names)}
    data = folder
    if where == "Parquet":
        write(folder, "accounts", **columns)
    elif where == "parts":
        write(folder, "accounts", "accounts/a.parquet", **{name: cells[:2] for name, cells in columns.items()})
        write(folder, "accounts", "accounts/b.parquet", **{name: cells[2:] for name, cells in columns.items()})
    elif where == "CSV":
        (folder / "accounts.csv").write_text("\n".join(",".join(line) for line in [names, *lines]))
    else:
        data = tmp_path / "crm.db"
        if where == "DuckDB":
            with duckdb.connect(str(data)) as database:
                frame = pa.table(columns)
                database.execute("CREATE TABLE accounts AS FROM frame")
                for table in ("leads", "opportunities"):
                    database.execute(f"CREATE TABLE {table} AS FROM '{folder}/{table}.csv'")
                del frame
        else:
            import csv
            import sqlite3

            database = sqlite3.connect(str(data))
            for table in ("leads", "opportunities"):
                with (folder / f"{table}.csv").open() as file:
                    header, *cells = csv.reader(file)
                database.execute(f"CREATE TABLE {table} ({', '.join(header)})")
                database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(header))})", cells)
            quoted = ", ".join(f'"{name}"' for name in names)
            database.execute(f"CREATE TABLE accounts ({quoted})")
            database.executemany(f"INSERT INTO accounts VALUES ({', '.join('?' * len(names))})", lines)
            database.commit()
            database.close()
    intake = read(data)
    assert rows(intake.tables.accounts, "account_id", *TAKEN) == [
        ("A1", *(name[:2] for name in TAKEN)),
        ("A2", *(name[-2:] for name in TAKEN)),
    ]
    assert not {*OURS} & {*intake.tables.accounts.columns}
    for name in OURS:
        assert sum(f"accounts: the column {name} is left out" in note for note in intake.notes) == 1
    assert rejected(intake, tmp_path, "accounts", "account_id") == {"A1": "unparsable_created_at"}


@pytest.mark.parametrize("where", ["load_date=2026-06-01", "status=won/industry=Retail"])
def test_the_names_of_folders_are_no_columns(tmp_path, where):
    (tmp_path / where).mkdir(parents=True)
    folder = export(tmp_path / where, accounts=None, opportunities=None)
    write(folder, "accounts", account_id=["A1", "A2"], industry=["Software", None])
    deals = {"opportunity_id": ["O1", "O2"], "account_id": ["A1", "A2"], "status": ["open", "lost"]}
    deals |= {name: [datetime.date(2026, 2, day) for day in (1, 2)] for name in ("created_at", "closed_at")}
    write(folder, "opportunities", **deals)
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id", "industry") == [("A1", "Software"), ("A2", None)]
    assert intake.tables.accounts.columns == ("account_id", "domain", "created_at", "industry")
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [("O1", "open"), ("O2", "lost")]


def test_text_in_binary_columns(tmp_path):
    folder = export(tmp_path, accounts=None)
    columns = {"account_id": [b"A1", b"A2"], "Größe": ["groß".encode(), None], "logo": [b"\x89PNG\xff", b"ok"]}
    write(folder, "accounts", **columns)
    visits = {"account_id": [b"A1", b"A2"], "activity_type": [b"visit", b"demo"], "direction": [b"", b"Outbound"]}
    visits["occurred_at"] = pa.array([datetime.datetime(2026, 3, 1)] * 2)
    write(folder, "activities", "activities/a.parquet", **visits)
    write(folder, "activities", "activities/b.parquet", **visits | {"direction": ["inbound", None]})
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id", "größe") == [("A1", "groß"), ("A2", None)]
    assert "accounts: ignored columns with nested or binary values: logo" in intake.notes
    assert rows(intake.tables.activities, "activity_type", "direction") == [
        ("demo", "inbound"),
        ("demo", "outbound"),
        ("visit", "inbound"),
        ("visit", "inbound"),
    ]


def test_columns_that_differ_by_case_only(tmp_path):
    folder = export(tmp_path, accounts=None)
    write(folder, "accounts", account_id=["A1", "A2"], Size=["5", "6"], size=["7", "8"])
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id", "size") == [("A1", 5.0), ("A2", 6.0)] or rows(
        intake.tables.accounts, "account_id", "size"
    ) == [("A1", "5"), ("A2", "6")]
    assert "accounts: the column 'size' is there twice; the second is ignored" in intake.notes
    write(folder, "accounts", account_id=["A1", "A2"], ACCOUNT_ID=["A3", "A4"])
    with pytest.raises(BadInput, match=r"accounts\.parquet has the column account_id twice"):
        read(folder)


def test_parts_with_other_columns_order_and_types(tmp_path):
    folder = export(tmp_path, accounts=None)
    write(
        folder, "accounts", "accounts_1.parquet", **{"Account ID": [1.0, 2.0], "size": [1, 2], "since": ["2020", "x"]}
    )
    write(folder, "accounts", "accounts_2.parquet", account_id=["A3"], tier=["gold"], size=[2.5])
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id", "size", "tier") == [
        ("1", 1.0, None),
        ("2", 2.0, None),
        ("A3", 2.5, "gold"),
    ]
    assert "accounts: accounts_2.parquet lacks columns of the other parts: since" in intake.notes
    write(folder, "accounts", "accounts_2.parquet", account_id=["A3"], size=[["a", "b"]])
    with pytest.raises(BadInput, match="the parts of the table accounts do not go together"):
        read(folder)


def test_types_that_exports_rarely_have(tmp_path):
    folder = export(tmp_path, accounts=None)
    table = pa.table(
        {
            "account_id": pa.array([7, 8], pa.uint64()),
            "created_at": pa.array([datetime.datetime(2026, 1, 5, 8), None], pa.timestamp("ns")),
            "tier": pa.array(["a", None]).dictionary_encode(),
            "money": pa.array([decimal.Decimal("1.50"), None], pa.decimal256(40, 2)),
            "half": pa.array([1.5, None], pa.float32()),
            "clock": pa.array([datetime.time(8, 30), None]),
            "key": pa.array([uuid.UUID(int=5).bytes, None], pa.uuid()),
            "tags": pa.array([["x"], None]),
            "nothing": pa.nulls(2),
        }
    )
    pq.write_table(table, folder / "accounts.parquet", use_deprecated_int96_timestamps=True)
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id", "created_at", "tier", "half") == [
        ("7", datetime.datetime(2026, 1, 5, 8), "a", 1.5),
        ("8", None, None, None),
    ]
    assert "accounts: ignored columns with nested or binary values: tags" in intake.notes
