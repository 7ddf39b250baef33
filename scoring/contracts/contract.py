"""What a table must look like: its fields, and the rules of its rows, each written once.

A contract is read in two ways. At the door (`Contract.broken`) its rules run on every row of an export, to
name the first one that a row breaks. Behind it (`Contract.schema`) the same rules are the checks of a pandera
schema, which the accepted table must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.contracts import cells

if TYPE_CHECKING:
    from pandera.ibis import DataFrameSchema

#: Beside an understood column ``c``, a read table has ``c__given``: the text found, null for an empty cell.
GIVEN = "__given"


def given(table: ibis.Table, column: str) -> ir.Value:
    """Give the column as exported; in an accepted table, all was understood and stands for itself."""
    return table[column + GIVEN] if column + GIVEN in table.columns else table[column]


@dataclass(frozen=True)
class Rule:
    """A condition that every row of a table meets.

    Attributes
    ----------
    name : str
        Stable: users find it in their rejects.
    holds : callable
        From a table to a boolean column; null counts as met.
    about : tuple of str
        The columns that show how a row breaks it.
    """

    name: str
    holds: Callable[[ibis.Table], ir.BooleanValue]
    about: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """Something read otherwise than written: ``words`` about the rows of a read table for which ``holds``."""

    words: str
    holds: Callable[[ibis.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Field:
    """A named column of a table.

    Attributes
    ----------
    read : callable
        From the cell as found to what is understood of it.
    dtype : DataType
        Of what is understood.
    required : bool
        The export must have the column and no row may lack a value.
    past : bool
        A time that cannot lie in the future.
    values : tuple of str
        All the words of a vocabulary; empty for anything else.
    default : str, optional
        What an empty cell means.
    """

    read: Callable[[ir.Value], ir.Value]
    dtype: dt.DataType
    required: bool = False
    past: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True)
class Contract:
    """The columns and rules of one CRM table.

    Attributes
    ----------
    table : str
    fields : mapping of Field
        By column.
    key : str, optional
        The id that names a row. One without it breaks ``blank_id``; where ``unique``, the row known first
        keeps it.
    references : tuple of str
        Of ``account_id`` and ``lead_id``: what they name must exist.
    rules : tuple of Rule
        Beyond what the fields say.
    prepare : callable
        Changes a read table before the rules see it.
    settle : callable
        Changes an accepted table once they have.
    dates : tuple of str
        The settled columns that say when something became known; the first says it of the row.
    remarks : tuple of Remark
        What is worth a word though it breaks no rule.
    attributes : bool
        Other columns are attributes, or else are ignored.
    """

    table: str
    fields: Mapping[str, Field]
    key: str | None = None
    unique: bool = False
    references: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    prepare: Callable[[ibis.Table], ibis.Table] = field(default=lambda table: table)
    settle: Callable[[ibis.Table], ibis.Table] = field(default=lambda table: table)
    dates: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    attributes: bool = False

    def required(self) -> list[str]:
        """Name the columns an export must have."""
        return [column for column, field in self.fields.items() if field.required]

    def read(self, raw: ibis.Table) -> dict[str, ir.Value]:
        """Read each field as understood and, where that may differ, as given; null without the column."""
        columns: dict[str, ir.Value] = {}
        for name, field_ in self.fields.items():
            if name not in raw.columns:
                columns[name] = ibis.null(field_.dtype)
                if field_.values:
                    columns[name + GIVEN] = ibis.null("string")
            else:
                columns[name] = field_.read(raw[name])
                # Text is understood as it is, and typed dates need no second look.
                written = raw[name].type().is_string() or raw[name].type().is_numeric()
                if field_.values or (field_.dtype != dt.string and written):
                    columns[name + GIVEN] = cells.text(raw[name])
            if field_.default is not None:
                empty = columns[name + GIVEN].isnull()
                columns[name] = ibis.ifelse(empty, ibis.literal(field_.default), columns[name])
        return columns

    def all_rules(self, latest: datetime) -> list[Rule]:
        """List the rules in the order in which a row is judged; no time may be after ``latest``."""
        rules = [
            Rule("blank_id" if name == self.key else f"missing_{name}", _present(name), (name,))
            for name in self.required()
        ]
        for name, field_ in self.fields.items():
            if field_.values:
                rules.append(Rule(f"unknown_{name}", _understood(name), (name,)))
            elif field_.dtype != dt.string:
                rules.append(Rule(f"unparsable_{name}", _understood(name), (name,)))
        for name, field_ in self.fields.items():
            if field_.past:
                rules.append(Rule(f"future_{name}", _not_after(name, latest), (name,)))
        return [*rules, *self.rules]

    def all_remarks(self) -> list[Remark]:
        """List the remarks: on other spellings, on empty cells with a meaning, and the table's own."""
        found = []
        for name, field_ in self.fields.items():
            if field_.values:
                found.append(Remark(f"another spelling of {name}", _respelled(name)))
            if field_.default is not None:
                found.append(Remark(f"no {name}, read as {field_.default}", _empty(name)))
        return [*found, *self.remarks]

    def broken(self, table: ibis.Table, latest: datetime) -> ir.StringValue:
        """Name the first rule that a row of a read table breaks, null if it keeps them all."""
        rules = self.all_rules(latest)
        return ibis.cases(*[(~rule.holds(table).fill_null(True), rule.name) for rule in rules])

    def schema(self, latest: datetime) -> DataFrameSchema:
        """State the contract as a pandera schema of the accepted table."""
        from pandera.ibis import Check, Column, DataFrameSchema

        columns = {name: Column(field_.dtype, nullable=not field_.required) for name, field_ in self.fields.items()}
        checks = [
            Check(lambda data, rule=rule: rule.holds(data.table).fill_null(True), name=rule.name)
            for rule in self.all_rules(latest)
        ]
        return DataFrameSchema(columns, checks=checks, unique=self.key if self.unique else None, name=self.table)

    def validate(self, table: ibis.Table, latest: datetime, *, rows: bool = True) -> None:
        """Assert that an accepted table keeps the contract; without ``rows``, only its columns and types.

        Raises
        ------
        pandera.errors.SchemaError
            If it does not. That is a defect of the door, not of the export.
        """
        from pandera.config import ValidationDepth, config_context

        depth = ValidationDepth.SCHEMA_AND_DATA if rows else ValidationDepth.SCHEMA_ONLY
        with config_context(validation_depth=depth):
            self.schema(latest).validate(table)


def _present(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column].notnull() | given(table, column).notnull()


def _understood(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column].notnull() | given(table, column).isnull()


def _respelled(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: given(table, column).notnull() & (table[column] != given(table, column))


def _empty(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: given(table, column).isnull()


def _not_after(column: str, latest: datetime) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column] <= ibis.literal(latest, type=cells.TIME)
