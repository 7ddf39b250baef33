"""How a CRM lays out its raw export: the declaration beside which `export.sql` maps it to our tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

_NO_LETTER = re.compile(r"[\W_]+")
_STREAM = re.compile(r"^(_?airbyte_raw_|.*_?raw__stream_)", re.IGNORECASE)


def raw_key(name: str) -> str:
    """A name without case, blanks and punctuation: `CreatedDate`, `created_date` and `Created Date *` are one."""
    return _NO_LETTER.sub("", name).casefold()


@dataclass(frozen=True)
class RawTable:
    """A table of a raw export, as `export.sql` names it after `raw.`.

    Attributes
    ----------
    name : str
        In snake case: ``opportunity``.
    files : tuple of str
        The names that its file, sheet or database table may have, without suffix, date and part number; compared by
        `raw_key`, ``*`` stands for anything. Its own name is always one of them.
    needs : tuple of str
        Columns without which a file of such a name is something else.
    marks : tuple of str
        Columns by which a file is recognised whatever its name is; empty where no set of columns is sure.
    or_marks : tuple of tuple of str
        Other sets of columns by which it is recognised.
    columns : mapping of tuple of str
        Other names of a column, in the order of preference: labels in the common languages, names in older versions.
        Spellings that `raw_key` makes equal to its own name need no mention.
    never : tuple of str
        Columns that are no attributes: what comes after the outcome, persons, bookkeeping. ``*`` stands for anything.
    prefixes : tuple of str
        What may stand before each column: ``property_``, ``Deal - ``.
    key : str
        The column that tells records apart, where several tables of an export may hold records of this one, such as
        exported views: they are read as one table, each record once. Empty where only one can be it.
    parts_alike : bool
        Whether such tables are read as one only where their columns for this table have the same names: the columns of
        an export are chosen once, and where they differ, so may what is read of them.
    label_suffixes : tuple of str
        What the name of a column has after that of a choice, of which it holds the labels: they are the attribute then,
        and not the codes.
    """

    name: str
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    or_marks: tuple[tuple[str, ...], ...] = ()
    key: str = ""
    parts_alike: bool = False
    label_suffixes: tuple[str, ...] = ()

    def is_named(self, name: str) -> bool:
        """Whether a file or table of this name may be this one."""
        leaf = name.rpartition("/")[2]  # with its folder, where two have a table of one name
        keys = {raw_key(name), raw_key(leaf), raw_key(stream_name(leaf))}
        return any(fnmatchcase(key, _pattern(file)) for key in keys for file in (self.name, *self.files))

    def actual(self, column: str, by_key: Mapping[str, str]) -> str | None:
        """The name that a column has in a file.

        Parameters
        ----------
        column : str
            As `export.sql` names it.
        by_key : mapping of str
            The columns of the file by `raw_key`.
        """
        keys = [raw_key(name) for name in (column, *self.columns.get(column, ()))]
        tried = [key for key in keys for key in (key, *(raw_key(prefix) + key for prefix in self.prefixes))]
        return next((by_key[key] for key in tried if key in by_key), None)

    def is_never(self, name: str) -> bool:
        """Whether a column of the file is no attribute."""
        key = self.bare_key(name)
        return any(fnmatchcase(key, _pattern(pattern)) for pattern in self.never)

    def bare(self, name: str) -> str:
        """A column without the prefix, as the export writes the rest: ``industry`` for ``property_industry``."""
        found = next((p for p in self.prefixes if name.casefold().startswith(p.casefold()) and len(name) > len(p)), "")
        return name[len(found) :]

    def bare_key(self, name: str) -> str:
        """The key of a column without the prefix."""
        key = raw_key(name)
        return next((key[len(p) :] for p in map(raw_key, self.prefixes) if key.startswith(p) and key != p), key)


def stream_name(name: str) -> str:
    """The name of a table without what Airbyte puts before it where the table holds records as JSON.

    Parameters
    ----------
    name : str
        ``_airbyte_raw_deals``, or ``public_raw__stream_deals`` as of version 2 of its destinations.
    """
    return _STREAM.sub("", name) or name


def _pattern(name: str) -> str:
    return "*".join(raw_key(part) for part in name.split("*"))


@dataclass(frozen=True)
class LocalTimes:
    """Times in the zone of somebody, which an export does not say.

    Attributes
    ----------
    counted : str
        The query over the tables of `export.sql` that counts the records with such times.
    records : str
        What they are, in words.
    whose : str
        Whose zone it is, in words.
    """

    counted: str
    records: str
    whose: str


@dataclass(frozen=True)
class Layout:
    """A raw export that is known.

    Attributes
    ----------
    name : str
        As `--layout` and `crm.sql` name it: ``hubspot_fivetran``.
    crm : str
        The CRM into which scores go back, as in `scoring.crm.known`; empty where closedwon writes no files for it: the
        layout needs no profile.
    title : str
        In words.
    sql : str
        The file with the views: ``salesforce/export.sql``, below `scoring/crm`.
    tables : tuple of RawTable
    main : tuple of str
        The tables of which at least one must be there.
    marks : tuple of str
        ``table.column`` that tell this layout from all others: each that is there counts for it.
    no_id : tuple of str
        What stands in a cell that refers to no record.
    settings : mapping of str
        Keys of the configuration that this layout always has: ``{"input.time_zone": "Europe/Berlin"}``.
    beside : str
        Filled where the export stands beside that of a CRM: what the other one holds, for the page. Its views may read
        those of the CRM's layout under their names with ``crm_`` before them, and replace them.
    local_times : LocalTimes, optional
        Which of its times are in a zone that the export does not say.
    """

    name: str
    crm: str
    title: str
    sql: str
    tables: tuple[RawTable, ...]
    main: tuple[str, ...]
    marks: tuple[str, ...] = ()
    no_id: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
    local_times: LocalTimes | None = None

    def table(self, name: str) -> RawTable:
        """The table of a name; one that is not declared is known by its name alone."""
        return next((table for table in self.tables if table.name == name), RawTable(name))
