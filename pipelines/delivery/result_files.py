"""The reading of a results file: which rows of an import the CRM took, and why it refused others.

The kinds of results files are declared in `scoring/crm/<crm>/results.py`, with their sources.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput, UsageError
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_file import load_csv
from scoring.crm.known import RESULTS

if TYPE_CHECKING:
    from scoring.crm.profile import Profile
    from scoring.crm.results import ResultsFile

#: A text in an error that may be an e-mail address.
ADDRESS = r"[^\s<>;,:''\"()]+@[^\s<>;,:''\"()]+"
#: The most characters of an error that are kept: longer errors quote whole rows.
LONGEST = 500
#: The table of the rows that were read, and the names of its columns: a file may call its columns anything.
TABLE, CELL = "result_rows", "c{}"


@dataclass(frozen=True)
class Results:
    """A results file that was read. Its rows are text in the table `result_rows` of the connection.

    Attributes
    ----------
    kind : ResultsFile
    profile : Profile
        Of the CRM that gave it back.
    header : tuple of str
        The columns of the file.
    """

    kind: ResultsFile
    profile: Profile
    header: tuple[str, ...]

    def cell(self, column: str) -> str | None:
        """The name in `result_rows` of a column of the file, None if there is no such column.

        Parameters
        ----------
        column : str
            Its name in the file, in upper or lower case.
        """
        folded = [name.casefold() for name in self.header]
        return CELL.format(folded.index(column.casefold())) if column.casefold() in folded else None

    def key(self, entity: str) -> str:
        """The name in `result_rows` of the column with an entity's ids."""
        cell = self.cell(self.profile.columns[entity][0].header)
        assert cell is not None, f"no id of a {entity}"
        return cell

    @property
    def columns(self) -> list[str]:
        """The columns of the file that was imported, without those that the CRM added."""
        sent = {c.header.casefold() for columns in self.profile.columns.values() for c in columns}
        added = {name.casefold() for name in (*self.kind.marks, *self.kind.extras)} - sent
        return [name for name in self.header if name.casefold() not in added]

    def entities(self) -> list[str]:
        """The entities whose file has all of these columns.

        Raises
        ------
        BadInput
            If there is none: the file is something else, or the fields had other names then.
        """
        entities_found, strange = [], dict.fromkeys(self.columns)
        for entity, columns in self.profile.columns.items():
            known = {column.header.casefold() for column in columns}
            unknown = [name for name in self.columns if name.casefold() not in known]
            strange = dict.fromkeys(name for name in strange if name in unknown)
            if not unknown and self.cell(columns[0].header):
                entities_found.append(entity)
        if not entities_found:
            crm = self.profile.name
            keys = sorted({columns[0].header for columns in self.profile.columns.values()})
            problem = f"columns that no file for {crm} has: {', '.join(strange)}" if strange else "no id"
            hint = "if fields were renamed since, use the configuration of that night"
            raise BadInput(f"the results have {problem}; {_expected()}; the id is {' or '.join(keys)}; {hint}")
        return entities_found

    @property
    def took(self) -> str:
        """The SQL expression that says whether a row was taken."""
        if self.kind.taken is not None:
            return str(self.kind.taken).upper()
        words = ", ".join(f"'{word}'" for word in self.kind.taken_words)
        return f"lower(trim({self.cell(self.kind.status)})) IN ({words})"

    @property
    def error(self) -> str:
        """The SQL expression of why a row was refused, without e-mail addresses."""
        cell = self.cell(self.kind.error) if self.kind.error else None
        reason = f"coalesce(nullif(trim({cell}), ''), 'no reason given')" if cell else f"'{self.kind.reason}'"
        return f"left(regexp_replace({reason}, '{ADDRESS}', '(e-mail)', 'g'), {LONGEST})"


def _expected() -> str:
    kinds = [f"{', '.join((*kind.marks, *kind.extras))} ({crm}, {kind.name})" for crm, kind in RESULTS if kind.marks]
    return f"expected the columns of the file that was imported, and further ones: {'; or '.join(kinds)}"


def read_results(connection: Any, file: Path, profiles: Mapping[str, Profile], scratch: Path) -> Results:
    """Read a results file into the table `result_rows`.

    Parameters
    ----------
    connection : DuckDB connection
    file : Path
        A CSV file, or a zip with one.
    profiles : mapping
        The CRMs that may have given it back, by name, with the fields named as they were when the file was sent.
    scratch : Path
        An empty folder, in which a zip is unpacked.

    Raises
    ------
    UsageError
        If the results are of another CRM.
    BadInput
        If the file cannot be read, has a torn row, or has a status that its CRM does not give.
    """
    table = _unpacked(file, scratch)
    dialect = sniff(table)
    header = tuple(name.strip() for name in dialect.header)
    folded = {name.casefold() for name in header}
    crm, kind = next((crm, kind) for crm, kind in RESULTS if {mark.casefold() for mark in kind.marks} <= folded)
    if crm not in profiles:
        raise UsageError(f"{file.name} has {kind.name}, of {crm} and not of {' or '.join(profiles)}")
    results = Results(kind, profiles[crm], header)
    results.entities()
    torn = load_csv(connection, table, [CELL.format(index) for index in range(len(header))], dialect, TABLE)
    if torn:
        raise BadInput(f"{file.name} cannot be read: row {torn[0].row} has a {torn[0].problem}; fetch it again")
    if kind.taken is None:
        status, known = results.cell(kind.status), (*kind.taken_words, *kind.refused_words)
        query = f"SELECT DISTINCT lower(trim(coalesce({status}, ''))) FROM {TABLE} ORDER BY 1"
        if strange := [word for (word,) in connection.execute(query).fetchall() if word not in known]:
            raise BadInput(f"{file.name} has the status {strange[0]!r}; expected {', '.join(known)}")
    return results


def _unpacked(file: Path, scratch: Path) -> Path:
    """The CSV file itself, or the one that was in the zip."""
    try:
        if not zipfile.is_zipfile(file):
            return file
        with zipfile.ZipFile(file) as archive:
            inside = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                raise BadInput(f"{file.name} has {len(inside)} CSV files in it; expected one")
            inside[0].filename = "results.csv"  # the archive's own name could lead out of the folder
            return Path(archive.extract(inside[0], scratch))
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"{file.name} cannot be read: {error}") from error
