"""A PostgreSQL database as a source: what its tables look like in DuckDB, who may read what, and what goes wrong."""

import datetime as dt
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pipelines.errors import BadInput, UsageError
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.remote.address import Address, source_at
from pipelines.sources.remote.postgresql_tables import PostgresqlTables
from pipelines.sources.remote.remote_source import open_database
from tests.pipelines.conftest import Run
from tests.pipelines.sources.remote.conftest import run

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def reader(server: str, schema: str = "") -> str:
    return server.rpartition("&user=")[0] + "&user=reader" + (f"&schema={quote(schema)}" if schema else "")


def at(text: str) -> Address:
    address = source_at(text)
    assert isinstance(address, Address)
    return address


def may_read(schema: str) -> str:
    name = '"' + schema.replace('"', '""') + '"'
    return f"GRANT USAGE ON SCHEMA {name} TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO reader"


def rows(server: str, schema: str, table: str = "accounts") -> list[dict[str, Any]]:
    found = open_sources(connect(), at(reader(server, schema))).tables[table]
    read: list[dict[str, Any]] = found.raw.drop("__row").to_pyarrow().to_pylist()
    return read


#: A type of PostgreSQL, a value, and what is read.
UTC = dt.UTC
TYPES: list[tuple[str, str, Any]] = [
    ("int", "7", 7),
    ("float4", "0.1", 0.10000000149011612),
    ("float8", "0.1", 0.1),
    ("numeric", "7", 7),
    ("numeric", "12345678901234567890", 1.2345678901234567e19),
    ("numeric", "0.5", 0.5),
    ("numeric(9,2)", "'NaN'", None),
    ("boolean", "true", True),
    ("text", "''", ""),
    ("text", "E' a\"b,\\n\\\\N'", ' a"b,\n\\N'),
    ("char(5)", "'x'", "x"),
    ("uuid", "'00000000-0000-0000-0000-00000000000a'", "00000000-0000-0000-0000-00000000000a"),
    ("jsonb", "'[1]'", "[1]"),
    ("text[]", "'{a,b}'", "{a,b}"),
    ("kinds.stage", "'won'", "won"),
    ("kinds.deep", "'B7'", "B7"),
    ("bytea", "'\\x41'", "\\x41"),
    ("date", "'2026-03-01'", dt.date(2026, 3, 1)),
    ("date", "'infinity'", None),
    ("timestamp", "'2026-03-01 10:00:00.5'", dt.datetime(2026, 3, 1, 10, 0, 0, 500_000)),
    ("timestamptz", "'2026-03-01 10:00:00+02'", dt.datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ("timestamptz", "'-infinity'", None),
    ("interval", "'1 day'", "1 day"),
    ("money", "'12.50'", "$12.50"),
]


def test_every_type(granted: str) -> None:
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _, _) in enumerate(TYPES))
    run(
        granted,
        "CREATE SCHEMA kinds",
        "CREATE TYPE kinds.stage AS ENUM ('open', 'won')",
        "CREATE DOMAIN kinds.code AS varchar(9); CREATE DOMAIN kinds.deep AS kinds.code",
        f"CREATE TABLE kinds.accounts (gone int, {columns})",
        "ALTER TABLE kinds.accounts DROP COLUMN gone",
        f"INSERT INTO kinds.accounts VALUES ({', '.join(value for _, value, _ in TYPES)})",
        "INSERT INTO kinds.accounts SELECT",
        may_read("kinds"),
    )
    full, empty = sorted(rows(granted, "kinds"), key=lambda row: row["c0"] is None)
    assert [full[f"c{n}"] for n in range(len(TYPES))] == [expected for *_, expected in TYPES]
    assert set(empty.values()) == {None}


