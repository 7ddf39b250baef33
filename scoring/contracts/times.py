"""How dates and times are written: the forms that are read, and which cell is a date without a time."""

from __future__ import annotations

import ibis.expr.types as ir

from scoring.contracts import cells

#: A date without a time, as it is in ISO. Cells of other forms were brought into it before a contract reads them.
DATE_ONLY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def is_date_only(cell: ir.Value) -> ir.BooleanValue:
    """Whether a cell is a date without a time: it then stands for the whole day and is compared by day.

    A column of times that are all midnight was made a column of dates before (`column_formats`).

    Parameters
    ----------
    cell : ibis.Value
        The cell as the contract reads it: text, a date or a timestamp.

    Returns
    -------
    ibis.BooleanValue
        False for an empty cell.
    """
    if cell.type().is_date():
        return cell.notnull()
    if cell.type().is_string():
        return cells.text(cell).re_search(DATE_ONLY).fill_null(False)
    return cell.isnull() & cell.notnull()
