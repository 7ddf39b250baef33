"""The files of a raw export, whatever their names mean: each with the name that its table gets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.errors import BadInput
from pipelines.sources.folder.items import Item, TableFile, format_of, members_of, tree
from pipelines.sources.folder.listing import UNFINISHED
from pipelines.sources.formats.json_file import json_stem
from pipelines.sources.formats.model_json import NAME as MODEL
from pipelines.sources.formats.model_json import columns_of
from pipelines.sources.formats.workbook import hidden_sheets, sheet_names
from scoring.crm.layout import raw_key

_COPY = re.compile(r"[\s_\-.]*(\(\d+\)|copy(\s*\d*)|copy[\s_]*\(\d+\))$", re.IGNORECASE)
_DATE = re.compile(
    r"[\s_\-.]*((19|20)\d\d[_\-.]?(0[1-9]|1[0-2])[_\-.]?(0[1-9]|[12]\d|3[01])([T_\-.\s:]*\d+)*Z?"
    # As Dynamics writes it, in the order of the user: 11-2-2024 3-45-12 PM, 02.11.2024 15-45-12.
    r"|(?<!\d)[0-3]?\d(?P<mark>[\-._])[0-3]?\d(?P=mark)(19|20)\d\d(\s\d{1,2}[\-.]\d\d([\-.]\d\d)?(\s*[AP]M)?)?)$",
    re.IGNORECASE,
)
_DAY_AND_PART = re.compile(r"(\D*\d{4}\D?\d\d\D?\d\d)(?:[\s_\-.](\d{1,2}))?")
#: What Spark, Databricks and lakes write beside the parts of a table, and how many such names a note has.
_LEFT, _MOST = ("_success", "_committed", "_started", "_metadata", "_common_metadata", "_delta_log", "_spark_"), 12
#: That nothing says what the columns of files are.
NO_COLUMNS: Mapping[str, tuple[str, ...]] = {}
_PART = re.compile(r"[\s_\-.]+((part|chunk|split)[\s_\-.]*)?(\d{1,3}|\d{4,12}(?=_))$", re.IGNORECASE)
_ONLY_PART = re.compile(
    r"(part|data|chunk|split|file)?[\s_\-.]*[\d_\-.]*(c\d+)?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}.*)?$"
)


def table_name(stem: str) -> str:
    """The name of a file without the date of the export and the number of a part, which change from one to the next."""
    plain = _COPY.sub("", stem)
    while (shorter := _PART.sub("", _DATE.sub("", plain))) != plain and shorter:
        plain = shorter
    return plain.strip(" _-.") or stem


def list_raw(data: Path) -> tuple[dict[str, list[TableFile]], list[str]]:
    """The files of an export by the name of their table, and notes on what is not read.

    Parameters
    ----------
    data : Path
        A folder, a zip archive, a workbook or a single file.

    Raises
    ------
    BadInput
        If an archive or workbook cannot be read, or a table is there of several dates.
    """
    found: dict[str, list[TableFile]] = defaultdict(list)
    names: dict[str, str] = {}
    notes: list[str] = []
    items = Item("", data).inside() if data.is_dir() else [Item(data.name, data)]
    left: list[str] = []
    for file in _files(items, notes, "", left):
        name = names.setdefault(raw_key(file.table), file.table)
        found[name].append(file)
    for name, files in found.items():
        found[name] = _without_second_json(files, notes)
        _require_one(name, found[name])
    if left:
        notes.append(f"not read, since systems and programs leave such files: {', '.join(left[:_MOST])}")
    return dict(found), notes


def _without_second_json(files: list[TableFile], notes: list[str]) -> list[TableFile]:
    """The files of a table without those of JSON that stand beside others: these may only describe it."""
    tables = [file for file in files if file.kind != "JSON"]
    if not tables or len(tables) == len(files):
        return files
    notes += [f"{file.name} is not read: {tables[0].name} has the same name" for file in files if file.kind == "JSON"]
    return tables


def _require_one(name: str, files: Sequence[TableFile]) -> None:
    """Refuse exports of several days, or a second download, of one table: to read both would count rows twice."""
    leaves = {Path(file.name).name: file for file in files if not file.sheet}
    stems = {json_stem(leaf) or format_of(leaf)[0]: file for leaf, file in leaves.items()}
    copies = [file.name for stem, file in stems.items() if _COPY.search(stem)]
    dates = {m[0] for stem in stems if (m := _DATE.search(_COPY.sub("", stem)))}
    if len(files) > 1 and (copies or (len(dates) > 1 and not _are_parts(dates))):
        raise BadInput(
            f"the table {name} is there more than once: {', '.join(file.name for file in files)}; keep the newest, or "
            f"name the parts of one table {name}_1, {name}_2"
        )


def _are_parts(dates: Collection[str]) -> bool:
    """Whether the ends of names are one date with the numbers of parts: ``-2025-11-01``, ``-2025-11-01-1``."""
    found = [_DAY_AND_PART.fullmatch(date) for date in dates]
    days = {match[1] for match in found if match is not None}
    numbers = sorted(int(match[2] or 0) for match in found if match is not None)
    return len(days) == 1 and numbers in (list(range(len(dates))), list(range(1, len(dates) + 1)))


def _files(
    items: Sequence[Item],
    notes: list[str],
    folder: str,
    left: list[str],
    columns: Mapping[str, tuple[str, ...]] = NO_COLUMNS,
) -> Iterator[TableFile]:
    for item in (item for item in items if item.leaf.lower() == MODEL):
        columns = {**columns, **_columns_in(item)}
    for item in items:
        kind, stem = ("JSON", json) if (json := json_stem(item.leaf)) else (item.kind, format_of(item.leaf)[0])
        if item.kind == "folder":
            kind, stem = "folder", item.leaf
        if item.loops:
            continue
        if item.hidden or item.leaf.lower().startswith(_LEFT) or (item.leaf.startswith("_") and kind == "other"):
            left.append(item.name)
            continue
        if item.leaf.lower() == MODEL and columns:
            continue
        if item.leaf.lower().endswith(UNFINISHED):
            notes.append(f"{item.name} is not read: its download was not finished")
        elif kind == "folder":
            yield from _files(item.inside(), notes, item.leaf, left, columns)
        elif kind == "zip" and not item.member:
            yield from _files(_members(item), notes, "", left)
        elif kind == "Excel" and not item.member:
            hidden = hidden_sheets(item.origin, item.name)
            notes += [f"{item.name}, sheet {sheet} is not read: it is hidden" for sheet in hidden]
            sheets = [sheet for sheet in sheet_names(item.origin, item.name) if sheet not in hidden]
            for sheet in sheets:
                shown = item.name if len(sheets) == 1 else f"{item.name}, sheet {sheet}"
                name = table_name(stem) if len(sheets) == 1 else sheet
                yield TableFile(name, kind, shown, item.origin, "", sheet)
        elif kind in ("CSV", "Parquet", "JSON"):
            name = table_name(folder if folder and _ONLY_PART.fullmatch(stem.lower()) else stem)
            if item.member or not item.empty:
                known = columns.get(raw_key(name), ())
                yield TableFile(name, kind, item.name, item.origin, item.member, columns=known)
        elif kind.startswith(("a ", "no ")):
            notes.append(f"{item.name} is not read: it is {kind}")
        else:
            notes.append(f"{item.name} is not read: CSV, Parquet, JSON and Excel files are")


def _columns_in(item: Item) -> dict[str, tuple[str, ...]]:
    """The columns of the tables beside a `model.json`."""
    with TableFile("", "", item.name, item.origin, item.member).opened() as file:
        return columns_of(file.read().decode("utf-8", errors="replace"))


def _members(item: Item) -> list[Item]:
    return tree(item.name, item.origin, "", sorted(set(members_of(item))))
