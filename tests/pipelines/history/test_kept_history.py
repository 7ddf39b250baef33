"""The history that nights keep: what is kept of an export, and what leaves it whole."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.history.kept_history import KeptHistory
from pipelines.history.record import DamagedHistory, read_record
from tests.pipelines.history.nights import Rows, day, kept, night, then


def of(**industries: str | None) -> Rows:
    """Accounts with their industries."""
    return {account: {"industry": industry} for account, industry in industries.items()}


A, B, C = of(A="x", B=None), of(A=None, B="y"), of(A="z", B="y", D="w")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-02-28", of(A="z", B="y", D="w")),  # nothing was kept: today's
        ("2026-03-02", of(A="x", B=None, D="w")),
        ("2026-03-08", of(A="x", B=None, D="w")),
        ("2026-03-09", of(A=None, B="y", D="w")),
        ("2026-03-16", of(A="z", B="y", D="w")),
    ],
)
def test_values_are_those_of_the_day(tmp_path: Path, as_of: str, expected: Rows) -> None:
    history = kept(tmp_path, (0, A), (7, B))
    assert then(history, night(C, day(14)), date.fromisoformat(as_of)) == expected


def test_a_night_run_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    history = kept(tmp_path, (0, A), (7, B))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    again = history.keep(night(B, day(7)), Config())
    assert again is not None
    assert again.changed == {"accounts": 2}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_last_run_of_a_day_counts_and_an_earlier_day_is_not_kept(tmp_path: Path) -> None:
    history = kept(tmp_path / "twice", (0, A), (7, C), (7, B))
    once = kept(tmp_path / "once", (0, A), (7, B))
    assert history.record() == once.record()
    assert history.keep(night(C, day(6)), Config()) is None


def test_names_of_persons_and_free_text_are_not_kept(tmp_path: Path) -> None:
    names: Rows = {
        str(i): {"owner": name, "note": f"free text {i}"}
        for i, name in enumerate(["Anna Markowitz", "Peter Schmidt"] * 30)
    }
    done = KeptHistory(tmp_path).keep(night(names, day(0)), Config())
    assert done is not None
    assert done.left_out == {"accounts": {"owner": "names of persons", "note": "an identifier or free text"}}
    assert not [file for file in tmp_path.iterdir() if b"Markowitz" in file.read_bytes()]


def test_what_a_killed_run_left_counts_for_nothing_and_a_lost_file_is_said(tmp_path: Path) -> None:
    history = kept(tmp_path, (0, A))
    (tmp_path / "account_2026-03-08_00000000.parquet").write_bytes(b"torn")
    assert then(history, night(A, day(7)), day(8)) == A
    kept(tmp_path, (7, B))
    assert not (tmp_path / "account_2026-03-08_00000000.parquet").exists()
    (tmp_path / read_record(tmp_path).files[0].name).unlink()
    with pytest.raises(DamagedHistory, match="is not there"):
        history.record()
