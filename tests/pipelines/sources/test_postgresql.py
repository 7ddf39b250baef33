"""What a PostgreSQL may look like: names, types and rights of the tables, and how one connects."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import BadInput, UsageError
from pipelines.sources.engine_address import engine_at
from pipelines.sources.postgresql import Postgresql
from tests.crm import postgres
from tests.pipelines.conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
PORT = 54_329


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    """The folder of a server's socket, and of its certificate; it listens on a port of this machine as well."""
    programs = postgres.installed()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no psycopg here: pip install 'psycopg[binary]'")
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate")
    folder = Path(tempfile.mkdtemp(prefix="closedwon-pg-"))
    folder.chmod(0o755)
    for name in ("server", "other"):
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "9"]
        places = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")]
        subprocess.run([*command, *places], check=True, capture_output=True)
    if folder.owner() == "root":  # the server runs as this user then
        shutil.chown(folder / "server.key", "postgres")
    tls = f"-c ssl=on -c ssl_cert_file={folder}/server.crt -c ssl_key_file={folder}/server.key"
    settings = postgres.SETTINGS.replace("listen_addresses=''", f"listen_addresses=localhost -c port={PORT} {tls}")
    try:
        with postgres.running(programs, folder / "server", settings) as place:
            yield place
    finally:
        shutil.rmtree(folder)


def address(socket: Path, user: str = postgres.OWNER, database: str = "postgres") -> str:
    return f"postgresql:///{database}?host={socket}&port={PORT}&user={user}"


