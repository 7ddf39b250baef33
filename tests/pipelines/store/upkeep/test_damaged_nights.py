"""What the ledger and the next night make of a damaged entry; the two nights are those of the first release."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.serving.earlier_nights import earlier_files, losses
from pipelines.store import ledger, publication
from pipelines.store.store import Store
from tests.pipelines.store.upkeep.old_store import unpacked

TONIGHT = date(2025, 12, 31)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return unpacked(tmp_path)


def store(folder: Path) -> Store:
    return Store(path=folder / "closedwon-store", tracking_uri="", own=True)


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "closedwon-store" / "ledger").glob("2*"))


def test_whole_nights_are_read_as_they_are(folder: Path) -> None:
    past = ledger.nights(store(folder))
    assert [(night.name, night.sequence, night.damage) for night in past] == [
        (entries(folder)[0].name, 1, ""),
        (entries(folder)[1].name, 2, ""),
    ]
    assert ledger.damage(store(folder), past) == losses(past, folder / "scores", ["lead"]) == []


@pytest.mark.parametrize(
    "text", [None, "", "{", '{"format": "closedwon-night/1"}', "[]", "null", '{"format": "x"}', "\x00"]
)
def test_a_night_without_its_record_is_what_its_scores_tell(folder: Path, text: str | None) -> None:
    file = entries(folder)[1] / "night.json"
    whole = json.loads(file.read_text())
    file.unlink()
    if text is not None:
        file.write_text(text)
    night = ledger.nights(store(folder))[1]
    assert (night.name, night.sequence, night.as_of) == (entries(folder)[1].name, 2, date(2025, 12, 30))
    assert night.record.models == {"lead": "1"}
    assert night.record.moment == whole["scored_at"]
    assert night.record.counts["lead"].scored == whole["counts"]["lead"]["scored"]
    assert night.damage.startswith(str(file))
    assert "restore it from a backup, or delete the folder" in night.damage
    assert ledger.next_sequence(ledger.nights(store(folder))) == 3


def test_a_night_of_which_nothing_can_be_read_is_named(folder: Path) -> None:
    for file in entries(folder)[1].iterdir():
        file.write_bytes(b"")
    past = ledger.nights(store(folder))
    assert [night.sequence for night in past] == [1]
    (said,) = ledger.damage(store(folder), past)
    assert said.startswith(f"{entries(folder)[1]} has no score file that can be read")


def gone(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize("harm", [gone, cut])
def test_scores_that_are_lost_are_taken_from_the_published_files(folder: Path, harm: Callable[[Path], None]) -> None:
    first, second = entries(folder)
    harm(second / "lead_scores.parquet")
    past, out = ledger.nights(store(folder)), folder / "scores"
    found = earlier_files(past, out, "lead", TONIGHT, 28)
    assert (found.last, found.then) == (first / "lead_scores.parquet",) * 2
    assert (found.served, found.has_sent) == (out / "latest" / "lead_scores.parquet", False)
    assert found.retired == second / "lead_retired.parquet"
    (said,) = losses(past, out, ["lead"])
    assert said.endswith("restore it from a backup; all leads are sent to the CRM again")


def test_a_published_night_that_the_ledger_lost_is_noticed(folder: Path) -> None:
    shutil.rmtree(entries(folder)[1])
    past, out = ledger.nights(store(folder)), folder / "scores"
    assert not earlier_files(past, out, "lead", TONIGHT, 28).has_sent
    assert "was the store restored from an older backup?" in losses(past, out, ["lead"])[0]
    assert publication.newest_sequence(out) == 2


def test_what_is_no_night_is_left_alone(folder: Path) -> None:
    for place in (folder / "closedwon-store" / "ledger", folder / "scores" / "nights"):
        for name in ("README", ".DS_Store", ".nfs0001", "Thumbs.db"):
            (place / name).write_text("of somebody")
        for name in ("mine", ".mine", "2025-notes", f"{entries(folder)[0].name} copy"):
            (place / name).mkdir()
    before = sorted((folder / "scores" / "nights").iterdir())
    assert len(ledger.nights(store(folder))) == 2
    publication.prepare_folder(folder / "scores", "score")
    publication.tidy(folder / "scores", 7)
    assert sorted((folder / "scores" / "nights").iterdir()) == before
    publication.tidy(folder / "scores", 1)  # only the latest night is kept, and what is somebody's
    assert len(before) - len(list((folder / "scores" / "nights").iterdir())) == 1
