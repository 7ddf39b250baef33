"""The folder of published nights: each is written under a hidden name, then renamed, then becomes `latest` in one step.

scores/
    nights/2025-12-29_12_5f0c9a1e/       a complete night, which never changes
    nights/.2025-12-30_13_c7b27d04/      a night that is being written
    latest -> nights/2025-12-29_12_5f0c9a1e
    manifest.json -> latest/manifest.json       and so for each file and folder of a night: these paths are always valid

To read several files of one night, resolve `latest` once. Anything else in the folder belongs to the user.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pipelines.disk import opened_to, sync
from pipelines.errors import UsageError, not_written

NIGHTS, LATEST, MANIFEST = "nights", "latest", "manifest.json"
#: As of when, which publication, of what.
NIGHT = re.compile(r"\d{4}-\d\d-\d\d_(\d+)(?:_[0-9a-f]+)?")
#: The commands that publish.
Publisher = Literal["score", "calls", "site"]


def prepare_folder(out: str | Path, command: Publisher) -> Path:
    """Create the folder if it is missing, and remove what a killed run left.

    Parameters
    ----------
    out : str or Path
    command : {"score", "calls", "site"}
        What will publish in it. Two of these in one folder would remove each other's nights and paths.

    Raises
    ------
    UsageError
        If it cannot be used: it is a file, cannot be written to, has files of another origin under our names, or what
        another command publishes.
    """
    final = Path(out).expanduser().resolve()
    if final.exists() and not final.is_dir():
        raise UsageError(f"--out {final} is a file; name a folder")
    foreign = [name for name in (LATEST, MANIFEST) if (final / name).exists() and not (final / name).is_symlink()]
    if foreign:
        raise UsageError(f"--out {final} holds files of another origin ({', '.join(foreign)}); name another folder")
    if (other := _published(final)) not in (None, command):
        raise UsageError(f"--out {final} is where `closedwon {other}` publishes; name another folder")
    try:
        (final / NIGHTS).mkdir(parents=True, exist_ok=True)
        opened_to(final / NIGHTS)
        for left in (final / NIGHTS).iterdir():
            if left.name.startswith(".") and is_night(left.name[1:]):
                shutil.rmtree(left)
        # Tried now, and not after an hour of scoring.
        _point(final / ".probe", "nothing")
        (final / ".probe").unlink()
    except OSError as error:
        message = f"cannot write to --out {final}: {error.strerror}; choose another folder"
        raise not_written(error, message) from None
    return final


def _published(out: Path) -> Publisher | None:
    """The command that published the latest in a folder; None if there is none, or its manifest cannot be read."""
    try:
        manifest = json.loads((out / LATEST / MANIFEST).read_text(encoding="utf-8"))
        if "night" in manifest:
            return "score"
        return "calls" if "week" in manifest else "site" if "as_of" in manifest else None
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def staged(out: Path, night: str) -> Iterator[Path]:
    """Give an empty folder to write a night in. When the block ends without an error, the night appears in `nights`.

    It is not `latest` yet. If the block raises, or the process is killed at any point, there is no such night.

    Parameters
    ----------
    out : Path
        The folder of published nights.
    night : str
        The name of the night.
    """
    draft, complete = out / NIGHTS / f".{night}", out / NIGHTS / night
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        sync_folder(draft)
        shutil.rmtree(complete, ignore_errors=True)  # of a run that was killed before it could publish
        draft.rename(complete)
        sync(complete.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def make_latest(out: Path, night: str) -> None:
    """Make a night the latest, in one step. From then on it is published.

    Parameters
    ----------
    out : Path
        The folder of published nights.
    night : str
        The name of the night.

    Raises
    ------
    UsageError
        If a file of the user has the name of a file of the night.
    """
    for name in (path.name for path in (out / NIGHTS / night).iterdir()):
        if os.path.lexists(out / name) and not _is_ours(out / name):
            raise UsageError(f"{out / name} is not closedwon's, but has the name of a file to write; move it away")
    _point(out / LATEST, f"{NIGHTS}/{night}")
    sync(out)


def latest_night(out: Path) -> str | None:
    """The name of the latest night; None if there is no complete one."""
    latest = out / LATEST
    if not latest.is_symlink() or not (latest / MANIFEST).is_file():
        return None
    return Path(os.readlink(latest)).name


def tidy(out: Path, keep: int) -> None:
    """Link each file of the latest night into the folder, and remove old nights.

    Parameters
    ----------
    out : Path
        The folder of published nights.
    keep : int
        The number of nights to keep.
    """
    names = {path.name for path in (out / LATEST).iterdir()}
    for name in sorted(names):
        if not os.path.lexists(out / name):
            _point(out / name, f"{LATEST}/{name}")
    for path in out.iterdir():
        if _is_ours(path) and path.name not in names:
            path.unlink()
    latest = latest_night(out)
    others = (path for path in (out / NIGHTS).iterdir() if path.name != latest and is_night(path.name))
    nights = sorted((path for path in others if path.is_dir() and not path.is_symlink()), key=_sequence)
    for old in nights[: max(0, len(nights) - keep + 1)]:
        removed = old.rename(old.with_name(f".{old.name}"))
        shutil.rmtree(removed)


def is_night(name: str) -> bool:
    """Whether a folder has the name of a night; all other names are somebody's, and are left alone."""
    return bool(NIGHT.fullmatch(name))


def _is_ours(path: Path) -> bool:
    return path.is_symlink() and os.readlink(path).startswith(f"{LATEST}/")


def newest_sequence(out: Path | None) -> int:
    """The number of the newest night in the folder; 0 if there is none."""
    latest = None if out is None else latest_night(out)
    return _sequence(Path(latest)) if latest and is_night(latest) else 0


def _sequence(night: Path) -> int:
    return int(night.name.split("_")[1])


def _point(link: Path, to: str) -> None:
    """Point a link at another target, without a moment in which it points nowhere."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    fresh.replace(link)


def sync_folder(folder: Path) -> None:
    """Have the system write a folder with all its files to the disk, which must be done before it is renamed."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)
