"""Files at an address: on an object store or a web server. They are copied once for a run, and read as local ones."""

from __future__ import annotations

import atexit
import base64
import shutil
import tempfile
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import Request, urlopen

import pyarrow as pa

from pipelines.errors import BadInput, UsageError
from pipelines.redaction import one_line
from pipelines.sources.remote.address import Address

#: Seconds without a byte after which a server is given up.
PATIENCE = 60
BLOCK = 1 << 20
#: So many characters of what a library says are shown.
LONGEST = 500


def local(data: Path | Address) -> Path | Address:
    """The files at an address, copied into a private folder; all else as it is.

    The folder is cleared with the temporary files of the run, or when this process ends.

    Parameters
    ----------
    data : Path or Address
        `https://host/export.zip`, or `s3://bucket/folder` and what else pyarrow reads.

    Raises
    ------
    BadInput
        If they cannot be read, or were changed meanwhile.
    UsageError
        If there is nothing.
    """
    if not isinstance(data, Address) or not data.is_files:
        return data
    folder = Path(tempfile.mkdtemp(prefix="closedwon-copy-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return (_from_web if data.scheme in ("http", "https") else _from_store)(data, folder)


def _from_web(address: Address, folder: Path) -> Path:
    parts = urlsplit(address.url)
    name = PurePosixPath(unquote(parts.path)).name
    if name in ("", ".", ".."):
        raise UsageError(
            f"{address} names no file: a web server lists no folder, so give the address of a zip archive, a workbook "
            "or a DuckDB file"
        )
    target = folder / name
    try:
        with urlopen(_request(parts), timeout=PATIENCE) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file, BLOCK)
            length = answer.headers.get("Content-Length")
        if length is not None and int(length) != target.stat().st_size:
            raise BadInput(f"{address} ended after {target.stat().st_size:,} of {int(length):,} bytes: run it again")
    except HTTPError as error:
        error.close()
        raise BadInput(f"{address} cannot be read: the server answers {error.code} {error.reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise BadInput(f"{address} cannot be read: {one_line(getattr(error, 'reason', error), LONGEST)}") from None
    return target


def _request(parts: SplitResult) -> Request:
    """A request for a file, with the user and the password of its address, where it has some."""
    login, _, host = parts.netloc.rpartition("@")
    request = Request(parts._replace(netloc=host, fragment="").geturl())
    if login:
        credentials = base64.b64encode(unquote(login).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {credentials}")
    return request


def _from_store(address: Address, folder: Path) -> Path:
    from pyarrow import fs

    try:
        system, path_in_store = fs.FileSystem.from_uri(address.url)
        before = _listed(system, path_in_store)
        if not before:
            raise UsageError(f"there is nothing at {address}: name the folder with the export, or a file")
        inside = list(before) != [path_in_store]
        for path in before:
            if ".." in PurePosixPath(path).parts:
                raise BadInput(f"{address} has an object whose name leads elsewhere: {path}")
            target = folder / (PurePosixPath(path).relative_to(path_in_store) if inside else PurePosixPath(path).name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with system.open_input_stream(path, compression=None) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, BLOCK)
        if _listed(system, path_in_store) != before:
            raise BadInput(f"{address} was changed while it was read: run again when the export is complete")
    except (OSError, pa.ArrowException, ValueError) as error:
        raise BadInput(f"{address} cannot be read: {one_line(error, LONGEST)}") from None
    return folder if inside else folder / PurePosixPath(path_in_store).name


def _listed(system: Any, path: str) -> dict[str, tuple[int | None, Any]]:
    """The size and the time of each file at a place, by its path."""
    from pyarrow import fs

    def files(found: Iterator[Any]) -> dict[str, tuple[int | None, Any]]:
        return {info.path: (info.size, info.mtime) for info in found if info.type == fs.FileType.File}

    info = system.get_file_info(path)
    if info.type == fs.FileType.File:
        return files(iter([info]))
    return files(iter(system.get_file_info(fs.FileSelector(path, allow_not_found=True, recursive=True))))
