"""What a CRM profile is: which score goes into which field and how it is written; and its one interpreter.

A profile is declared once for a CRM (`salesforce`). `accepted` turns a table of scores into the cells of its
file, all text; `rejected` names the rows that cannot be written and the rule each of them breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

Kind = Literal["id", "text", "percent", "number", "date", "datetime"]

#: What makes a spreadsheet read a cell as a formula, full-width forms of the signs included.
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"

#: What is not one line of text: control characters, and the line ends beyond ASCII.
CONTROL = r"[\x00-\x1f\x7f\x{85}\x{2028}\x{2029}]"

#: A text that has to be changed, which few have: one look spares the others all the work.
UNTIDY = rf"{FORMULA}|{CONTROL}|^\s|\s$"


@dataclass(frozen=True)
class Column:
    """One column of a CRM's file.

    Attributes
    ----------
    source : str
        The column of the score table.
    header : str
        The CRM's own name of the field: the file's header.
    kind : str
        ``id`` is written as it is or not at all; ``text`` on one line, cut to `length`; ``percent`` is a
        share times 100; ``date`` is yyyy-MM-dd; ``datetime`` is UTC, yyyy-MM-ddTHH:mm:ss.SSSZ.
    length : int
        The most characters of an id or a text.
    decimals : int
        Digits after the point of a number or percent.
    """

    source: str
    header: str
    kind: Kind
    length: int = 0
    decimals: int = 0


@dataclass(frozen=True)
class Profile:
    """How one CRM takes scores.

    Attributes
    ----------
    name : str
        Names the CRM on the command line, and the folder of its files.
    columns : mapping
        The columns of the file of each entity, its id first.
    empty : str
        The cell that empties a field. A cell without text would leave an outdated value standing.
    max_bytes : int
        The most that one import takes; a larger file is cut into parts.
    """

    name: str
    columns: Mapping[str, tuple[Column, ...]]
    empty: str
    max_bytes: int

    def with_ids(self, **fields: str) -> Profile:
        """Take the ids of an entity to another field: ``with_ids(account="Legacy_Number__c")``."""
        columns = dict(self.columns)
        for entity, header in fields.items():
            first, *others = columns[entity]
            columns[entity] = (replace(first, header=header), *others)
        return replace(self, columns=columns)


def accepted(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """Give the rows of the file as cells, all text and none of them empty, in the order of `scores`."""
    columns = profile.columns[entity]
    writable = scores.filter(_broken(scores, columns[0]).isnull())
    return writable.select(**{column.header: _cell(writable, column, profile.empty) for column in columns})


def rejected(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """Give the rows that the file leaves out: their id, and the first rule it breaks."""
    column = profile.columns[entity][0]
    marked = scores.select(column.source, rule=_broken(scores, column))
    return marked.filter(marked.rule.notnull())


def guarded(text: ir.StringValue, length: int | None = None) -> ir.StringValue:
    """Give text as one line that no spreadsheet takes for a formula, of at most `length` characters.

    Where a spreadsheet would, an apostrophe goes before it, which tells it that this is text.
    """
    line = text.re_replace(CONTROL, " ").strip()
    line = ibis.ifelse(line.re_search(FORMULA), ibis.literal("'") + line, line)
    if length is None:
        return ibis.ifelse(text.re_search(UNTIDY), line, text)
    return ibis.ifelse(text.re_search(UNTIDY) | (text.length() > length), line.left(length).strip(), text)


def _broken(scores: ibis.Table, column: Column) -> ir.StringValue:
    """Name the first rule that a row's id breaks. An id is never changed: it would name another record."""
    text = scores[column.source]
    return ibis.cases(
        (text.isnull() | (text == ""), "blank_id"),
        (text.re_search(FORMULA), "id_reads_as_formula"),
        (text.re_search(UNTIDY), "id_has_outer_space_or_control_character"),
        (text.length() > column.length, f"id_longer_than_{column.length}"),
    )


def _cell(scores: ibis.Table, column: Column, empty: str) -> ir.StringValue:
    value = scores[column.source]
    if column.kind == "id":
        return value
    if column.kind == "text":
        text = guarded(value, column.length).nullif("")
    elif column.kind == "date":
        text = value.strftime("%Y-%m-%d")
    elif column.kind == "datetime":
        text = value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    else:
        factor = 100 if column.kind == "percent" else 1
        # A decimal is written without an exponent, and with a point whatever the locale.
        text = (value * factor).cast(f"decimal(18, {column.decimals})").cast("string")
    return text.fill_null(empty)
