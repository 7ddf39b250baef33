"""The files that a CRM imports: CSV as its profile asks for, cut where one import ends, the same bytes each time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    import ibis

    from scoring.crm.profile import Profile

Delivery = Literal["scores", "changes", "retire"]

BOM = b"\xef\xbb\xbf"

#: How much of a file is read at a time.
BLOCK = 1 << 20


@dataclass(frozen=True)
class Written:
    """What was written: data rows in all, and the files, part after part."""

    rows: int
    files: tuple[Path, ...]


def write(profile: Profile, entity: str, kind: Delivery, cells: ibis.Table, folder: Path) -> Written:
    """Write cells to ``folder/<entity>_<kind>.csv`` (or ``.zip``), and the rest to ``..._part_2.csv`` and so on.

    Parameters
    ----------
    profile : Profile
    entity : {'account', 'lead'}
    kind : {'scores', 'changes', 'retire'}
    cells : ibis.Table
        Of DuckDB: what `accepted` or `retired` of `scoring.crm.profile` gave. Rows keep their order.
    folder : path
        That of the CRM; made if it is not there. A profile's `beside` are written by calls of their own.

    Returns
    -------
    Written
        Without rows there is one file of a header, so that a script finds it every night.

    Raises
    ------
    ValueError
        If a cell holds a line end: no CRM's import would count rows as we do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{entity}_{profile.prefix}{kind}"
    whole = folder / f"{name}.csv"
    cells.to_csv(whole)
    rows = _lines(whole) - 1
    if rows != int(cells.count().execute()):
        raise ValueError(f"a cell of {whole.name} for {profile.name} holds a line end")
    fits = rows <= profile.max_rows and whole.stat().st_size <= profile.max_bytes
    if fits and not profile.bom and not profile.zipped:
        return Written(rows, (whole,))
    source = whole.rename(folder / f"{name}.whole")
    files = []
    with source.open("rb") as lines:
        for number, part in enumerate(_parts(lines, profile), start=1):
            file = folder / (f"{name}.csv" if number == 1 else f"{name}_part_{number}.csv")
            files.append(_zipped(file, part) if profile.zipped else _plain(file, part))
    source.unlink()
    return Written(rows, tuple(files))


def _lines(file: Path) -> int:
    with file.open("rb") as blocks:
        return sum(block.count(b"\n") for block in iter(lambda: blocks.read(BLOCK), b""))


def _parts(lines: BinaryIO, profile: Profile) -> Iterator[list[bytes]]:
    """Cut the lines of a file into parts that one import takes, each with the header. A record is one line."""
    header = (BOM if profile.bom else b"") + next(lines)
    part, size = [header], len(header)
    for line in lines:
        if len(part) > profile.max_rows or size + len(line) > profile.max_bytes:
            yield part
            part, size = [header], len(header)
        part.append(line)
        size += len(line)
    yield part


def _plain(file: Path, part: list[bytes]) -> Path:
    with file.open("wb") as target:
        target.writelines(part)
    return file


def _zipped(file: Path, part: list[bytes]) -> Path:
    """Write a zip of the one CSV; its times are fixed, so that the same rows give the same bytes."""
    entry = zipfile.ZipInfo(file.name)  # of 1980, the first day that a zip knows
    entry.external_attr = 0o644 << 16
    archive = file.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(entry, b"".join(part), zipfile.ZIP_DEFLATED, compresslevel=1)
    return archive
