"""The rows of records that are forgotten, taken out of one file: Parquet, CSV, or a CSV in a zip."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.disk import written_whole
from scoring.entity import ALL, ENTITIES, OPPORTUNITY

if TYPE_CHECKING:
    import pyarrow as pa

#: The folder of rejected rows, and the headers of ids in them.
REJECTS = "rejects"
_ID_HEADER = re.compile(r"(?:^|[\W_])[iI][dD]$|[a-z]I[dD]$")
#: What the files of the history of deals begin with: each row names the account and the lead of the deal.
DEAL = "deal"
#: A cell that may be a count or an amount.
_NUMBER = re.compile(r"[\d.,]+")


def without_rows(file: Path, ids: Mapping[str, Sequence[str]]) -> int:
    """Take the rows of some records out of a file, and give their number; of other rows a reference to one is emptied.

    Parameters
    ----------
    file : Path
        It is replaced in one step, or not at all.
    ids : mapping of sequence of str
        By entity, in every spelling.
    """
    if file.suffix == ".parquet":
        return _of_parquet(file, ids)
    if file.suffix in (".csv", ".zip"):
        rejects = file.parent.name == REJECTS
        entity = next((entity for entity in ENTITIES if file.name.startswith(entity)), "")
        forms = {name for names in ids.values() for name in names} if rejects else set(ids.get(entity, ()))
        return _of_text(file, forms, anywhere=rejects) if forms else 0
    return 0


def rejected_ids(file: Path) -> dict[str, set[str]]:
    """The ids in a file of rejected rows, by entity.

    Parameters
    ----------
    file : Path
    """
    rows = csv.reader(io.StringIO(_text(file.read_bytes()), newline=""))
    header = next(rows, [])
    about = {index: _entity_of_header(name, file.name) for index, name in enumerate(header) if _ID_HEADER.search(name)}
    found: dict[str, set[str]] = {entity: set() for entity in ENTITIES}
    for row in rows:
        for index, entity in about.items():
            if entity and index < len(row):
                found[entity].add(row[index].lstrip("'"))
    return found


def _entity_of_header(header: str, file: str) -> str:
    names = (name.lower() for name in (header, file if header.lower().lstrip("\ufeff") == "id" else ""))
    return next((entity for name in names for entity in ENTITIES if entity in name), "")


def _of_parquet(file: Path, ids: Mapping[str, Sequence[str]]) -> int:
    import pyarrow.parquet as pq

    names = pq.read_schema(file).names
    entity = _entity_of(file)
    key = next((name for name in (f"{entity}_id", "unit", "lead_id", "account_id") if name in names), None)
    if key is None:
        return 0
    account = next((name for name in ("account_id", "account") if name in names and name != key), None)
    columns = pq.read_table(file, columns=[name for name in (key, account, "entity") if name in names])
    drop, empty = _hits(columns, key, account, entity, ids)
    if not (any(drop) or any(empty)):
        return 0
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pq.ParquetFile(file)
    compression = (
        whole.metadata.row_group(0).column(0).compression.lower() if whole.metadata.num_row_groups else "snappy"
    )
    table = whole.read()
    if account is not None and any(empty):
        index = table.column_names.index(account)
        column = table.column(account)
        blank = pa.scalar(None, column.type)
        table = table.set_column(index, account, pc.if_else(pa.array(empty), blank, column))
    table = table.filter(pa.array([not hit for hit in drop]))
    with written_whole(file) as temporary:
        pq.write_table(
            table,
            temporary,
            compression=compression,
            store_schema=b"ARROW:schema" in (whole.schema_arrow.metadata or {}),
        )
    return sum(drop) + sum(empty)


def _hits(
    columns: pa.Table, key: str, account: str | None, entity: str, ids: Mapping[str, Sequence[str]]
) -> tuple[list[bool], list[bool]]:
    """Which rows are of a record, and which others name one as their account."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def among(column: str, names: Sequence[str]) -> list[bool]:
        cells = columns.column(column).cast(pa.string())
        found: list[bool] = pc.is_in(cells, value_set=pa.array(list(names), pa.string())).to_pylist()
        return found

    if "entity" in columns.column_names:  # the results of imports hold both
        of = columns.column("entity").to_pylist()
        drop = [False] * len(columns)
        for name, names in ids.items():
            drop = [had or (hit and who == name) for had, hit, who in zip(drop, among(key, names), of, strict=True)]
    else:
        drop = among(key, ids.get("lead" if entity == DEAL else entity, ()))
    named = among(account, ids.get("account", ())) if account is not None else [False] * len(columns)
    if entity in (DEAL, OPPORTUNITY):  # a deal of a forgotten account goes with it
        return [of_lead or of_account for of_lead, of_account in zip(drop, named, strict=True)], [False] * len(columns)
    return drop, [hit and not gone for hit, gone in zip(named, drop, strict=True)]


def _entity_of(file: Path) -> str:
    """The entity of a file, or that it is of deals: by its name, or by the folder of a backtest."""
    by_name = (entity for entity in (*ALL, DEAL) if file.name.startswith(f"{entity}_"))
    by_folder = (entity for entity in ALL if entity in file.parts[-3:-1])
    return next(by_name, None) or next(by_folder, "")


def _of_text(file: Path, forms: set[str], *, anywhere: bool) -> int:
    """Take the lines out whose first cell, or any cell, is one of the forms."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            members = {info: archive.read(info) for info in archive.infolist()}
        left = {info: _lines(content, forms, anywhere=anywhere) for info, content in members.items()}
        if count := sum(taken for _, taken in left.values()):
            with written_whole(file) as temporary, zipfile.ZipFile(temporary, "w") as archive:
                for info, (content, _) in left.items():
                    archive.writestr(info, content)
        return count
    content, count = _lines(file.read_bytes(), forms, anywhere=anywhere)
    if count:
        with written_whole(file) as temporary:
            temporary.write_bytes(content)
    return count


def _lines(content: bytes, forms: set[str], *, anywhere: bool) -> tuple[bytes, int]:
    """The CSV without some rows, and their number; the other lines keep their bytes."""
    lines = list(io.StringIO(_text(content), newline=""))
    kept: list[str] = []
    taken = first = 0
    reader = csv.reader(lines)
    header: list[str] = []
    for row in reader:
        if not first:
            header = row
        elif any(cell.lstrip("'\ufeff") in forms for cell in (_id_cells(header, row) if anywhere else row[:1])):
            taken += 1
            first = reader.line_num
            continue
        kept += lines[first : reader.line_num]
        first = reader.line_num
    return _bytes("".join(kept)), taken


def _id_cells(header: list[str], row: list[str]) -> Iterator[str]:
    """The cells of a rejected row that may be ids: not the numbers of other columns."""
    for index, cell in enumerate(row):
        of_ids = index == 0 or (index < len(header) and _ID_HEADER.search(header[index]))
        if of_ids or not _NUMBER.fullmatch(cell):
            yield cell


def _text(content: bytes) -> str:
    """The text of a file that may be somebody's, in any encoding that has ASCII in it; `_bytes` gives it back."""
    if b"\0" in content:
        raise ValueError("it is no text of bytes, such as UTF-8")
    return content.decode("utf-8", errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")