def test_any_name_and_every_kind_of_table(granted: str) -> None:
    run(
        granted,
        'CREATE SCHEMA "User, ""Data""%"',
        'SET search_path = "User, ""Data""%"',
        'CREATE TABLE "Accounts" ("Account ID" text, "accounts" text, "50%" int, "a""b" text, "E" int, "e" int)',
        "INSERT INTO \"Accounts\" VALUES ('A1', 'x', 1, 'y', 2, 3)",
        'CREATE MATERIALIZED VIEW "LEADS" AS SELECT "Account ID" AS "LeadId" FROM "Accounts"',
        "CREATE TABLE activities (lead_id text, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE activities_2025 PARTITION OF activities FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO activities VALUES ('A1', '2025-06-01')",
        "CREATE TABLE nothing ()",
        "RESET search_path",
        may_read('User, "Data"%'),
    )
    address = reader(granted) + "&schema=User%2C%20%22Data%22%25"
    found = open_sources(connect(), at(address))
    assert {name: len(source.raw.to_pyarrow()) for name, source in found.tables.items()} == {
        "accounts": 1,
        "leads": 1,
        "activities": 1,
    }
    accounts = found.tables["accounts"].raw.drop("__row").to_pyarrow().to_pylist()
    assert accounts == [{"account_id": "A1", "accounts": "x", "50%": 1, 'a"b': "y", "e": 2}]
    assert found.tables["accounts"].notes == ("accounts: the column 'e' is there twice; the second is ignored",)


def test_rights(granted: str) -> None:
    run(
        granted,
        "CREATE SCHEMA half",
        "CREATE TABLE half.accounts (account_id text, phone text, domain text)",
        "INSERT INTO half.accounts VALUES ('A1', '+1', 'a.example'), ('A2', '+2', 'b.example')",
        "CREATE TABLE half.other (x int)",
        "GRANT USAGE ON SCHEMA half TO reader; GRANT SELECT (account_id, domain) ON half.accounts TO reader",
        "ALTER TABLE half.accounts ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY one ON half.accounts USING (account_id = 'A1')",
    )
    found = open_sources(connect(), at(reader(granted, "half")))
    assert [row["account_id"] for row in rows(granted, "half")] == ["A1"]
    assert found.notes[-2:] == (
        "half.accounts: this user may not read phone",
        "half.accounts: its policies show this user only some of its rows",
    )
    # What cannot be read is no table that is not there: a night without its deals would be another one.
    run(granted, "CREATE TABLE half.opportunities (opportunity_id text)")
    with pytest.raises(BadInput, match=r'half.opportunities cannot be read: this user may not; GRANT SELECT ON "half"'):
        open_sources(connect(), at(reader(granted, "half")))
    run(granted, "CREATE SCHEMA shut; CREATE TABLE shut.accounts (account_id text)")
    with pytest.raises(BadInput, match='and USAGE ON SCHEMA "shut", to this user'):
        open_sources(connect(), at(reader(granted, "shut")))


def test_the_schema_is_asked_for_where_several_have_tables(granted: str, closedwon: Run) -> None:
    run(granted, "CREATE SCHEMA one; CREATE TABLE one.accounts (account_id text)", may_read("one"))
    run(granted, "CREATE SCHEMA empty; CREATE SCHEMA two; CREATE TABLE two.x (y int)", may_read("two"))
    for words, code, said in (
        ("", 2, "schemas of this database have tables"),
        ("nowhere", 2, "there is no schema nowhere in this database, whose schemas with tables are"),
        ("empty", 3, "the schema empty has no table"),
        ("one", 3, "the table opportunities is missing"),
    ):
        ended = closedwon("check", "--data", reader(granted, words))
        assert (ended.code, said in ended.err, ended.err.count("\n")) == (code, True, 1), ended.err
    run(granted, "CREATE DATABASE lone")
    lone = granted.replace("///postgres", "///lone")
    run(lone, "CREATE SCHEMA lonely; CREATE TABLE lonely.accounts (account_id text)")
    assert list(open_sources(connect(), at(lone)).tables) == ["accounts"]


