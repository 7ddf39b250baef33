"""The type of each attribute column: numbers, yes and no, words, or something that must not be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config import Config
from pipelines.config_input import Input
from pipelines.sources.files import Source, reading
from pipelines.validation.attribute_profile import TextProfile, text_profiles
from scoring.cells import cells, currencies
from scoring.cells.cells import column_key
from scoring.cells.number_forms import DECIMAL, NumberFormat
from scoring.cells.numbers import (
    MOSTLY,
    PROOF,
    NoNumbers,
    TwoWays,
    declared_format,
    fitting_cells,
    number_format,
)
from scoring.cells.shapes import CellShape, shapes_in
from scoring.columns.roles import role_of
from scoring.contracts.crm import CONTRACTS, LEADS
from scoring.contracts.deals import flags_of
from scoring.contracts.mappings import ADDRESSES
from scoring.persons.column_names import names_contact

#: Whole numbers from this on may be phone numbers.
PHONE_NUMBERS = 10_000
#: The fewest filled cells of a column in which a few may be something else than the others.
FEWEST = 20

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
    DATE = "dates, which are no words to learn from (give an age in days instead)"
    UNCLEAR = "numbers that cannot be read"

    def joined(self, other: Kind) -> Kind:
        """The kind of a column that holds both kinds: a table and its history must have the same."""
        if self is other or other is Kind.EMPTY:
            return self
        if self is Kind.EMPTY or other in NOT_KEPT:
            return other
        return self if self in NOT_KEPT else Kind.WORD


#: The kinds that are ignored, also if the other table has another kind.
NOT_KEPT = (Kind.PERSONAL, Kind.NESTED, Kind.UNCLEAR)


@dataclass(frozen=True)
class AttributeType:
    """What a column holds.

    Attributes
    ----------
    kind : Kind
    tidy : bool
        Whether its text has no blanks around it and no words for empty.
    format : NumberFormat, optional
        How its numbers are written, where they are not plain.
    note : str
        What was read differently from how it was written.
    """

    kind: Kind
    tidy: bool = True
    format: NumberFormat | None = None
    note: str = ""

    def joined(self, other: AttributeType) -> AttributeType:
        """The description of a column that another table has too."""
        return replace(self, kind=self.kind.joined(other.kind), tidy=self.tidy and other.tidy)


def attributes_of(
    connection: Any, raw: ibis.Table, columns: list[str], *, table: str = "", settings: Input | None = None
) -> dict[str, AttributeType]:
    """The kind of each attribute column, found in one scan.

    Text is read alike in every format: numbers in a text column of a database are numbers, as in a CSV file.

    Parameters
    ----------
    connection : ibis DuckDB backend
    raw : ibis.Table
        The rows as exported.
    columns : list of str
        The columns of ``raw`` that are attributes.
    table : str
        Its name.
    settings : Input, optional
        What was declared of its numbers.
    """
    found = {column: AttributeType(_of_type(raw[column].type())) for column in columns}
    found |= dict.fromkeys(_of_phones(raw, found), AttributeType(Kind.PERSONAL))
    texts = [column for column in columns if found[column].kind is Kind.WORD and raw[column].type().is_string()]
    profiles = text_profiles(connection, raw, texts)
    for name in texts:
        if name not in profiles or not profiles[name].filled:
            found[name] = AttributeType(Kind.EMPTY)
        else:
            found[name] = _of_text(raw, name, profiles[name], table, settings or Input())
    return found


def _names_contacts(column: str) -> bool:
    """Whether a column's name leaves open that it holds addresses or phone numbers; `emails_opened` holds counts."""
    role = role_of(column, numeric=True)
    return names_contact(column) and (role is None or role.name != "counts_touches")


def _of_phones(raw: ibis.Table, found: Mapping[str, AttributeType]) -> list[str]:
    """The columns of numbers that are named like phone numbers and are as large."""
    named = [name for name, attribute in found.items() if attribute.kind is Kind.NUMBER and _names_contacts(name)]
    if not named:
        return []
    largest = raw.aggregate(**{f"largest_{i}": raw[name].cast("float64").abs().max() for i, name in enumerate(named)})
    row = largest.to_pyarrow().to_pylist()[0]
    return [name for i, name in enumerate(named) if (row[f"largest_{i}"] or 0) >= PHONE_NUMBERS]


def _of_text(raw: ibis.Table, name: str, profile: TextProfile, table: str, settings: Input) -> AttributeType:
    filled, tidy = profile.filled, profile.untidy == 0
    nearly_all = MOSTLY * filled if filled >= FEWEST else filled
    declared = settings.number_formats.get(f"{table}.{name}", "")
    if 2 * profile.addresses > filled or (names_contact(name) and profile.addresses):
        return AttributeType(Kind.PERSONAL)
    if profile.dates >= nearly_all:
        return AttributeType(Kind.DATE)
    if profile.phones and _names_contacts(name):
        return AttributeType(Kind.PERSONAL)
    if profile.flags >= nearly_all:
        return _but_for(
            AttributeType(Kind.FLAG, tidy), f"{table}: {name}", "neither yes nor no", filled - profile.flags, filled
        )
    clear = not profile.two_ways or profile.point >= PROOF * profile.two_ways
    if profile.numbers == filled and clear and not declared:
        return AttributeType(Kind.NUMBER, tidy)
    if profile.numberlike < nearly_all or profile.codes:
        return AttributeType(Kind.WORD, tidy)
    return _of_numbers(shapes_in(raw[name]), f"{table}.{name}", declared, filled, tidy, settings)


