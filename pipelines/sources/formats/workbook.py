"""The sheets of an Excel or OpenDocument workbook, read as text: what a cell holds, not what it shows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_dialect import LastLine, before_footer, header_row, kind_of_line
from scoring.cells.cells import column_key
from scoring.sql_text import quoted

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

#: Excel keeps 15 digits of a number: from here on, it may be another number than the one that was written.
ROUNDED = 10**15
_TOP, _AT_ONCE = 30, 20_000


@contextmanager
def _opened(path: Path, name: str) -> Iterator[CalamineWorkbook]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except CalamineError as error:
        raise BadInput(f"{name} cannot be read: {error}; save it again as a workbook without a password") from error
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror or error}") from error


def sheet_names(path: Path, name: str) -> list[str]:
    """The sheets that have cells.

    Parameters
    ----------
    path : Path
    name : str
        Its name in messages.

    Raises
    ------
    BadInput
        If the workbook cannot be read.
    """
    return [sheet for sheet, _ in _sheets(path, name)]


def hidden_sheets(path: Path, name: str) -> list[str]:
    """The sheets that have cells and are hidden, if others are not: Dynamics 365 keeps its bookkeeping in one.

    Parameters
    ----------
    path : Path
    name : str
        Its name in messages.
    """
    sheets = _sheets(path, name)
    hidden = [sheet for sheet, shown in sheets if not shown]
    return hidden if len(hidden) < len(sheets) else []


def _sheets(path: Path, name: str) -> list[tuple[str, bool]]:
    """The sheets that have cells, and whether they are shown."""
    with _opened(path, name) as book:
        return [
            (sheet.name, sheet.visible == SheetVisibleEnum.Visible)
            for sheet in book.sheets_metadata
            if book.get_sheet_by_name(sheet.name).height
        ]


def load_sheet(
    duckdb: Any, path: Path, name: str, sheet: str, table: str, required: Sequence[str], ids: Sequence[str]
) -> tuple[list[str], tuple[str, ...]]:
    """Read a sheet as text into a new DuckDB table, with columns named by `<position>:<key>`.

    Parameters
    ----------
    duckdb : DuckDB connection
    path : Path
    name : str
        Its name in messages.
    sheet : str
        Its name; empty for the only one with cells.
    table : str
        The name of the table.
    required : sequence of str
        The columns by which the header is found.
    ids : sequence of str
        The columns that hold ids.

    Returns
    -------
    tuple of (list of str, tuple of str)
        The header as written, and notes on what is left out.

    Raises
    ------
    BadInput
        If the workbook cannot be read, the sheet is empty, or it has ids of more than 15 digits as numbers.
    """
    with _opened(path, name) as book:
        if not sheet:
            names = [n for n in book.sheet_names if book.get_sheet_by_name(n).height] or book.sheet_names
            if len(names) > 1:
                raise BadInput(f"{name} has the sheets {', '.join(names)}; leave only the one with the table")
            sheet = names[0]
        rows = iter(book.get_sheet_by_name(sheet).iter_rows())
        top = list(islice(rows, _TOP))
        at, _ = header_row([[_text(cell) for cell in row] for row in top], required)
        header = [_text(cell) for cell in top[at]] if at < len(top) else []
        if not any(key.strip() for key in header):
            raise BadInput(f"{name} is empty: the first row of the sheet {sheet!r} must name the columns")
        columns = [f"{i}:{column_key(key)}" for i, key in enumerate(header)]
        numbered = [i for i, key in enumerate(header) if column_key(key) in ids]
        described = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
        duckdb.execute(f'CREATE TABLE "{table}" ({described})')
        below, waiting = chain(top[at + 1 :], rows), list[list[str]]()
        position, left_out = at + 1, 0
        while batch := list(islice(below, _AT_ONCE)):
            for row in batch:
                position += 1
                for i in numbered:
                    if isinstance(cell := row[i], float | int) and abs(cell) >= ROUNDED:
                        raise BadInput(
                            f"{name} has an id of more than 15 digits as a number ({header[i]}, row {position}), and "
                            "Excel rounds those: format the column as text before the ids are put in, or export as CSV"
                        )
            waiting += [[_text(cell) for cell in row] for row in batch]
            _insert(duckdb, table, columns, waiting[:-_TOP])
            waiting = waiting[-_TOP:]
        kinds = [kind_of_line(row, alone=len(header) > 1 and sum(map(bool, row)) == 1) for row in waiting]
        kept = before_footer(kinds)
        left_out = sum(kind is not LastLine.BLANK for kind in kinds[kept:])
        _insert(duckdb, table, columns, waiting[:kept])
    notes = [f"{name}: the first {at} rows, above the header, are left out"] if any(map(any, top[:at])) else []
    notes += [f"{name}: the last {left_out} rows, the footer of a report, are left out"] if left_out else []
    return header, tuple(notes)


def _insert(duckdb: Any, table: str, columns: list[str], rows: list[list[str]]) -> None:
    filled = [row for row in rows if any(row)]
    if not filled:
        return
    cells = {column: pa.array([row[i] or None for row in filled], pa.string()) for i, column in enumerate(columns)}
    duckdb.register("sheet_rows", pa.table(cells))
    duckdb.execute(f'INSERT INTO "{table}" FROM sheet_rows')
    duckdb.unregister("sheet_rows")


def _text(cell: Any) -> str:
    """A cell as a CSV file would have it: whole numbers without a point, times in ISO 8601."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime):
        # A time is a fraction of a day in floating point: 07:42 may come as 07:41:59.999.
        near = cell + datetime.timedelta(microseconds=500)
        cell = near.replace(microsecond=near.microsecond // 1000 * 1000)
        return cell.isoformat() if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
