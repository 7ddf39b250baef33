"""Files on disk: written whole or not at all, known by their content, private, and gone when they were temporary."""

import fcntl
import glob
import hashlib
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import not_written
from scoring.sql_text import literal

#: Who may read what a command writes: the permissions that are taken away, by the words of the configuration.
UMASKS = {"owner": 0o077, "group": 0o027, "everybody": 0o022}
#: The file whose lock says that a temporary folder is in use, and the variables that lead libraries into it.
IN_USE, TEMPORARY = ".in_use", ("TMPDIR", "SPARK_LOCAL_DIRS")
#: Seconds after which a temporary folder that nobody has locked was left by a run that was killed.
LEFT = 3_600


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary file to write; when the block ends well it takes the place of `path`, in one step.

    Whoever reads `path` finds the old file or the new one, whole. When the block raises, the old one stays and the
    temporary one is removed.

    Parameters
    ----------
    path : Path
        The file to write or to replace.

    Yields
    ------
    Path
        The temporary file, beside `path` and hidden.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, in UTF-8, so that it is whole or as it was before."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_figures(file: Path, figures: Mapping[str, Any]) -> None:
    """Write the figures of a command, as JSON for other programs.

    Parameters
    ----------
    file : Path
        The file of ``--json``; it is whole or as it was before.
    figures : mapping
        Plain data, with dates and numbers of NumPy; a number that is none becomes null.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    try:
        write_text(file, figures_text(figures))
    except OSError as error:
        raise not_written(error, f"--json {file} cannot be written ({error.strerror}): name another file") from None


def figures_text(figures: Mapping[str, Any]) -> str:
    """The figures of a command as JSON: see `write_figures`."""
    return json.dumps(_plain(figures), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    return number if isinstance(number, bool | int) else str(number)


@contextmanager
def alone(descriptor: int, patience: float) -> Iterator[bool]:
    """Hold the lock of an open file or folder while the block runs; give whether it could be had.

    A lock that nobody gives back, or a disk without locks, must not stop a run: the block then runs without one.

    Parameters
    ----------
    descriptor : int
    patience : float
        Seconds to wait for whoever holds it.
    """
    deadline, locked = time.monotonic() + patience, False
    while not locked:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            locked = True
        except BlockingIOError:
            if time.monotonic() > deadline:
                break
            time.sleep(0.002)
        except OSError:
            break
    try:
        yield locked
    finally:
        # Not left to `close`: a process that was forked meanwhile has the same lock.
        if locked:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def file_list(paths: Iterable[Path]) -> str:
    """The list of files that a function of DuckDB reads, in SQL: a path is no pattern, whatever is in it."""
    return f"[{', '.join(literal(glob.escape(str(path))) for path in paths)}]"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have the system write one file, or the list of names of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def private_files() -> Iterator[None]:
    """Let only the owner read what is written until the block ends; `let_read` lets others."""
    before = os.umask(UMASKS["owner"])
    try:
        yield
    finally:
        os.umask(before)


def let_read(who: str) -> None:
    """Say who may read what is written from now on, as `[files] readable_by` has it."""
    os.umask(UMASKS[who])


def opened_to(folder: Path) -> None:
    """Give a folder the permissions of a new one: what is inside is as private as the folder.

    A folder of somebody else keeps its own.
    """
    kept = os.umask(0)
    os.umask(kept)
    if kept in UMASKS.values() and kept != UMASKS["everybody"]:
        with suppress(OSError):
            folder.chmod(0o777 & ~kept)


@contextmanager
def temporary_files(parent: Path | None = None) -> Iterator[None]:
    """Keep all temporary files of this process, its libraries and its workers in a private folder until the block ends.

    The folder's name cannot be guessed. Folders that killed runs left are removed first: their lock is free.

    Parameters
    ----------
    parent : Path, optional
        The folder in which it is made. Default: the system's folder for temporary files. If the folder cannot be
        written to, all stays as it is.
    """
    above, prefix = parent or Path(tempfile.gettempdir()), "run-" if parent else "closedwon-tmp-"
    try:
        above.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(above, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=above))
        descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    before, known = {name: os.environ.get(name) for name in TEMPORARY}, tempfile.tempdir
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.environ.update(dict.fromkeys(TEMPORARY, str(folder)))
        tempfile.tempdir = str(folder)
        yield
    finally:
        tempfile.tempdir = known
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
        if parent is not None:
            with suppress(OSError):  # another run has its own in it
                parent.rmdir()


def _clear(above: Path, prefix: str) -> None:
    """Remove the temporary folders of ours that no run holds."""
    for folder in above.iterdir():
        with suppress(OSError):
            state = folder.lstat()
            ours = folder.name.startswith(prefix) and folder.is_dir() and not folder.is_symlink()
            if ours and state.st_uid == os.getuid() and _left(folder, time.time() - state.st_mtime):
                shutil.rmtree(folder, ignore_errors=True)


def _left(folder: Path, age: float) -> bool:
    """Whether no run holds a temporary folder; one without the file of its lock may be new."""
    try:
        descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return age > LEFT
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
