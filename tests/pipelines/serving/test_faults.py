"""What may happen to a night, and what then is published. The table in docs/operations.md is this one.

The first night is as of 2025-12-29, and good; each fault befalls the night after the last good one.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines import ROOT
from pipelines.store import ledger, publication
from pipelines.store.store import Store
from tests.pipelines.conftest import QUICK, STILL
from tests.pipelines.serving.forked_nights import Ended, Nights
from tests.pipelines.serving.store_faults import CODES as STORE_CODES
from tests.pipelines.small_crm import AS_OF, Frames, people, write

pytestmark = pytest.mark.slow
CONFIG = QUICK + "resamples = 0\n[attributes]\nmax_attributes = 1\n" + STILL
#: From where on a night's files are made, and from where on they are published, as touches of files.
MAKING, PUBLISHING = "os.mkdir .*/pending/", r"os.rename .*/nights/\."


def market(day: str) -> Frames:
    """Leads that look at pages now and then, until the day before."""
    frames, rng = people(200, 60), np.random.default_rng(4)
    frames["accounts"] = pd.DataFrame({"account_id": ["A1"], "industry": ["Software"]})
    who = rng.choice(frames["leads"]["lead_id"], 3_000)
    when = pd.Timestamp(day) - pd.Timedelta(hours=12) - pd.to_timedelta(rng.integers(0, 300, 3_000), unit="D")
    frames["activities"] = pd.DataFrame({"lead_id": who, "activity_type": "page_view", "occurred_at": when})
    return frames


class Job:
    """An export, a store with a champion, and one good night, with what it takes to run another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nights = Nights(folder)
        self.day = AS_OF
        write(market(self.day), self.crm)
        (folder / "c.toml").write_text(CONFIG)
        for command in (("train", *self.data), ("promote", "--force")):
            assert self.nights.run(*command, "--store", self.folder / "store").code == 0
        assert self.run("--quiet", here=True).code == 0

    @property
    def crm(self) -> Path:
        return self.folder / "crm"

    @property
    def out(self) -> Path:
        return self.folder / "scores"

    @property
    def data(self) -> tuple[object, ...]:
        return ("--data", self.crm, "--config", self.folder / "c.toml", "--as-of", self.day, "--entity", "lead")

    def tomorrow(self) -> None:
        """The day after the last night, and what the CRM exports then."""
        self.day = str(self.past()[-1].as_of + timedelta(days=1))
        self.export()

    def export(self, change: Callable[[Frames], Frames] = lambda frames: frames) -> None:
        shutil.rmtree(self.crm, ignore_errors=True)
        write(change(market(self.day)), self.crm)

    def run(self, *more: object, data: tuple[object, ...] = (), **trouble: object) -> Ended:
        words = ("--store", self.folder / "store", "--out", self.out)
        return self.nights.run("score", *(data or self.data), *words, *more, **trouble)

    def past(self) -> list[ledger.Night]:
        return ledger.nights(Store(path=self.folder / "store", tracking_uri="", own=True))

    def consistent(self) -> str:
        """The latest night, after looking that it is whole and that the ledger says the same."""
        latest = (self.out / publication.LATEST).resolve()
        manifest = json.loads((latest / publication.MANIFEST).read_text())
        for output in manifest["outputs"]:
            assert hashlib.sha256((latest / output["path"]).read_bytes()).hexdigest() == output["sha256"]
        night = self.past()[-1]
        assert (night.name, night.record.manifest()) == (latest.name, manifest)
        served = pq.read_table(latest / "lead_scores.parquet")
        entered = pq.read_table(night.scores("lead")).select(served.column_names)
        assert entered.to_pylist() == served.to_pylist()
        return night.name

    def tidy(self) -> None:
        """Nothing is left of runs that did not come to their end."""
        assert not (self.folder / "store" / "ledger" / ledger.PENDING).exists()
        assert not [path for path in self.folder.rglob(".*") if path.is_dir()]
        nights = {night.name for night in self.past()}
        assert {path.name for path in (self.out / publication.NIGHTS).iterdir()} <= nights


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    job = Job(tmp_path_factory.mktemp("faults"))
    yield job
    job.nights.close()


@pytest.fixture
def job(made: Job) -> Job:
    """The job on the day after its last good night."""
    made.tomorrow()
    return made


