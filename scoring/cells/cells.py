"""The reading of cells of a CRM export: empty text, ids, dates, numbers, words of a vocabulary.

Every function takes an Ibis value of any plain type and gives the value that it means, null where it has no meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

#: What exports write into empty cells, in lower case. Those of more than `_SHORT` letters begin with a sign.
NULL_WORDS = (
    "", "null", "none", "n/a", "#n/a", "nan", "nat", "<na>", "\\n", "-", "(blank)", "(no value)", "--none--",
)  # fmt: skip
_SHORT = 4

#: The largest code of a character that is stripped as a blank, and of a sign with which a long word for empty begins.
_BLANK, _SIGN = ord(" "), ord("-")

TRUE_WORDS = ("true", "yes", "t", "y")
FALSE_WORDS = ("false", "no", "f", "n")

#: The one type of times in the canonical tables: microseconds, without a zone, in UTC.
TIME = dt.Timestamp(scale=6)
ZONED = dt.Timestamp(timezone="UTC", scale=6)

#: A time that every engine reads without knowing the form of its column; a zone is written in full.
PLAIN_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?| [A-Z][A-Za-z_]+/[A-Za-z_/+-]+)?)?$"
)


def column_key(name: str) -> str:
    """The canonical name of a column: ``' Account ID'`` is ``account_id``."""
    return "_".join(name.strip().lower().split())


def text(cell: ir.Value) -> ir.StringValue:
    """Trimmed text; null for a cell that means empty."""
    if cell.type().is_floating():
        # pandas turns whole numbers with a gap into floats: 17.0 is the id 17.
        whole = cell == cell.floor()
        return ibis.ifelse(whole, cell.try_cast("int64").cast("string"), cell.cast("string"))
    if not cell.type().is_string():
        return cell.cast("string")
    trimmed = cell.strip()
    # Not `isin`: DuckDB makes a join of it, and then reads the column even where nothing needs it.
    trimmed_or_null = trimmed.lower().cases(*((nothing, ibis.null("string")) for nothing in NULL_WORDS), else_=trimmed)
    # Most cells need no change, and to find that takes a quarter of the time.
    long = cell.length() > _SHORT
    last = cell.reverse().ascii_str()  # of a column of few texts DuckDB finds it once a text; `right` looks at each row
    return ibis.ifelse(long & (cell.ascii_str() > _SIGN) & (last > _BLANK), cell, trimmed_or_null)


def time(cell: ir.Value) -> ir.TimestampValue:
    """A naive UTC timestamp; a time without a zone is UTC and a date is its midnight."""
    kind = cell.type()
    if kind.is_timestamp() or kind.is_date():
        return cell.cast(TIME)
    if kind.is_unknown():  # a zoned timestamp in nanoseconds, which Ibis does not know
        return cell.cast(dt.Timestamp(scale=9)).cast(TIME)
    written = text(cell)
    # It must be ISO: engines would also take 'epoch', and EST as a zone. It is cast to a zoned time first, because a
    # cast to a naive one drops the offset; the zone of the session is UTC.
    iso = written.re_search(PLAIN_TIME)
    return ibis.ifelse(iso, written.try_cast(ZONED).cast(TIME), ibis.null(TIME))


def month_of_cell(cell: ir.Value) -> ir.TimestampValue:
    """The first day of a month written as a month (``2026-03``) or as any day of it."""
    if not cell.type().is_string():
        return time(cell).truncate("M").cast(TIME)
    written = text(cell)
    return time(ibis.ifelse(written.length() == 7, written + "-01", written)).truncate("M").cast(TIME)


def number(cell: ir.Value) -> ir.FloatingValue:
    """A finite number. A cell with thousands separators or a currency sign is no number."""
    if cell.type().is_string():
        written = text(cell)
        plain = written.re_search(r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$")
        cell = ibis.ifelse(plain, written.try_cast("float64"), ibis.null("float64"))
    value = cell.cast("float64")
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


def flag(cell: ir.Value) -> ir.BooleanValue:
    """True or false, also written as yes and no or 1 and 0."""
    if cell.type().is_boolean():
        return cell
    meanings = [(true, True) for true in (*TRUE_WORDS, "1")] + [(false, False) for false in (*FALSE_WORDS, "0")]
    return cell.cast("string").strip().lower().cases(*meanings, else_=ibis.null("boolean"))


def word(cell: ir.Value, vocabulary: Mapping[str, str]) -> ir.StringValue:
    """The word of a vocabulary that a spelling means; case, spaces, dashes and underscores do not matter.

    Parameters
    ----------
    cell : ibis.Value
    vocabulary : mapping of str
        The word for each spelling in lower case without spaces, dashes and underscores.
    """
    if not cell.type().is_string():
        cell = cell.cast("string")
    spelling = text(cell).lower().replace(" ", "").replace("_", "").replace("-", "")
    understood = spelling.cases(*vocabulary.items(), else_=ibis.null("string"))
    # Most cells are the word itself: this is faster for a log with millions of rows.
    return cell.cases(*((spelled, spelled) for spelled in dict.fromkeys(vocabulary.values())), else_=understood)


def domains(cell: ir.Value) -> ir.StringValue:
    """Web addresses, domains or e-mail addresses in lower case, without what stands before the @ of an address.

    `scoring.companies.domains.hosts` finds the hosts in it: ``https://www.Acme.com/about; sales@acme.de``.
    """
    bare = text(cell).lower().re_replace(r"[^\s;,|<>\"'\[\]/:@]*@", "")
    return ibis.ifelse(bare == "", ibis.null("string"), bare)
