"""What a CRM says of an import, as it writes it: which rows it took, and why it did not take the others.

Salesforce, Bulk API 2.0 Developer Guide ("Get Job Successful Record Results" and its neighbours): the columns of the
job and `sf__Id`, with `sf__Created` of what was taken and `sf__Error` of what was not, in any order; what was never
tried comes back with the job's columns alone. Data Loader Guide ("Review Output Files"): the job's columns, with `ID`
and `STATUS` or with `ERROR`. Zoho CRM, Bulk Write API ("Download Bulk Write Result"): the first three columns of the
job, then `STATUS`, `RECORD_ID` and `ERRORS`, as a CSV in a zip.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput, UsageError
from pipelines.sources.csv_file import load_csv, sniff

if TYPE_CHECKING:
    from scoring.crm.profile import Profile

#: Zoho's words for a row: taken, and not.
TAKEN, LEFT = ("added", "updated"), ("skipped", "unprocessed")
#: What may be an address in an error. Longer ones are cut: they quote whole rows.
ADDRESS, LONGEST = r"[^\s<>;,:''\"()]+@[^\s<>;,:''\"()]+", 500
#: The names that a file's columns go by here: what is in them may be called anything.
CELL = "c{}"


@dataclass(frozen=True)
class Form:
    """One kind of results file.

    Attributes
    ----------
    name, crm : str
    marks : tuple of str
        The columns it is told by.
    also : tuple of str
        Further columns that are not the job's.
    took : bool, optional
        Whether its rows were taken; None where each says so.
    error : str
        The column with the reason, or, where there is none, the reason.
    """

    name: str
    crm: str
    marks: tuple[str, ...]
    also: tuple[str, ...] = ()
    took: bool | None = False
    error: str = ""


#: In the order in which they are tried. The last has no mark: it is what the job was given.
FORMS = (
    Form("failed records of Bulk API 2.0", "salesforce", ("sf__Error",), ("sf__Id", "sf__Created"), error="sf__Error"),
    Form("successful records of Bulk API 2.0", "salesforce", ("sf__Created",), ("sf__Id",), took=True),
    Form("a bulk write result", "zoho", ("STATUS", "ERRORS"), ("RECORD_ID",), took=None, error="ERRORS"),
    Form("successes of Data Loader", "salesforce", ("STATUS",), ("ID",), took=True),
    Form("errors of Data Loader", "salesforce", ("ERROR",), ("ID",), error="ERROR"),
    Form("unprocessed records of Bulk API 2.0", "salesforce", (), error="unprocessed"),
)
EXPECTED = (
    "expected the columns of the file that was imported and sf__Id with sf__Created or sf__Error (Salesforce Bulk API "
    "2.0), STATUS or ERROR (Data Loader), or STATUS, RECORD_ID and ERRORS (Zoho)"
)


@dataclass(frozen=True)
class Results:
    """A file that was read: which `form` it has, of which `profile`, and `columns`, the job's by score column.

    The table `given` of the connection has its rows as text, its columns named by place: `cell` names one.
    """

    form: Form
    profile: Profile
    header: tuple[str, ...]

    def cell(self, column: str) -> str | None:
        """The name in `given` of a column of the file, whatever its case; None if there is none."""
        folded = [name.casefold() for name in self.header]
        return CELL.format(folded.index(column.casefold())) if column.casefold() in folded else None

    def key(self, entity: str) -> str:
        """The name in `given` of an entity's ids."""
        cell = self.cell(self.profile.columns[entity][0].header)
        assert cell is not None, f"no id of a {entity}"
        return cell

    @property
    def columns(self) -> list[str]:
        """The columns that are the job's own, as the file has them."""
        ours = {c.header.casefold() for columns in self.profile.columns.values() for c in columns}
        theirs = {name.casefold() for name in (*self.form.marks, *self.form.also)} - ours
        return [name for name in self.header if name.casefold() not in theirs]

    def entities(self) -> list[str]:
        """The entities whose file has all of these columns.

        Raises
        ------
        BadInput
            If there is none: the file is of something else, or fields were named differently then.
        """
        found, strange = [], dict.fromkeys(self.columns)
        for entity, columns in self.profile.columns.items():
            known = {column.header.casefold() for column in columns}
            unknown = [name for name in self.columns if name.casefold() not in known]
            strange = dict.fromkeys(name for name in strange if name in unknown)
            if not unknown and self.cell(columns[0].header):
                found.append(entity)
        if not found:
            keys = sorted({columns[0].header for columns in self.profile.columns.values()})
            what = f"columns that no file for {self.profile.name} has: {', '.join(strange)}" if strange else "no id"
            hint = "if fields were renamed since, use the configuration of that night"
            raise BadInput(f"the results have {what}; {EXPECTED}; the id is {' or '.join(keys)}; {hint}")
        return found

    @property
    def took(self) -> str:
        """The SQL expression that says whether a row was taken."""
        if self.form.took is not None:
            return str(self.form.took).upper()
        return f"lower(trim({self.cell(self.form.marks[0])})) IN {TAKEN}"

    @property
    def error(self) -> str:
        """The SQL expression of why a row was not taken, without what may be an address."""
        cell = self.cell(self.form.error) if self.form.marks else None
        reason = f"coalesce(nullif(trim({cell}), ''), 'no reason given')" if cell else f"'{self.form.error}'"
        return f"left(regexp_replace({reason}, '{ADDRESS}', '(e-mail)', 'g'), {LONGEST})"


def read_results(duckdb: Any, file: Path, profiles: Mapping[str, Profile], scratch: Path) -> Results:
    """Read a results file into the table `given`.

    Parameters
    ----------
    duckdb : DuckDB connection
    file : Path
        A CSV file, or a zip with one.
    profiles : mapping
        The CRMs that they may be of, by name, with the fields named as they were when the file was sent.
    scratch : Path
        Where a zip is unpacked.

    Raises
    ------
    UsageError
        If the results are of another CRM.
    BadInput
        If the file cannot be read, has a torn row, or a status that no CRM gives.
    """
    table = _unpacked(file, scratch)
    dialect = sniff(table)
    header = tuple(name.strip() for name in dialect.header)
    folded = {name.casefold() for name in header}
    form = next(form for form in FORMS if {mark.casefold() for mark in form.marks} <= folded)
    if form.crm not in profiles:
        raise UsageError(f"{file.name} has {form.name}, of {form.crm} and not of {' or '.join(profiles)}")
    results = Results(form, profiles[form.crm], header)
    results.entities()
    torn = load_csv(duckdb, table, [CELL.format(place) for place in range(len(header))], dialect, "given")
    if torn:
        raise BadInput(f"{file.name} cannot be read: row {torn[0].row} has a {torn[0].problem}; fetch it again")
    if form.took is None:
        status = results.cell(form.marks[0])
        words = duckdb.execute(f"SELECT DISTINCT lower(trim(coalesce({status}, ''))) FROM given ORDER BY 1").fetchall()
        if strange := [word for (word,) in words if word not in (*TAKEN, *LEFT)]:
            raise BadInput(f"{file.name} has the status {strange[0]!r}; expected {', '.join((*TAKEN, *LEFT))}")
    return results


def _unpacked(file: Path, scratch: Path) -> Path:
    """The CSV file itself."""
    try:
        if not zipfile.is_zipfile(file):
            return file
        with zipfile.ZipFile(file) as archive:
            inside = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                raise BadInput(f"{file.name} has {len(inside)} CSV files in it; expected one")
            inside[0].filename = "results.csv"  # not where the archive says
            return Path(archive.extract(inside[0], scratch))
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"{file.name} cannot be read: {error}") from error
