"""The folder of the nights: whole or not there, and always one that is `latest`."""

import os
import threading
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.store import publication

#: As many nights are kept, the latest among them.
KEEP = 3


def made(out: Path, night: str, content: str) -> None:
    with publication.staged(publication.prepare_folder(out, "score"), night) as folder:
        (folder / publication.MANIFEST).write_text(content)
        (folder / "salesforce").mkdir()
        (folder / "salesforce" / "lead_scores.csv").write_text(content)
    publication.make_latest(out, night)
    publication.tidy(out, keep=KEEP)


def test_a_night_is_latest_and_its_files_have_a_path_that_stays(tmp_path: Path) -> None:
    for number in (1, 2):
        made(tmp_path, f"2025-12-29_{number}_aa", f"night {number}")
        assert (tmp_path / "salesforce" / "lead_scores.csv").read_text() == f"night {number}"
    assert sorted(os.listdir(tmp_path)) == ["latest", "manifest.json", "nights", "salesforce"]
    assert publication.latest_night(tmp_path) == "2025-12-29_2_aa"
    assert sorted(os.listdir(tmp_path / "nights")) == ["2025-12-29_1_aa", "2025-12-29_2_aa"]


def test_what_a_night_lacks_has_no_path_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    made(tmp_path, "2025-12-29_1_aa", "one")
    (tmp_path / "notes.txt").write_text("ask Ann")
    (tmp_path / "link").symlink_to("notes.txt")
    with publication.staged(publication.prepare_folder(tmp_path, "score"), "2025-12-30_2_aa") as folder:
        (folder / publication.MANIFEST).write_text("two")
    publication.make_latest(tmp_path, "2025-12-30_2_aa")
    publication.tidy(tmp_path, keep=1)
    assert sorted(os.listdir(tmp_path)) == ["latest", "link", "manifest.json", "nights", "notes.txt"]
    assert os.listdir(tmp_path / "nights") == ["2025-12-30_2_aa"]


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    out = publication.prepare_folder(tmp_path / "scores", "score")

    def half() -> None:
        with publication.staged(out, "2025-12-29_1_aa") as folder:
            (folder / "half").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert os.listdir(out / "nights") == []
    assert publication.latest_night(out) is None


def test_a_reader_always_finds_a_whole_night(tmp_path: Path) -> None:
    made(tmp_path, "2025-12-29_1_aa", "1")
    done, wrong, whole = threading.Event(), [], 0

    def latest() -> tuple[Path, int]:
        night = (tmp_path / "latest").resolve()
        return night, int(night.name.split("_")[1])

    def read() -> None:
        nonlocal whole
        while not done.is_set():
            night, number = latest()
            try:
                two = {(night / name).read_text() for name in (publication.MANIFEST, "salesforce/lead_scores.csv")}
            except FileNotFoundError:
                # On a busy machine it may have slept until the night was no longer kept. Sooner, none may go.
                if latest()[1] - number < KEEP:
                    wrong.append({night.name})
                continue
            whole += 1
            if len(two) != 1:
                wrong.append(two)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(2, 40):
            made(tmp_path, f"2025-12-29_{number}_aa", str(number))
    finally:
        done.set()
        reader.join()
    assert wrong == []
    assert whole > 0


@pytest.mark.parametrize(
    ("name", "message"),
    [("file", "is a file; name a folder"), ("foreign", r"holds files of another origin \(manifest.json\)")],
)
def test_a_folder_that_cannot_be_used_is_said_before_anything_is_done(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match=message):
        publication.prepare_folder(tmp_path / name, "score")


#: The beginning of a manifest of each command.
MANIFESTS: dict[publication.Publisher, str] = {
    "score": '{"format": "closedwon-manifest/2", "night": "2025-12-29_1_aa", "as_of": "2025-12-29"}',
    "calls": '{"week": "2025-12-29", "entity": "account", "outputs": {}}',
    "site": '{"as_of": "2025-12-29", "outputs": {}}',
}


@pytest.mark.parametrize("there", MANIFESTS)
def test_a_folder_is_of_one_command(tmp_path: Path, there: publication.Publisher) -> None:
    made(tmp_path, "2025-12-29_1_aa", MANIFESTS[there])
    before = sorted(tmp_path.rglob("*"))
    for other in MANIFESTS:
        if other == there:
            publication.prepare_folder(tmp_path, other)
        else:
            with pytest.raises(UsageError, match=f"is where `closedwon {there}` publishes; name another folder"):
                publication.prepare_folder(tmp_path, other)
    assert sorted(tmp_path.rglob("*")) == before
