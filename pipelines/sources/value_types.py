"""The types of columns: one that can hold no number or no time stops the run, with its name and what it holds."""

from __future__ import annotations

import ibis.expr.datatypes as dt

from pipelines.errors import BadInput
from pipelines.sources.source import Source
from scoring.cells import ids
from scoring.contracts.contract import Contract

_PART = "export the part of them that is meant as a column of its own"


def require_value_types(source: Source, contract: Contract) -> None:
    """Raise `BadInput` if a column of the contract has a type that none of its values can have.

    Text is never refused here: its cells are looked at one by one.

    Parameters
    ----------
    source : Source
    contract : Contract
    """
    for column, field in contract.fields.items():
        if column not in source.columns:
            continue
        wanted = "a number" if field.dtype.is_numeric() else "a time" if field.dtype.is_temporal() else ""
        needed = field.required or column == contract.key or column in ids.NAMED_TABLE
        found, mend = _cannot_be(source.raw[column].type(), wanted, needed=needed)
        if found:
            raise BadInput(
                f"the column {column} of the table {source.table} ({source.name}) holds {found}, and must hold "
                f"{wanted or 'text'}: {mend}"
            )


def _cannot_be(kind: dt.DataType, wanted: str, *, needed: bool) -> tuple[str, str]:
    """What a column of a type holds, and what to do, where that cannot be what is wanted; both empty where it can."""
    if isinstance(kind, dt.Struct) and (wanted or needed):
        return f"structures of {', '.join(kind.names)}", _PART
    if kind.is_map() and (wanted or needed):
        return "maps of keys and values", _PART
    if not wanted:
        return "", ""
    if kind.is_array():
        return "lists", "export one value for each row"
    if kind.is_binary():
        return "binary data that is no UTF-8 text", "export it as text"
    if kind.is_time():
        return "times of a day without the day", "export the date with the time"
    if kind.is_interval():
        return "durations", f"export {wanted}, or take the column out"
    if kind.is_boolean():
        return "only true and false", f"map the column that holds {wanted}, or take this one out"
    if wanted == "a number" and kind.is_temporal():
        return "dates", "a program took the numbers for days; export them as numbers"
    return "", ""
