"""The folder of the nights: each is made aside, appears whole, and is `latest` from one step to the next.

scores/
    nights/2025-12-29_12_5f0c9a1e/       a night, whole, never changed
    nights/.2025-12-30_13_c7b27d04/      tonight's, until it is complete
    latest -> nights/2025-12-29_12_5f0c9a1e
    manifest.json -> latest/manifest.json       and so each file and folder of a night: these paths always work

Whoever reads several files of one night resolves `latest` once. Anything else in the folder is the user's.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UsageError

NIGHTS, LATEST, MANIFEST = "nights", "latest", "manifest.json"


def prepared(out: str | Path) -> Path:
    """The folder, made if it is not there, and cleared of what a killed run left.

    Raises
    ------
    UsageError
        If it cannot be used: it is a file, cannot be written to, or has files of another origin where a night's go.
    """
    final = Path(out).expanduser().resolve()
    if final.exists() and not final.is_dir():
        raise UsageError(f"--out {final} is a file; name a folder")
    foreign = [name for name in (LATEST, MANIFEST) if (final / name).exists() and not (final / name).is_symlink()]
    if foreign:
        raise UsageError(f"--out {final} holds files of another origin ({', '.join(foreign)}); name another folder")
    try:
        (final / NIGHTS).mkdir(parents=True, exist_ok=True)
        for left in (final / NIGHTS).glob(".*"):
            shutil.rmtree(left)
        # Found out now, and not after an hour of scoring.
        _point(final / ".probe", "nothing")
        (final / ".probe").unlink()
    except OSError as error:
        raise UsageError(f"cannot write to --out {final}: {error.strerror}; choose another folder") from error
    return final


@contextmanager
def staged(out: Path, night: str) -> Iterator[Path]:
    """Give an empty folder to write a night in; when the block ends well it stands in `nights`, whole.

    It is not `latest` yet. When the block raises, or the process is killed at any point, no night has come of it.
    """
    aside, whole = out / NIGHTS / f".{night}", out / NIGHTS / night
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        settle(aside)
        shutil.rmtree(whole, ignore_errors=True)  # of a run that was killed before it published
        aside.rename(whole)
        sync(whole.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def publish(out: Path, night: str) -> None:
    """Make a night the latest, in one step: the point from which on it is published.

    Raises
    ------
    UsageError
        If a file of the user's has the name of one of the night's.
    """
    for name in (path.name for path in (out / NIGHTS / night).iterdir()):
        if os.path.lexists(out / name) and not _is_ours(out / name):
            raise UsageError(f"{out / name} is not closedwon's, but has the name of a file to write; move it away")
    _point(out / LATEST, f"{NIGHTS}/{night}")
    sync(out)


def published(out: Path) -> str | None:
    """The night that `latest` names; None without a whole one."""
    latest = out / LATEST
    if not latest.is_symlink() or not (latest / MANIFEST).is_file():
        return None
    return Path(os.readlink(latest)).name


def tidy(out: Path, keep: int) -> None:
    """Have a path for each file of the latest night, and keep no more than so many nights."""
    there = {path.name for path in (out / LATEST).iterdir()}
    for name in sorted(there):
        if not os.path.lexists(out / name):
            _point(out / name, f"{LATEST}/{name}")
    for path in out.iterdir():
        if _is_ours(path) and path.name not in there:
            path.unlink()
    latest = published(out)
    nights = sorted((path for path in (out / NIGHTS).iterdir() if path.name != latest), key=_sequence)
    for old in nights[: max(0, len(nights) - keep + 1)]:
        doomed = old.rename(old.with_name(f".{old.name}"))
        shutil.rmtree(doomed)


def _is_ours(path: Path) -> bool:
    return path.is_symlink() and os.readlink(path).startswith(f"{LATEST}/")


def _sequence(night: Path) -> int:
    return int(night.name.split("_")[1])


def _point(link: Path, to: str) -> None:
    """Have a link point to something else, without a moment in which it points nowhere."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    fresh.replace(link)


def settle(folder: Path) -> None:
    """Have the system write everything to the disk: a rename must not get there before what it names."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def sync(path: Path) -> None:
    """Have the system write one file, or what a folder names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