def _of_numbers(
    shapes: Sequence[CellShape], name: str, declared: str, filled: int, tidy: bool, settings: Input
) -> AttributeType:
    """The description of a column that looks like numbers, but for a few cells or in another format."""
    form = (
        declared_format(shapes, declared)
        if declared
        else number_format(shapes, filled, decimal=DECIMAL[settings.decimal])
    )
    table, _, column = name.partition(".")
    if isinstance(form, TwoWays):
        return AttributeType(Kind.UNCLEAR, note=f"{table}: ignored {column}: {form.sentence}; {form.remedy(name)}")
    if isinstance(form, NoNumbers):
        if not form.why:
            return AttributeType(Kind.WORD, tidy)
        return AttributeType(Kind.UNCLEAR, note=f"{table}: ignored {column}: {form.why}")
    if len(form.currencies) > 1:
        several = " and ".join(form.currencies)
        return AttributeType(Kind.UNCLEAR, note=f"{table}: ignored {column}: amounts in {several}; give one currency")
    others = filled - fitting_cells(form, shapes)
    if others and filled < FEWEST and not declared:
        return AttributeType(Kind.WORD, tidy)
    plain = form.decimal == "." and not form.grouping and not form.signs
    note = "" if plain else f"{table}: {column} is written like {form.in_words}"
    return _but_for(AttributeType(Kind.NUMBER, False, form, note), f"{table}: {column}", "no numbers", others, filled)


def _but_for(attribute: AttributeType, name: str, what: str, others: int, filled: int) -> AttributeType:
    """The description of a column of which some cells are something else: they are empty, and it is said."""
    if not others:
        return attribute
    note = f"{name}: {others:,} of {filled:,} cells are {what}, and are read as empty"
    return replace(attribute, tidy=False, note=f"{attribute.note}; {note}" if attribute.note else note)


def _of_type(kind: Any) -> Kind:
    if kind.is_boolean():
        return Kind.FLAG
    if kind.is_numeric():
        return Kind.NUMBER
    if kind.is_null():
        return Kind.EMPTY
    if kind.is_date() or kind.is_timestamp():
        return Kind.DATE
    if kind.is_string() or kind.is_temporal() or kind.is_uuid() or kind.is_unknown():
        return Kind.WORD
    return Kind.NESTED


def read_attribute(cell: ir.Value, attribute: AttributeType) -> ir.Value | None:
    """A cell read as float64, boolean or string; None for a kind that is not kept.

    Tidy text is read in a faster way, since there may be thousands of columns.

    Parameters
    ----------
    cell : ibis.Value
        The column as exported.
    attribute : AttributeType
        Its kind, as `attributes_of` found it.
    """
    short = attribute.tidy and cell.type().is_string()
    if attribute.kind is Kind.NUMBER:
        if attribute.format is not None:
            return attribute.format.canonical(cells.text(cell)).try_cast("float64")
        return cell.try_cast("float64") if short else cells.number(cell)
    if attribute.kind is Kind.FLAG:
        return cell.try_cast("boolean") if short else cells.flag(cell)
    if attribute.kind is Kind.WORD:
        return cell if short else cells.text(cell)
    return ibis.null("string") if attribute.kind is Kind.EMPTY else None


def attributes_by_table(
    connection: Any, sources: Mapping[str, Source], config: Config
) -> tuple[dict[str, dict[str, AttributeType]], list[str]]:
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
    found: dict[str, dict[str, AttributeType]] = {}
    notes = [note for source in sources.values() for note in source.notes]
    dropped = {column_key(name) for name in config.attributes.drop}
    for contract in CONTRACTS:
        if contract.table not in sources:
            continue
        source = sources[contract.table]
        contract_columns = (*contract.fields, *(ADDRESSES if contract.table == "leads" else ()))
        if "currency" in contract.fields:
            contract_columns += tuple(currencies.row_currency(source.columns))
        if contract.table == "opportunities":
            contract_columns += tuple(flags_of(source.columns).values())
        others = [c for c in source.columns if c not in contract_columns and c not in dropped]
        if contract.attributes:
            with reading(source.name):
                found[contract.table] = attributes_of(
                    connection, source.raw, others, table=contract.table, settings=config.input
                )
            if contract.table == "lead_history":
                words = LEADS.fields.keys() & others
                found[contract.table] |= dict.fromkeys(words, AttributeType(Kind.WORD, tidy=False))
        elif others:
            notes.append(f"{contract.table}: ignored columns without a meaning in this table: {_some(others)}")
    for table, history in HISTORIES.items():
        current, past = found.get(table, {}), found.get(history, {})
        for column in current.keys() & past.keys():
            both = current[column].joined(past[column]), past[column].joined(current[column])
            current[column], past[column] = both
    for table, attributes in found.items():
        notes += [attribute.note for _, attribute in sorted(attributes.items()) if attribute.note]
        for kind in (Kind.PERSONAL, Kind.NESTED, Kind.DATE):
            columns = [c for c, attribute in attributes.items() if attribute.kind is kind]
            if columns:
                notes.append(f"{table}: ignored columns with {kind.value}: {_some(columns)}")
    return found, notes


def _some(columns: list[str]) -> str:
    return ", ".join(columns[:10]) + (f" and {len(columns) - 10} more" if len(columns) > 10 else "")
