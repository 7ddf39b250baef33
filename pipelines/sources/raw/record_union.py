"""Several tables of an export that hold records of one: exported views of it, of which some hold the same records."""

from __future__ import annotations

from dataclasses import replace

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.scope import MAPPED, FoundTable
from scoring.crm.layout import raw_key
from scoring.sql_text import quoted

#: The column by which the tables are told apart: the one with the most columns has the record.
_ORDER = "closedwon_part"


def united(known: FoundTable) -> FoundTable:
    """A table of a layout as the union of its parts, which a view of the mapping makes.

    Parameters
    ----------
    known : FoundTable
        With parts.
    """
    parts = tuple(sorted(known.parts, key=lambda part: (-len(part.types), part.name)))
    columns: dict[str, str] = {}
    types: dict[str, str] = {}
    for part in parts:
        for name, kind in part.types.items():
            actual = columns.setdefault(name.casefold(), name)
            types[actual] = kind if types.get(actual, kind) == kind else "VARCHAR"
    files = tuple(file for part in parts for file in part.files)
    name = f"all_{raw_key(known.declared.name)}"
    return replace(known, found=RawRelation(name, (MAPPED, name), types, files), parts=parts)


def union_lines(known: FoundTable) -> list[str]:
    """The lines of the view that makes a table of its parts.

    Parameters
    ----------
    known : FoundTable
        That `united` gave.
    """
    names = ", ".join(part.name for part in known.parts)
    key = known.declared.actual(known.declared.key, known.found.by_key)
    assert key is not None
    lines = [
        f"-- decided: the tables {names} hold records of one table, {known.declared.name}; a record that several of",
        "-- them have is taken from the first.",
        f"CREATE VIEW {known.found.name} AS",
        f"SELECT * EXCLUDE ({_ORDER}) FROM (",
    ]
    for i, part in enumerate(known.parts):
        whole = ".".join(quoted(word) if n else word for n, word in enumerate(part.address))
        cells = ", ".join(
            f"{quoted(name)}::VARCHAR AS {quoted(name)}"
            if known.found.types.get(_named(known, name)) == "VARCHAR" and kind != "VARCHAR"
            else quoted(name)
            for name, kind in part.types.items()
        )
        lines += ["  UNION ALL BY NAME"] if i else []
        lines.append(f"  SELECT {i} AS {_ORDER}, {cells} FROM {whole}")
    first = f"row_number() OVER (PARTITION BY lower({quoted(key)}::VARCHAR) ORDER BY {_ORDER}) = 1"
    return [*lines, f") QUALIFY {quoted(key)} IS NULL OR {first};"]


def _named(known: FoundTable, name: str) -> str:
    """A column of a part as the union has it."""
    return next((column for column in known.found.types if column.casefold() == name.casefold()), name)
