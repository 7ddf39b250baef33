"""What a CRM profile is: which score goes into which field of the CRM, and in which form.

A profile is declared once for each CRM, in the CRM's folder; `known` names them all and `cells` interprets them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scoring.scores.columns import CRM_FIELDS

Kind = Literal["id", "status", "fixed", "choice", "text", "percent", "number", "date", "datetime"]

#: The most characters of an id in a field of the company's own: what Dataverse gives a new text.
OWN_KEY = 100
#: The forms of ids: a number, and a GUID as Dataverse writes it.
NUMBER = "[1-9][0-9]*"
GUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
#: By the form of a CRM's ids, what exports write around them and imports do not take, as a regular expression: the
#: prefix of a backup, the point of a number that a program took for another kind, braces.
WRAPPINGS = {NUMBER: "^(?:zcrm_|ZCRM_)|[.]0+$", GUID: "^[{]|[}]$"}


#: What no header may be: a formula for a spreadsheet, a line end or another control character, blanks around it.
UNSAFE_HEADER = re.compile(r"^[=+\-@\uff1d\uff0b\uff0d\uff20]|[\x00-\x1f\x7f-\x9f\u2028\u2029]|^\s|\s$")


@dataclass(frozen=True)
class Column:
    """One column of a CRM's file.

    Attributes
    ----------
    source : str
        The column of the score table; or ``status``, which says whether the entity is still scored; empty if the
        cell is the same in every row.
    header : str
        The CRM's own name of the field: the file's header.
    kind : str
        ``id`` is written as it is or not at all; ``text`` on one line, cut to `length`; ``percent`` is a share
        times 100; ``number`` is a plain decimal; ``date`` and ``datetime`` are in UTC, in the profile's format;
        ``status`` is one of two words, ``choice`` one of `words`, and ``fixed`` the same in every row.
    length : int
        The most characters of an id or a text.
    decimals : int
        Digits after the point of a number or percent.
    pattern : str
        A regular expression that an id must match; empty where any text may be an id.
    words : mapping
        The CRM's word for each word of the score table, and under ``""`` its word where the score table has none.
    """

    source: str
    header: str
    kind: Kind
    length: int = 0
    decimals: int = 0
    pattern: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def wrapping(self) -> str:
        """What is taken off an id before it is written; empty for nothing."""
        return WRAPPINGS.get(self.pattern, "")


SCORES = (
    Column("status", "", "status", length=20),
    *(Column(name, "", crm.kind, length=crm.length, decimals=crm.decimals) for name, crm in CRM_FIELDS),
)
"""The scores that every CRM gets, in order."""

STAMPS = ("as_of", "scored_at")
"""The columns that a retired entity keeps: they say since when it is retired."""


LEFT_OUT: Mapping[str, str] = {
    "expected_amount": "expected_revenue divided by win_probability",
    "fit_score": "the grade and the reasons sum it up",
    "intent_score": "the grade, the trend and why_now sum it up",
    "reason_2": "reason_1 is the strongest",
    "reason_3": "reason_1 is the strongest",
    "buying_group": "explain tells it; whoever wants it in the CRM names the field",
    "missing_role": "explain tells it; whoever wants it in the CRM names the field",
    "as_of": "scored_at says which night it is",
    "model_version": "it stands in the manifest of the night",
}
"""What the short list of fields leaves out, for subscriptions with few custom fields, and why it is not missed."""


@dataclass(frozen=True)
class Subscription:
    """What one subscription of a CRM takes; 0 where it takes what the profile says, or any number.

    Attributes
    ----------
    max_bytes, max_rows : int
        The most bytes and the most rows of one import.
    imports_a_day, rows_a_day : int
        The most imports and rows in 24 hours.
    custom_fields : int
        The most custom fields of one kind of records.
    """

    max_bytes: int = 0
    max_rows: int = 0
    imports_a_day: int = 0
    rows_a_day: int = 0
    custom_fields: int = 0


@dataclass(frozen=True)
class Profile:
    """How one CRM takes scores.

    Attributes
    ----------
    name : str
        The CRM's name on the command line, and the folder of its files.
    columns : mapping
        The columns of the file of each entity, its id first; an entity that the CRM does not take is not a key.
    objects : mapping
        The CRM's name for the records of each entity.
    empty : str
        The cell for a text that is empty. A cell without text would leave an outdated value standing.
    max_bytes, max_rows : int
        The most bytes and the most rows without the header that one import takes; a larger file is cut into parts.
    date, time : str
        The format of a day and of a time, as for `strftime`.
    empties : bool
        Whether `empty` empties a field of any type. If not, a number of a retired entity is 0.
    bom : bool
        Whether the file starts with a byte order mark.
    zipped : bool
        Whether each CSV is in a zip of its own.
    whole : bool
        Whether one record that no longer exists makes the import of the whole file fail.
    prefix : str
        A part of the file's name, after the entity.
    beside : tuple of Profile
        Further files of the same CRM, for a table from which it shows scores.
    """

    name: str
    columns: Mapping[str, tuple[Column, ...]]
    objects: Mapping[str, str]
    empty: str
    max_bytes: int
    max_rows: int
    date: str = "%Y-%m-%d"
    time: str = "%Y-%m-%dT%H:%M:%SZ"
    empties: bool = False
    bom: bool = False
    zipped: bool = False
    whole: bool = False
    prefix: str = ""
    beside: tuple[Profile, ...] = ()

    def header(self, entity: str, source: str) -> str | None:
        """Give the CRM's name for a column of the score table.

        Parameters
        ----------
        entity : {'account', 'lead'}
        source : str
            The column of the score table.

        Returns
        -------
        str or None
            None if the file does not have the column.
        """
        return next((column.header for column in self.columns[entity] if column.source == source), None)

    def names(self, entity: str) -> dict[str, Column]:
        """The columns of an entity by what the configuration calls them: "id", then the score columns."""
        key, *others = self.columns[entity]
        return {"id": key, **{column.source: column for column in others}}

    def within(self, plan: Subscription) -> Profile:
        """Give the profile of a subscription: its files are cut into parts that one import takes."""
        return replace(
            self,
            max_bytes=min(self.max_bytes, plan.max_bytes or self.max_bytes),
            max_rows=min(self.max_rows, plan.max_rows or self.max_rows),
            beside=tuple(profile.within(plan) for profile in self.beside),
        )

    def renamed(self, entity: str, fields: Mapping[str, str]) -> Profile:
        """Give fields of an entity other names.

        Parameters
        ----------
        entity : {'account', 'lead'}
        fields : mapping
            The new name by score column, or by ``id``; an empty name leaves the field out. Ids in another field than
            the CRM's own may be any text: ``renamed("lead", {"id": "Legacy__c"})``.

        Raises
        ------
        ValueError
            If there is no such entity or column. Otherwise with a line for each error: if the id would be left out, if
            two fields had one name, or if a name would be a formula or more than a line.
        """
        if entity not in self.columns:
            raise ValueError(f"{self.name} takes no {entity}s; it takes {', '.join(self.columns)}")
        known = self.names(entity)
        if unknown := [source for source in fields if source not in known]:
            raise ValueError(f"{self.name} gets no column {unknown[0]!r}; its columns are {', '.join(known)}")
        named = {source: _named(column, fields.get(source, column.header)) for source, column in known.items()}
        kept = tuple(column for column in named.values() if column.header)
        headers = [column.header for column in kept]
        wrong = [] if named["id"].header else ["id cannot be left out: the CRM finds records by it"]
        wrong += [
            f"{header!r} cannot be the name of a field: a spreadsheet would run what begins with =, +, - or @, "
            "and a header is one line without blanks around it"
            for header in dict.fromkeys(headers)
            if UNSAFE_HEADER.search(header)
        ]
        wrong += [
            f"two fields of {self.name} would have the name {header!r}; give one of them another"
            for header in dict.fromkeys(headers)
            if headers.count(header) > 1
        ]
        if wrong:
            raise ValueError("\n".join(wrong))
        return replace(self, columns={**self.columns, entity: kept})


def scores_as(name: Callable[[str], str]) -> tuple[Column, ...]:
    """Give the columns of `SCORES` the names of a CRM's fields.

    Parameters
    ----------
    name : callable
        Makes the name of the CRM's field from the score column.
    """
    return tuple(replace(column, header=name(column.source)) for column in SCORES)


def _named(column: Column, header: str) -> Column:
    """Give a column its header. Only an id in the CRM's own field has the form of the CRM's own ids."""
    if header == column.header or column.kind != "id":
        return replace(column, header=header)
    return replace(column, header=header, pattern="", length=max(column.length, OWN_KEY))
