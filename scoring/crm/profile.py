"""What a CRM profile is: which score goes into which field and how it is written; and its one interpreter.

A profile is declared once for a CRM (`known` names them all). `accepted` turns a table of scores into the cells of
its file, all text; `rejected` names the rows that cannot be written and the rule each of them breaks; `retired`
gives the cells for those who are scored no longer.

No cell is empty, because an empty cell means another thing to each CRM, and none begins like a formula: numbers
are plain decimals and not negative, words come from a fixed list, texts are guarded, and an id is written as it is
or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

Kind = Literal["id", "status", "fixed", "choice", "text", "percent", "number", "date", "datetime"]

#: What makes a spreadsheet read a cell as a formula, full-width forms of the signs included.
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"

#: What is not one line of text: control characters, and the line ends beyond ASCII.
CONTROL = r"[\x00-\x1f\x7f\x{85}\x{2028}\x{2029}]"

#: A space of any script; `strip` knows the ASCII ones alone.
SPACE = r"[\s\p{Z}]"

#: A text that has to be changed, which few have: one look spares the others all the work.
UNTIDY = rf"{FORMULA}|{CONTROL}|^{SPACE}|{SPACE}$"

#: Characters that a CRM which keeps texts as UTF-16 counts twice.
WIDE = r"[\x{10000}-\x{10ffff}]"

#: The most characters of an id in a field of one's own: what Dataverse gives a new text.
OWN_KEY = 100

#: What the field `status` says.
SCORED, RETIRED = "scored", "retired"


@dataclass(frozen=True)
class Column:
    """One column of a CRM's file.

    Attributes
    ----------
    source : str
        The column of the score table; or `status`, which says whether the entity is still scored; empty if the
        cell is the same in every row.
    header : str
        The CRM's own name of the field: the file's header.
    kind : str
        ``id`` is written as it is or not at all; ``text`` on one line, cut to `length`; ``percent`` is a share
        times 100; ``number`` is a plain decimal; ``date`` and ``datetime`` are in UTC, as the profile writes
        them; ``status`` is one of two words, ``choice`` one of `words`, and ``fixed`` the same in every row.
    length : int
        The most characters of an id or a text.
    decimals : int
        Digits after the point of a number or percent.
    pattern : str
        What an id has to look like, as a regular expression; empty where any text may be one.
    words : mapping
        What a choice is called, by the word in the score table, and under ``""`` where there is none.
    """

    source: str
    header: str
    kind: Kind
    length: int = 0
    decimals: int = 0
    pattern: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


SCORES = (
    Column("status", "", "status", length=20),
    Column("win_probability", "", "percent", decimals=4),
    Column("expected_amount", "", "number", decimals=2),
    Column("expected_revenue", "", "number", decimals=2),
    Column("fit_score", "", "number", decimals=1),
    Column("intent_score", "", "number", decimals=1),
    Column("grade", "", "text", length=20),
    Column("rank", "", "number"),
    Column("trend", "", "text", length=20),
    Column("reason_1", "", "text", length=255),
    Column("reason_2", "", "text", length=255),
    Column("reason_3", "", "text", length=255),
    Column("concern_1", "", "text", length=255),
    Column("why_now", "", "text", length=255),
    Column("as_of", "", "date"),
    Column("scored_at", "", "datetime"),
    Column("model_version", "", "text", length=80),
)
"""What every CRM is told, in order. `score_change` is not: it has a sign, and `trend` says it in a word."""

STAMPS = ("as_of", "scored_at")
"""What a retired entity keeps: since when it is so."""


@dataclass(frozen=True)
class Profile:
    """How one CRM takes scores.

    Attributes
    ----------
    name : str
        Names the CRM on the command line, and the folder of its files.
    columns : mapping
        The columns of the file of each entity, its id first; an entity the CRM does not take is not there.
    objects : mapping
        What the CRM calls the records of each entity.
    empty : str
        The cell for a text that there is none of. A cell without text would leave an outdated value standing.
    max_bytes, max_rows : int
        The most that one import takes, rows without the header; a larger file is cut into parts.
    date, time : str
        How a day and a time are written, in `strftime`'s words.
    empties : bool
        Whether `empty` empties a field of any type. If not, a number of a retired entity is 0.
    bom : bool
        Whether the file starts with a byte order mark.
    zipped : bool
        Whether each CSV is handed over in a zip of its own.
    whole : bool
        Whether one record that is not there any more undoes the import of a whole file.
    prefix : str
        Stands in a file's name, after the entity.
    beside : tuple of Profile
        Further files of the same CRM, for a table that it shows scores from.
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
        """Give the CRM's name for a column of the score table, None if the file leaves it out."""
        return next((column.header for column in self.columns[entity] if column.source == source), None)

    def renamed(self, entity: str, fields: Mapping[str, str]) -> Profile:
        """Give fields of an entity other names, by score column or ``id``; ``""`` leaves a field out.

        Ids that go to another field than the CRM's own may be any text: ``renamed("lead", {"id": "Legacy__c"})``.

        Raises
        ------
        ValueError
            If there is no such entity or column, the id would be left out, or two fields had one name.
        """
        if entity not in self.columns:
            raise ValueError(f"{self.name} takes no {entity}s; it takes {', '.join(self.columns)}")
        key, *others = self.columns[entity]
        known = {"id": key, **{column.source: column for column in others}}
        if unknown := [source for source in fields if source not in known]:
            raise ValueError(f"{unknown[0]!r} is not sent to {self.name}; what is: {', '.join(known)}")
        named = {source: _named(column, fields.get(source, column.header)) for source, column in known.items()}
        if not named["id"].header:
            raise ValueError("id cannot be left out: records are found by it")
        kept = tuple(column for column in named.values() if column.header)
        headers = [column.header for column in kept]
        if twice := [header for header in headers if headers.count(header) > 1]:
            raise ValueError(f"two fields of {self.name} would be named {twice[0]!r}")
        return replace(self, columns={**self.columns, entity: kept})


