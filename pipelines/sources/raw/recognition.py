"""Which layout an export has, and which of its tables is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.record_union import united
from pipelines.sources.raw.sql.scope import FoundTable
from scoring.crm.layout import Layout, RawTable, raw_key, stream_name


@dataclass(frozen=True)
class Recognised:
    """A layout that fits an export, and how well.

    Attributes
    ----------
    layout : Layout
    known : mapping of FoundTable
        The tables that are there, by the name in the layout.
    marks : tuple of str
        The marks of the layout that are there, as the export writes them.
    unknown : tuple of RawRelation
        The tables of the export that the layout has no name for.
    double : tuple of (str, str, str)
        Tables that could be one of the layout, beside the one that was taken, but have other columns, or may not be
        parts of it: its name, taken, left.
    beside : tuple of Recognised
        Layouts of the same export that stand beside this one; their tables are among the known ones.
    """

    layout: Layout
    known: Mapping[str, FoundTable]
    marks: tuple[str, ...]
    unknown: tuple[RawRelation, ...]
    double: tuple[tuple[str, str, str], ...] = ()
    beside: tuple[Recognised, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the export has it beyond doubt."""
        return self.rank[0]

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


def together(found: Recognised, beside: Sequence[Recognised]) -> Recognised:
    """The layout of a CRM with those that stand beside it.

    Parameters
    ----------
    found : Recognised
    beside : sequence of Recognised
        Of tables that the CRM's layout does not have.
    """
    known = {name: one for each in (found, *beside) for name, one in each.known.items()}
    marks = tuple(mark for each in (found, *beside) for mark in each.marks)
    return replace(found, known=known, marks=marks, beside=tuple(beside))


def recognised_layouts(
    layouts: Sequence[Layout], relations: Sequence[RawRelation]
) -> tuple[Recognised, list[Recognised]]:
    """What an export is: the best layout with those beside it, and the other layouts, the best first.

    Parameters
    ----------
    layouts : sequence of Layout
    relations : sequence of RawRelation
    """
    beside = [each for each in recognised([layout for layout in layouts if layout.beside], relations) if each.sure]
    of_others = {id(one.found) for each in beside for one in each.known.values()}
    left = [relation for relation in relations if id(relation) not in of_others]
    own = recognised([layout for layout in layouts if not layout.beside], left)
    if not own or (not own[0].sure and beside):
        return (beside[0], own) if beside else (recognised(layouts, relations)[0], [])
    if not beside:
        return own[0], own[1:]
    return together(own[0], beside), own[1:]


def _fitted(layout: Layout, relations: Sequence[RawRelation]) -> Recognised:
    names = {raw_key(relation.name) for relation in relations}
    # Airbyte keeps what it read beside the table that it makes of it.
    tried_of = [r for r in relations if (name := raw_key(stream_name(r.name))) == raw_key(r.name) or name not in names]
    claims: list[tuple[tuple[int, int, int], RawTable, RawRelation]] = []
    for table in layout.tables:
        tried = ((_claim(table, relation), table, relation) for relation in tried_of)
        claims += [(claim, table, relation) for claim, table, relation in tried if claim is not None]
    known: dict[str, FoundTable] = {}
    taken: set[int] = set()
    double = []
    for _, table, relation in sorted(claims, key=lambda found: found[0], reverse=True):
        parts = () if table.name not in known else known[table.name].parts or (known[table.name].found,)
        if parts and id(relation) not in taken and _is_part(table, parts[0], relation):
            known[table.name] = replace(known[table.name], parts=(*parts, relation))
            taken.add(id(relation))
        elif table.name in known and id(relation) not in taken:
            double.append((table.name, known[table.name].found.name, relation.name))
        elif table.name not in known and id(relation) not in taken:
            known[table.name] = FoundTable(table, relation)
            taken.add(id(relation))
    known = {name: united(found) if found.parts else found for name, found in known.items()}
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
    fitting = (
        len(marks)
        for marks in (table.marks, *table.or_marks)
        if marks and all(table.actual(column, relation.by_key) is not None for column in marks)
    )
    most = max(fitting, default=0)  # of two tables the one with more marks is right
    return (1, most, len(relation.types)) if most else None


def _is_part(table: RawTable, first: RawRelation, relation: RawRelation) -> bool:
    """Whether a table of the export can be one of several that hold the records of one of the layout."""
    if not table.key or table.actual(table.key, relation.by_key) is None:
        return False
    return not table.parts_alike or _named(table, first) == _named(table, relation)


def _named(table: RawTable, relation: RawRelation) -> set[tuple[str, str]]:
    """The columns of the layout that a table has, with their names there."""
    found = {name: table.actual(name, relation.by_key) for name in {*table.needs, *table.columns}}
    return {(name, actual.casefold()) for name, actual in found.items() if actual is not None}