def test_who_cannot_connect_is_told_so_without_the_password(granted: str, closedwon: Run) -> None:
    folder = granted.partition("host=")[2].partition("&")[0]
    for address, said in (
        (f"postgresql://reader:geheim77@/none?host={folder}", 'database "none" does not exist'),
        (f"postgresql://nobody:geheim77@/postgres?host={folder}", 'role "nobody" does not exist'),
        (f"postgresql://reader:geheim77@/postgres?host={folder}&sslmode=nonsense", "invalid sslmode"),
        ("postgresql://reader:geheim77@localhost:9/postgres", "refused"),
    ):
        ended = closedwon("check", "--data", address)
        assert (ended.code, said in ended.err, ended.err.count("\n")) == (2, True, 1), ended.err
        assert "geheim77" not in ended.out + ended.err


def test_all_tables_are_read_as_they_are_at_one_moment(granted: str) -> None:
    run(granted, "CREATE SCHEMA moving; CREATE TABLE moving.accounts (account_id text)")
    run(granted, "INSERT INTO moving.accounts VALUES ('A1')", may_read("moving"))
    with open_database(at(reader(granted))) as database:
        (table,) = database.tables(["moving"])
        run(granted, "DELETE FROM moving.accounts")
        con = connect().con
        database.copy(con, table, {"id": table.columns[0]}, "copied")
        assert con.execute("FROM copied").fetchall() == [("A1",)]


def test_nothing_can_be_written(granted: str) -> None:
    run(granted, "CREATE SCHEMA writing; CREATE SEQUENCE writing.s; GRANT ALL ON writing.s TO reader")
    run(granted, "CREATE VIEW writing.accounts AS SELECT nextval('writing.s') AS account_id", may_read("writing"))
    with pytest.raises(BadInput, match="cannot execute nextval"):
        open_sources(connect(), at(reader(granted, "writing")))


def test_a_day_that_is_too_far_for_any_table(granted: str) -> None:
    run(granted, "CREATE SCHEMA far; CREATE TABLE far.accounts (account_id text, created_at timestamp)")
    run(granted, "INSERT INTO far.accounts VALUES ('A1', '294276-12-31'), ('A2', '0044-03-15 BC')", may_read("far"))
    with pytest.raises(BadInput, match=r"far\.accounts cannot be read: .*294276-12-31"):
        open_sources(connect(), at(reader(granted, "far")))
    run(granted, "DELETE FROM far.accounts WHERE account_id = 'A1'")
    found = open_sources(connect(), at(reader(granted, "far"))).tables["accounts"].raw
    assert found.created_at.cast("string").execute().tolist() == ["0044-03-15 (BC) 00:00:00"]


def test_a_connection_that_ends_is_told_and_nothing_hangs(granted: str, closedwon: Run) -> None:
    run(
        granted,
        "CREATE SCHEMA slow",
        "CREATE VIEW slow.opportunities AS SELECT i::text AS opportunity_id, pg_sleep(0.01)::text AS x "
        "FROM generate_series(1, 100000) i",
        may_read("slow"),
    )

    def end() -> None:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%slow%' AND usename = "
        import psycopg

        with psycopg.connect(granted, autocommit=True) as connection:
            until = time.monotonic() + 30
            while not connection.execute((ended + "'reader'").encode()).fetchall() and time.monotonic() < until:
                time.sleep(0.02)

    killer = threading.Thread(target=end)
    killer.start()
    ended = closedwon("check", "--data", reader(granted, "slow"))
    killer.join()
    assert ended.code == 3
    assert "ended while slow.opportunities was read" in ended.err
    assert "run it again when the server is there" in ended.err


