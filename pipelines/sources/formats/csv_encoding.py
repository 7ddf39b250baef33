"""The text of a file as plain UTF-8: unpacked, and converted where it was written in another encoding."""

from __future__ import annotations

import bz2
import codecs
import gzip
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import BadInput

PACKED = (".gz", ".gzip", ".zst", ".bz2")
_CHUNK = 1 << 20
#: So much of a disk must stay free while a file is unpacked: an archive of a few bytes may hold terabytes.
_ROOM, _LOOK_EVERY = 1 << 30, 1 << 28

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORDS = {"cp1252": "Windows-1252", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_HIGH = re.compile(rb"[\x80-\xff]")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: No character of Windows-1252; three of other alphabets or signs in a row; a sign within a word.
_STRANGE = re.compile(rb"[\x81\x8d\x8f\x90\x9d]|[\x80-\xff]{3,}|[A-Za-z][\x80-\x90\x95-\x99\x9b\x9d][a-z]")


def as_utf8(path: Path, name: str, scratch: Path) -> tuple[Path, tuple[str, ...]]:
    """The file as plain UTF-8, and notes on how it was written.

    Parameters
    ----------
    path : Path
        A text file, perhaps packed.
    name : str
        Its name in messages.
    scratch : Path
        A private folder, for what is unpacked or converted.

    Raises
    ------
    BadInput
        If the file cannot be read, or its encoding is not known.
    """
    try:
        if path.suffix.lower() in PACKED:
            with _unpacked(path) as packed:
                path = spilled(packed, name, scratch)
        encoding = _encoding(path, name)
        if encoding == "utf-8":
            return path, ()
        target = _new(scratch)
        with path.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except (EOFError, gzip.BadGzipFile, UnicodeError, OSError) as error:
        raise BadInput(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    doubt = "; if letters come out wrong, export it as UTF-8" if encoding == "cp1252" else ""
    return target, (f"{name} is not UTF-8 and is read as {_WORDS[encoding]}{doubt}",)


def spilled(source: Any, name: str, scratch: Path, suffix: str = "") -> Path:
    """Copy a stream into a new file of a private folder.

    Raises
    ------
    BadInput
        If the disk would be full.
    """
    target = _new(scratch, suffix)
    copied = 0
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            if copied % _LOOK_EVERY == 0 and shutil.disk_usage(scratch).free < _ROOM:
                raise BadInput(
                    f"{name} cannot be unpacked: the disk of {scratch.parent} is full; set TMPDIR to another"
                )
            file.write(chunk)
            copied += len(chunk)
    return target


def _new(scratch: Path, suffix: str = "") -> Path:
    handle, file = tempfile.mkstemp(suffix, dir=scratch)
    open(handle, "wb").close()
    return Path(file)


def _unpacked(path: Path) -> Any:
    suffix = path.suffix.lower()
    if suffix == ".bz2":
        return bz2.open(path)
    if suffix == ".zst":
        import pyarrow as pa

        return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return gzip.open(path)


def _encoding(path: Path, name: str) -> str:
    """The encoding, decided by decoding all of the file.

    Text that is UTF-8 but for a few bytes is UTF-8: the rows with these bytes are set aside.
    """
    with path.open("rb") as file:
        start = file.read(1 << 12)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise BadInput(f"{name} is UTF-32; export it as UTF-8")
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    encoding = marked or _wide(start) or "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
        return encoding
    except UnicodeError as error:
        if encoding != "utf-8":
            raise BadInput(f"{name} begins as UTF-16, but the rest is not; export it as UTF-8") from error
    if marked:
        return encoding
    high = sequences = within = strange = 0
    for chunk in _chunks(path):
        high += len(_HIGH.findall(chunk))
        found = _SEQUENCE.findall(chunk)
        sequences, within = sequences + len(found), within + sum(map(len, found))
        strange += sum(map(len, _STRANGE.findall(chunk)))
    if high - within <= sequences:
        return encoding
    if 20 * sequences > high - within:
        raise BadInput(f"{name} has rows in UTF-8 and rows in another encoding; export it again as UTF-8")
    if 10 * strange > high:
        raise BadInput(f"{name} is neither UTF-8 nor UTF-16 nor Windows-1252; export it as UTF-8")
    return "cp1252"


def _wide(start: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of a header is zero."""
    pairs = max(len(start) // 2, 1)
    even, odd = start[::2].count(0) / pairs, start[1::2].count(0) / pairs
    if min(even, odd) < 0.05 and max(even, odd) > 0.4:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
