"""The tables of a raw export as they are, before anybody says which of them is what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.sources.formats.csv_file import Torn
from scoring.crm.layout import raw_key


@dataclass(frozen=True)
class RawRelation:
    """A table of a raw export.

    Attributes
    ----------
    name : str
        As messages say it: that of the file without suffix, date and number of a part, or of the database table.
    address : tuple of str
        How SQL names it, from the catalog on: ``("raw", "Opportunity")``.
    types : mapping of str
        The type of each column, as DuckDB calls it, by its name in the export.
    files : tuple of str
        In messages.
    paths : tuple of Path
        The same on the disk.
    notes : tuple of str
        What was read differently from how it was written.
    torn : tuple of Torn
        Rows that cannot be read.
    digest : str
        SHA-256 of its content, where it is no file but a table of a database elsewhere.
    """

    name: str
    address: tuple[str, ...]
    types: Mapping[str, str]
    files: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    torn: tuple[Torn, ...] = ()
    digest: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, str]:
        """The columns by `raw_key`; of two with one key the first."""
        found: dict[str, str] = {}
        for name in self.types:
            found.setdefault(raw_key(name), name)
        return found


def unique(header: Iterable[str]) -> Iterator[str]:
    """Names as exported; a second of one name, or one without a name, gets a number: DuckDB knows no capitals."""
    known: set[str] = set()
    for i, name in enumerate(header, 1):
        plain = " ".join(name.split()) or f"column {i}"
        if plain.casefold() in known:
            plain = f"{plain} {i}"
        known.add(plain.casefold())
        yield plain
