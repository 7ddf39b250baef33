"""Files that others cannot read, and temporary files of which nothing stays, also after a kill."""

import errno
import fcntl
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines import ROOT, disk
from pipelines.disk import file_list, let_read, opened_to, private_files, temporary_files, write_figures, write_text
from pipelines.errors import UsageError
from pipelines.planning.sources.files import write_tables
from pipelines.sources.duckdb import connect, spill_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("who", "file", "folder"),
    [("owner", 0o600, 0o700), ("group", 0o640, 0o750), ("everybody", 0o644, 0o755)],
)
def test_who_may_read(tmp_path: Path, who: str, file: int, folder: int) -> None:
    before = os.umask(0o022)
    try:
        with private_files():
            let_read(who)
            write_text(tmp_path / "a.json", "{}")
            (tmp_path / "made").mkdir()
            old = tmp_path / "old"
            old.mkdir()
            old.chmod(0o755)
            opened_to(old)
            assert [mode(tmp_path / name) for name in ("a.json", "made", "old")] == [file, folder, folder]
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_temporary_files_are_private_and_gone_at_the_end(tmp_path: Path) -> None:
    before, parent = (tempfile.gettempdir(), os.environ.get("TMPDIR")), tmp_path / "temporary"
    with temporary_files(parent):
        (folder,) = parent.iterdir()
        assert (mode(parent), mode(folder)) == (0o700, 0o700)
        assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
        assert Path(tempfile.mkdtemp()).parent == folder
        assert spill_folder().parent == folder
        subprocess.run([sys.executable, "-c", "import tempfile; tempfile.mkstemp()"], check=True)
        with temporary_files(parent):
            assert len(list(parent.iterdir())) == 2  # that of another run is left alone
    assert not parent.exists()
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == before


def test_a_killed_run_leaves_nothing_for_long(tmp_path: Path) -> None:
    killed = (
        "import os, signal, tempfile; from pathlib import Path; from pipelines.disk import temporary_files\n"
        f"with temporary_files(Path({str(tmp_path / 'temporary')!r})):\n"
        "    tempfile.mkstemp(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", killed], env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert ended.returncode == -9
    (left,) = (tmp_path / "temporary").iterdir()
    with temporary_files(tmp_path / "temporary"):
        assert not left.exists()


#: What lies beside a run's folder: its name, whether a run holds it, its age in seconds, and whether it stays.
BESIDE = [
    ("run-a", True, True, 90_000, True),
    ("run-b", True, False, 0, False),
    ("run-c", False, False, 0, True),  # it may just be made
    ("run-d", False, False, 90_000, False),
    ("closedwon-store", True, False, 90_000, True),
    ("somebody", False, False, 90_000, True),
]


@pytest.mark.parametrize(("name", "file", "held", "age", "stays"), BESIDE)
def test_only_folders_of_runs_that_ended_are_removed(
    tmp_path: Path, name: str, file: bool, held: bool, age: int, stays: bool
) -> None:
    beside = tmp_path / name
    beside.mkdir()
    (beside / "rows.csv").write_text("1")
    handle = (beside / disk.IN_USE).open("w") if file else None
    if held and handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
    then = beside.stat().st_mtime - age
    os.utime(beside, (then, then))
    with temporary_files(tmp_path):
        assert (beside / "rows.csv").exists() == stays
    if handle:
        handle.close()


def test_a_link_with_the_name_of_a_run_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / disk.IN_USE).touch()
    (tmp_path / "above").mkdir()
    (tmp_path / "above" / "run-x").symlink_to(tmp_path / "mine")
    with temporary_files(tmp_path / "above"):
        pass
    assert (tmp_path / "mine" / disk.IN_USE).exists()


def test_without_a_place_for_them_a_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with temporary_files(tmp_path / "file" / "below"):
        assert os.environ.get("TMPDIR", "") != str(tmp_path)


@pytest.mark.slow
def test_duckdb_spills_into_the_folder_of_the_run(tmp_path: Path) -> None:
    with temporary_files(tmp_path / "temporary"):
        con = connect(memory_gb=0.25).con
        con.execute("SET threads = 1")
        con.execute("CREATE TABLE big AS SELECT i, md5(i::VARCHAR) AS text FROM range(6_000_000) AS r(i)")
        assert list((tmp_path / "temporary").rglob("*.tmp"))
        con.close()
    assert not list(tmp_path.iterdir())


def test_two_folders_outside_of_a_run_have_names_that_cannot_be_guessed() -> None:
    one, other = spill_folder(), spill_folder()
    assert one != other
    assert len(one.name.rpartition("-")[2]) == 16


@pytest.mark.parametrize(("name", "other"), [("it's", "its"), ("[a-c]x", "bx"), ("a*", "ab"), ("a?", "ab")])
def test_a_path_is_no_pattern(name: str, other: str, tmp_path: Path) -> None:
    for number, folder in enumerate((name, other)):
        (tmp_path / folder).mkdir()
        duckdb.sql(f"SELECT {number} AS n").write_parquet(str(tmp_path / folder / "rows.parquet"))
    rows = duckdb.sql(f"FROM read_parquet({file_list([tmp_path / name / 'rows.parquet'])})")
    assert rows.fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (errno.ENOSPC, OSError, "No space left"),
        (errno.EDQUOT, OSError, "quota exceeded"),
        (errno.EFBIG, OSError, "File too large"),
        (errno.EACCES, UsageError, "name another"),
    ],
)
def test_a_full_disk_is_no_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception], message: str
) -> None:
    def no_write(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_text", no_write)
    with pytest.raises(error, match=message):
        write_figures(tmp_path / "figures.json", {"wins": 1})
    monkeypatch.setattr(pd.DataFrame, "to_parquet", no_write)
    with pytest.raises(error, match=message):
        write_tables({"wins": pd.DataFrame({"wins": [1]})}, tmp_path)
    assert os.listdir(tmp_path) == []