def run(socket: Path, *statements: str) -> None:
    import psycopg

    with psycopg.connect(address(socket), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def rows(engine: Any, raw: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.connection.to_pyarrow(raw.table.select(*raw.columns)).to_pylist()
    return found


@pytest.mark.parametrize(
    ("role", "schema"),
    [("crm", "crm"), ("Order", "User Data"), ("select", "select"), ("a.b", 'x"y'), ("q%s", "100%"), ("pg", "public")],
)
def test_any_name_of_a_role_and_a_schema(socket: Path, role: str, schema: str) -> None:
    from urllib.parse import quote

    def name(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    run(
        socket,
        f"CREATE ROLE {name(role)} LOGIN",
        f"ALTER ROLE {name(role)} SET default_transaction_read_only = on",
        f"CREATE SCHEMA IF NOT EXISTS {name(schema)}",
        # Columns as people call them, one with the name of the table, and more than the contract has.
        f'CREATE TABLE {name(schema)}."Accounts" ("Account ID" text, "accounts" text, "50%" int, "a""b" text, "e" int)',
        f"INSERT INTO {name(schema)}.\"Accounts\" VALUES ('A1', 'x', 1, 'y', 2)",
        f"GRANT USAGE ON SCHEMA {name(schema)} TO {name(role)}",
        f'GRANT SELECT ON {name(schema)}."Accounts" TO {name(role)}',
    )
    with engine_at(address(socket, quote(role))) as engine:
        assert engine is not None
        raw = engine.open(schema)["accounts"]
        assert rows(engine, raw) == [{"Account ID": "A1", "accounts": "x", "50%": 1, 'a"b': "y", "e": 2}]
        # What a night makes has the names of the tables: it is found, and not what the role's path has.
        engine.connection.create_table("Accounts", raw.table.select(account_id=raw.table["Account ID"]))
        view = engine.connection.create_view("accounts", engine.connection.table("Accounts"))
        assert engine.connection.to_pyarrow(view).to_pylist() == [{"account_id": "A1"}]
    run(socket, f'DROP TABLE {name(schema)}."Accounts"')


#: A type of PostgreSQL, a value, and what is read.
TYPES = [
    ("int", "7", 7),
    ("float8", "7.5", 7.5),
    ("boolean", "true", True),
    ("varchar(20)", "'x'", "x"),
    ("char(5)", "'x'", "x"),
    ("uuid", "'00000000-0000-0000-0000-00000000000a'", "00000000-0000-0000-0000-00000000000a"),
    ("jsonb", "'[1]'", "[1]"),
    ("text[]", "'{a,b}'", "{a,b}"),
    ("inet", "'10.0.0.1'", "10.0.0.1/32"),
    ("kinds.stage", "'won'", "won"),
    ("kinds.code", "'A7'", "A7"),
    ("kinds.deep", "'B7'", "B7"),
    ("kinds.size", "'12.50'", 12.5),
    ("interval", "'1 day'", "1 day"),
    ("daterange", "'[2025-01-01,2025-02-01)'", "[2025-01-01,2025-02-01)"),
    ("bytea", "'\\x41'", "\\x41"),
    ("xml", "'<a/>'", "<a/>"),
]


def test_every_type_is_read_or_read_as_it_is_written(socket: Path) -> None:
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _, _) in enumerate(TYPES))
    run(
        socket,
        "CREATE SCHEMA kinds",
        "CREATE TYPE kinds.stage AS ENUM ('open', 'won')",
        "CREATE DOMAIN kinds.code AS varchar(9)",
        "CREATE DOMAIN kinds.deep AS kinds.code",
        "CREATE DOMAIN kinds.size AS numeric(9, 2)",
        f"CREATE TABLE kinds.accounts ({columns}, gone int)",
        "ALTER TABLE kinds.accounts DROP COLUMN gone",
        f"INSERT INTO kinds.accounts VALUES ({', '.join(value for _, value, _ in TYPES)})",
    )
    with engine_at(address(socket)) as engine:
        assert engine is not None
        (row,) = rows(engine, engine.open("kinds")["accounts"])
    assert [float(row[f"c{n}"]) if kind == "kinds.size" else row[f"c{n}"] for n, (kind, _, _) in enumerate(TYPES)] == [
        expected for _, _, expected in TYPES
    ]


def test_every_kind_of_relation_is_read_and_a_partition_is_part_of_its_table(socket: Path) -> None:
    run(
        socket,
        "CREATE SCHEMA many",
        "CREATE TABLE many.source (account_id text)",
        "INSERT INTO many.source VALUES ('A1')",
        # It finds its table on the path of the role, as functions of older databases do.
        "CREATE FUNCTION many.ids() RETURNS SETOF text LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN QUERY SELECT account_id FROM source; END $$",
        "CREATE VIEW many.accounts AS SELECT ids AS account_id FROM many.ids()",
        "CREATE MATERIALIZED VIEW many.leads AS SELECT account_id AS lead_id FROM many.source",
        "CREATE TABLE many.activities (lead_id text, occurred_at timestamptz) PARTITION BY RANGE (occurred_at)",
        "CREATE TABLE many.activities_2025 PARTITION OF many.activities "
        "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO many.activities VALUES ('A1', '2025-06-01')",
        "CREATE ROLE many LOGIN; GRANT USAGE ON SCHEMA many TO many; GRANT SELECT ON ALL TABLES IN SCHEMA many TO many",
    )
    with engine_at(address(socket, "many")) as engine:
        assert engine is not None
        found = engine.open("many")
        assert {name: len(rows(engine, raw)) for name, raw in found.items()} == {
            "accounts": 1,
            "leads": 1,
            "activities": 1,
        }


def test_a_table_that_the_user_may_not_read_is_named(socket: Path, closedwon: Run) -> None:
    run(
        socket,
        "CREATE SCHEMA half",
        "CREATE TABLE half.accounts (account_id text)",
        "CREATE TABLE half.leads (lead_id text)",
        "CREATE ROLE half LOGIN; GRANT USAGE ON SCHEMA half TO half; GRANT SELECT ON half.accounts TO half",
        "CREATE ROLE nobody LOGIN",
    )
    with engine_at(address(socket, "half")) as engine:
        assert engine is not None
        found = engine.open("half")
    assert list(found) == ["accounts"]
    assert [note for note in found["accounts"].notes if "GRANT SELECT ON half.leads" in note]
    with engine_at(address(socket, "nobody")) as engine:
        assert engine is not None
        with pytest.raises(BadInput, match=r"GRANT SELECT ON half\.accounts, and USAGE ON SCHEMA half"):
            engine.open("half")
    ended = closedwon("check", "--data", "half", "--engine", address(socket, "nobody"))
    assert (ended.code, ended.err.count("\n")) == (3, 1)


def test_a_user_without_temporary_tables_is_told_what_to_grant(socket: Path) -> None:
    run(socket, "CREATE DATABASE shut", "REVOKE TEMPORARY ON DATABASE shut FROM public", "CREATE ROLE reader LOGIN")
    with pytest.raises(UsageError, match='GRANT TEMPORARY ON DATABASE "shut" TO "reader"'):
        Postgresql(address(socket, "reader", "shut"))


@pytest.mark.parametrize(
    ("parameters", "works"),
    [
        ("sslmode=verify-full&sslrootcert={folder}/server.crt", True),
        ("sslmode=verify-ca&sslrootcert={folder}/server.crt&connect_timeout=20&application_name=closedwon", True),
        ("sslmode=require", True),
        ("sslmode=verify-full&sslrootcert={folder}/other.crt", False),
        ("sslmode=verify-full&sslrootcert={folder}/none.crt", False),
        ("sslmode=nonsense", False),
    ],
)
def test_parameters_of_tls_reach_the_server(socket: Path, parameters: str, works: bool) -> None:
    asked = parameters.format(folder=socket.parent)
    url = f"postgresql://{postgres.OWNER}@localhost:{PORT}/postgres?{asked}"
    if not works:
        with pytest.raises(UsageError, match="no connection to localhost/postgres"):
            Postgresql(url)
        return
    engine = Postgresql(url)
    statement = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert engine._connection.execute(statement).fetchone() == (True,)
    engine.close()


def test_settings_of_the_address_stay(socket: Path) -> None:
    engine = Postgresql(address(socket) + "&options=-c%20statement_timeout%3D77000")
    assert engine._connection.execute("SHOW statement_timeout").fetchone() == ("77s",)
    engine.close()
