"""The type of each attribute column: numbers, yes and no, words, or something that must not be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config import Config
from pipelines.sources.files import Source, reading
from scoring.contracts import cells
from scoring.contracts.cells import column_key
from scoring.contracts.crm import CONTRACTS, LEADS

#: Columns with such a name are never read, whatever they hold.
PERSONAL = re.compile(r"e[_-]?mail|phone|(^|_)(tel|fax|mobile)(_|$)")

#: A number without leading zeros: ``007`` and postal codes are words.
NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"

#: Columns of a lead with an address. They are read for the domain only.
ADDRESSES = ("email", "e-mail", "e_mail")
#: A table and its history describe the same attributes, so these must have one type.
HISTORIES = {"accounts": "account_history", "leads": "lead_history"}


class Kind(Enum):
    """The type of an attribute. Its value is how messages call it."""

    NUMBER = "numbers"
    FLAG = "yes and no"
    WORD = "words"
    EMPTY = "nothing"
    PERSONAL = "e-mail addresses or phone numbers"
    NESTED = "nested or binary values"

    def joined(self, other: Kind) -> Kind:
        """The kind of a column that holds both kinds: a table and its history must have the same."""
        if self is other or other is Kind.EMPTY:
            return self
        if self is Kind.EMPTY or other in (Kind.PERSONAL, Kind.NESTED):
            return other
        return self if self in (Kind.PERSONAL, Kind.NESTED) else Kind.WORD


@dataclass(frozen=True)
class Attribute:
    """The kind of a column, and whether its text is tidy: without blanks around it and without words for empty."""

    kind: Kind
    tidy: bool = True

    def joined(self, other: Attribute) -> Attribute:
        """The description of a column that two tables share."""
        return Attribute(self.kind.joined(other.kind), self.tidy and other.tidy)


def personal(column: str) -> bool:
    """Whether a column's name says that it identifies a person."""
    return PERSONAL.search(column) is not None


def attributes_of(connection: Any, raw: ibis.Table, columns: list[str], *, typed: bool) -> dict[str, Attribute]:
    """The kind of each attribute column, found in one scan.

    Parameters
    ----------
    connection : ibis DuckDB backend
    raw : ibis.Table
        The rows as exported.
    columns : list of str
        The columns of ``raw`` that are attributes.
    typed : bool
        Whether the source has column types, so that text is never a number.
    """
    found = {
        column: Attribute(Kind.PERSONAL if personal(column) else _of_type(raw[column].type())) for column in columns
    }
    texts = [column for column in columns if found[column].kind is Kind.WORD and raw[column].type().is_string()]
    if not texts:
        return found
    profile = _profile(connection, raw, texts) if connection.name == "duckdb" else _typed_profile(raw, texts)
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


def _profile(connection: Any, raw: ibis.Table, texts: list[str]) -> list[tuple[Any, ...]]:
    """For each column the numbers of cells that are filled, hold an @, are numbers, are yes or no, and are not tidy."""
    connection.create_view("attribute_texts", raw.select(texts), overwrite=True)
    # Long instead of wide: to plan four aggregates of thousands of columns would take minutes.
    profile: list[tuple[Any, ...]] = connection.con.execute(
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
    return profile


def _typed_profile(raw: ibis.Table, texts: list[str], at_once: int = 50) -> list[tuple[Any, ...]]:
    """The same on any engine, for columns with types: their text is neither numbers nor flags."""
    found = []
    for start in range(0, len(texts), at_once):
        counts = {}
        for i, name in enumerate(texts[start : start + at_once], start):
            word = raw[name].strip()
            nothing = word.lower().isin(cells.NULL_WORDS)
            counts[f"filled_{i}"] = (~nothing).sum()
            counts[f"addresses_{i}"] = (~nothing & word.contains("@")).sum()
            counts[f"untidy_{i}"] = (nothing | (word != raw[name])).sum()
        row = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
        for i, name in enumerate(texts[start : start + at_once], start):
            filled, addresses, untidy = (int(row[f"{what}_{i}"] or 0) for what in ("filled", "addresses", "untidy"))
            found.append((name, filled, addresses, 0, 0, untidy))
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
    """A cell read as float64, boolean or string; None for a kind that is not kept.

    Tidy text is read in a faster way, since there may be thousands of columns.

    Parameters
    ----------
    cell : ibis.Value
        The column as exported.
    attribute : Attribute
        Its kind, as `attributes_of` found it.
    """
    short = attribute.tidy and cell.type().is_string()
    if attribute.kind is Kind.NUMBER:
        return cell.try_cast("float64") if short else cells.number(cell)
    if attribute.kind is Kind.FLAG:
        return cell.try_cast("boolean") if short else cells.flag(cell)
    if attribute.kind is Kind.WORD:
        return cell if short else cells.text(cell)
    return ibis.null("string") if attribute.kind is Kind.EMPTY else None


def attributes_by_table(
    connection: Any, sources: Mapping[str, Source], config: Config
) -> tuple[dict[str, dict[str, Attribute]], list[str]]:
    """The attributes of each table, and notes on the columns that are left out.

    An attribute has the same kind in a table and in its history.

    Parameters
    ----------
    connection : ibis backend
    sources : mapping of Source
        By table.
    config : Config
        Its section ``attributes`` names columns to drop.
    """
    found: dict[str, dict[str, Attribute]] = {}
    notes = [note for source in sources.values() for note in source.notes]
    dropped = {column_key(name) for name in config.attributes.drop}
    for contract in CONTRACTS:
        if contract.table not in sources:
            continue
        source = sources[contract.table]
        contract_columns = (*contract.fields, *(ADDRESSES if contract.table == "leads" else ()))
        others = [c for c in source.columns if c not in contract_columns and c not in dropped]
        if contract.attributes:
            with reading(source.name):
                found[contract.table] = attributes_of(connection, source.raw, others, typed=source.typed)
            if contract.table == "lead_history":
                words = LEADS.fields.keys() & others
                found[contract.table] |= dict.fromkeys(words, Attribute(Kind.WORD, tidy=False))
        elif others:
            notes.append(f"{contract.table}: ignored columns without a meaning in this table: {_some(others)}")
    for table, history in HISTORIES.items():
        current, past = found.get(table, {}), found.get(history, {})
        for column in current.keys() & past.keys():
            both = current[column].joined(past[column])
            current[column], past[column] = both, both
    for table, attributes in found.items():
        for kind in (Kind.PERSONAL, Kind.NESTED):
            columns = [c for c, attribute in attributes.items() if attribute.kind is kind]
            if columns:
                notes.append(f"{table}: ignored columns with {kind.value}: {_some(columns)}")
    return found, notes


def _some(columns: list[str]) -> str:
    return ", ".join(columns[:10]) + (f" and {len(columns) - 10} more" if len(columns) > 10 else "")
