"""A folder that changes as a whole: written aside, then exchanged with the old one in a single step.

    scores/              last night's files, complete at any moment
    .scores.next/        tonight's, until they are complete; then, for a moment, last night's
    .scores.previous/    last night's, only where the system cannot exchange two folders in one step

Files in the folder that closedwon did not write are the user's and go with it (as hard links, unchanged).
What closedwon wrote is what the folder's `manifest.json` lists; a folder without one is not its to replace.
"""

import ctypes
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.failures import UsageError

MANIFEST = "manifest.json"
FORMAT = "closedwon-manifest/1"


@contextmanager
def replaced(folder: str | Path) -> Iterator[Path]:
    """Give an empty folder to write in; when the block ends well it takes the place of `folder`.

    When the block raises, or the process is killed at any point, `folder` is what it was. One writer at a
    time: the caller holds the store's lock.

    Raises
    ------
    UsageError
        If `folder` cannot be replaced: it is no folder, or holds files but no manifest of closedwon, or is a
        mount point or the current directory, or a file of the user's has the name of a new one.
    """
    final = Path(folder).expanduser().resolve()
    staging, previous = (final.with_name(f".{final.name}.{state}") for state in ("next", "previous"))
    if previous.exists() and not final.exists():  # killed between the two steps of `_exchange`
        previous.rename(final)
    _check(final)
    _clear(staging, final, previous)
    try:
        staging.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"cannot write beside {final}: {error.strerror}; choose another --out") from error
    try:
        yield staging
        _settle(staging)
        if final.exists():
            _keep_foreign(final, staging)
            shutil.copymode(final, staging)
            _exchange(staging, final, previous)
        else:
            staging.rename(final)
        _sync(final.parent)
    finally:
        _clear(staging, final, previous)


def _check(final: Path) -> None:
    if not final.exists():
        return
    if not final.is_dir():
        raise UsageError(f"--out {final} is a file; name a folder")
    if final.is_mount():
        raise UsageError(f"--out {final} is a mount point and cannot be exchanged; name a folder inside it")
    if Path.cwd().is_relative_to(final):
        raise UsageError(f"--out {final} holds the current directory; run from outside it")
    if _written(final) is None and any(final.iterdir()):
        some = ", ".join(sorted(path.name for path in final.iterdir())[:3])
        raise UsageError(f"--out {final} holds files of another origin ({some}); name an empty or a new folder")


def _clear(staging: Path, final: Path, previous: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    if final.exists():  # else `previous` is the last good night
        shutil.rmtree(previous, ignore_errors=True)


def _written(final: Path) -> set[str] | None:
    """Read from its manifest which files closedwon wrote to a folder; None without a readable one."""
    try:
        manifest = json.loads((final / MANIFEST).read_text(encoding="utf-8"))
        if not manifest["format"].startswith(FORMAT.split("/")[0]):
            return None
        return {MANIFEST, *(entry["path"] for entry in manifest["outputs"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep_foreign(final: Path, staging: Path) -> None:
    ours = _written(final) or set()
    for path in sorted(final.rglob("*")):
        name = path.relative_to(final)
        if name.as_posix() in ours or (path.is_dir() and not path.is_symlink()):
            continue
        kept = staging / name
        if os.path.lexists(kept):
            raise UsageError(f"{path} is not closedwon's, but has the name of a file to write; move it away")
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            _link(path, kept)
        except OSError as error:
            raise UsageError(f"{path} is not closedwon's and cannot be kept: {error.strerror}") from error


def _link(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:  # a file system without hard links, or a file of another owner
        shutil.copy2(path, kept, follow_symlinks=False)


def _settle(folder: Path) -> None:
    """Have the system write everything to the disk: a rename must not get there before what it names."""
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink():
            _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(staging: Path, final: Path, previous: Path) -> None:
    if _swap(staging, final):
        return
    final.rename(previous)
    try:
        staging.rename(final)
    except BaseException:
        previous.rename(final)
        raise


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders in one step where the system and its file system can; False where not."""
    first, second = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None)
    if hasattr(library, "renameat2"):  # Linux: relative to AT_FDCWD, with RENAME_EXCHANGE
        return int(library.renameat2(-100, first, -100, second, 2)) == 0
    if hasattr(library, "renamex_np"):  # macOS: with RENAME_SWAP
        return int(library.renamex_np(first, second, 2)) == 0
    return False
