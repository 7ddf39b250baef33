"""Parquet files as one table, read in place: one file, or several with other columns, order or types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.disk import file_list
from scoring.sql_text import quoted

#: A user's column of one of these names would take the place of the number of a row or of a file.
NUMBERS = ("file_row_number", "file_index")
#: The number of a row: in its file, of its file, of the files with the same columns.
_FILE, _GROUP = 1 << 36, 1 << 56


@dataclass(frozen=True)
class ParquetGroup:
    """Parquet files with the same columns: what DuckDB calls them, what the files call them, and their types."""

    paths: tuple[Path, ...]
    found: tuple[str, ...]
    header: tuple[str, ...]
    types: tuple[str, ...]

    def scan(self, *, numbered: bool = False) -> str:
        """The SQL of the files as one table. The names of folders and files are no columns.

        Parameters
        ----------
        numbered : bool
            Whether it has the column ``file_row_number``.
        """
        number = ", file_row_number = true" if numbered else ""
        return f"read_parquet({file_list(self.paths)}, hive_partitioning = false, filename = false{number})"

    @property
    def numbered(self) -> bool:
        """Whether the rows can be numbered in place."""
        return not {name.lower() for name in self.found} & {*NUMBERS}


def parquet_columns(duckdb: Any, path: Path) -> ParquetGroup:
    """The columns of a file.

    Parameters
    ----------
    duckdb : DuckDB connection
    path : Path
    """
    import pyarrow.parquet as pq

    described = duckdb.execute(f"DESCRIBE FROM {ParquetGroup((path,), (), (), ()).scan()}").fetchall()
    found, types = tuple(row[0] for row in described), tuple(row[1] for row in described)
    # DuckDB calls the second of two names that differ in case only `name_1`.
    header = tuple(pq.read_schema(path).names)
    return ParquetGroup((path,), found, header if len(header) == len(found) else found, types)


def grouped_by_columns(files: Iterable[ParquetGroup]) -> list[ParquetGroup]:
    """The files in groups with the same columns."""
    groups: dict[tuple[Any, ...], list[Path]] = defaultdict(list)
    for file in files:
        groups[file.found, file.header, file.types] += file.paths
    return [ParquetGroup(tuple(paths), *key) for key, paths in groups.items()]


def select(group: ParquetGroup, cells: Sequence[tuple[str, str]], position: int, row: str) -> str:
    """The SQL that reads columns of a group of files, with a number for each row.

    Parameters
    ----------
    group : ParquetGroup
    cells : sequence of (str, str)
        The SQL of a column, and its name.
    position : int
        Of the group among all.
    row : str
        The name of the number.
    """
    number = f"{position * _GROUP}" if position else ""
    if not group.numbered:
        parts = ["row_number() OVER ()", number]
    elif len(group.paths) == 1:
        parts = ["file_row_number", number]
    else:
        parts = [f"file_row_number + file_index::BIGINT * {_FILE}", number]
    listed = [f"{sql} AS {quoted(name)}" for sql, name in cells] + [
        f"{' + '.join(filter(None, parts))} AS {quoted(row)}"
    ]
    return f"SELECT {', '.join(listed)} FROM {group.scan(numbered=group.numbered)}"


def text_columns(duckdb: Any, source: str, found: Sequence[str], types: Sequence[str]) -> list[str]:
    """The binary columns whose cells are all UTF-8: some writers do not mark text as text.

    Parameters
    ----------
    duckdb : DuckDB connection
    source : str
        The SQL of a table.
    found, types : sequence of str
        The columns, and their types.
    """
    binary = [name for name, kind in zip(found, types, strict=True) if kind == "BLOB"]
    if not binary:
        return []
    whole = ", ".join(
        f"coalesce(bool_and({as_text(name)} IS NOT NULL OR {quoted(name)} IS NULL), true)" for name in binary
    )
    all_text = duckdb.execute(f"SELECT {whole} FROM {source}").fetchone()
    return [name for name, holds in zip(binary, all_text, strict=True) if holds]


def as_text(name: str) -> str:
    """The SQL of a binary cell as text; null where it is no UTF-8."""
    return f"try(decode({quoted(name)}))"
