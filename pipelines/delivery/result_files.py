"""The reading of what a CRM says of an import: a table of its rows, or an answer of its API.

The kinds are declared in `scoring/crm/<crm>/results.py`, with their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.delivery.sent_file import CELL, unpacked
from pipelines.errors import BadInput, UsageError
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_file import load_csv
from scoring.crm.known import PROFILES, RESULTS
from scoring.sql_text import literal

if TYPE_CHECKING:
    from scoring.crm.profile import Profile
    from scoring.crm.results import ResultsFile

#: A text in an error that may be an e-mail address.
ADDRESS = r"[^\s<>;,:''\"()]+@[^\s<>;,:''\"()]+"
#: The most characters of an error that are kept: longer errors quote whole rows.
LONGEST = 500
#: The table of the rows that were read.
TABLE = "result_rows"


@dataclass(frozen=True)
class Results:
    """Results that were read. Their rows are text in the table `result_rows` of the connection.

    Attributes
    ----------
    kind : ResultsFile
    profile : Profile
        Of the CRM that gave them back.
    header : tuple of str
        The columns of the table, which are named ``c0``, ``c1`` ... there.
    entity : str
        The entity, where the results name it.
    """

    kind: ResultsFile
    profile: Profile
    header: tuple[str, ...]
    entity: str = ""

    def cell(self, column: str) -> str | None:
        """The name in `result_rows` of a column of the file, None if there is no such column.

        Of several columns with one name the CRM's own come first, and the one that we sent is the last.

        Parameters
        ----------
        column : str
            Its name in the file, in upper or lower case.
        """
        found = self._positions(column)
        return CELL.format(found[-1]) if found else None

    def key(self, entity: str) -> str:
        """The SQL expression of an entity's ids; null where a row names none.

        Parameters
        ----------
        entity : {'account', 'lead'}
        """
        header = self.profile.columns[entity][0].header
        ours = self.cell(header)
        assert ours is not None, f"no id of a {entity}"
        cells = [ours]
        if self.kind.own and header == PROFILES[self.profile.name].columns[entity][0].header:
            own_cells = [CELL.format(position) for position in self._positions(self.kind.own)]
            cells += [cell for cell in own_cells if cell != ours]
        return f"coalesce({', '.join(f'''nullif(trim({cell}), '')''' for cell in cells)})"

    def entities(self) -> list[str]:
        """The entities whose file has all of these columns.

        Raises
        ------
        BadInput
            If there is none: the file is something else, or the fields had other names then.
        """
        entities_found, strange = self._fitting()
        if not entities_found:
            crm = self.profile.name
            keys = sorted({columns[0].header for columns in self.profile.columns.values()})
            problem = f"columns that no file for {crm} has: {', '.join(strange)}" if strange else "no id"
            hint = "if fields were renamed since, use the configuration of that night"
            raise BadInput(f"the results have {problem}; {_expected()}; the id is {' or '.join(keys)}; {hint}")
        return entities_found

    @property
    def fits(self) -> bool:
        """Whether the file of any entity has all of these columns."""
        return bool(self._fitting()[0])

    @property
    def took(self) -> str:
        """The SQL expression that says whether a row was taken; null where that is not known."""
        if self.kind.taken is not None:
            return str(self.kind.taken).upper()
        status = f"lower(trim({self.cell(self.kind.status)}))"
        return f"CASE WHEN {status} IN {_words(self.kind.taken_words)} THEN TRUE " + (
            f"WHEN {status} IN {_words(self.kind.refused_words)} THEN FALSE END"
        )

    @property
    def error(self) -> str:
        """The SQL expression of what the CRM says of a row, without e-mail addresses; null for nothing."""
        cell = self.cell(self.kind.error) if self.kind.error else None
        return _without_addresses(f"nullif(trim({cell}), '')" if cell else f"nullif({literal(self.kind.reason)}, '')")

    @property
    def rest_error(self) -> str:
        """The SQL expression of why the CRM refused the rows that the results do not name; null for nothing."""
        return _without_addresses(f"nullif({literal(self.kind.reason)}, '')")

    def _positions(self, column: str) -> list[int]:
        """Where a column is: under exactly this name, or else in another case."""
        exact = [position for position, name in enumerate(self.header) if name == column]
        any_case = [position for position, name in enumerate(self.header) if name.casefold() == column.casefold()]
        return [position for position in any_case if position not in exact] + exact

    def _fitting(self) -> tuple[list[str], list[str]]:
        """The entities whose file it may be, and the columns that none of them has."""
        added = {name.casefold() for name in (*self.kind.marks, *self.kind.extras)}
        entities_found, strange = [], dict.fromkeys(self.header)
        for entity, columns in self.profile.columns.items():
            known = added | {column.header.casefold() for column in columns}
            unknown = [name for name in self.header if name.casefold() not in known]
            strange = dict.fromkeys(name for name in strange if name in unknown)
            if (self.kind.loose or not unknown) and self.cell(columns[0].header):
                entities_found.append(entity)
        return entities_found, list(strange)


def _without_addresses(message: str) -> str:
    return f"left(regexp_replace({message}, '{ADDRESS}', '(e-mail)', 'g'), {LONGEST})"


def _words(words: tuple[str, ...]) -> str:
    return f"({', '.join(map(literal, words))})"


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
        If the results are of another CRM, or may be of two.
    BadInput
        If the file cannot be read, has a torn row, or no status that its CRM gives.
    """
    table = unpacked(file, scratch)
    dialect = sniff(table)
    results = _kind(file.name, tuple(name.strip() for name in dialect.header), profiles)
    results.entities()
    torn = load_csv(connection, table, [CELL.format(index) for index in range(len(results.header))], dialect, TABLE)
    if torn:
        raise BadInput(f"{file.name} cannot be read: row {torn[0].row}: {torn[0].problem}; fetch it again")
    if results.kind.taken is None:
        status, known = results.cell(results.kind.status), (*results.kind.taken_words, *results.kind.refused_words)
        query = f"SELECT DISTINCT lower(trim(coalesce({status}, ''))) FROM {TABLE} ORDER BY 1"
        words = [word for (word,) in connection.execute(query).fetchall()]
        if words and not set(words) & set(known):
            raise BadInput(f"{file.name} has the status {words[0]!r}; expected {', '.join(known)}")
    return results


def _kind(name: str, header: tuple[str, ...], profiles: Mapping[str, Profile]) -> Results:
    """The kind of results that a header is of: of those whose marks it has, the first whose other columns fit."""
    folded = {column.casefold() for column in header}
    marked = [(crm, kind) for crm, kind in RESULTS if {mark.casefold() for mark in kind.marks} <= folded]
    known = [Results(kind, profiles[crm], header) for crm, kind in marked if crm in profiles]
    fitting = [results for results in known if results.fits]
    if not fitting:
        crm, kind = marked[0]
        if crm not in profiles:
            raise UsageError(f"{name} has {kind.name}, of {crm} and not of {' or '.join(profiles)}")
        return known[0]
    best = fitting[0]
    alike = {found.profile.name for found in fitting if len(found.kind.marks) == len(best.kind.marks)}
    if len(alike) > 1:
        raise UsageError(f"{name} may be of {' or '.join(sorted(alike))}; say which with --crm")
    return best
