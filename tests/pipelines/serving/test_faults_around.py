"""What may befall what lies around a night: its configuration, its store, the files that it published, the run itself.

More rows of the table in docs/operations.md; `test_faults` has those of the export and of the disk.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipelines.serving import store_faults, test_faults
from tests.pipelines.serving.test_faults import (
    CONFIG,
    DOCUMENT,
    Job,
    good,
    job,  # noqa: F401 - a fixture
    made,  # noqa: F401 - a fixture
    refused,
    unpublished,
)
from tests.pipelines.small_crm import Frames

pytestmark = pytest.mark.slow


def half_the_deals(frames: Frames) -> Frames:
    return frames | {"opportunities": frames["opportunities"].iloc[::2]}


def other_ids(frames: Frames) -> Frames:
    return frames | {"leads": frames["leads"].assign(lead_id="X" + frames["leads"]["lead_id"])}


def mistyped(frames: Frames) -> Frames:
    leads = frames["leads"].astype({"created_at": object})
    leads.loc[leads.index[::3], "created_at"] = "someday"
    return frames | {"leads": leads}


EXPORTS = [
    ("half the deals missing", half_the_deals, 4, "opportunities"),
    ("other ids", other_ids, 3, "`L0000` beside `XL0000`"),
    ("a third of the rows rejected", mistyped, 3, "created_at"),
]


@pytest.mark.parametrize(("name", "change", "code", "message"), EXPORTS, ids=[row[0] for row in EXPORTS])
def test_an_export_that_is_another(
    job: Job,  # noqa: F811
    name: str,
    change: Callable[[Frames], Frames],
    code: int,
    message: str,
) -> None:
    job.export(change)
    unpublished(job, job.run(), code, message)


FILES = [
    ("a file without a byte", lambda file: file.write_bytes(b""), 3, "leads.csv"),
    ("a file of zeros", lambda file: file.write_bytes(b"\0" * 5_000), 3, "leads.csv"),
    (
        "a file cut off",
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size * 6 // 10]),
        3,
        "unknown_lead",
    ),
    ("a table twice", lambda file: shutil.copy(file, file.with_name("Lead.csv")), 3, "leads"),
    ("a folder instead of a file", lambda file: (file.unlink(), file.mkdir()), 3, "leads"),
    ("a link to nowhere", lambda file: (file.unlink(), file.symlink_to("/nowhere")), 3, "leads"),
]


@pytest.mark.parametrize(("name", "change", "code", "message"), FILES, ids=[row[0] for row in FILES])
def test_a_file_of_the_export_that_is_none(
    job: Job,  # noqa: F811
    name: str,
    change: Callable[[Path], object],
    code: int,
    message: str,
) -> None:
    change(job.crm / "leads.csv")
    unpublished(job, job.run(), code, message)


def test_after_all_of_these_the_next_run_is_a_good_one(job: Job) -> None:  # noqa: F811
    good(job)


CONFIGS = [
    ("configuration torn", "[night\n", "c.toml"),
    ("unknown key", "[night]\nunknown = 1\n", "unknown"),
    ("a field's name that is a formula", '[crm.salesforce.lead]\nrank = "=cmd|x"\n', "cannot be the name of a field"),
    ("unknown CRM", '[crm]\nfiles = ["salesfarce"]\n', "salesfarce"),
]


@pytest.mark.parametrize(("name", "config", "message"), CONFIGS, ids=[row[0] for row in CONFIGS])
def test_a_configuration_that_cannot_be_used(job: Job, name: str, config: str, message: str) -> None:  # noqa: F811
    file = job.folder / "c.toml"
    file.write_text(config)
    ended = job.run()
    file.write_text(CONFIG)
    unpublished(job, ended, 2, message)


def test_after_these_configurations_the_next_run_is_a_good_one(job: Job) -> None:  # noqa: F811
    good(job)


def test_a_file_of_a_crm_without_a_row(job: Job) -> None:  # noqa: F811
    refused(job, job.run("--crm", "dynamics"), 4, "dynamics")


def _lock_gone(job: Job) -> None:  # noqa: F811
    (job.folder / "store" / "lock").unlink()


def _cache_torn(job: Job) -> None:  # noqa: F811
    (job.folder / "store" / "engagement.duckdb").write_bytes(b"torn")


def _no_log(job: Job) -> None:  # noqa: F811
    shutil.rmtree(job.folder / "store" / "log", ignore_errors=True)
    (job.folder / "store" / "log").write_text("somebody's")


def _no_record(job: Job) -> None:  # noqa: F811
    (job.folder / "store" / "last_run.json").write_text("{")


def _scores_gone(job: Job) -> None:  # noqa: F811
    shutil.rmtree(job.out)


def _night_gone(job: Job) -> None:  # noqa: F811
    shutil.rmtree((job.out / "latest").resolve())


def _file_changed(job: Job) -> None:  # noqa: F811
    (job.out / "latest" / "salesforce" / "lead_scores.csv").write_text("somebody's")


MENDED = [
    ("lock removed", _lock_gone),
    ("engagement days torn", _cache_torn),
    ("log that cannot be written", _no_log),
    ("last_run.json torn", _no_record),
    ("scores removed", _scores_gone),
    ("published night removed", _night_gone),
    ("published file changed", _file_changed),
]


@pytest.mark.parametrize(("name", "happens"), MENDED, ids=[row[0] for row in MENDED])
def test_what_a_night_makes_whole_by_itself(job: Job, name: str, happens: Callable[[Job], None]) -> None:  # noqa: F811
    happens(job)
    good(job)
    if (job.folder / "store" / "log").is_file():
        (job.folder / "store" / "log").unlink()


def test_the_files_of_the_champion_are_gone(job: Job) -> None:  # noqa: F811
    models = job.folder / "store" / "artifacts"
    models.rename(job.folder / "elsewhere")
    ended = job.run()
    (job.folder / "elsewhere").rename(models)
    refused(job, ended, 2, "are not in")


def test_the_store_is_gone(job: Job) -> None:  # noqa: F811
    (job.folder / "store").rename(job.folder / "elsewhere")
    ended = job.run()
    assert not (job.folder / "store").exists()
    (job.folder / "elsewhere").rename(job.folder / "store")
    refused(job, ended, 2, "there is no store")


def test_read_only_store(job: Job) -> None:  # noqa: F811
    store = job.folder / "store"
    store.chmod(0o500)
    (store / "lock").chmod(0o400)
    try:
        ended = job.run(powerless=True)
    finally:
        store.chmod(0o700)
        (store / "lock").chmod(0o600)
    refused(job, ended, 2, "is read-only")


def test_a_lock_that_is_no_file(job: Job) -> None:  # noqa: F811
    lock = job.folder / "store" / "lock"
    lock.unlink()
    lock.mkdir()
    ended = job.run()
    lock.rmdir()
    refused(job, ended, 2, "is no file")


def test_a_file_of_the_user_has_the_name_of_ours(job: Job) -> None:  # noqa: F811
    mine = job.out / "lead_scores.parquet"
    mine.unlink()
    mine.write_text("mine")
    ended = job.run()
    assert mine.read_text() == "mine"
    assert (ended.code, len(ended.err.splitlines()), "is not closedwon's" in ended.err) == (2, 1, True)
    assert not job.consistent().startswith(job.day)
    mine.unlink()
    assert job.run().code == 0
    assert job.consistent().startswith(job.day)
    job.tidy()


def test_the_history_is_torn(job: Job) -> None:  # noqa: F811
    history = job.folder / "store" / "history"
    history.mkdir(exist_ok=True)
    (history / "history.json").write_text("{")
    ended = job.run()
    shutil.rmtree(history)
    assert ended.code == 0, ended.err
    said = "".join(file.read_text() for file in (job.folder / "store" / "log").iterdir())
    assert "the kept history is not used" in said
    assert "nothing was kept as history" in said
    assert job.consistent().startswith(job.day)
    job.tidy()


@pytest.mark.parametrize(("how", "code"), [("SIGTERM", -15), ("SIGINT", 1)])
def test_a_run_that_is_stopped(job: Job, how: str, code: int) -> None:  # noqa: F811
    ended = job.run(kill_at=3, since=test_faults.PUBLISHING, signal=how)
    assert ended.code == code, ended.err
    job.consistent()
    job.tomorrow()
    assert job.run().code == 0
    job.tidy()


CODES = (
    {name: code for name, _, code, _ in (*EXPORTS, *FILES)}
    | {name: 2 for name, _, _ in CONFIGS}
    | {name: 0 for name, _ in MENDED}
    | {"CRM file without a row": 4, "champion's files gone": 2, "store gone": 2, "read-only store": 2}
    | {"a lock that is no file": 2, "history of attributes torn": 0}
    | {"somebody's file under our name": 2, "stopped": -15, "interrupted": 1}
    | {"database that ends while it is read": 3}  # tests/pipelines/sources/remote/test_postgresql_source.py
)


def test_every_row_of_the_document_is_a_test_and_every_test_a_row() -> None:
    table = DOCUMENT.read_text().partition("## What may happen to a night")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| (-?\d+) \|", table, flags=re.MULTILINE)
    assert {name.strip(): int(code) for name, code in rows} == test_faults.CODES | store_faults.CODES | CODES
    assert len(rows) >= 40
