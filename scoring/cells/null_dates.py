"""Days that programs write where there is no date: 0000-00-00, 0001-01-01, 1900-01-01, 1970-01-01, 9999-12-31."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from scoring.cells import cells

#: The years in or before which, and in or after which, a day stands for none.
NO_DATE_UNTIL, NO_DATE_FROM = 1970, 2999
#: What looks like a day and is none, at the beginning of a cell: MySQL's, and those of 0 as a number in Excel.
_NO_DAY = (
    r"0000[-/.]?00[-/.]?00|00[-/.]00[-/.](?:00)?00|00[-/.]0?1[-/.](?:19)?00|0?1[-/.]00?[-/.](?:19)?00|1900-01-00|"
    r"1900-00-01|2000-00-00"
)
#: A number of days or seconds that counts none.
_ZERO = r"0+(?:[.]0+)?$"
_NONE = rf"^(?:[?] )?(?:(?:{_NO_DAY})(?:[^0-9]|$)|{_ZERO})"
#: A day in ISO, of which only the year is to be looked at.
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]|$)"
_SINCE, _UNTIL = f"{NO_DATE_UNTIL + 1}-01-01", f"{NO_DATE_FROM}-01-01"


def is_no_day(word: ir.StringValue) -> ir.BooleanValue:
    """Whether a text is no day of any calendar, but stands for none.

    Parameters
    ----------
    word : ibis.StringValue
        The trimmed text of a cell.
    """
    return word.re_search(_NONE)


def is_far(word: ir.StringValue) -> ir.BooleanValue:
    """Whether a text in ISO is of a year that stands for none.

    Parameters
    ----------
    word : ibis.StringValue
        As in `is_no_day`.
    """
    return ~word.between(_SINCE, _UNTIL)


def is_no_date(cell: ir.Value) -> ir.BooleanValue:
    """Whether a cell of dates stands for no date; an empty one does not.

    Parameters
    ----------
    cell : ibis.Value
        A date or a time; or a text, which is in ISO where it could be read.
    """
    if not cell.type().is_string():
        moment = cell.cast(cells.TIME)
        since, until = (ibis.literal(day, type=cells.TIME) for day in (_SINCE, _UNTIL))
        return ((moment < since) | (moment >= until)).fill_null(False)
    word = cell.strip()
    far = is_far(word) & word.re_search(_DAY)
    return (far | word.re_search(_NONE)).fill_null(False)
