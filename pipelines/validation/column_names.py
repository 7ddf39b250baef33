"""The names of columns: those that the configuration maps, and the question which one is meant where one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.errors import BadInput
from pipelines.sources.files import ROW, Source
from scoring.cells.cells import column_key
from scoring.cells.flag_columns import closed_flag, says_yes_or_no, worded, words_of
from scoring.contracts.contract import Contract
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.mappings import ADDRESSES, OTHER_WAY, UNITS
from scoring.contracts.synonyms import likely, squeezed

#: Columns that may be missing, but without which a table that has them under another name would be read wrongly.
CLOSED = ("opportunities", "closed_at")
#: Tables whose rows must name an account or a lead.
WHO = ("account_id", "lead_id")
#: Tables whose name may be that of something else.
PERHAPS_OTHERS = ("matches", "customers")
#: Columns that are not asked for: few exports have them.
SELDOM = ("known_at", "activity_id", "currency")


def named_columns(
    sources: Mapping[str, Source], columns: Mapping[str, str], own: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Source], tuple[str, ...]]:
    """The sources with their columns named as the configuration maps them, and notes on columns that may be meant.

    Parameters
    ----------
    sources : mapping of Source
        By table.
    columns : mapping of str
        The column of the contract by ``<table>.<column of the export>``, as the configuration has it.
    own : mapping of mapping of str
        By column, what the user says that words mean.

    Raises
    ------
    BadInput
        If a table lacks a column that it needs, or that is mapped. The message says all that is missing, and which
        columns are probably meant.
    """
    mapped = dict(sources)
    for written, column in columns.items():
        table, _, name = written.partition(".")
        if table in mapped:
            mapped[table] = _renamed(mapped[table], name, column, own.get(column, {}))
    others = _other_tables(mapped)
    mapped = {table: source for table, source in mapped.items() if table not in others}
    missing = [_Missing(mapped[contract.table], contract) for contract in CONTRACTS if contract.table in mapped]
    lines = [line for table in missing if (line := table.refusal()) is not None]
    if lines:
        ask = "rename the columns in the export, or map them in the configuration, under [input.columns]"
        raise BadInput(f"{'; '.join(lines)}: {ask}: {_example(missing)}")
    return mapped, (*others.values(), *(note for table in missing for note in table.notes()))


def _other_tables(sources: Mapping[str, Source]) -> dict[str, str]:
    """The tables with a name that many things have, and without the columns of ours, with a note on each."""
    found = {}
    for contract in CONTRACTS:
        if contract.table in PERHAPS_OTHERS and contract.table in sources:
            lacking = [column for column in contract.required() if column not in sources[contract.table].columns]
            if lacking:
                words = f"{contract.table} is not read: it has no {' and no '.join(lacking)}, so it is another table"
                found[contract.table] = words
    return found


def _renamed(source: Source, name: str, column: str, own: Mapping[str, str]) -> Source:
    """The source with one column under another name; a column that had this name before is left out.

    A column of yes and no is put in words, but where the user says what these mean.
    """
    key = column_key(name)
    if key not in source.columns:
        found = ", ".join(source.columns[:10]) + (", ..." if len(source.columns) > 10 else "")
        raise BadInput(
            f"[input.columns] maps the column {name!r} of {source.table}, but {source.name} lacks it; it has {found}"
        )
    if key == column:
        return source
    kept = {other: source.raw[other] for other in source.columns if other not in (key, column)}
    cell, notes = source.raw[key], source.notes
    words = None if says_yes_or_no(own) else words_of(column, name)
    if words is not None:
        closed = closed_flag(list(kept))
        if words[1] is None and closed is None:
            raise BadInput(
                f"[input.columns] maps {name} of {source.table} to {column}: it says which deals are won, but not "
                "which of the others are lost and which are open: map the column with the stage, or export IsClosed "
                "too; if no deal of the export is open, say so under [input]: "
                f'{column}_words = {{"true" = "won", "false" = "lost"}}'
            )
        cell = worded(cell, words, None if closed is None else source.raw[closed])
        no = words[1] or f"lost where {source.names.get(str(closed), closed)} says yes, else open"
        notes = (*notes, f"{source.table}: {name} is read as {column}: yes is {words[0]}, no is {no}")
    raw = source.raw.select(**kept, **{column: cell}, **{ROW: source.raw[ROW]})
    return replace(source, raw=raw, names={**source.names, column: source.names.get(key, key)}, notes=notes)


@dataclass(frozen=True)
class _Missing:
    """The columns that one table lacks."""

    source: Source
    contract: Contract

    def needed(self) -> list[str]:
        """The columns without which the table cannot be read rightly."""
        columns = self.source.columns
        needed = [column for column in self.contract.required() if column not in columns]
        who = [column for column in WHO if column in self.contract.references]
        if len(who) == len(WHO) and not set(who) & set(columns):
            needed += who
        if self.contract.table == CLOSED[0] and CLOSED[1] not in columns and self.meant(CLOSED[1]) is not None:
            needed.append(CLOSED[1])
        return needed

    def meant(self, column: str) -> str | None:
        """The column of the export that is probably meant, as it is written there."""
        known = (*self.contract.fields, *ADDRESSES)
        others = [self.source.names.get(name, name) for name in self.source.columns if name not in known]
        return likely(column, others, own=column == self.contract.key)

    def refusal(self) -> str | None:
        """What a table lacks that it needs, with what is probably meant; None if it has it."""
        needed = self.needed()
        if not needed:
            return None
        columns = self.source.columns
        found = ", ".join(columns[:10]) + (", ..." if len(columns) > 10 else "")
        either = [column for column in needed if column in WHO and column not in self.contract.required()]
        names = [column for column in needed if column not in either]
        names += [" or ".join(either)] if either else []
        kind = "columns" if len(names) > 1 else "column"
        questions = [f"is {column} its `{name}`?" for column in needed if (name := self.meant(column)) is not None]
        text = f"the table {self.source.table} ({self.source.name}) lacks the {kind} {', '.join(names)}"
        text = f"{text}; it has {found}" + (f" ({' '.join(questions)})" if questions else "")
        inverse = "rate" in needed and any(squeezed(name) == UNITS for name in columns)
        return text + (f"; {OTHER_WAY}" if inverse else "")

    def notes(self) -> list[str]:
        """A note for each column that a table may lack, and that it probably has under another name."""
        columns = self.source.columns
        optional = [column for column in self.contract.fields if column not in (*columns, *SELDOM)]
        if self.contract.table == "leads" and not set(ADDRESSES) & set(columns):
            optional.append("email")
        return [
            f"{self.source.table}: there is no {column}; is it `{name}`? Rename it, or map it under [input.columns]: "
            f"{mapping(self.source.table, name, column)}"
            for column in optional
            if (name := self.meant(column)) is not None
        ]


def mapping(table: str, name: str, column: str) -> str:
    """The line of the configuration that maps a column."""
    return f'"{table}.{name}" = "{column}"'


def _example(missing: list[_Missing]) -> str:
    """A mapping of the first column that is probably meant, or of the first that is missing."""
    for table in missing:
        for column in table.needed():
            if (name := table.meant(column)) is not None:
                return mapping(table.source.table, name, column)
    table, column = next((table, column) for table in missing for column in table.needed())
    return mapping(table.source.table, "<name in the export>", column)
