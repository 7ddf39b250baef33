"""Persons on Spark and PostgreSQL: the same verdict on every cell, and no mark in what a night leaves."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
import pytest

from pipelines.cli import main
from pipelines.intake.persons.removal import without_persons
from pipelines.sources.duckdb import connect
from pipelines.sources.engine_address import engine_at
from pipelines.sources.source import ROW, Source
from pipelines.store.upkeep import location
from tests.pipelines.conftest import Ended, Run
from tests.pipelines.serving.typed_crm import load, typed
from tests.pipelines.small_crm import AS_OF, write
from tests.pipelines.test_canary import MARKS, config, found_in, marked
from tests.scoring.persons.cell_verdicts import CELLS, verdicts

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Canary:
    """A champion of the market with marks, and its export with types."""

    folder: Path

    @property
    def export(self) -> Path:
        return self.folder / "typed"

    @property
    def configuration(self) -> Path:
        return self.folder / "c.toml"

    def store(self, folder: Path) -> Path:
        """A store with its models."""
        folder.mkdir(parents=True)
        (folder / "mlflow.db").write_bytes((self.folder / "store" / "mlflow.db").read_bytes())
        (folder / location.FILE).write_text(json.dumps({"format": location.FORMAT, "path": str(folder)}))
        return folder


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Canary:
    folder = tmp_path_factory.mktemp("canary")
    crm = write(marked(), folder / "crm")
    read = ["--data", crm, "--as-of", AS_OF, "--config", config(folder)]
    store = ["--store", folder / "store", "--quiet"]
    for words in (["train", *read, *store], ["promote", "--force", *store]):
        assert main([str(word) for word in words]) == 0
    typed(crm, folder / "typed")
    return Canary(folder)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for everything that a night leaves, temporary files included."""
    folder = tmp_path / "kept"
    (folder / "scratch").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "scratch"))
    monkeypatch.setenv("TMPDIR", str(folder / "scratch"))
    return folder


def no_mark(ended: Ended, folder: Path) -> None:
    assert ended.code == 0, ended.err
    printed = (ended.out + ended.err).encode()
    assert [mark for mark in MARKS if mark in printed] == []
    assert list((folder / "store" / "history").glob("lead_*.parquet"))
    assert found_in(folder) == []
    assert "id_is_an_email_address" in ended.out
    assert "hold e-mail addresses" in ended.out


@pytest.mark.postgres
def test_a_night_on_postgresql_leaves_nothing_of_a_person(
    server: str, canary: Canary, scratch: Path, closedwon: Run
) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        load(connection, canary.export, "canary")
    words = ("--data", "canary", "--engine", server, "--as-of", AS_OF, "--config", canary.configuration)
    ended = closedwon("score", *words, "--store", canary.store(scratch / "store"), "--out", scratch / "scores")
    no_mark(ended, scratch)


@pytest.mark.spark
def test_a_night_on_spark_leaves_nothing_of_a_person(spark: str, canary: Canary, scratch: Path, closedwon: Run) -> None:
    words = ("--data", canary.export, "--engine", spark, "--as-of", AS_OF, "--config", canary.configuration)
    ended = closedwon("score", *words, "--store", canary.store(scratch / "store"), "--out", scratch / "scores")
    no_mark(ended, scratch)


def test_the_table_of_cells_has_both_verdicts() -> None:
    found = verdicts(connect())
    assert {name: {row[name] for row in found} for name in ("perhaps", "control", "address")} == {
        name: {False, True} for name in ("perhaps", "control", "address")
    }
    shown = {cell: row["shown"] for cell, row in zip(CELLS, found, strict=True)}
    assert (shown["ada@example.org"], shown["+49 30 1234567"], shown["11-50"]) == ("(e-mail)", "(personal)", "11-50")


def types_left(connection: object) -> list[str]:
    """The types of activity without persons, as an engine gives them."""
    kinds = [
        "Call with Anna Markowitz",
        "call_with_tom_jones",
        "Mail to ada@x.de",
        "\x1b[1mfair",
        "Called +49 30 1234567",
    ]
    table = ibis.memtable({"activity_type": [*kinds, "Demo"], ROW: range(6)})
    made = connection.create_table("kinds", table, temp=True)  # type: ignore[attr-defined]
    source = Source("activities", ("a.csv",), (Path("a.csv"),), made, True, False)
    left = without_persons(connection, {"activities": source})["activities"].raw
    rows = connection.to_pyarrow(left.select(ROW, "activity_type")).to_pylist()  # type: ignore[attr-defined]
    return [row["activity_type"] for row in sorted(rows, key=lambda row: int(row[ROW]))]


@pytest.mark.postgres
def test_cells_are_judged_in_postgresql_as_in_duckdb(server: str) -> None:
    with engine_at(server) as engine:
        assert engine is not None
        assert verdicts(engine.connection) == verdicts(connect())
        assert types_left(engine.connection) == types_left(connect())


@pytest.mark.spark
def test_cells_are_judged_in_spark_as_in_duckdb(spark: str) -> None:
    with engine_at(spark) as engine:
        assert engine is not None
        assert verdicts(engine.connection) == verdicts(connect())
        assert types_left(engine.connection) == types_left(connect())
