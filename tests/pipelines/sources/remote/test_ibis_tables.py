"""A database that Ibis reads: what its tables are in DuckDB, and what is said where it cannot be read."""

import datetime as dt
from pathlib import Path

import ibis
import pytest

from pipelines.errors import BadInput, UsageError
from pipelines.sources.duckdb import connect
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.ibis_tables import IbisTables, backends


@pytest.fixture
def there(tmp_path: Path) -> IbisTables:
    """SQLite stands for the others: Ibis reads it as it reads them."""
    connection = ibis.sqlite.connect(tmp_path / "there.db")
    connection.raw_sql("CREATE TABLE Deals (Id text, n integer, at timestamp, amount real, x blob)")
    connection.raw_sql(
        "INSERT INTO Deals VALUES ('D1', 7, '2025-01-01 10:00:00', 1.5, NULL), ('D2', NULL, NULL, NULL, NULL)"
    )
    connection.raw_sql("CREATE VIEW broken AS SELECT Id FROM Deals")
    return IbisTables(connection, "there")


def test_a_table_is_copied_with_its_types(there: IbisTables) -> None:
    table = next(table for table in there.tables(()) if table.name == "Deals")
    assert [(column.name, column.kind) for column in table.columns] == [
        ("Id", "VARCHAR"),
        ("n", "BIGINT"),
        ("at", "TIMESTAMP"),
        ("amount", "DOUBLE"),
        ("x", "VARCHAR"),
    ]
    con = connect().con
    there.copy(con, table, {f"{i}:{column.name}": column for i, column in enumerate(table.columns[:4])}, "copied")
    assert con.execute("FROM copied ORDER BY 1").fetchall() == [
        ("D1", 7, dt.datetime(2025, 1, 1, 10), 1.5),
        ("D2", None, None, None),
    ]
    assert [row[0] for row in con.execute("DESCRIBE copied").fetchall()] == ["0:Id", "1:n", "2:at", "3:amount"]


def test_what_cannot_be_read_is_named(there: IbisTables) -> None:
    tables = {table.name: table for table in there.tables(())}
    there._connection.raw_sql("ALTER TABLE Deals RENAME COLUMN Id TO Number")
    with pytest.raises(BadInput, match="Deals of there cannot be read: "):
        there.copy(connect().con, tables["Deals"], {"Id": tables["Deals"].columns[0]}, "copied")
    there._connection.raw_sql("DROP VIEW broken")
    there._connection.raw_sql("DROP TABLE Deals")
    with pytest.raises(BadInput, match="there has no table here: name the schema"):
        there.tables(())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://h/db", "mysql://h/db needs packages that are not installed: pip install 'ibis-framework[mysql]'"),
        ("clickhouse://h/db", "pip install 'ibis-framework[clickhouse]'"),
        ("ftp://h/db", "ftp://h/db is no address that closedwon reads: give postgresql://user@host/database, or"),
        ("duckdb://h", "is no address that closedwon reads"),
    ],
)
def test_what_is_not_installed_or_not_known(url: str, said: str) -> None:
    assert {"mysql", "snowflake", "bigquery"} <= set(backends())
    with pytest.raises(UsageError) as raised:
        IbisTables.at(Address(url, url))
    assert said in str(raised.value)
