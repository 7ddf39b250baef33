"""The same tables and the same scorecards on DuckDB, Spark and PostgreSQL, by the command line: the same scores."""

import re
import time
from dataclasses import replace
from pathlib import Path

import ibis
import pytest

from pipelines.config import Config, DuckDbSettings
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.serving.score import score
from pipelines.sources.duckdb import connect
from pipelines.sources.engine_address import engine_at
from pipelines.store.store import Store
from scoring.bots import by_machine
from scoring.drawn_companies import of_drawn_companies
from tests.crm import postgres
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.serving.learned_there import (
    CONFIG,
    brought,
    looked_back,
    planned,
    read,
    rows_of,
    scorecard,
    silent,
)
from tests.pipelines.serving.profiled_texts import profiled
from tests.pipelines.serving.typed_crm import differences, load, rejected, scored, typed
from tests.pipelines.small_crm import AS_OF
from tests.scoring.cells.written_ids import forms
from tests.scoring.test_bots import CASES, TYPES, told
from tests.scoring.test_bots import touches as clicks_and_sends

pytestmark = pytest.mark.slow

SCHEMAS = "SELECT DISTINCT schemaname FROM pg_tables ORDER BY schemaname"
OTHER_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
#: What of a night is tested here: the intake with rejects in every table that can have some, and both entities.
REJECTED = {
    "leads": [("(e-mail)", "id_is_an_email_address"), ("broken-date", "unparsable_created_at")],
    "opportunities": [("negative", "negative_amount")],
}


