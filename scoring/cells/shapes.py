"""The shapes of the cells of a column: what they look like when every digit is a 9. A column has few of them.

From shapes alone it is decided in which format the numbers or dates of a column are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from scoring.cells import cells

#: A longer cell is neither a number nor a date; its shape is empty.
LONGEST = 48
#: The most shapes of a column that are looked at, the most frequent ones. A column of numbers or dates has fewer.
MOST = 1_000

#: Digits of other scripts: Arabic, Persian, Devanagari, and those of full width.
OTHER_DIGITS = "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]"
_ZERO = r"^[^0-9]*0"
_FIRST = r"^[^0-9]*([0-9]{1,19})"
_SECOND = r"^[^0-9]*[0-9]+[^0-9]+([0-9]{1,19})"
#: The largest number of a month.
_MONTHS = 12


@dataclass(frozen=True)
class CellShape:
    """Cells that look alike.

    Attributes
    ----------
    pattern : str
        A cell with 9 for each digit.
    zero : bool
        Whether its first digit is a zero.
    count : int
        The number of such cells.
    first_over_12, second_over_12 : int
        How many of them have a first (second) number above 12, which is no month.
    smallest, largest : int
        Of the first numbers in them.
    """

    pattern: str
    zero: bool
    count: int
    first_over_12: int = 0
    second_over_12: int = 0
    smallest: int = 0
    largest: int = 0


def in_other_digits(shapes: Sequence[CellShape]) -> bool:
    """Whether most cells of a column have digits that are not 0 to 9. Each of them is a shape of its own."""
    count = sum(shape.count for shape in shapes if re.search(OTHER_DIGITS, shape.pattern))
    return 2 * count > sum(shape.count for shape in shapes)


def shapes_in(column: ir.Value) -> list[CellShape]:
    """The most frequent shapes of a column, found by the engine that it is on.

    Parameters
    ----------
    column : ibis.Value
        A column of a table, of any plain type.
    """
    word = cells.text(column)
    rows = column.as_table().select(word=word).filter(ibis._.word.notnull())
    short = rows.word.length() <= LONGEST
    first, second = (
        rows.word.re_extract(which, 1).try_cast("int64").fill_null(0).name(name)
        for which, name in ((_FIRST, "first"), (_SECOND, "second"))
    )
    looked = rows.select(
        pattern=ibis.ifelse(short, rows.word.re_replace("[0-9]", "9"), ""),
        zero=rows.word.re_search(_ZERO).fill_null(False),
        first_number=first,
        second_number=second,
    )
    counted = looked.group_by("pattern", "zero").agg(
        cells=looked.count(),
        first_over_12=(looked.first_number > _MONTHS).sum(),
        second_over_12=(looked.second_number > _MONTHS).sum(),
        smallest=looked.first_number.min(),
        largest=looked.first_number.max(),
    )
    most = counted.order_by(ibis.desc("cells"), "pattern", "zero").limit(MOST).to_pyarrow().to_pylist()
    return [
        CellShape(
            row["pattern"],
            bool(row["zero"]),
            *(int(row[name]) for name in ("cells", "first_over_12", "second_over_12", "smallest", "largest")),
        )
        for row in most
    ]
