"""CSV files as CRMs export them: all cells are read as text, and a torn row is rejected instead of ending the run."""

from __future__ import annotations

import glob
import gzip
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import InvalidInputException

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_dialect import LONGEST, Dialect

#: DuckDB returns at most so many characters of a row that it could not read.
SHOWN = 10_000
FORGET = "DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"
#: How a quote within a cell is written: twice, or after a backslash, as Spark and MySQL write it.
DOUBLED, BACKSLASH = '"', "\\"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Torn:
    """A row with too few or too many cells or a broken quote; ``row`` is its number, 1 being the first line."""

    row: int
    problem: str
    file: str = "the file"


def load_csv(
    duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str, name: str = ""
) -> tuple[Torn, ...]:
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
    name : str
        The name of the file in messages. Default: its own.

    Raises
    ------
    BadInput
        If an open quote takes in so much of the file that its rows cannot be told apart.
    """
    name = name or path.name
    with _window(path, dialect) as file:
        errors = _errors(duckdb, file, names, dialect, table)
        if errors is None or errors:
            with _one_line_end(file) as plain:
                errors = errors if plain is file and errors else _errors(duckdb, plain, names, dialect, table)
                errors = _least(duckdb, plain, names, dialect, table, errors)
    if errors is None:
        raise BadInput(f"{name} cannot be read: its lines or quotes are broken; export the table again")
    torn = {}
    for line, problem, written in errors:
        row, body = line + dialect.lines_above, written.strip("\r\n")
        if problem == "LINE SIZE OVER MAXIMUM":
            raise BadInput(
                f"{name} cannot be read from row {row} on: that row is longer than {LONGEST[1] >> 20} MB; it has "
                "a cell that is not for scores, or a quote that is opened and not closed"
            )
        if len(written) >= SHOWN and ("\n" in body or problem == "UNQUOTED VALUE"):
            raise BadInput(
                f"{name} cannot be read from row {row} on: a quote is opened there and not closed at the "
                "end of its cell; correct that row or export the table again"
            )
        if problem == "MISSING COLUMNS" and (line, problem, written) == errors[-1] and _ends_with(path, body):
            problem = "the file ends within this row: it was cut off, and rows after it are missing; export it again"
        # An open quote takes in whole rows: each of them counts.
        for swallowed in range(1 + body.count("\n")):
            torn[row + swallowed] = Torn(row + swallowed, problem.lower())
    return tuple(torn[row] for row in sorted(torn))


def _ends_with(path: Path, row: str) -> bool:
    """Whether a row is the last of a file, and no end of a line comes after it."""
    if path.suffix == ".gz":
        return False  # a packed file that was cut off cannot be unpacked
    with path.open("rb") as file:
        written = row.encode(errors="surrogateescape")
        end = file.seek(0, 2)
        file.seek(max(end - len(written), 0))
        return bool(written) and file.read() == written


@contextmanager
def _window(path: Path, dialect: Dialect) -> Iterator[Path]:
    """The file with the rows and the header alone."""
    if not (dialect.begin or dialect.end):
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="closedwon-", suffix=path.suffix) as target:
        opened: Any = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rb") as source, opened(target.name, "wb") as copy:
            source.seek(dialect.begin)
            left = (dialect.end or 1 << 62) - dialect.begin
            while chunk := source.read(min(left, _CHUNK)):
                copy.write(chunk)
                left -= len(chunk)
        yield Path(target.name)


@contextmanager
def _one_line_end(path: Path) -> Iterator[Path]:
    """The file with one kind of line end: DuckDB loses rows of files that were put together from others."""
    opened: Any = gzip.open if path.suffix == ".gz" else open
    both = returns = feeds = 0
    with opened(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            both, returns, feeds = both + chunk.count(b"\r\n"), returns + chunk.count(b"\r"), feeds + chunk.count(b"\n")
    if sum(map(bool, (both, returns - both, feeds - both))) < 2:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="closedwon-", suffix=path.suffix) as target:
        with (
            opened(path, "rt", encoding="utf-8", errors="surrogateescape", newline=None) as source,
            opened(target.name, "wt", encoding="utf-8", errors="surrogateescape", newline="\n") as copy,
        ):
            shutil.copyfileobj(source, copy, _CHUNK)
        yield Path(target.name)


Errors = list[tuple[int, str, str]] | None


def _least(duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str, errors: Errors) -> Errors:
    """The errors with a backslash before quotes, where the file has such and they are fewer; else those that it had."""
    if errors == [] or not _has_escaped_quotes(path):
        return errors
    escaped = _errors(duckdb, path, names, dialect, table, BACKSLASH)
    if escaped is not None and (errors is None or len(escaped) < len(errors)):
        return escaped
    return _errors(duckdb, path, names, dialect, table)


def _has_escaped_quotes(path: Path) -> bool:
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            if b'\\"' in before + chunk:
                return True
            before = chunk[-1:]
    return False


def _errors(duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str, escape: str = DOUBLED) -> Errors:
    """The rows that cannot be read; None if DuckDB cannot tell the rows apart."""
    for longest in LONGEST:
        duckdb.execute(f'DROP TABLE IF EXISTS "{table}"')
        try:
            _read(duckdb, path, names, dialect, table, longest, escape)
        except InvalidInputException:
            duckdb.execute(FORGET)
            return None
        found = duckdb.execute("SELECT line, error_type, csv_line FROM reject_errors ORDER BY line, error_type")
        errors: list[tuple[int, str, str]] = found.fetchall()
        # They hold whole rows, with cells that must not be kept.
        duckdb.execute(FORGET)
        if not any(problem == "LINE SIZE OVER MAXIMUM" for _, problem, _ in errors):
            break
    return errors


def _read(duckdb: Any, path: Path, names: list[str], dialect: Dialect, table: str, longest: int, escape: str) -> None:
    duckdb.execute(FORGET)
    relation = duckdb.read_csv(
        glob.escape(str(path)),
        header=True,
        auto_detect=False,
        delimiter=dialect.delimiter,
        quotechar='"',
        escapechar=escape,
        columns=dict.fromkeys(names, "VARCHAR"),
        compression="gzip" if path.suffix == ".gz" else "none",
        store_rejects=True,
        strict_mode=True,
        max_line_size=longest,
        hive_partitioning=False,
        filename=False,
    )
    relation.create(table)
