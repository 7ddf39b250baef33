"""The contract of a table: its fields, and the rules of its rows, each written once.

A contract is used in two ways. At intake its rules run on every row of an export and name the first one that a row
breaks (`Contract.first_broken_rule`). After it the same rules are the checks of a pandera schema, which the accepted
table must pass (`Contract.schema`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.contracts.plans import PLANNED, is_planned
from scoring.persons.written import HIDDEN_ADDRESS

if TYPE_CHECKING:
    from pandera.ibis import DataFrameSchema

#: A read table has the text of a column ``c`` as exported in ``c__as_exported``; it is null for an empty cell.
AS_EXPORTED = "__as_exported"

#: The rule of records whose id is an e-mail address: the intake has hidden it.
ADDRESS_AS_ID = "id_is_an_email_address"

#: Whether a word of the column ``c`` is in no list, in ``UNKNOWN + c`` of a prepared table.
UNKNOWN = "__unknown_"


def as_exported(table: ibis.Table, column: str) -> ir.Value:
    """A column as exported; in an accepted table, whose cells were all understood, the column itself."""
    return table[column + AS_EXPORTED] if column + AS_EXPORTED in table.columns else table[column]


@dataclass(frozen=True)
class Rule:
    """A condition that every row of a table must meet.

    Attributes
    ----------
    name : str
        It stays the same between releases: users find it with their rejected rows.
    holds : callable
        Takes a table and gives a boolean column; null counts as met.
    about : tuple of str
        The columns that show why a row breaks it.
    """

    name: str
    holds: Callable[[ibis.Table], ir.BooleanValue]
    about: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """A note on rows that are read differently from how they are written: its ``words``, and where it ``holds``."""

    words: str
    holds: Callable[[ibis.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Field:
    """A named column of a table.

    Attributes
    ----------
    read : callable
        Takes the cell as exported and gives its value.
    dtype : DataType
        The type of the value.
    required : bool
        Whether the export must have the column, with a value in each row.
    past : bool
        Whether it is a time that cannot lie in the future.
    values : tuple of str
        The words of its vocabulary; empty for a field without one.
    default : str, optional
        What an empty cell means.
    null_dates : bool
        Whether days such as 0000-00-00, 1900-01-01 and 9999-12-31 stand for none in it.
    """

    read: Callable[[ir.Value], ir.Value]
    dtype: dt.DataType
    required: bool = False
    past: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    null_dates: bool = False


@dataclass(frozen=True)
class Contract:
    """The columns and rules of one CRM table.

    Attributes
    ----------
    table : str
    fields : mapping of Field
        By column.
    key : str, optional
        The id column. A row without an id breaks ``blank_id``.
    unique : bool
        Whether an id names one row only: of several, the newest counts.
    references : tuple of str
        Those of ``account_id`` and ``lead_id`` whose ids must exist in the other table.
    rules : tuple of Rule
        Rules beyond those that follow from the fields.
    prepare : callable
        Changes a read table before the rules are applied; takes the table and the latest time that a row can have.
    settle : callable
        Changes the accepted rows after the rules were applied.
    dates : tuple of str
        The columns of the settled table that say when something became known; the first says it for the row.
    remarks : tuple of Remark
        Notes on rows that break no rule.
    attributes : bool
        Whether other columns are attributes; if not, they are ignored.
    plan : str, optional
        The time of the event of a row; a row whose event lies in the future is a plan, and is left out until then.
    unshown : tuple of str
        The columns with words of our own people, which no output has, nor any other column of such a table.
    """

    table: str
    fields: Mapping[str, Field]
    key: str | None = None
    unique: bool = False
    references: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    prepare: Callable[[ibis.Table, datetime], ibis.Table] = field(default=lambda table, latest: table)
    settle: Callable[[ibis.Table], ibis.Table] = field(default=lambda table: table)
    dates: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    attributes: bool = False
    plan: str | None = None
    unshown: tuple[str, ...] = ()

    def required(self) -> list[str]:
        """List the columns that an export must have."""
        return [column for column, field in self.fields.items() if field.required]

    def read(self, raw: ibis.Table) -> dict[str, ir.Value]:
        """The value of each field and, where that may differ, the text as exported; null for a missing column."""
        columns: dict[str, ir.Value] = {}
        for name, field_ in self.fields.items():
            if name not in raw.columns:
                columns[name] = ibis.null(field_.dtype)
                if field_.values:
                    columns[name + AS_EXPORTED] = ibis.null("string")
            else:
                columns[name] = field_.read(raw[name])
                # Text is its own value, and a typed date is not written in other ways.
                written = raw[name].type().is_string() or raw[name].type().is_numeric()
                if field_.values or (field_.dtype != dt.string and written):
                    columns[name + AS_EXPORTED] = cells.text(raw[name])
            if field_.default is not None:
                empty = columns[name + AS_EXPORTED].isnull()
                columns[name] = ibis.ifelse(empty, ibis.literal(field_.default), columns[name])
        return columns

    def all_rules(self, latest: datetime) -> list[Rule]:
        """List the rules in the order in which they are applied; no time may be later than ``latest``."""
        rules = [
            Rule("blank_id" if name == self.key else f"missing_{name}", _present(name), (name,))
            for name in self.required()
        ]
        if self.unique and self.key is not None:
            rules.insert(1, Rule(ADDRESS_AS_ID, _no_address(self.key), (self.key,)))
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

    def first_broken_rule(self, table: ibis.Table, latest: datetime) -> ir.StringValue:
        """The name of the first rule that each row of a read table breaks, or `PLANNED`; null if it breaks none."""
        rules = self.all_rules(latest)
        broken = [(~rule.holds(table).fill_null(True), rule.name) for rule in rules]
        planned = [] if self.plan is None else [(is_planned(table, self.plan, latest), PLANNED)]
        return ibis.cases(*planned, *broken)

    def schema(self, latest: datetime) -> DataFrameSchema:
        """The contract as a pandera schema of the accepted table."""
        from pandera.ibis import Check, Column, DataFrameSchema

        columns = {name: Column(field_.dtype, nullable=not field_.required) for name, field_ in self.fields.items()}
        checks = [
            Check(lambda data, rule=rule: rule.holds(data.table).fill_null(True), name=rule.name)
            for rule in self.all_rules(latest)
        ]
        return DataFrameSchema(columns, checks=checks, unique=self.key if self.unique else None, name=self.table)

    def validate(self, table: ibis.Table, latest: datetime, *, rows: bool = True) -> None:
        """Check an accepted table against the contract.

        Parameters
        ----------
        table : ibis.Table
        latest : datetime
            No time may be later.
        rows : bool
            Whether to check the rows as well, and not only columns and types.

        Raises
        ------
        pandera.errors.SchemaError
            If it breaks the contract. That is a defect of the intake, not of the export.
        """
        from pandera.config import ValidationDepth, config_context

        depth = ValidationDepth.SCHEMA_AND_DATA if rows else ValidationDepth.SCHEMA_ONLY
        with config_context(validation_depth=depth):
            self.schema(latest).validate(table)


def _present(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column].notnull() | as_exported(table, column).notnull()


def _no_address(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column] != HIDDEN_ADDRESS


def _understood(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column].notnull() | as_exported(table, column).isnull()


def _respelled(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    def holds(table: ibis.Table) -> ir.BooleanValue:
        respelled = as_exported(table, column).notnull() & (table[column] != as_exported(table, column))
        return respelled & ~table[UNKNOWN + column] if UNKNOWN + column in table.columns else respelled

    return holds


def _empty(column: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: as_exported(table, column).isnull()


def _not_after(column: str, latest: datetime) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[column] <= ibis.literal(latest, type=cells.TIME)