def test_killed_at_any_touch_of_a_file(job: Job) -> None:
    whole = job.run()
    assert whole.code == 0
    publishing = next(n for n, place in enumerate(whole.touched) if re.search(PUBLISHING, place))
    making = next(n for n, place in enumerate(whole.touched) if re.search(MAKING, place))
    points = [(MAKING, 1 + (publishing - making) * i // 12) for i in range(12)]
    points += [(PUBLISHING, 1 + i) for i in range(20)]  # until the ledger is read again
    published = 0
    for since, number in points:  # each a next run, and killed again
        before, count = job.consistent(), len(job.past())
        job.tomorrow()
        ended = job.run(kill_at=number, since=since)
        assert (ended.code, job.consistent() != before) == (-9, len(job.past()) == count + 1), ended.touched[-1]
        published += len(job.past()) - count
    assert published >= 5
    job.tomorrow()
    assert job.run().code == 0
    assert job.consistent().startswith(job.day)
    job.tidy()


def lack(column: str) -> Callable[[Frames], Frames]:
    return lambda frames: frames | {"leads": frames["leads"].drop(columns=column)}


def typed(frames: Frames) -> Frames:
    return frames | {"leads": frames["leads"].assign(created_at="soon")}


def half(frames: Frames) -> Frames:
    return frames | {"activities": frames["activities"].iloc[::2]}


def emptied(frames: Frames) -> Frames:
    return frames | {"leads": frames["leads"].iloc[:0]}


def without(table: str) -> Callable[[Frames], Frames]:
    return lambda frames: {name: rows for name, rows in frames.items() if name != table}


#: What is wrong with the export: the words of the table, how it comes about, the exit code, what is said.
EXPORTS = [
    ("missing column", lack("lead_id"), 3, "lead_id"),
    ("changed type", typed, 3, "created_at"),
    ("half the activities missing", half, 4, "1,500 rows of activities where 3,000 are usual"),
    ("empty table", emptied, 3, "The table leads has no accepted row"),
    ("table gone", without("activities"), 4, "activities"),
    ("attribute gone", lack("size"), 4, "size is missing for 100% of the leads"),
]


@pytest.mark.parametrize(("name", "change", "code", "message"), EXPORTS, ids=[row[0] for row in EXPORTS])
def test_an_export_that_is_not_whole(
    job: Job, name: str, change: Callable[[Frames], Frames], code: int, message: str
) -> None:
    job.export(change)
    unpublished(job, job.run(), code, message)


def good(job: Job) -> None:
    """The next run publishes the night, and leaves nothing else behind."""
    assert job.run().code == 0
    assert job.consistent().startswith(job.day)
    job.tidy()


def test_after_all_of_these_the_next_run_is_a_good_one(job: Job) -> None:
    good(job)


def unpublished(job: Job, ended: Ended, code: int, message: str) -> None:
    """Nothing was published, and one message says why."""
    assert (ended.code, len(ended.err.splitlines())) == (code, 1), ended.err
    assert message in ended.err
    assert not job.consistent().startswith(job.day)
    job.tidy()


def refused(job: Job, ended: Ended, code: int, message: str) -> None:
    """Nothing was published, one message says why; the export mended, the next run is a good one."""
    unpublished(job, ended, code, message)
    job.export()
    good(job)


def test_truncated_parquet(job: Job) -> None:
    whole = (job.crm / "activities.parquet").read_bytes()
    (job.crm / "activities.parquet").write_bytes(whole[: len(whole) // 2])
    refused(job, job.run(), 3, "activities")


def test_vanished_input(job: Job) -> None:
    shutil.rmtree(job.crm)
    refused(job, job.run(), 2, "crm")


def test_input_that_vanishes_while_it_is_read(job: Job) -> None:
    for touch in (2, 4, 10, 22):  # from when the first table is looked at
        job.export()
        ended = job.run(removes=str(job.crm / "leads.csv"), removes_at=touch, since="crm/accounts", kill_at=-1)
        unpublished(job, ended, 3, "leads.csv")
    job.export()
    good(job)


def test_disk_full(job: Job) -> None:
    refused(job, job.run(file_bytes=12_000), 1, "no space is left")


def test_read_only_output(job: Job) -> None:
    job.out.chmod(0o500)
    try:
        ended = job.run(powerless=True)
    finally:
        job.out.chmod(0o700)
    refused(job, ended, 2, "cannot write to --out")


def test_second_run_at_once(job: Job) -> None:
    with Store.open(job.folder / "store"):
        ended = job.run()
    refused(job, ended, 5, "is in use by")


@pytest.mark.parametrize(("days", "code", "message"), [(200, 3, "future_created_at"), (2, 4, "is the clock right")])
def test_clock_set_back(job: Job, days: int, code: int, message: str) -> None:
    data = ("--data", job.crm, "--config", job.folder / "c.toml", "--entity", "lead")  # as of today, it says
    refused(job, job.run(data=data, now=str(date.fromisoformat(job.day) - timedelta(days=days))), code, message)


DOCUMENT = ROOT / "docs" / "operations.md"
CODES = {name: code for name, _, code, _ in EXPORTS} | {
    "kill -9": -9, "truncated Parquet": 3, "vanished input": 2, "input that vanishes while it is read": 3,
    "disk full": 1, "read-only output": 2, "second run at once": 5, "clock set back": 3, "clock set back a little": 4,
}  # fmt: skip


def test_the_document_has_this_table() -> None:
    table = DOCUMENT.read_text().partition("## What may happen to a night")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| (-?\d) \|", table, flags=re.MULTILINE)
    assert (CODES | STORE_CODES).items() <= {name.strip(): int(code) for name, code in rows}.items()
