"""What each attribute column holds: numbers, yes and no, words, or something we must not keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.contracts import cells

#: Columns with such a name are never read, whatever is in them.
PERSONAL = re.compile(r"e[_-]?mail|phone|(^|_)(tel|fax|mobile)(_|$)")

#: A number without leading zeros: ``007`` and postal codes are words.
NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"


class Kind(Enum):
    """What an attribute is. The value says it in words."""

    NUMBER = "numbers"
    FLAG = "yes and no"
    WORD = "words"
    EMPTY = "nothing"
    PERSONAL = "e-mail addresses or phone numbers"
    NESTED = "nested or binary values"

    def joined(self, other: Kind) -> Kind:
        """Find the kind of a column that holds both: a table and its history must agree."""
        if self is other or other is Kind.EMPTY:
            return self
        if self is Kind.EMPTY or other in (Kind.PERSONAL, Kind.NESTED):
            return other
        return self if self in (Kind.PERSONAL, Kind.NESTED) else Kind.WORD


@dataclass(frozen=True)
class Attribute:
    """A column's kind, and whether its text is tidy: no blanks around it and no words for nothing."""

    kind: Kind
    tidy: bool = True

    def joined(self, other: Attribute) -> Attribute:
        """Describe a column that two tables share."""
        return Attribute(self.kind.joined(other.kind), self.tidy and other.tidy)


def personal(column: str) -> bool:
    """Whether a column's name says that it identifies a person."""
    return PERSONAL.search(column) is not None


def attributes_of(connection: Any, raw: ibis.Table, columns: list[str], *, typed: bool) -> dict[str, Attribute]:
    """Find the kind of each attribute column, in one scan however many there are.

    Parameters
    ----------
    connection : ibis DuckDB backend
    raw : ibis.Table
    columns : list of str
        Attributes of ``raw``.
    typed : bool
        The source has types of its own, so that text is never a number.
    """
    found = {
        column: Attribute(Kind.PERSONAL if personal(column) else _of_type(raw[column].type())) for column in columns
    }
    texts = [column for column in columns if found[column].kind is Kind.WORD and raw[column].type().is_string()]
    if not texts:
        return found
    connection.create_view("attribute_texts", raw.select(texts), overwrite=True)
    # Long instead of wide: thousands of columns times four aggregates would take the planner minutes.
    profile = connection.con.execute(
        """
        WITH long AS (UNPIVOT attribute_texts ON COLUMNS(*) INTO NAME name VALUE cell),
             trimmed AS (SELECT name, cell, trim(cell, $blanks) AS word FROM long),
             words AS (SELECT *, lower(word) IN $empty AS nothing FROM trimmed)
        SELECT name,
               count(*) FILTER (NOT nothing),
               count(*) FILTER (NOT nothing AND contains(word, '@')),
               count(*) FILTER (NOT nothing AND regexp_full_match(word, $number)),
               count(*) FILTER (NOT nothing AND lower(word) IN $flags),
               count(*) FILTER (nothing OR word <> cell)
        FROM words GROUP BY name
        """,
        {
            "blanks": " \t\n\r",
            "number": NUMBER,
            "flags": [*cells.TRUE_WORDS, *cells.FALSE_WORDS],
            "empty": list(cells.NULL_WORDS),
        },
    ).fetchall()
    connection.con.execute("DROP VIEW attribute_texts")
    found |= dict.fromkeys(texts, Attribute(Kind.EMPTY))
    for name, filled, addresses, numbers, flags, untidy in profile:
        if filled == 0:
            continue
        kind = Kind.WORD
        if 2 * addresses > filled:
            kind = Kind.PERSONAL
        elif not typed and numbers == filled:
            kind = Kind.NUMBER
        elif not typed and flags == filled:
            kind = Kind.FLAG
        found[name] = Attribute(kind, tidy=untidy == 0)
    return found


def _of_type(kind: Any) -> Kind:
    if kind.is_boolean():
        return Kind.FLAG
    if kind.is_numeric():
        return Kind.NUMBER
    if kind.is_null():
        return Kind.EMPTY
    if kind.is_string() or kind.is_temporal() or kind.is_uuid() or kind.is_unknown():
        return Kind.WORD
    return Kind.NESTED


def read_attribute(cell: ir.Value, attribute: Attribute) -> ir.Value | None:
    """Read the cell as float64, boolean or string; None for a kind that is not kept.

    What is known to be tidy takes the short way: there may be thousands of columns.
    """
    short = attribute.tidy and cell.type().is_string()
    if attribute.kind is Kind.NUMBER:
        return cell.try_cast("float64") if short else cells.number(cell)
    if attribute.kind is Kind.FLAG:
        return cell.try_cast("boolean") if short else cells.flag(cell)
    if attribute.kind is Kind.WORD:
        return cell if short else cells.text(cell)
    return ibis.null("string") if attribute.kind is Kind.EMPTY else None
