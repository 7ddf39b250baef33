"""CSV files as CRMs export them: all cells are read as text, and a torn row is rejected instead of ending the run."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import InvalidInputException

from pipelines.errors import BadInput

DELIMITERS = (",", ";", "\t")

#: DuckDB returns at most so many characters of a row that it could not read.
SHOWN = 10_000
FORGET = "DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"


@dataclass(frozen=True)
class Torn:
    """A row with too few or too many cells or a broken quote; ``row`` is its number, 1 being the header."""

    row: int
    problem: str


@dataclass(frozen=True)
class Dialect:
    """The delimiter of a file and its header, as written."""

    delimiter: str
    header: tuple[str, ...]


def sniff(path: Path) -> Dialect:
    """The dialect of a ``.csv`` or ``.csv.gz``; the delimiter is the one that splits the header into the most columns.

    Raises
    ------
    BadInput
        If there is no header, or the file is not UTF-8 or not gzip.
    """
    opened: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            start = file.read(1 << 20)
    except (OSError, EOFError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}") from error
    headers = {}
    for delimiter in DELIMITERS:
        try:
            headers[delimiter] = next(csv.reader(start.splitlines(keepends=True), delimiter=delimiter), [])
        except csv.Error as error:
            raise BadInput(f"the header of {path.name} cannot be read: {error}") from error
    best = max(DELIMITERS, key=lambda delimiter: len(headers[delimiter]))
    if not any(name.strip() for name in headers[best]):
        raise BadInput(f"{path.name} is empty: its first line must name the columns")
    if any("\ufffd" in name for name in headers[best]):
        raise BadInput(f"the header of {path.name} is not UTF-8; export the table as UTF-8")
    return Dialect(best, tuple(headers[best]))


def load_csv(duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str) -> tuple[Torn, ...]:
    """Read a file as text into a new DuckDB table, and list the rows that are torn.

    Parameters
    ----------
    duckdb : DuckDB connection
    path : Path
    names : list of str
        The columns of the table.
    dialect : Dialect
        As `sniff` found it.
    table : str
        The name of the table.

    Raises
    ------
    BadInput
        If an open quote takes in so much of the file that its rows cannot be told apart.
    """
    try:
        _read(duckdb, path, names, dialect, table, strict=True)
    except InvalidInputException:
        # Files put together from others may end their lines in two ways, which strict reading refuses.
        _read(duckdb, path, names, dialect, table, strict=False)
    found = duckdb.execute("SELECT line, error_type, csv_line FROM reject_errors ORDER BY line, error_type")
    errors = found.fetchall()
    # They hold whole rows, with cells that must not be kept.
    duckdb.execute(FORGET)
    torn = {}
    for row, problem, written in errors:
        body = written.strip("\r\n")
        endless = len(written) >= SHOWN and ("\n" in body or problem == "UNQUOTED VALUE")
        if endless or problem == "LINE SIZE OVER MAXIMUM":
            raise BadInput(
                f"{path.name} cannot be read from row {row} on: a quote is opened there and not closed at the "
                "end of its cell; correct that row or export the table again"
            )
        # An open quote takes in whole rows: each of them counts.
        for swallowed in range(1 + body.count("\n")):
            torn[row + swallowed] = Torn(row + swallowed, problem.lower())
    return tuple(torn[row] for row in sorted(torn))


def _read(duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str, *, strict: bool) -> None:
    duckdb.execute(FORGET)
    relation = duckdb.read_csv(
        str(path),
        header=True,
        auto_detect=False,
        delimiter=dialect.delimiter,
        quotechar='"',
        escapechar='"',
        columns=dict.fromkeys(names, "VARCHAR"),
        compression="gzip" if path.suffix == ".gz" else "none",
        store_rejects=True,
        strict_mode=strict,
    )
    relation.create(table)
