"""Which layout an export has, and which of its tables is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.scope import Known
from scoring.crm.layout import Layout, RawTable


@dataclass(frozen=True)
class Recognised:
    """A layout that fits an export, and how well.

    Attributes
    ----------
    layout : Layout
    known : mapping of Known
        The tables that are there, by the name in the layout.
    marks : tuple of str
        The marks of the layout that are there, as the export writes them.
    unknown : tuple of RawRelation
        The tables of the export that the layout has no name for.
    double : tuple of (str, str, str)
        Tables that could be one of the layout, beside the one that was taken: its name, taken, left.
    """

    layout: Layout
    known: Mapping[str, Known]
    marks: tuple[str, ...]
    unknown: tuple[RawRelation, ...]
    double: tuple[tuple[str, str, str], ...] = ()

    @property
    def fits(self) -> bool:
        """Whether a table is there without which there is nothing to map."""
        return any(name in self.known for name in self.layout.main)

    @property
    def rank(self) -> tuple[bool, float, int]:
        """Compared with that of other layouts, the largest is right."""
        share = len(self.marks) / len(self.layout.marks) if self.layout.marks else 0.0
        return self.fits and bool(self.marks or not self.layout.marks), share, len(self.known)


def recognised(layouts: Iterable[Layout], relations: Sequence[RawRelation]) -> list[Recognised]:
    """Every layout with the tables of an export that it knows, the best first.

    Parameters
    ----------
    layouts : iterable of Layout
    relations : sequence of RawRelation
    """
    return sorted((_fitted(layout, relations) for layout in layouts), key=lambda found: found.rank, reverse=True)


def _fitted(layout: Layout, relations: Sequence[RawRelation]) -> Recognised:
    claims: list[tuple[tuple[int, int, int], RawTable, RawRelation]] = []
    for table in layout.tables:
        tried = ((_claim(table, relation), table, relation) for relation in relations)
        claims += [(claim, table, relation) for claim, table, relation in tried if claim is not None]
    known: dict[str, Known] = {}
    taken: set[int] = set()
    double = []
    for _, table, relation in sorted(claims, key=lambda found: found[0], reverse=True):
        if table.name in known and id(relation) not in taken and table.is_named(relation.name):
            double.append((table.name, known[table.name].found.name, relation.name))
        elif table.name not in known and id(relation) not in taken:
            known[table.name] = Known(table, relation)
            taken.add(id(relation))
    double = [found for found in double if not any(found[2] == known_.found.name for known_ in known.values())]
    marks = []
    for mark in layout.marks:
        name, _, column = mark.partition(".")
        if name in known and (actual := known[name].declared.actual(column, known[name].found.by_key)) is not None:
            marks.append(f"{known[name].found.name}: {actual}")
    unknown = tuple(relation for relation in relations if id(relation) not in taken)
    return Recognised(layout, known, tuple(marks), unknown, tuple(double))


def _claim(table: RawTable, relation: RawRelation) -> tuple[int, int, int] | None:
    """How surely a table of the export is one of the layout; None if it is not."""
    has = [column for column in table.needs if table.actual(column, relation.by_key) is not None]
    named = table.is_named(relation.name)
    if named and len(has) == len(table.needs):
        return 2, len(has), len(relation.types)
    if table.marks and all(table.actual(column, relation.by_key) is not None for column in table.marks):
        return 1, len(table.marks), len(relation.types)
    return None
