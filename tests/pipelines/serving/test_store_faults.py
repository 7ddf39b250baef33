"""A night in a store that is damaged, foreign, moved or too new, and with settings that cannot be meant."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.store import publication
from tests.pipelines.conftest import Run
from tests.pipelines.serving.store_faults import FAULTS, Change
from tests.pipelines.serving.test_faults import Job, made  # noqa: F401

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(made: Job) -> Path:  # noqa: F811
    """What the folder holds after the first night."""
    return Path(shutil.copytree(made.folder, made.folder.with_name("kept"), symlinks=True))


@pytest.fixture
def job(made: Job, kept: Path) -> Job:  # noqa: F811
    """The job on the day after its first night, whatever the test before did to it."""
    shutil.rmtree(made.folder)
    shutil.copytree(kept, made.folder, symlinks=True)
    made.tomorrow()
    return made


def log_of(job: Job) -> str:
    return "".join(file.read_text() for file in (job.folder / "store" / "log").iterdir())


@pytest.mark.parametrize(("change", "code", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_night_after_this(job: Job, change: Change, code: int, said: str) -> None:
    before = publication.latest_night(job.out)
    change(job.folder)
    ended = job.run()
    assert ended.code == code, ended.err
    if code:
        assert len(ended.err.splitlines()) == 1
        assert said in ended.err
        assert publication.latest_night(job.out) == before
        return
    assert said in log_of(job)
    name = job.consistent()
    assert name.startswith(f"{job.day}_2_")
    counts = json.loads((job.out / "manifest.json").read_text())["counts"]["lead"]
    again = "sent to the CRM again" in said or "restored from an older" in said or "column of today" in said
    assert (counts["changed"] == counts["scored"]) == (again or change.__qualname__.startswith("column"))
    assert not list((job.folder / "store").glob("temporary/*"))
    if change.__qualname__.startswith("record"):
        job.tomorrow()
        assert job.run().code == 0  # nor is the night after harmed


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_as_of_long_ago(closedwon: Run, day: str) -> None:
    for words in (("score", "--data", "crm", "--as-of", day), ("explain", "L1", "--at", day)):
        ended = closedwon(*words)
        assert (ended.code, f"{day} is no day of a CRM" in ended.err) == (2, True)
