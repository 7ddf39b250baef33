"""`history.json`: which days and columns the history in a store has, and in which files its rows are.

closedwon-store/history/
    history.json                        the record; a file that it does not name counts for nothing
    account_2026-11-30_5f0c9a1e.parquet what had changed in that night, one row an account: its id, `known_at`, the
                                        columns that changed, and in `cleared columns` the names of those now empty
    lead_...                            the same
    deal_...                            the same of open deals, and in each row the account and the lead that it names

The first file of a table has all its rows: what the values were when they were first seen. Files are written before the
record, and the record is replaced in one step: a run that is killed leaves the history as it was.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.disk import sync, write_text
from pipelines.errors import ClosedwonError, LaterVersion
from scoring.format import NewerFormat, require_readable

FILE, FORMAT = "history.json", "closedwon-history/1"
#: The key of each table that is kept.
KEYS = {"accounts": "account_id", "leads": "lead_id", "opportunities": "opportunity_id"}
#: Whom the rows of a table name, in each row: so `forget` finds them.
NAMED = {"opportunities": ("account_id", "lead_id")}


class DamagedHistory(ClosedwonError):
    """The record or a file of the history cannot be read: nothing is kept or used until somebody looks."""


@dataclass(frozen=True)
class KeptColumn:
    """A column that is kept.

    Attributes
    ----------
    table, name : str
    kind : {"float64", "boolean", "string", "timestamp"}
    since : date
        The day from which it is kept. A column whose kind changes begins anew.
    stored : str
        Its name in the files: no two beginnings share one, for they may differ in kind.
    """

    table: str
    name: str
    kind: str
    since: date
    stored: str


@dataclass(frozen=True)
class KeptFile:
    """Rows of one table: the last day that has some, the file's name in the folder, and how many there were."""

    table: str
    day: date
    name: str
    rows: int


@dataclass(frozen=True)
class HistoryRecord:
    """What a history holds.

    Attributes
    ----------
    days : tuple of date
        The days that were kept, the oldest first, also those on which nothing had changed.
    columns : tuple of KeptColumn
        All beginnings of each; the newest counts.
    files : tuple of KeptFile
        By the last day whose rows they have.
    """

    days: tuple[date, ...] = ()
    columns: tuple[KeptColumn, ...] = ()
    files: tuple[KeptFile, ...] = ()

    def before(self, day: date) -> HistoryRecord:
        """The history without a day, which must be its last: a night that is run again replaces what it kept."""
        return HistoryRecord(
            tuple(kept for kept in self.days if kept < day),
            tuple(column for column in self.columns if column.since < day),
            tuple(file for file in self.files if file.day < day),
        )

    def of(self, table: str) -> dict[str, KeptColumn]:
        """The columns of a table, by name, each as it began last."""
        found = sorted((column for column in self.columns if column.table == table), key=lambda column: column.since)
        return {column.name: column for column in found}

    def files_of(self, table: str) -> list[KeptFile]:
        """The files of a table, the oldest first."""
        return sorted((file for file in self.files if file.table == table), key=lambda file: file.day)

    def lines(self) -> list[str]:
        """Since when each column is kept, in words: a line for each table and day."""
        by_day: dict[tuple[str, date], list[str]] = {}
        for table in KEYS:
            for column in self.of(table).values():
                by_day.setdefault((table, column.since), []).append(column.name)
        return [
            f"history of {table} kept since {since}: {', '.join(sorted(names))}"
            for (table, since), names in sorted(by_day.items())
        ]

    def to_json(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "format": FORMAT,
            "days": [day.isoformat() for day in self.days],
            "columns": [asdict(column) | {"since": column.since.isoformat()} for column in self.columns],
            "files": [asdict(file) | {"day": file.day.isoformat()} for file in self.files],
        }

    @classmethod
    def from_json(cls, content: Any) -> HistoryRecord:
        """The record that `to_json` gave.

        Raises
        ------
        scoring.format.NewerFormat
            If a later version wrote it.
        """
        require_readable(content["format"], FORMAT, "the history")
        columns = [KeptColumn(**found | {"since": date.fromisoformat(found["since"])}) for found in content["columns"]]
        files = [KeptFile(**found | {"day": date.fromisoformat(found["day"])}) for found in content["files"]]
        return cls(tuple(date.fromisoformat(day) for day in content["days"]), tuple(columns), tuple(files))


def read_record(folder: Path) -> HistoryRecord:
    """The record of the history in a folder; an empty one where nothing was kept yet.

    Raises
    ------
    LaterVersion
        If a later version of closedwon wrote it.
    DamagedHistory
        If it cannot be read, or a file that it names is not there.
    """
    try:
        record = HistoryRecord.from_json(json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return HistoryRecord()
    except NewerFormat as error:
        raise LaterVersion(f"{folder / FILE}: {error}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedHistory(f"{folder / FILE} cannot be read ({type(error).__name__}): {REMEDY}") from None
    if lost := [file.name for file in record.files if not (folder / file.name).is_file()]:
        raise DamagedHistory(f"{folder / lost[0]} is not there, which {FILE} names: {REMEDY}")
    return record


REMEDY = "bring the folder back from a backup, or delete it: then a new history begins"


def write_record(folder: Path, record: HistoryRecord) -> None:
    """Replace the record in one step, and remove the files that it does not name.

    Parameters
    ----------
    folder : Path
    record : HistoryRecord
        The files that it names are there.
    """
    ordered = replace(
        record,
        days=tuple(sorted(set(record.days))),
        columns=tuple(sorted(record.columns, key=lambda column: (column.table, column.name, column.since))),
        files=tuple(sorted(record.files, key=lambda file: (file.day, file.table))),
    )
    write_text(folder / FILE, json.dumps(ordered.to_json(), indent=1, ensure_ascii=False) + "\n")
    sync(folder)
    named = {FILE, *(file.name for file in record.files)}
    for left in folder.iterdir():
        if left.name not in named and left.is_file():
            left.unlink()


def size_of(folder: Path) -> int:
    """The bytes that a history takes."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) if folder.is_dir() else 0
