"""The file that a CRM was sent: whose rows an answer names by their numbers, and what it does not name at all."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_file import load_csv

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scoring.crm.profile import Profile

#: The table of the rows that were sent, and the names of columns: a file may call its columns anything.
SENT, CELL = "sent_rows", "c{}"


@dataclass(frozen=True)
class SentFile:
    """A file that was sent. Its rows are text in the table `sent_rows` of the connection, in their order.

    Attributes
    ----------
    name : str
    header : tuple of str
        The columns of the table, which are named ``c0``, ``c1`` ... there.
    """

    name: str
    header: tuple[str, ...]

    def cell(self, column: str) -> str | None:
        """The name in `sent_rows` of a column of the file, None if there is no such column."""
        return CELL.format(self.header.index(column)) if column in self.header else None

    def entities(self, profile: Profile) -> list[str]:
        """The entities of a CRM whose file it may be.

        Parameters
        ----------
        profile : Profile
            With the fields named as they were when the file was sent.
        """
        return [
            entity
            for entity, columns in profile.columns.items()
            if set(self.header) <= {column.header for column in columns} and columns[0].header in self.header
        ]


def read_sent(connection: Any, file: Path, profiles: Iterable[Profile], scratch: Path) -> SentFile:
    """Read a file that was sent into the table `sent_rows`.

    Parameters
    ----------
    connection : DuckDB connection
    file : Path
        A CSV file, or a zip with one.
    profiles : iterable of Profile
        The CRMs that it may have been sent to.
    scratch : Path
        An empty folder, in which a zip is unpacked.

    Raises
    ------
    BadInput
        If it cannot be read, or its columns are not those of a file for these CRMs.
    """
    table = unpacked(file, scratch)
    dialect = sniff(table)
    sent = SentFile(file.name, tuple(name.strip() for name in dialect.header))
    crms = list(profiles)
    if not any(sent.entities(profile) for profile in crms):
        known = " or ".join(profile.name for profile in crms)
        raise BadInput(
            f"--sent {file.name} has not the columns of a file for {known}; expected the file that was imported, with "
            "the configuration of its night"
        )
    torn = load_csv(connection, table, [CELL.format(index) for index in range(len(sent.header))], dialect, SENT)
    if torn:
        raise BadInput(f"--sent {file.name} cannot be read: row {torn[0].row}: {torn[0].problem}")
    return sent


def unpacked(file: Path, scratch: Path) -> Path:
    """Give the file itself, or the CSV file that was in the zip.

    Parameters
    ----------
    file : Path
    scratch : Path
        An empty folder, in which a zip is unpacked.

    Raises
    ------
    BadInput
        If a zip cannot be read, or has not one CSV file in it.
    """
    try:
        if not zipfile.is_zipfile(file):
            return file
        with zipfile.ZipFile(file) as archive:
            inside = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                raise BadInput(f"{file.name} has {len(inside)} CSV files in it; expected one")
            inside[0].filename = f"{file.stem}.csv"  # the archive's own name could lead out of the folder
            return Path(archive.extract(inside[0], scratch))
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"{file.name} cannot be read: {error}") from error
