"""The cells of a CRM's files: the interpreter of the profiles, as Ibis expressions.

No cell is empty, because an empty cell has another meaning in each CRM, and none begins like a formula: numbers are
plain decimals and not negative, words come from a fixed list, texts are made safe for spreadsheets, and an id is
written as it is or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from scoring.cells.formulas import PATTERN as FORMULA
from scoring.crm.profile import Column, Profile

#: What one line of text must not contain: control characters, and the line ends beyond ASCII.
CONTROL = r"[\x00-\x1f\x7f\x{85}\x{2028}\x{2029}]"

#: A space of any script; `strip` knows only the ASCII ones.
SPACE = r"[\s\p{Z}]"

#: A text that has to be changed. Few have to, so this one test saves all the work for the others.
UNTIDY = rf"{FORMULA}|{CONTROL}|^{SPACE}|{SPACE}$"

#: A character that a CRM with texts in UTF-16 counts twice.
WIDE = r"[\x{10000}-\x{10ffff}]"

#: The two words of the field `status`.
SCORED, RETIRED = "scored", "retired"


def cells(profile: Profile, columns: Sequence[Column], scores: ibis.Table) -> ibis.Table:
    """Give some columns of the file as cells, for every row; the cells of a column depend on its `source` alone.

    Parameters
    ----------
    profile : Profile
    columns : sequence of Column
        Those to give, in order.
    scores : Table
        The score table of the entity, or some of its columns.

    Returns
    -------
    Table
        Texts, none of them empty, in the order of `scores`; the columns are the headers of the file. The rows whose
        id breaks a rule (`broken_rule`) are still there.
    """
    return scores.select(**{column.header: _cell(scores, column, profile) for column in columns})


def cleared_rows(profile: Profile, entity: str, ids: ibis.Table) -> ibis.Table:
    """Give the rows that clear the fields of those who are no longer scored, as cells.

    Where the CRM has no mark that empties a field, texts become the profile's empty word and numbers 0; the field
    `status` tells such rows from scores.

    Parameters
    ----------
    profile : Profile
    entity : {'account', 'lead'}
    ids : Table
        The id column of the entity, and `as_of` and `scored_at` of the night in which they left.

    Returns
    -------
    Table
        Texts; without the rows whose id breaks a rule.
    """
    columns = profile.columns[entity]
    writable = ids.filter(broken_rule(ids, columns[0]).isnull())
    cleared = {}
    for column in columns:
        if column.kind in ("id", "date", "datetime"):
            cleared[column.header] = _cell(writable, column, profile)
        else:
            cleared[column.header] = ibis.literal(_cleared(column, profile))
    return writable.select(**cleared)


def is_record_id(scores: ibis.Table, column: Column) -> ir.BooleanValue:
    """Whether an id has the form of the CRM's own ids; on any engine.

    Parameters
    ----------
    scores : Table
        Has the ids in `column.source`.
    column : Column
        The id column of a profile.
    """
    text = _unwrapped(scores, column)
    fits = (text != "") & (text.length() <= column.length)
    return fits & text.re_search(f"^({column.pattern})$") if column.pattern else fits


def broken_rule(scores: ibis.Table, column: Column) -> ir.StringValue:
    """Name the first rule that an id breaks. It is not mended: a changed id might name another record.

    What the CRM's own exports write around an id is taken off before.

    Parameters
    ----------
    scores : Table
        Has the ids in `column.source`.
    column : Column
        The id column of a profile.

    Returns
    -------
    StringValue
        For each row; null where the id breaks no rule.
    """
    text = _unwrapped(scores, column)
    rules = [
        (text.isnull() | (text == ""), "blank_id"),
        (text.re_search(FORMULA), "id_reads_as_formula"),
        (text.re_search(UNTIDY), "id_has_outer_space_or_control_character"),
        (text.length() > column.length, f"id_longer_than_{column.length}"),
    ]
    if column.pattern:
        rules.append((~text.re_search(f"^(?:{column.pattern})$"), "id_is_not_of_this_crm"))
    return ibis.cases(*rules)


def spreadsheet_safe(text: ir.StringValue, length: int | None = None) -> ir.StringValue:
    """Give a text as one line that no spreadsheet reads as a formula.

    An apostrophe goes before a text that would be read as one: it tells the spreadsheet that this is text.

    Parameters
    ----------
    text : StringValue
    length : int, optional
        The most characters. A text with characters that take two units of UTF-16 is cut to half of it, so that it
        fits whatever the CRM counts.
    """
    line = _stripped(text.re_replace(CONTROL, " "))
    line = ibis.ifelse(line.re_search(FORMULA), ibis.literal("'") + line, line)
    if length is None:
        return ibis.ifelse(text.re_search(UNTIDY), line, text)
    most = ibis.ifelse(line.re_search(WIDE), length // 2, length)
    return ibis.ifelse(text.re_search(UNTIDY) | (text.length() > length // 2), _stripped(line.left(most)), text)


def _stripped(text: ir.StringValue) -> ir.StringValue:
    return text.re_replace(rf"^{SPACE}+|{SPACE}+$", "")


def _cleared(column: Column, profile: Profile) -> str:
    if column.kind == "status":
        return RETIRED
    if column.kind in ("fixed", "choice"):
        return column.words[""]
    return "0" if column.kind in ("number", "percent") and not profile.empties else profile.empty


def _unwrapped(scores: ibis.Table, column: Column) -> ir.StringValue:
    """The ids of a column as the CRM's import takes them."""
    id_ = scores[column.source]
    return id_.re_replace(column.wrapping, "") if column.wrapping else id_


def _cell(scores: ibis.Table, column: Column, profile: Profile) -> ir.StringValue:
    if column.kind == "status":
        return ibis.literal(SCORED)
    if column.kind == "fixed":
        return ibis.literal(column.words[""])
    if column.kind == "id":
        return _unwrapped(scores, column)
    value = scores[column.source]
    if column.kind == "text":
        text = spreadsheet_safe(value, column.length).nullif("")
    elif column.kind == "choice":
        text = ibis.cases(*((value == word, name) for word, name in column.words.items()), else_=column.words[""])
    elif column.kind == "date":
        text = value.strftime(profile.date)
    elif column.kind == "datetime":
        text = value.strftime(profile.time)
    else:
        factor = 100 if column.kind == "percent" else 1
        # A decimal is written without an exponent, and with a point whatever the locale.
        text = (value * factor).cast(f"decimal(18, {column.decimals})").cast("string")
    return text.fill_null(profile.empty)
