"""What the references in a column mean, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis

from scoring.contracts.contract import AS_EXPORTED


@dataclass(frozen=True)
class ReferenceColumn:
    """A column with references, and what those mean that are not written as the id that they name.

    Attributes
    ----------
    column : str
    meanings : ibis.Table
        A row for each such reference: ``written``; ``meant``, the id, null for none; ``named``, whether it names a
        record at all.
    strict : bool
        Whether a reference to an unknown id is left out.
    filled : int
        The number of rows that name a record.
    notes : tuple of str
    cause : tuple of str
        Why some name no known record, and an example; empty where nobody knows.
    sample : bool
        Whether they are few and of another sample than the records: that nearly none is found stops no run.
    """

    column: str
    meanings: ibis.Table
    strict: bool
    filled: int
    notes: tuple[str, ...] = ()
    cause: tuple[str, str] = ("", "")
    sample: bool = False

    def resolved(self, rows: ibis.Table) -> ibis.Table:
        """Read the references as the ids that they mean; a column of its own keeps what names an unknown record.

        Parameters
        ----------
        rows : ibis.Table
            With the column as `ids.written_of` reads it.
        """
        meanings = self.meanings.select(__written="written", __meant="meant", __named="named")
        found = rows.left_join(meanings, rows[self.column] == meanings["__written"])
        as_written = found["__written"].isnull()
        if self.strict:
            meant = ibis.ifelse(as_written, found[self.column], found["__meant"])
        else:
            named = ibis.coalesce(found["__meant"], found[self.column])
            meant = ibis.ifelse(as_written | found["__named"], named, ibis.null("string"))
        exported = ibis.ifelse(as_written | found["__named"], found[self.column], ibis.null("string"))
        columns = {self.column: meant, self.column + AS_EXPORTED: ibis.coalesce(found["__meant"], exported)}
        return found.mutate(**columns).drop("__written", "__meant", "__named")


def causes_of(references: Sequence[ReferenceColumn]) -> dict[str, tuple[str, str]]:
    """By the rule of rows that name nobody known, why they do and an example, where that is known."""
    return {f"unknown_{each.column.removesuffix('_id')}": each.cause for each in references if each.cause[0]}


def of_samples(references: Sequence[ReferenceColumn]) -> set[str]:
    """The rules that rows break whose references are few and of another sample than the records."""
    return {f"unknown_{each.column.removesuffix('_id')}" for each in references if each.sample}