@pytest.fixture(scope="module")
def export(trained: TrainedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return typed(trained.crm, tmp_path_factory.mktemp("typed") / "crm")


@pytest.fixture(scope="module")
def duckdb_night(trained: TrainedStore, export: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("duckdb")
    return scored(["--data", export], trained.copy_of_store(folder / "store"), folder / "scores", AS_OF)


@pytest.fixture(scope="module")
def duckdb_export(export: Path) -> Export:
    return read(export)


@pytest.fixture(scope="module")
def duckdb_scorecard(duckdb_export: Export) -> bytes:
    return scorecard(duckdb_export)


@pytest.mark.spark
def test_spark_scores_and_teaches_as_duckdb_does(
    spark: str,
    trained: TrainedStore,
    export: Path,
    duckdb_night: Path,
    duckdb_export: Export,
    duckdb_scorecard: bytes,
    tmp_path: Path,
):
    # One intake for both, since on Spark that takes longest. The command line is in `test_persons_on_engines.py`.
    out = tmp_path / "scores"
    with engine_at(spark) as engine, Store.open(trained.copy_of_store(tmp_path / "store")) as store:
        assert engine is not None
        there = read(export, engine)
        score(there, store, Config(), out, crms=[], asked=None, force=False, say=silent)
        here = brought(there, engine, "to_learn")
    assert differences(duckdb_night, out) == []
    assert rejected(out) == rejected(duckdb_night) == REJECTED
    assert rows_of(here.tables) == rows_of(duckdb_export.tables)
    assert scorecard(here) == duckdb_scorecard


@pytest.mark.postgres
def test_postgresql_teaches_plans_and_looks_back_as_duckdb_does(
    server: str,
    trained: TrainedStore,
    export: Path,
    duckdb_night: Path,
    duckdb_export: Export,
    duckdb_scorecard: bytes,
    tmp_path: Path,
):
    import psycopg

    store = duckdb_night.parent / "store"
    with psycopg.connect(server, autocommit=True) as connection:
        load(connection, export, "market")
    with engine_at(server) as engine:
        assert engine is not None
        there = read("market", engine)
        here, outcomes = (brought(there, engine, part) for part in ("to_learn", "outcomes"))
        some = brought(there, engine, "to_learn", replace(CONFIG, engine=DuckDbSettings(brought_rows=10_000)))
        plan = planned(there, trained.scorecard("account"))
    assert rows_of(here.tables) == rows_of(duckdb_export.tables)
    assert scorecard(here) == duckdb_scorecard
    assert plan == planned(duckdb_export, trained.scorecard("account"))
    assert "activities" not in dict(outcomes.tables.present())
    assert looked_back(outcomes, store) == looked_back(duckdb_export, store)
    # Of more rows than may be brought, those of the same companies come as would be drawn here.
    share = some.intake.share
    drawn = of_drawn_companies(duckdb_export.intake.tables, share, f"company {CONFIG.training.seed}", lambda t: t)
    assert rows_of(some.intake.tables) == rows_of(drawn)
    brought_rows = sum(map(len, rows_of(some.intake.tables).values()))
    assert share == pytest.approx(0.29, abs=0.01)
    assert 8_000 < brought_rows < 12_000


@pytest.mark.postgres
def test_postgresql_scores_as_duckdb_does(
    server: str, trained: TrainedStore, export: Path, duckdb_night: Path, tmp_path: Path
):
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        load(connection, export, "crm")
        # As documented: a role that may only read, and whose own schema is the one that has the tables.
        connection.execute("CREATE ROLE crm LOGIN; GRANT USAGE ON SCHEMA crm TO crm")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA crm TO crm")
        connection.execute("ALTER ROLE crm SET default_transaction_read_only = on")
        before = connection.execute(SCHEMAS).fetchall()
    words: list[object] = ["--data", "crm", "--engine", server.replace(f"user={postgres.OWNER}", "user=crm")]
    store = trained.copy_of_store(tmp_path / "store")
    night = scored(words, store, tmp_path / "scores", AS_OF)
    assert differences(duckdb_night, night) == []
    assert rejected(night) == rejected(duckdb_night) == REJECTED
    with psycopg.connect(server, autocommit=True) as connection:  # the night left nothing behind
        until = time.monotonic() + 60
        # A server drops the temporary tables of a session a little after the session has ended.
        while connection.execute(OTHER_SESSIONS).fetchone() != (0,) and time.monotonic() < until:
            time.sleep(0.05)
        assert connection.execute(SCHEMAS).fetchall() == before


@pytest.mark.postgres
def test_the_same_rows_of_postgresql_are_the_same_night(server: str):
    import psycopg

    digests = []
    for schema, order in (("one", "a"), ("two", "a DESC"), ("three", "a + 1")):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
            source = (
                f"generate_series(1, 3) AS a ORDER BY {order}" if schema != "three" else "generate_series(1, 4) AS a"
            )
            connection.execute(f"CREATE TABLE {schema}.accounts AS SELECT a::text AS account_id FROM {source}")
        with engine_at(server) as engine:
            assert engine is not None
            digests.append(engine.open(schema)["accounts"].digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.postgres
def test_text_that_is_no_number_or_time_is_nothing_in_postgresql(server: str):
    with engine_at(server) as engine:
        assert engine is not None
        cells = ["7.5", "x", None, "1e400"]
        table = ibis.memtable({"cell": cells}, schema={"cell": "string"})
        read = table.select(cell=table.cell, number=table.cell.try_cast("float64"))
        found = engine.connection.to_pyarrow(read).to_pylist()
    assert {row["cell"]: row["number"] for row in found} == {"7.5": 7.5, "x": None, None: None, "1e400": None}


@pytest.mark.postgres
def test_a_schema_that_is_not_there(server: str, closedwon: Run):
    ended = closedwon("check", "--data", "nothing", "--engine", server)
    assert ended.code == 2
    assert "--data nothing is no schema of this database" in ended.err


@pytest.mark.spark
def test_spark_strips_blanks_and_no_letters(spark: str):
    with engine_at(spark) as engine:
        assert engine is not None
        table = ibis.memtable({"cell": ["\t vp of f \n", "\x0bf\x0c", "v"]})
        found = engine.connection.to_pyarrow(table.select(word=table.cell.strip(), half=ibis.literal(0.1)))
    assert sorted(found["word"].to_pylist()) == ["f", "v", "vp of f"]
    assert str(found["half"].type) == "double"


@pytest.mark.spark
def test_a_catalog_holds_the_same_tables_as_a_folder(spark: str, tmp_path: Path):
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    assert session is not None
    session.sql("CREATE DATABASE market")
    for name, rows in (("accounts", "('A', NULL), ('B', 'x')"), ("other", "('A', 'x'), ('B', NULL)")):
        frame = session.sql(f"SELECT * FROM VALUES {rows} AS t(account_id, industry)")
        frame.write.parquet(str(tmp_path / name / "accounts.parquet"))
        if name == "accounts":
            frame.write.saveAsTable("market.accounts")
    with engine_at(spark) as engine:
        assert engine is not None
        digests = [engine.open(str(data))["accounts"].digest for data in ("market", tmp_path / "accounts")]
        other = engine.open(str(tmp_path / "other"))["accounts"].digest
        assert sorted(engine.open("market")) == ["accounts"]
    assert digests[0] == digests[1] != other


@pytest.mark.spark
def test_spark_reads_part_files_and_takes_no_column_from_a_folder(spark: str, tmp_path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    for place, columns in (("DE", {"account_id": ["A"]}), ("FR", {"account_id": ["B"], "industry": ["x"]})):
        (tmp_path / "Account" / f"country={place}").mkdir(parents=True)
        pq.write_table(pa.table(columns), tmp_path / "Account" / f"country={place}" / "part.parquet")
    (tmp_path / "deals.csv").touch()
    with engine_at(spark) as engine:
        assert engine is not None
        raw = engine.open(str(tmp_path))["accounts"]
        rows = sorted(map(str, engine.connection.to_pyarrow(raw.table.select(*raw.columns)).to_pylist()))
    assert rows == ["{'account_id': 'A', 'industry': None}", "{'account_id': 'B', 'industry': 'x'}"]
    assert raw.notes == (f"{tmp_path}: not read, since Spark reads Parquet files: deals.csv",)


@pytest.mark.parametrize("address", [None, "duckdb"])
def test_duckdb_is_no_other_engine(address: str | None):
    with engine_at(address) as engine:
        assert engine is None


@pytest.mark.parametrize("address", ["sparkle", "mysql://host/crm", "Local[2]"])
def test_an_engine_that_is_not_known(address: str):
    with pytest.raises(UsageError, match=re.escape(f"--engine {address} is not known: give duckdb, spark")):
        engine_at(address).__enter__()


def test_an_address_that_nothing_reads(closedwon: Run):
    ended = closedwon("check", "--data", "ftp://host/crm")
    assert ended.code == 2
    assert "ftp://host/crm is no address that closedwon reads: give postgresql://user@host/database" in ended.err


@pytest.mark.postgres
def test_ids_meet_in_postgresql_as_in_duckdb(server: str):
    with engine_at(server) as engine:
        assert engine is not None
        assert forms(engine.connection) == forms(connect())


@pytest.mark.spark
def test_ids_meet_in_spark_as_in_duckdb(spark: str):
    with engine_at(spark) as engine:
        assert engine is not None
        assert forms(engine.connection) == forms(connect())


@pytest.mark.postgres
def test_text_is_read_in_postgresql_as_in_duckdb(server: str):
    with engine_at(server) as engine:
        assert engine is not None
        assert profiled(engine.connection) == profiled(connect())


@pytest.mark.spark
def test_text_is_read_in_spark_as_in_duckdb(spark: str):
    with engine_at(spark) as engine:
        assert engine is not None
        assert profiled(engine.connection) == profiled(connect())


@pytest.mark.parametrize(
    "where", [pytest.param("spark", marks=pytest.mark.spark), pytest.param("server", marks=pytest.mark.postgres)]
)
def test_machines_are_known_on_each_engine(where: str, request: pytest.FixtureRequest):
    touches = [(f"{case[0]} {actor}", kind, second) for case in CASES for actor, kind, second in case[1]]
    expected = told(clicks_and_sends(touches))
    assert set(expected.values()) == {"burst", "at_once", "every_send"}
    with engine_at(request.getfixturevalue(where)) as engine:
        assert engine is not None
        found = engine.connection.to_pyarrow(by_machine(clicks_and_sends(touches), TYPES)).to_pylist()
    assert {row["row"]: row["rule"] for row in found} == expected
