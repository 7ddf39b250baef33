"""The history that nights keep: what is kept, how it is read at each day, and what leaves it whole."""

from datetime import date
from pathlib import Path

import ibis
import pytest

from pipelines.config import Config
from pipelines.history.kept_history import KeptHistory, Tonight
from pipelines.history.record import DamagedHistory, read_record
from pipelines.sources.duckdb import connect
from scoring.knowledge import upto
from scoring.tables import Tables
from scoring.timeline import day_number

Rows = dict[str, str | None]


def night(rows: Rows, day: str, column: str = "industry") -> Tonight:
    """Accounts with their industries, of a day."""
    connection = connect()
    content = {"account_id": list(rows), column: list(rows.values())}
    table = ibis.memtable(content, schema={"account_id": "string", column: "string"})
    table = table.mutate(domain=ibis.null("string"), created_at=ibis.null("timestamp"))
    return Tonight(connection, {"accounts": connection.create_table("accounts", table)}, date.fromisoformat(day))


def kept(folder: Path, *nights: tuple[str, Rows]) -> KeptHistory:
    history = KeptHistory(folder)
    for day, rows in nights:
        history.keep(night(rows, day), Config())
    return history


def then(history: KeptHistory, today: Tonight, as_of: str) -> Rows:
    """What the accounts were at a day."""
    deals = ibis.memtable(
        {"opportunity_id": ["O"]},
        schema={"opportunity_id": "string"},
    ).mutate(
        **{name: ibis.null("string") for name in ("account_id", "lead_id", "status")},
        **{name: ibis.null("timestamp") for name in ("created_at", "closed_at", "known_at")},
        amount=ibis.null("float64"),
    )
    deals = today.connection.create_table("opportunities", deals, overwrite=True)
    tables = history.added_to(Tables(deals, accounts=today.tables["accounts"]), today, Config())
    found = upto(tables, day_number(date.fromisoformat(as_of))).accounts
    assert found is not None
    return {row["account_id"]: row["industry"] for row in found.to_pyarrow().to_pylist()}


A, B, C = {"A": "x", "B": None}, {"A": None, "B": "y"}, {"A": "z", "B": "y", "D": "w"}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-02-28", {"A": "z", "B": "y", "D": "w"}),  # nothing was kept: today's
        ("2026-03-02", {"A": "x", "B": None, "D": "w"}),
        ("2026-03-08", {"A": "x", "B": None, "D": "w"}),
        ("2026-03-09", {"A": None, "B": "y", "D": "w"}),
        ("2026-03-16", {"A": "z", "B": "y", "D": "w"}),
    ],
)
def test_values_are_those_of_the_day(tmp_path: Path, as_of: str, expected: Rows) -> None:
    history = kept(tmp_path, ("2026-03-01", A), ("2026-03-08", B))
    assert then(history, night(C, "2026-03-15"), as_of) == expected


def test_only_changes_are_kept_and_a_night_run_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    history = kept(tmp_path, ("2026-03-01", A), ("2026-03-08", B))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    again = history.keep(night(B, "2026-03-08"), Config())
    assert again is not None
    assert again.changed == {"accounts": 2}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    quiet = history.keep(night(B, "2026-03-09"), Config())
    assert quiet is not None
    assert quiet.changed == {"accounts": 0}


def test_the_last_run_of_a_day_counts_and_an_earlier_day_is_not_kept(tmp_path: Path) -> None:
    history = kept(tmp_path / "twice", ("2026-03-01", A), ("2026-03-08", C), ("2026-03-08", B))
    once = kept(tmp_path / "once", ("2026-03-01", A), ("2026-03-08", B))
    assert history.record() == once.record()
    assert history.keep(night(C, "2026-03-07"), Config()) is None


def test_a_record_that_vanishes_and_comes_back_keeps_its_history(tmp_path: Path) -> None:
    history = kept(tmp_path, ("2026-03-01", A), ("2026-03-08", {"B": "y"}), ("2026-03-15", C))
    assert then(history, night(C, "2026-03-15"), "2026-03-10")["A"] == "x"


def test_names_of_persons_and_free_text_are_not_kept(tmp_path: Path) -> None:
    names = {str(i): name for i, name in enumerate(["Anna Markowitz", "Peter Schmidt"] * 30)}
    done = KeptHistory(tmp_path).keep(night(names, "2026-03-01", "owner"), Config())
    assert done is not None
    assert done.left_out == {"accounts": {"owner": "names of persons"}}


def test_what_a_killed_run_left_counts_for_nothing_and_a_lost_file_is_said(tmp_path: Path) -> None:
    history = kept(tmp_path, ("2026-03-01", A))
    (tmp_path / "account_2026-03-08_00000000.parquet").write_bytes(b"torn")
    assert then(history, night(A, "2026-03-08"), "2026-03-09") == A
    kept(tmp_path, ("2026-03-08", B))
    assert not (tmp_path / "account_2026-03-08_00000000.parquet").exists()
    (tmp_path / read_record(tmp_path).files[0].name).unlink()
    with pytest.raises(DamagedHistory, match="is not there"):
        history.record()
