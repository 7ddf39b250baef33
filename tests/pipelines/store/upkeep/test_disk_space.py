"""What a night takes and for how many there is room: the figures of a disk, written out."""

import os
from pathlib import Path

import pytest

from pipelines.store.upkeep import disk_space
from pipelines.store.upkeep.disk_space import DiskSpace


@pytest.mark.parametrize(
    ("space", "nights", "few", "words"),
    [
        (
            DiskSpace(3_200_000, 7_300_000, 41_007_300_000),
            12_812,
            False,
            "3.2 MB a night, 41.0 GB free: room for 12,812",
        ),
        (DiskSpace(3_200_000, 7_300_000, 96_000_000), 27, True, "3.2 MB a night, 96.0 MB free: room for 27 nights"),
        (DiskSpace(3_200_000, 7_300_000, 7_000_000), 0, True, "room for 0 nights"),
        (DiskSpace(0, 0, 10_000), 10_000, False, "0 B a night, 10 kB free"),
    ],
)
def test_room_for_nights(space: DiskSpace, nights: int, few: bool, words: str) -> None:
    assert (space.nights, space.few, words in str(space)) == (nights, few, True)


def test_it_is_measured_where_the_nights_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk_space.disk_space(tmp_path / "nothing") is None
    for n, size in enumerate((40_960, 81_920)):
        entry = tmp_path / "ledger" / f"2025-12-{29 + n}_{n + 1}_aa"
        entry.mkdir(parents=True)
        (entry / "account_scores.parquet").write_bytes(os.urandom(size))
    (tmp_path / "ledger" / "README").write_text("of somebody")
    files = tmp_path / "scores" / "nights" / "2025-12-30_2_aa"
    files.mkdir(parents=True)
    (files / "a.csv").write_bytes(os.urandom(20_480))
    (files / "b.csv").hardlink_to(files / "a.csv")
    (tmp_path / "scores" / "latest").symlink_to(files)
    found = disk_space.disk_space(tmp_path, tmp_path / "scores")
    assert found is not None
    assert (found.kept, found.files) == (pytest.approx(61_440, abs=8_192), pytest.approx(20_480, abs=8_192))
    assert found.free > 0
