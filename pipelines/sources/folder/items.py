"""A file or folder of an export, also within an archive, and what its suffix says it is."""

from __future__ import annotations

import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.errors import BadInput, is_out_of_space
from pipelines.sources.folder.table_names import Meaning
from pipelines.sources.formats.csv_encoding import PACKED, spilled
from pipelines.sources.formats.workbook import SUFFIXES as WORKBOOKS

_CSV = (".csv", ".tsv", ".tab", ".psv", ".txt")
_PARQUET = (".parquet", ".pq", ".parq")
_OTHER = (".json", ".jsonl", ".ndjson", ".avro", ".orc", ".feather", ".arrow", ".xml", ".html", ".rar", ".7z", ".tar")
_CODECS = (".snappy", ".zstd", ".gz", ".lz4", ".uncompressed")
_SYSTEM = ("thumbs.db", "desktop.ini", "__macosx")


@dataclass(frozen=True)
class TableFile:
    """A file, or a sheet of one, that holds a table or a part of it.

    Attributes
    ----------
    table : str
    kind : {"CSV", "Parquet", "Excel", "JSON"}
    name : str
        Its path below `--data`, as messages say it.
    origin : Path
        The file on the disk; that of the archive for a member of one.
    member : str
        Its name in the archive; empty outside of archives.
    sheet : str
    means : Meaning
        What its name means: the numbers and the date of a part.
    group : str
        The folder of part files that it is in; empty if its own name is that of a table.
    columns : tuple of str
        Its columns, where something beside it says them: it may have no header then.
    """

    table: str
    kind: str
    name: str
    origin: Path
    member: str = ""
    sheet: str = ""
    means: Meaning = field(default_factory=Meaning)
    group: str = ""
    columns: tuple[str, ...] = ()

    @property
    def packed(self) -> bool:
        """Whether it is packed by itself, beside any archive that it is in."""
        return PurePosixPath(self.member or self.origin.name).suffix.lower() in PACKED

    def on_disk(self, scratch: Path) -> Path:
        """The file itself; a member of an archive is copied to a private folder first."""
        if not self.member:
            return self.origin
        with self.opened() as source:
            return spilled(source, self.name, scratch, PurePosixPath(self.member).suffix)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes, also within an archive.

        Raises
        ------
        BadInput
            If it cannot be read.
        """
        try:
            if not self.member:
                with self.origin.open("rb") as plain:
                    yield plain
                return
            with zipfile.ZipFile(self.origin) as archive, archive.open(self.member) as source:
                yield source
        except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            if is_out_of_space(error):  # of whoever writes what is read here
                raise
            raise BadInput(f"{self.name} cannot be read: {error}; unpack the archive first") from error


@dataclass(frozen=True)
class Item:
    """A file or folder of the export, or a member of an archive; what is inside is listed when it is asked for."""

    name: str
    origin: Path
    member: str = ""
    members: tuple[str, ...] = ()

    @property
    def leaf(self) -> str:
        """Its own name."""
        return PurePosixPath(self.name).name

    @property
    def kind(self) -> str:
        """`CSV`, `Parquet`, `Excel`, `zip`, `folder`, or what it is otherwise."""
        if self.members:
            return "folder"
        if not self.member and not self.origin.is_file():
            return "folder" if self.origin.is_dir() else self._odd()
        return format_of(self.leaf)[1]

    def _odd(self) -> str:
        if self.origin.is_symlink() and not self.origin.exists():
            return "a link to nothing"
        mode = self.origin.lstat().st_mode
        return "a pipe" if stat.S_ISFIFO(mode) else "no file"

    @property
    def loops(self) -> bool:
        """Whether it is a link to a folder that it is in."""
        real = self.origin.parent.resolve()
        return not self.member and self.origin.is_symlink() and self.origin.resolve() in (real, *real.parents)

    @property
    def empty(self) -> bool:
        """Whether it is a file without a byte."""
        return not self.member and self.origin.is_file() and self.origin.stat().st_size == 0

    def inside(self) -> list[Item]:
        """What is right below it."""
        if not self.members:
            names = sorted(path.name for path in self.origin.iterdir())
            return [Item(f"{self.name}/{name}".removeprefix("/"), self.origin / name) for name in names]
        return tree(self.name, self.origin, self.member, self.members)

    @property
    def hidden(self) -> bool:
        """Whether it is a file that systems and programs leave in folders."""
        return self.leaf.startswith((".", "~$")) or self.leaf.lower() in _SYSTEM


def members_of(item: Item) -> list[str]:
    """The names of the files in a zip archive, in its order; one that is there twice has two.

    Raises
    ------
    BadInput
        If the archive cannot be read.
    """
    try:
        with zipfile.ZipFile(item.origin) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"{item.name} cannot be read: {error}") from error


def tree(name: str, origin: Path, above: str, members: Sequence[str]) -> list[Item]:
    """The members of an archive right below a folder of it."""
    groups = defaultdict(list)
    for member in members:
        groups[member.removeprefix(above).partition("/")[0]].append(member)
    found = []
    for leaf, below in sorted(groups.items()):
        inside = below != [above + leaf]
        found.append(Item(f"{name}/{leaf}", origin, above + leaf + "/" * inside, tuple(below) if inside else ()))
    return found


def format_of(leaf: str) -> tuple[str, str]:
    """The name without its suffixes, and the kind of file."""
    path = PurePosixPath(leaf.lower())
    suffix, stem = path.suffix, leaf[: len(leaf) - len(path.suffix)]
    if suffix in PACKED and PurePosixPath(stem.lower()).suffix in _CSV:
        return stem[: len(stem) - len(PurePosixPath(stem.lower()).suffix)], "CSV"
    if suffix in _PARQUET:
        return stem[: -len(inner)] if (inner := PurePosixPath(stem.lower()).suffix) in _CODECS else stem, "Parquet"
    kinds = {".zip": "zip"} | dict.fromkeys(_CSV, "CSV") | dict.fromkeys(WORKBOOKS, "Excel")
    if suffix == ".zip":
        inner = PurePosixPath(stem.lower()).suffix
        stem = stem[: -len(inner)] if inner in (*_CSV, *_PARQUET) else stem
    if suffix in kinds:
        return stem, kinds[suffix]
    return stem if suffix in (*_OTHER, *PACKED) else leaf, "other"
