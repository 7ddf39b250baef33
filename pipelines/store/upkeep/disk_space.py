"""How much of the disk a night takes, and for how many nights there is room: said before the disk is full."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: With room for fewer nights than these somebody must look; a month leaves time to order a disk.
FEW_NIGHTS = 30
#: So many of the newest nights tell what one takes.
MEASURED = 7


@dataclass(frozen=True)
class DiskSpace:
    """What nights take, and what is free.

    Attributes
    ----------
    kept : int
        Bytes that a night adds to the ledger, where it stays for `[ledger] keep_days`.
    files : int
        Bytes of a night's score files, of which `keep_files` nights are kept.
    free : int
        Bytes that are free on the disk of the store.
    """

    kept: int
    files: int
    free: int

    @property
    def nights(self) -> int:
        """For how many nights there is room, beside the files of the one that is being written."""
        return max(0, self.free - self.files) // max(1, self.kept)

    @property
    def few(self) -> bool:
        """Whether somebody must look."""
        return self.nights < FEW_NIGHTS

    def __str__(self) -> str:
        """In words: `3.2 MB a night, 41.0 GB free: room for 12,810 nights`."""
        return f"{in_bytes(self.kept)} a night, {in_bytes(self.free)} free: room for {self.nights:,} nights"


def disk_space(store: Path, out: Path | None = None) -> DiskSpace | None:
    """Measure it; None before the first night, or where the system does not tell.

    Parameters
    ----------
    store : Path
    out : Path, optional
        The folder of the score files.
    """
    try:
        entries = [path for path in (store / "ledger").iterdir() if path.name[:1].isdigit() and path.is_dir()]
        newest = sorted(entries, key=lambda path: path.stat().st_mtime)[-MEASURED:]
        state = os.statvfs(store)
        sizes = [_size(entry.rglob("*")) for entry in newest]
        files = 0 if out is None or not (out / "latest").is_dir() else _size((out / "latest").resolve().rglob("*"))
    except OSError:
        return None
    free = state.f_bavail * state.f_frsize
    return DiskSpace(sum(sizes) // len(sizes), files, free) if sizes else None


def _size(paths: Iterable[Path]) -> int:
    """What files take on the disk; two names of one content are one."""
    states = [path.lstat() for path in paths]
    return sum({state.st_ino: state.st_blocks * 512 for state in states}.values())


def in_bytes(count: int) -> str:
    """A size in words, such as 3.2 MB."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1_000:
            return f"{amount:,.0f} {unit}" if unit in ("B", "kB") else f"{amount:,.1f} {unit}"
        amount /= 1_000
    return f"{amount:,.1f} TB"