def scores_as(name: Callable[[str], str]) -> tuple[Column, ...]:
    """Give the columns of `SCORES`, each named as the CRM names the field of that score."""
    return tuple(replace(column, header=name(column.source)) for column in SCORES)


def accepted(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """Give the rows of the file as cells, all text and none of them empty, in the order of `scores`."""
    columns = profile.columns[entity]
    return cells(profile, columns, scores.filter(broken(scores, columns[0]).isnull()))


def cells(profile: Profile, columns: Sequence[Column], scores: ibis.Table) -> ibis.Table:
    """Give some columns of the file as cells, of every row: those of a column depend on its `source` alone."""
    return scores.select(**{column.header: _cell(scores, column, profile) for column in columns})


def rejected(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """Give the rows that the file leaves out: their id, and the first rule it breaks."""
    column = profile.columns[entity][0]
    marked = scores.select(column.source, rule=broken(scores, column))
    return marked.filter(marked.rule.notnull())


def retired(profile: Profile, entity: str, ids: ibis.Table) -> ibis.Table:
    """Give the rows that clear the fields of those who are scored no longer, as cells.

    Where the CRM has no mark that empties a field, texts become the profile's empty word and numbers 0; `status`
    tells them from scores.

    Parameters
    ----------
    profile : Profile
    entity : {'account', 'lead'}
    ids : Table
        The id column of the entity, `as_of` and `scored_at` of the night they left in.
    """
    columns = profile.columns[entity]
    writable = ids.filter(broken(ids, columns[0]).isnull())
    cleared = {}
    for column in columns:
        if column.kind in ("id", "date", "datetime"):
            cleared[column.header] = _cell(writable, column, profile)
        else:
            cleared[column.header] = ibis.literal(_cleared(column, profile))
    return writable.select(**cleared)


def guarded(text: ir.StringValue, length: int | None = None) -> ir.StringValue:
    """Give text as one line that no spreadsheet takes for a formula, of at most `length` characters.

    Where a spreadsheet would, an apostrophe goes before it, which tells it that this is text. A text with characters
    that take two units of UTF-16 is cut to half the length, so that it fits however the CRM counts.
    """
    line = _stripped(text.re_replace(CONTROL, " "))
    line = ibis.ifelse(line.re_search(FORMULA), ibis.literal("'") + line, line)
    if length is None:
        return ibis.ifelse(text.re_search(UNTIDY), line, text)
    most = ibis.ifelse(line.re_search(WIDE), length // 2, length)
    return ibis.ifelse(text.re_search(UNTIDY) | (text.length() > length // 2), _stripped(line.left(most)), text)


def _stripped(text: ir.StringValue) -> ir.StringValue:
    return text.re_replace(rf"^{SPACE}+|{SPACE}+$", "")


def _named(column: Column, header: str) -> Column:
    """Give a column its header; only under the CRM's own name is an id held to the form of the CRM's own ids."""
    if header == column.header or column.kind != "id":
        return replace(column, header=header)
    return replace(column, header=header, pattern="", length=max(column.length, OWN_KEY))


def broken(scores: ibis.Table, column: Column) -> ir.StringValue:
    """Name the first rule that a row's id breaks, null for none: changed, it would name another record."""
    text = scores[column.source]
    rules = [
        (text.isnull() | (text == ""), "blank_id"),
        (text.re_search(FORMULA), "id_reads_as_formula"),
        (text.re_search(UNTIDY), "id_has_outer_space_or_control_character"),
        (text.length() > column.length, f"id_longer_than_{column.length}"),
    ]
    if column.pattern:
        rules.append((~text.re_search(f"^(?:{column.pattern})$"), "id_is_not_of_this_crm"))
    return ibis.cases(*rules)


def _cleared(column: Column, profile: Profile) -> str:
    if column.kind == "status":
        return RETIRED
    if column.kind in ("fixed", "choice"):
        return column.words[""]
    return "0" if column.kind in ("number", "percent") and not profile.empties else profile.empty


def _cell(scores: ibis.Table, column: Column, profile: Profile) -> ir.StringValue:
    if column.kind == "status":
        return ibis.literal(SCORED)
    if column.kind == "fixed":
        return ibis.literal(column.words[""])
    value = scores[column.source]
    if column.kind == "id":
        return value
    if column.kind == "text":
        text = guarded(value, column.length).nullif("")
    elif column.kind == "choice":
        text = ibis.cases(*((value == word, name) for word, name in column.words.items()), else_=column.words[""])
    elif column.kind == "date":
        text = value.strftime(profile.date)
    elif column.kind == "datetime":
        text = value.strftime(profile.time)
    else:
        factor = 100 if column.kind == "percent" else 1
        # A decimal is written without an exponent, and with a point whatever the locale.
        text = (value * factor).cast(f"decimal(18, {column.decimals})").cast("string")
    return text.fill_null(profile.empty)
