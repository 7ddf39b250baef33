"""Ids that went through a floating-point number, which cannot hold long ones: several records then have one id."""

from __future__ import annotations

from pipelines.errors import BadInput
from pipelines.redaction import Message
from pipelines.sources.files import Source
from scoring.cells import ids
from scoring.contracts.contract import Contract


def require_exact_ids(source: Source, contract: Contract) -> None:
    """Raise `BadInput` if the ids of a table, or those that it names, were rounded.

    References in a column of text are not looked at: rounded ones are found where they are looked up.

    Parameters
    ----------
    source : Source
    contract : Contract
    """
    for column in contract.fields:
        if column not in source.columns or column not in ids.NAMED_TABLE:
            continue
        cell = source.raw[column]
        if cell.type().is_floating():
            # A number that is not finite is an empty cell.
            finite = ~(cell.isnan() | cell.isinf())
            most = ids.EXACT if cell.type().is_float64() else ids.EXACT_SHORT
            bad = source.raw.filter(finite & ((cell.abs() > most) | (cell != cell.floor())))
            worst = bad.aggregate(worst=bad[column].cast("float64").max()).to_pyarrow().to_pylist()[0]["worst"]
            if worst is not None:
                raise BadInput(rounded_ids(source, column, repr(worst)))
        elif cell.type().is_string() and contract.unique and column == contract.key:
            # Few ids have such a sign, and to find that is faster.
            signs = cell.contains(".") | cell.contains(",") | cell.contains("+")
            bad = source.raw.filter(signs & ids.is_rounded(cell))
            first = bad.aggregate(first=bad[column].min()).to_pyarrow().to_pylist()[0]["first"]
            if first is not None:
                raise BadInput(rounded_ids(source, column, first))


def rounded_ids(source: Source, column: str, example: str) -> Message:
    """The message for ids that went through a floating-point number.

    Parameters
    ----------
    source : Source
    column : str
    example : str
        One of them.
    """
    text = (
        f"the {column} of {source.table} ({source.name}) holds rounded ids: a program or a spreadsheet took them "
        "for numbers with a point, which cannot hold long ones, so different records may have got the same id. Export "
        "the table again with its ids as text or as whole numbers, and do not save it from a spreadsheet in between; "
        "one of them is"
    )
    return Message.with_example(text, f"`{example}`")
