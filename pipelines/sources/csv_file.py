"""CSV as CRMs export it: all is read as text, and a torn row is set aside instead of stopping the night."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import InvalidInputException

from pipelines.errors import BadInput

DELIMITERS = (",", ";", "\t")

#: DuckDB hands back at most this much of a row it could not read, in characters.
SHOWN = 10_000
FORGET = "DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"


@dataclass(frozen=True)
class Torn:
    """A row with too few or too many cells or a broken quote; ``row`` counts from 1, the header."""

    row: int
    problem: str


@dataclass(frozen=True)
class Dialect:
    """The delimiter of a file and its header, as written."""

    delimiter: str
    header: tuple[str, ...]


def sniff(path: Path) -> Dialect:
    """Read the header of a ``.csv`` or ``.csv.gz``; the delimiter is what splits it into the most columns.

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
    """Read the file as text into a new DuckDB table with columns ``names``; return the rows that are torn.

    Raises
    ------
    BadInput
        If a quote swallows so much of the file that nobody can say what was in it.
    """
    try:
        _read(duckdb, path, names, dialect, table, strict=True)
    except InvalidInputException:
        # Files glued together end their lines in two ways, which strict reading refuses as a whole.
        _read(duckdb, path, names, dialect, table, strict=False)
    found = duckdb.execute("SELECT line, error_type, csv_line FROM reject_errors ORDER BY line, error_type")
    errors = found.fetchall()
    # They hold whole rows, with everything in them that must not be kept.
    duckdb.execute(FORGET)
    torn = {}
    for row, problem, written in errors:
        body = written.strip("\r\n")
        endless = len(written) >= SHOWN and ("\n" in body or problem == "UNQUOTED VALUE")
        if endless or problem == "LINE SIZE OVER MAXIMUM":
            raise BadInput(
                f"{path.name} cannot be read from row {row} on: a quote is opened there and not closed where "
                "its cell ends; correct that row or export the table again"
            )
        # A quote left open takes whole rows with it: each of them counts.
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
