"""Which files of an export hold which table, and which are not read, each with the reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipelines.disk import sha256_of
from pipelines.errors import BadInput
from pipelines.sources.folder.items import Item, TableFile, format_of, members_of, tree
from pipelines.sources.folder.table_names import Meaning, table_meaning
from pipelines.sources.formats.content import require_kind
from pipelines.sources.formats.workbook import sheet_names

#: Folders of these formats hold rows that were deleted since.
_LAKES = {"_delta_log": "Delta Lake", ".hoodie": "Hudi", "metadata": "Iceberg"}
_DATABASES = (".db", ".duckdb", ".sqlite", ".sqlite3")
#: How browsers and programs end the name of a file that is not there in full yet.
UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".filepart", ".tmp", ".!ut", ".aria2")
_MANY, _MOST = 5, 40


@dataclass
class Listing:
    """What was found.

    Attributes
    ----------
    files : dict of list of TableFile
        By table.
    notes : list of str
        What is not read, and which tables have several files.
    perhaps : dict of list of str
        Files that are not read and may hold a table, by that table.
    """

    files: dict[str, list[TableFile]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    perhaps: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _unknown: list[str] = field(default_factory=list)

    def find_tables(self, item: Item, *, in_archive: bool = False) -> bool:
        """Find the tables in a file or folder, and tell whether there are any."""
        unfinished = next((end for end in UNFINISHED if item.leaf.lower().endswith(end)), "")
        stem, _ = format_of(item.leaf[: len(item.leaf) - len(unfinished)])
        means, kind = table_meaning(stem), item.kind
        if item.hidden:
            return False
        if kind == "folder":
            return self._folder(item, means)
        if kind == "zip" and not in_archive:
            return self._archive(item, means)
        if means.table and not means.copy and kind in ("CSV", "Parquet", "Excel") and not item.member:
            require_kind(item.origin, item.name, kind)
        if kind == "Excel" and not item.member:
            return self._workbook(item, means)
        if kind.startswith(("a ", "no ")) and means.table and not means.copy:
            raise BadInput(f"{item.name} is {kind}, so the table {means.table} cannot be read: put the file there")
        if kind in ("CSV", "Parquet", "Excel") and means.table and not means.copy:
            self.files[means.table].append(TableFile(means.table, kind, item.name, item.origin, item.member, "", means))
            return True
        self._leave(item, means, kind)
        return False

    def _leave(self, item: Item, means: Meaning, kind: str) -> None:
        """Say why a file or folder is not read."""
        suffix = "" if kind in ("folder", "other") else PurePosixPath(item.leaf).suffix.lower()
        table = means.table or means.probably
        if kind.startswith(("a ", "no ")):
            self.notes.append(f"{item.name} is not read: it is {kind}")
        elif item.leaf.lower().endswith(UNFINISHED):
            self.notes.append(f"{item.name} is not read: its download was not finished; download it again")
        elif item.leaf.lower().endswith(_DATABASES):
            self.notes.append(f"{item.name} is not read: it is a database; to read it, give it to --data itself")
        elif not table:
            self._unknown.append(item.name + "/" * (kind == "folder"))
        elif means.copy:
            self.notes.append(
                f"{item.name} is not read: its name is that of a second download; remove it, or rename it to "
                f"{table}{suffix} if it is the table, or to {table}_2{suffix} if it is a second part"
            )
        elif means.table:
            why = "archives within archives are not read" if kind == "zip" else "CSV, Parquet and Excel files are read"
            self.notes.append(f"{item.name} is not read: {why}; export the table {table} as one of them")
        else:
            self.notes.append(
                f"{item.name} is not read: no table has this name; if it is the table {table} or a part of it, rename "
                f"it to {table}{suffix} or {table}_2{suffix}"
            )
        if table:
            self.perhaps[table].append(item.name)

    def _folder(self, item: Item, means: Meaning) -> bool:
        inside = item.inside()
        if not means.table or means.copy:
            self._leave(item, means, "folder")
            return False
        for lake in (below.leaf for below in inside if below.leaf in _LAKES):
            raise BadInput(
                f"{item.name} is a table of {_LAKES[lake]}, whose folder also holds rows that were deleted since: "
                f"export the table {means.table} as Parquet"
            )
        found = list(self._parts(inside, means.table, item.name))
        if not found and format_of(item.leaf)[1] != "other":
            raise BadInput(f"{item.name} is a folder without part files, so the table {means.table} cannot be read")
        if not found:
            self._unknown.append(f"{item.name}/")
        self.files[means.table] += found
        keys = sorted({name.partition("=")[0] for part in found for name in part.name.split("/")[:-1] if "=" in name})
        if keys:
            self.notes.append(
                f"{means.table}: the names of the folders in {item.name} ({', '.join(keys)}) are not read as columns"
            )
        return bool(found)

    def _parts(self, items: Iterable[Item], table: str, group: str) -> Iterable[TableFile]:
        for item in items:
            if item.hidden or item.leaf.startswith("_") or item.loops:
                continue
            if item.empty:  # some programs write a part without anything in it
                self.notes.append(f"{item.name} is empty")
            elif item.kind == "folder":
                yield from self._parts(item.inside(), table, group)
            elif item.kind in ("CSV", "Parquet") and table_meaning(format_of(item.leaf)[0]).table in ("", table):
                yield TableFile(table, item.kind, item.name, item.origin, item.member, group=group)
            else:
                self._unknown.append(item.name)

    def _archive(self, item: Item, means: Meaning) -> bool:
        members = members_of(item)
        if again := [member for member, times in Counter(members).items() if times > 1]:
            raise BadInput(f"{item.name} has {again[0]} twice; which one is meant? Remove the other")
        inside = [i for i in tree(item.name, item.origin, "", members) if not i.hidden]
        while len(inside) == 1 and inside[0].kind == "folder" and not table_meaning(inside[0].leaf).table:
            inside = [i for i in inside[0].inside() if not i.hidden]
        named = [i for i in inside if table_meaning(format_of(i.leaf)[0]).table]
        if named or not means.table or means.copy:
            placed = [self.find_tables(i, in_archive=True) for i in inside]
            return any(placed)
        found = list(self._parts(inside, means.table, item.name))
        self.files[means.table] += found
        return bool(found)

    def _workbook(self, item: Item, means: Meaning) -> bool:
        sheets = sheet_names(item.origin, item.name)
        by_name = {sheet: found for sheet in sheets if (found := table_meaning(sheet)).table and not found.copy}
        if not by_name and means.table and not means.copy:
            if len(sheets) > 1:
                raise BadInput(
                    f"{item.name} has the sheets {', '.join(sheets)}: name the one that is the table {means.table} so"
                )
            by_name = dict.fromkeys(sheets, means)
        if not by_name:
            self._leave(item, means, "Excel")
            return False
        for sheet, found in by_name.items():
            name = item.name if len(sheets) == 1 else f"{item.name}, sheet {sheet}"
            self.files[found.table].append(TableFile(found.table, "Excel", name, item.origin, "", sheet, found))
        self._unknown += [f"{item.name}, sheet {sheet}" for sheet in sheets if sheet not in by_name]
        return True

    def finish(self) -> None:
        """Settle which files are the parts of each table.

        Raises
        ------
        BadInput
            If a table is there twice.
        """
        for table, files in self.files.items():
            self.files[table] = self._settled(table, files)
        if self._unknown:
            names, more = self._unknown[:_MOST], len(self._unknown) - _MOST
            more_words = f" and {more} more" if more > 0 else ""
            self.notes.append(f"not read, since no table has such a name: {', '.join(names)}{more_words}")

    def _settled(self, table: str, files: list[TableFile]) -> list[TableFile]:
        dated, plain = [f for f in files if f.means.date], [f for f in files if not f.means.date]
        if len(dated) > 1 and not plain:
            raise BadInput(
                f"the table {table} is there on several dates: {_some(dated)}; keep the newest if each is the whole "
                f"table, or name them {table}_1, {table}_2 if they are its parts"
            )
        for old in dated if plain else ():
            self.notes.append(
                f"{old.name} is not read: it seems to be the table {table} of another date; if it is a part, rename "
                f"it to {table}_2"
            )
        parts = sorted(plain or dated, key=lambda f: (_volume(f), f.means.numbers, f.name))
        by_group: dict[tuple[str, tuple[int, ...]], list[TableFile]] = defaultdict(list)
        for part in parts:
            by_group[part.group, () if part.group else part.means.numbers].append(part)
        twice = next((f for (group, _), f in by_group.items() if len(f) > 1 and not group and not _volumes(f)), [])
        kinds = {part.kind: part for part in parts}
        groups = {part.group: part for part in parts}
        for clash in (twice, list(kinds.values()), list(groups.values()), _same_content(parts)):
            if len(clash) > 1:
                names = [f.group or f.name for f in sorted(clash, key=lambda f: f.kind != "Parquet")]
                raise BadInput(f"the table {table} is there twice: {' and '.join(names)}; keep one of them")
        if len(parts) > 1:
            self.notes.append(f"{table}: read from {len(parts)} files as the parts of one table: {_some(parts)}")
            numbers = [f.means.numbers[0] for f in parts if len(f.means.numbers) == 1]
            missing = sorted(set(range(min(numbers), max(numbers))) - set(numbers)) if numbers else []
            if missing and len(missing) < len(numbers) + _MANY:
                self.notes.append(f"{table}: there is no part {', '.join(map(str, missing))}; is a file missing?")
        elif dated and not plain:
            self.notes.append(f"{table}: read from {parts[0].name}")
        return parts


def _volume(file: TableFile) -> str:
    """The name of an archive that is one of several with the same tables, such as ``export_2.zip``."""
    stem = file.origin.stem
    return stem if file.member and stem.rpartition("_")[2].isdigit() and len(stem.rpartition("_")[2]) < 4 else ""


def _volumes(files: list[TableFile]) -> bool:
    volumes = {_volume(file) for file in files}
    return "" not in volumes and len(volumes) == len(files) and len({v.rpartition("_")[0] for v in volumes}) == 1


def _same_content(parts: list[TableFile]) -> list[TableFile]:
    """Two files with equal bytes that have rows; a folder of part files is left to the program that wrote it."""
    sizes = defaultdict(list)
    for part in parts:
        if not (part.member or part.sheet or part.group):
            sizes[part.origin.stat().st_size].append(part)
    by_digest: dict[str, TableFile] = {}
    for part in (part for same in sizes.values() if len(same) > 1 for part in same):
        digest = sha256_of(part.origin)
        with part.origin.open("rb") as file:
            has_rows = part.kind == "Parquet" or file.read(1 << 20).strip().count(b"\n") > 0
        if has_rows and digest in by_digest:
            return [by_digest[digest], part]
        by_digest[digest] = part
    return []


def _some(files: Sequence[TableFile]) -> str:
    names = [file.name for file in files]
    return ", ".join(names) if len(names) <= _MANY else f"{', '.join(names[:3])} … {names[-1]}"


def list_export(data: Path) -> Listing:
    """The tables in a folder, or in a single zip archive or workbook.

    Parameters
    ----------
    data : Path

    Raises
    ------
    BadInput
        If a table is there twice, or what has the name of a table cannot be read.
    """
    listing = Listing()
    if data.is_dir():
        for item in Item("", data).inside():
            listing.find_tables(item)
    else:
        listing.find_tables(Item(data.name, data))
    listing.finish()
    return listing


def is_read(path: Path) -> bool:
    """Whether a file is an archive or a workbook, which may hold tables."""
    return format_of(path.name)[1] in ("zip", "Excel")
