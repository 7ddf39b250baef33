"""The tally of a table: how many of its rows break each rule, and how many of them have a remark."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from scoring.contracts.contract import UNKNOWN, Contract, as_exported


@dataclass(frozen=True)
class RuleCount:
    """The rows that break one rule before any other.

    Attributes
    ----------
    rule : str or None
        None: they break no rule.
    rows : int
        How many there are. The other counts are of rows among these.
    remarks : mapping of int
        Those with a remark, by its words.
    unknown : mapping of int
        Those with a reference to no known record, by the column of the reference.
    unknown_words : mapping of int
        Those with a word that no vocabulary knows, by field.
    no_direction : int
        Those of activities without a direction.
    """

    rule: str | None
    rows: int
    remarks: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    unknown_words: Mapping[str, int] = field(default_factory=dict)
    no_direction: int = 0


@dataclass(frozen=True)
class Tally:
    """The rows of a table, by the first rule that they break.

    Attributes
    ----------
    counts : tuple of RuleCount
        One rule may be there twice: rows that are validated one by one are counted apart.
    """

    counts: tuple[RuleCount, ...]

    def __add__(self, other: Tally) -> Tally:
        """The rows of both."""
        return Tally((*self.counts, *other.counts))

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(count.rows for count in self.counts)

    def rows_of(self, *rules: str | None) -> int:
        """The rows that break one of `rules`; None is of those that break none."""
        return sum(count.rows for count in self.counts if count.rule in rules)

    def rows_but_of(self, *rules: str | None) -> int:
        """The rows that break none of `rules`."""
        return self.rows - self.rows_of(*rules)

    def remarked(self, words: str) -> int:
        """The rows with the remark of these words, whichever rule they break."""
        return sum(count.remarks.get(words, 0) for count in self.counts)

    def accepted_with(self, words: str) -> int:
        """The rows with the remark of these words that break no rule."""
        return sum(count.remarks.get(words, 0) for count in self.counts if count.rule is None)

    def unknown(self, column: str, rules: Collection[str | None] | None = None) -> int:
        """The rows with a reference to no known record in `column`: those that break one of `rules`, by default all."""
        asked = [count for count in self.counts if rules is None or count.rule in rules]
        return sum(count.unknown.get(column, 0) for count in asked)

    def unknown_words(self, name: str) -> int:
        """The rows with an unknown word in a field."""
        return sum(count.unknown_words.get(name, 0) for count in self.counts)

    @property
    def no_direction(self) -> int:
        """The activities without a direction."""
        return sum(count.no_direction for count in self.counts)


def tally(rows: ibis.Table, contract: Contract, rule: str, others: Mapping[str, ir.BooleanValue]) -> Tally:
    """Count the rows of a table by the first rule that they break, in one scan.

    Parameters
    ----------
    rows : ibis.Table
        As understood, each with the first rule that it breaks.
    contract : Contract
    rule : str
        The column with that rule.
    others : mapping of BooleanValue
        By their words, the remarks that are not of the contract.
    """
    remarks = {remark.words: remark.holds(rows) for remark in contract.all_remarks()} | dict(others)
    unknown = {}
    for column in contract.references:
        exported = as_exported(rows, column)
        unknown[column] = ~rows[column].identical_to(exported) & exported.notnull()
    words = {name.removeprefix(UNKNOWN): rows[name] for name in rows.columns if name.startswith(UNKNOWN)}
    asked = [*remarks.values(), *unknown.values(), *words.values()]
    if contract.table == "activities":
        asked.append(as_exported(rows, "direction").isnull())
    sums = {f"sum{index}": each.sum() for index, each in enumerate(asked)}
    found = rows.group_by(rule=rows[rule]).agg(rows=rows.count(), **sums).to_pyarrow().to_pylist()
    counts = []
    for row in found:
        numbers = iter([int(row[name] or 0) for name in sums])
        of_remarks, of_columns, of_words = ({key: next(numbers) for key in keys} for keys in (remarks, unknown, words))
        counts.append(RuleCount(row["rule"], row["rows"], of_remarks, of_columns, of_words, next(numbers, 0)))
    return Tally(tuple(counts))
