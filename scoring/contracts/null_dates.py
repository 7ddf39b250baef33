"""Days that programs write where there is no date: 0000-00-00, 0001-01-01, 1900-01-01, 1970-01-01, 9999-12-31."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from scoring.contracts import cells

#: The years in or before which, and in or after which, a day stands for none.
NO_DATE_UNTIL, NO_DATE_FROM = 1970, 2999
#: In a read table, whether the cell of the column ``c`` is such a day is in ``NO_DATE + c``.
NO_DATE = "__no_date_"
#: What looks like a day and is none, at the beginning of a cell: MySQL's, and those of 0 as a number in Excel.
_NO_DAY = (
    r"^(?:[?] )?(?:0000[-/.]?00[-/.]?00|00[-/.]00[-/.](?:00)?00|2000-00-00"
    r"|00[-/.]0?1[-/.](?:19)?00|0?1[-/.]00?[-/.](?:19)?00|1900-01-00|1900-00-01)(?:[^0-9]|$)"
)
#: A number of days or seconds that counts none.
_ZERO = r"^(?:[?] )?0+(?:[.]0+)?$"
_FIRST = ibis.literal(f"{NO_DATE_UNTIL + 1}-01-01", type=cells.TIME)
_LAST = ibis.literal(f"{NO_DATE_FROM}-01-01", type=cells.TIME)


def is_no_day(word: ir.StringValue) -> ir.BooleanValue:
    """Whether a text is no day of any calendar, but stands for none.

    Parameters
    ----------
    word : ibis.StringValue
        The trimmed text of a cell.
    """
    return word.re_search(_NO_DAY) | word.re_search(_ZERO)


def is_no_date(value: ir.TimestampValue, word: ir.StringValue | None) -> ir.BooleanValue:
    """Whether a cell of dates stands for no date; null is none.

    Parameters
    ----------
    value : ibis.TimestampValue
        The cell as read.
    word : ibis.StringValue, optional
        Its text, where it was read from text.
    """
    far = ((value < _FIRST) | (value >= _LAST)).fill_null(False)
    if word is None:
        return far
    return ibis.ifelse(value.notnull(), far, is_no_day(word).fill_null(False))
