"""One CRM table as it was found, with its columns under their canonical names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_file import Torn
from scoring.cells.cells import column_key
from scoring.contracts.crm import CONTRACTS
from scoring.persons.names_in_text import names_person
from scoring.persons.written import look_of

#: The column that tells the rows of one export apart. No result may depend on its order.
ROW = "__row"
#: closedwon gives such names to columns of its own, beside those of an export.
RESERVED, RESERVED_END = "__", "__as_exported"
#: What a terminal takes for a command.
_COMMAND = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
#: A number as long as that of a phone in the name of a column.
_LONG_NUMBER = re.compile(r"(?:^|[^0-9a-z])\+?(?:1?[2-9][0-9]{2}[1-9][0-9]{6}|0[1-9][0-9]{8,10})(?:[^0-9a-z]|$)")
#: Streams of changes say so which rows were deleted: they keep one underscore.
CHANGE_MARKS = ("__deleted", "__op", "__start_at", "__end_at")


@dataclass(frozen=True)
class Source:
    """One CRM table as it was found.

    Attributes
    ----------
    table : str
        Its name in the contract.
    files : tuple of str
        Its files below `--data`, as messages say them, or its database; several files are the parts of the table.
    paths : tuple of Path
        The same on the disk; for a member of an archive, the archive.
    raw : ibis.Table
        Its rows, with columns named by `column_key`, and `ROW`.
    copied : bool
        Whether the rows were copied to the connection; those of a Parquet file are read from the file.
    typed : bool
        Whether the export has column types; in a CSV file everything is text. Text is read alike in both.
    torn : tuple of Torn
        Rows of a CSV file that cannot be read.
    notes : tuple of str
        What was read differently from how it was written.
    names : mapping of str
        By column, its name as exported.
    left_out : int
        Rows that are marked as deleted and their like, which are not in `raw`.
    gone : ibis.Table, optional
        Their ids, in the column ``gone``, and in ``master`` the id of the record into which one was merged.
    """

    table: str
    files: tuple[str, ...]
    paths: tuple[Path, ...]
    raw: ibis.Table
    copied: bool
    typed: bool
    torn: tuple[Torn, ...] = ()
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    gone: ibis.Table | None = None

    @property
    def path(self) -> Path:
        """The first file, or the database."""
        return self.paths[0]

    @property
    def name(self) -> str:
        """The files in a message."""
        return self.files[0] if len(self.files) == 1 else f"{self.files[0]} and {len(self.files) - 1} more"

    @property
    def columns(self) -> list[str]:
        """The columns of the export."""
        return [column for column in self.raw.columns if column != ROW]

    def computed(self, connection: Any) -> Source:
        """The same rows, computed once and kept.

        What was left out of the rows as read, or changed in them, is an expression, which would be a part of each query
        that reads them: to plan each of dozens takes seconds, however few the rows are. A log in a file stays there,
        for it may be long.

        Parameters
        ----------
        connection : ibis DuckDB backend
        """
        if self.table == "activities" and not self.copied:
            return self
        kept, name = f"present_{self.table}", f"raw_{self.table}"
        connection.create_table(kept, self.raw)
        self.forget(connection)
        connection.con.execute(f"ALTER TABLE {kept} RENAME TO {name}")
        return replace(self, raw=connection.table(name), copied=True)

    def forget(self, connection: Any) -> None:
        """Drop what was opened for this table; ``raw`` cannot be read any more."""
        kind = "TABLE" if self.copied else "VIEW"
        connection.con.execute(f"DROP {kind} raw_{self.table}")


@dataclass(frozen=True)
class Keyed:
    """The columns of a file by canonical name, as the engine calls them and as exported; notes on those left out."""

    columns: Mapping[str, str]
    names: Mapping[str, str]
    notes: tuple[str, ...]


def header_key(name: str) -> str:
    """The canonical name of a column; a control character is a blank, and a mark that cannot be seen is nothing."""
    return column_key(_visible(name))


def _visible(name: str) -> str:
    """A name as a person sees it."""
    categories = ((sign, unicodedata.category(sign)) for sign in _COMMAND.sub("", name))
    return "".join(" " if kind == "Cc" else sign for sign, kind in categories if kind != "Cf").strip()


def person_words(key: str, name: str) -> str | None:
    """What of a person the name of a column holds, in the plural: `owner_Anna_Schmidt`, `col_2125550187`."""
    if (look := look_of(key) or look_of(key.replace("_", " "))) is not None:
        return look.words
    if _LONG_NUMBER.search(key):
        return "phone numbers"
    return "names of persons" if names_person(_visible(name)) else None


def keyed_columns(table: str, file: str, found: Sequence[str], header: Sequence[str]) -> Keyed:
    """The columns by their canonical names.

    Parameters
    ----------
    table : str
        Its name in the contract.
    file : str
        Its file in messages.
    found : sequence of str
        The columns as the engine calls them, in the order of `header`, and perhaps others after them.
    header : sequence of str
        The names of the columns as exported.

    Raises
    ------
    BadInput
        If two columns have the name of one column of the contract.
    """
    contract_fields = next(contract.fields for contract in CONTRACTS if contract.table == table)
    columns: dict[str, str] = {}
    names: dict[str, str] = {}
    notes: dict[str, None] = {}
    for number, (column, name) in enumerate(zip(found, header, strict=False), 1):
        key = header_key(name)
        if (held := person_words(key, str(name))) is not None and key not in contract_fields:
            notes[f"{table}: column {number} is left out: its name holds {held}"] = None
            continue
        if key in CHANGE_MARKS:
            key = key[1:]
        if not key:
            notes[f"{table}: a column without a name is left out"] = None
        elif key.startswith(RESERVED) or key.endswith(RESERVED_END):
            notes[f"{table}: the column {key} is left out: closedwon keeps such names for itself; rename it"] = None
        elif key not in columns:
            columns[key], names[key] = column, _visible(str(name))
        elif key in contract_fields:
            raise BadInput(f"{file} has the column {key} twice: which one is meant? Remove the other")
        else:
            notes[f"{table}: the column {key!r} is there twice; the second is ignored"] = None
    return Keyed(columns, names, tuple(notes))


def source_of(
    table: str,
    files: Mapping[str, Path],
    raw: ibis.Table,
    row: Any,
    header: Sequence[str],
    *,
    copied: bool,
    typed: bool,
    torn: tuple[Torn, ...] = (),
    notes: tuple[str, ...] = (),
) -> Source:
    """A table with its columns named by `column_key`.

    Parameters
    ----------
    table : str
        Its name in the contract.
    files : mapping of Path
        Its files, by their names in messages.
    raw : ibis.Table
        The columns of `header`, in order, and perhaps others after them.
    row : ibis.Value
        The number that tells the rows apart.
    header : sequence of str
        The names of the columns as exported.
    copied, typed : bool
        As in `Source`.
    torn : tuple of Torn
        Rows that cannot be read.
    notes : tuple of str
        What was found before.

    Raises
    ------
    BadInput
        If two columns have the name of one column of the contract.
    """
    keyed = keyed_columns(table, next(iter(files)), raw.columns, header)
    named = raw.select(**{key: raw[column] for key, column in keyed.columns.items()}, **{ROW: row})
    paths, notes = tuple(files.values()), (*notes, *keyed.notes)
    return Source(table, tuple(files), paths, named, copied, typed, torn, notes, keyed.names)