def test_rows_come_in_blocks(granted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.sources.remote import postgresql_tables

    monkeypatch.setattr(postgresql_tables, "BLOCK", 1_000)
    run(granted, "CREATE SCHEMA blocks", "CREATE TABLE blocks.accounts (account_id text)")
    run(
        granted,
        "INSERT INTO blocks.accounts SELECT CASE WHEN i % 3 > 0 THEN i::text END FROM generate_series(1, 999) i",
    )
    run(granted, may_read("blocks"))
    database = PostgresqlTables(at(reader(granted)))
    statement = 'COPY (SELECT account_id FROM "blocks"."accounts") TO STDOUT (FORMAT csv)'
    sizes = [len(block) for block in database._blocks(statement)]
    database.close()
    assert len(sizes) > 2
    assert max(sizes) < 1_010
    found = [row["account_id"] for row in rows(granted, "blocks")]
    assert sorted(filter(None, found), key=int) == [str(i) for i in range(1, 1_000) if i % 3 > 0]
    assert found.count(None) == 333


def test_init_maps_a_schema_and_copies_only_what_the_mapping_uses(
    granted: str, tmp_path: Path, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        granted,
        "CREATE SCHEMA sf",
        'CREATE TABLE sf."Account" ("Id" text, "IsDeleted" bool, "Industry" text, "CreatedDate" timestamptz)',
        "INSERT INTO sf.\"Account\" VALUES ('001', false, 'Retail', '2025-01-01')",
        'CREATE TABLE sf."Opportunity" ("Id" text, "AccountId" text, "StageName" text, "IsWon" bool, "IsClosed" bool, '
        '"CloseDate" date, "CreatedDate" timestamptz, "Amount" numeric, "Secret" text)',
        'INSERT INTO sf."Opportunity" '
        "VALUES ('006', '001', 'Won', true, true, '2025-03-01', '2025-02-01', 12.5, 's')",
        may_read("sf"),
    )
    monkeypatch.setenv("PGPASSWORD", "geheim77")
    whole = f"{reader(granted, 'sf')}&application_name=x"
    ended = closedwon("init", whole.replace("&user=", "&password=geheim77&user="), "--out", tmp_path)
    assert ended.code == 0, ended.err
    mapping = (tmp_path / "crm.sql").read_text()
    assert mapping.startswith(f"-- source: {source_at(whole)}\n")
    assert "geheim77" not in "".join(file.read_text() for file in tmp_path.iterdir()) + ended.out + ended.err
    # What the mapping does not read need not be readable.
    used = '"Id", "AccountId", "StageName", "IsWon", "IsClosed", "CloseDate", "CreatedDate", "Amount"'
    (tmp_path / "crm.sql").write_text(mapping.replace("Secret", "Amount"))
    run(
        granted, 'REVOKE SELECT ON sf."Opportunity" FROM reader', f'GRANT SELECT ({used}) ON sf."Opportunity" TO reader'
    )
    found = open_sources(connect(), tmp_path / "crm.sql")
    (deal,) = found.tables["opportunities"].raw.to_pyarrow().to_pylist()
    assert (deal["opportunity_id"], deal["status"], float(deal["amount"])) == ("006", "won", 12.5)
    assert set(found.digests) == {"sf.Account", "sf.Opportunity"}
    before = found.digests["sf.Opportunity"]
    run(granted, 'UPDATE sf."Opportunity" SET "Secret" = \'t\'')
    assert open_sources(connect(), tmp_path / "crm.sql").digests["sf.Opportunity"] == before
    run(granted, 'UPDATE sf."Opportunity" SET "Amount" = 13')
    assert open_sources(connect(), tmp_path / "crm.sql").digests["sf.Opportunity"] != before
    run(granted, 'REVOKE SELECT ON sf."Opportunity" FROM reader', 'REVOKE ALL ("Id") ON sf."Opportunity" FROM reader')
    run(granted, "REVOKE SELECT ON ALL TABLES IN SCHEMA sf FROM reader")
    ended = closedwon("init", whole, "--out", tmp_path / "again")
    assert (ended.code, "GRANT SELECT ON" in ended.err) == (3, True)


def test_no_such_schema_on_the_way_to_a_mapping(granted: str, tmp_path: Path) -> None:
    (tmp_path / "crm.sql").write_text(f"-- source: {reader(granted, 'gone')}\nCREATE VIEW a AS SELECT b FROM raw.c;\n")
    with pytest.raises(UsageError, match="there is no schema gone in this database"):
        open_sources(connect(), tmp_path / "crm.sql")
