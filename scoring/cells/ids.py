"""The ids of CRMs: which ones are written differently but the same, which say nothing, and which were rounded."""

from __future__ import annotations

import re
import string
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.cells import cells

#: The columns of the contracts that hold ids, and the table whose records they name.
NAMED_TABLE = {"account_id": "accounts", "lead_id": "leads", "opportunity_id": "opportunities"}

#: Above it, not every whole number is a float64 (a float32): an id in a float column was rounded.
EXACT, EXACT_SHORT = 2**53, 2**24

#: What CRMs and spreadsheets write where no record is named, in lower case, beside `cells.NULL_WORDS`.
NO_RECORD = (
    "(no value)", "--none--", "-none-", "(none)", "(blank)", "(empty)", "<null>", "undefined", "false",
    "[]", "{}", "[null]", '""', "#ref!", "#value!", "#name?", "000000000000000", "000000000000000aaa",
)  # fmt: skip

#: Blanks of every kind: also the no-break space, the byte order mark and the blank without a width.
_BLANKS = "\\s\u00a0\u2007\u202f\u3000\u200b\ufeff"
#: What spreadsheets put around an id to keep it a text: ``'007``, ``="007"``.
_WRAPPING = f'^[{_BLANKS}\'"]*=[{_BLANKS}]*"[{_BLANKS}\'"]*|^[{_BLANKS}\'"]+|[{_BLANKS}\'"]+$'

_GUID = "^(urn:uuid:|uuid:)?[{(]?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}[)}]?$"
_ZEROS = "(urn:uuid:|uuid:)?[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?"
_NOTHING = f"^({'|'.join([*(re.escape(word) for word in (*cells.NULL_WORDS, *NO_RECORD)), _ZEROS])})$"
#: An id that certainly names a record and has nothing around it: no word in `_NOTHING` has a digit above 0.
_USUAL = "^[0-9A-Za-z](.*[1-9])(.*[0-9A-Za-z])?$"
_ALPHANUMERIC = "^[0-9A-Za-z]+$"
#: Each of the last three characters of a Salesforce id tells which of five are capitals: the bits of its place here.
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: The same as digits, the first character first: ``10000,`` is at place 1, that of the ``B``.
_SUMS = "".join("".join(str(bits >> bit & 1) for bit in range(5)) + "," for bits in range(32))
_LETTERS_AND_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits
_IS_CAPITAL = "".join("1" if c.isupper() else "0" for c in _LETTERS_AND_DIGITS)
_WHOLE = r"^-?[0-9]+[.,]0+$"
#: Thousands. One point alone is a decimal sign.
_THOUSANDS = "^[1-9][0-9]{0,2}((,[0-9]{3})+|([.][0-9]{3}){2,}|([\u00a0\u202f ][0-9]{3})+|(['\u2019][0-9]{3})+)$"
_ZOHO = "^[zZ][cC][rR][mM]_[0-9]+$"

#: ``4.5E+17`` is Excel's and pandas' way to write an id that they took for a number, ``4.5E17`` that of Java.
_SCIENTIFIC = r"^-?[0-9]([.,][0-9]*)?[eE]\+[0-9]+$|^-?[0-9][.,][0-9]+[eE][0-9]+$"
#: Python writes floats with one zero; decimals of databases, which are exact, have two or more.
_LONG_FLOAT = r"^-?[0-9]{16,}\.0$"


def read_id(cell: ir.Value) -> ir.StringValue:
    """The id of a record as its own table writes it: without blanks and wrapping, null for one that says nothing."""
    written = cell if cell.type().is_string() else written_of(cell)
    clean = bare_id(written)
    understood = ibis.ifelse(_says_nothing(clean), ibis.null("string"), clean)
    # Nothing that says nothing has a digit above 0: to find one is faster, and most ids have one.
    return ibis.ifelse(written.re_search(_USUAL), written, understood)


def written_of(cell: ir.Value) -> ir.StringValue:
    """An id or a reference as text; whole decimals lose their zeros, as whole floats do."""
    if cell.type().is_decimal():
        written = cell.cast("string")
        return ibis.ifelse(written.re_search(_WHOLE), written.re_extract("^-?[0-9]+", 0), written)
    return cells.text(cell)


def bare_id(written: ir.StringValue) -> ir.StringValue:
    """An id without blanks of any kind, and without what spreadsheets put around it."""
    return written.re_replace(_WRAPPING, "")


def canonical(written: ir.StringValue) -> ir.StringValue:
    """What all ways to write an id have in common. It is compared, never shown.

    | written | canonical |
    | --- | --- |
    | ``{0F8FAD5B-…}``, ``0f8fad5b-…``, ``urn:uuid:0f8fad5b-…`` | the hexadecimal digits in lower case |
    | ``1000``, ``1000.0``, ``1000.00``, ``zcrm_1000``, ``'1000``, ``="1000"`` | ``1000`` |
    | ``0015g00000AbCdE``, ``0015g00000AbCdEAAV`` (Salesforce) | ``0015g00000abcdeAAV`` |

    Of Salesforce's two forms the short one tells capitals from small letters, and the long one has a checksum of them.
    The short one meets the long one only where the checksum is right.

    Anything else is itself: capitals and leading zeros tell ids apart.

    Parameters
    ----------
    written : ibis.StringValue
        Not null for an id.
    """
    id_ = unwrapped(written)
    # Most ids are letters and digits: to find that is faster than what comes before.
    plain = written.re_search(_ALPHANUMERIC)
    return ibis.ifelse(plain, _plain(written), of_unwrapped(id_))


def unwrapped(written: ir.StringValue) -> ir.StringValue:
    """The id within blanks, wrapping, braces and the like: the first step to `canonical`.

    Parameters
    ----------
    written : ibis.StringValue
    """
    id_ = bare_id(written)
    return ibis.cases(
        (id_.re_search(_WHOLE), id_.re_extract("^-?[0-9]+", 0)),
        (id_.re_search(_ZOHO), id_.substr(len("zcrm_"))),
        (id_.lower().re_search(_GUID), id_.re_replace("^[^{(]*:", "").re_replace("[^0-9A-Fa-f]", "")),
        else_=id_,
    )


def of_unwrapped(id_: ir.StringValue) -> ir.StringValue:
    """The canonical form of an id as `unwrapped` gives it: the second step to `canonical`.

    An expression names its parts many times, so where the first step is a column, the second is short.

    Parameters
    ----------
    id_ : ibis.StringValue
    """
    return ibis.ifelse(id_.re_search(_ALPHANUMERIC), _plain(id_), id_)


def with_canonical(connection: Any, rows: ibis.Table, **written: str) -> ibis.Table:
    """The rows, with the canonical form of ids in further columns.

    The first step is a table of its own: in one expression it would stand in the second a hundred times, and the engine
    would take longer to read that than to answer it.

    Parameters
    ----------
    connection : ibis backend
    rows : ibis.Table
    **written : str
        By the name of the further column, the column with the ids as they are written.
    """
    first = rows.mutate(**{name: unwrapped(rows[column]) for name, column in written.items()})
    first = connection.create_table(ibis.util.gen_name("unwrapped"), first, temp=True)
    return first.mutate(**{name: of_unwrapped(first[name]) for name in written})


def is_canonical(written: ir.StringValue) -> ir.BooleanValue:
    """Whether an id is certainly its own canonical form, as short ones of letters and digits are.

    Parameters
    ----------
    written : ibis.StringValue
    """
    return written.re_search("^[0-9A-Za-z]{1,14}$")


def _plain(id_: ir.StringValue) -> ir.StringValue:
    """The canonical form of an id of letters and digits."""
    length, small = id_.length(), id_.lower()
    return ibis.cases(
        (length < 15, id_),
        (length == 15, small + _checksum_of(id_)),
        (length == 18, small.left(15) + id_.right(3).upper()),
        ((length == 32) & small.re_search(_GUID), small),
        else_=id_,
    )


def _checksum_of(id_: ir.StringValue) -> ir.StringValue:
    """The last three characters of the Salesforce id that begins with these 15: which of them are capitals."""
    capitals = id_.translate(_LETTERS_AND_DIGITS, _IS_CAPITAL)
    offsets = [ibis.literal(_SUMS).find(capitals.substr(start, 5)) for start in (0, 5, 10)]
    signs = [ibis.literal(_CHECKSUM).substr((offset / 6).floor().cast("int32"), 1) for offset in offsets]
    return signs[0] + signs[1] + signs[2]


def short_form(written: ir.StringValue) -> ir.StringValue:
    """The first 15 characters of an id that has 15 or 18, as Salesforce's have; null for any other.

    Capitals count, and no checksum is looked at.

    Parameters
    ----------
    written : ibis.StringValue
    """
    id_ = bare_id(written)
    may_be = ((id_.length() == 15) | (id_.length() == 18)) & id_.re_search(_ALPHANUMERIC)
    return ibis.ifelse(may_be, id_.left(15), ibis.null("string"))


def is_nothing(written: ir.StringValue) -> ir.BooleanValue:
    """Whether a reference names no record; zero does so wherever no record has the id 0.

    Parameters
    ----------
    written : ibis.StringValue
    """
    id_ = bare_id(written)
    return _says_nothing(id_) | id_.re_search(r"^0+([.,]0+)?$")


def _says_nothing(bare_id: ir.StringValue) -> ir.BooleanValue:
    return bare_id.lower().re_search(_NOTHING)


def is_rounded(written: ir.StringValue) -> ir.BooleanValue:
    """Whether an id went through a floating-point number that cannot hold it.

    Parameters
    ----------
    written : ibis.StringValue
    """
    id_ = bare_id(written)
    beyond = id_.re_search(_LONG_FLOAT) & (id_.try_cast("float64").abs() > EXACT)
    return id_.re_search(_SCIENTIFIC) | beyond.fill_null(False)


def digits_of(written: ir.StringValue) -> ir.StringValue:
    """The digits of an id that is a whole number; null for another id.

    Parameters
    ----------
    written : ibis.StringValue
        It may have marks between its thousands.
    """
    id_ = bare_id(written)
    is_number = id_.re_search(_THOUSANDS) | id_.re_search("^[1-9][0-9]*$")
    return ibis.ifelse(is_number, id_.re_replace("[^0-9]", ""), ibis.null("string"))


def has_thousands(written: ir.StringValue) -> ir.BooleanValue:
    """Whether an id may be a whole number with marks between its thousands, as a report shows it: ``1,000,000``.

    Parameters
    ----------
    written : ibis.StringValue
    """
    return bare_id(written).re_search(_THOUSANDS)


def first_of(written: ir.StringValue) -> ir.StringValue:
    """The first id of a list (``A0;A1``, ``["A0","A1"]``, ``123:Acme``), or that of an object (``{"value": 17}``).

    Parameters
    ----------
    written : ibis.StringValue

    Returns
    -------
    ibis.StringValue
        Null where there is no list and no object.
    """
    inner = written.re_extract(r"[\"'](?:value|id|Id|ID)[\"']\s*:\s*[\"']?([^\"',;}\s]+)", 1)
    first = written.re_extract(r"^[\s\[({\"']*([^;,|:\"'\]\[(){}\s]+)[\s\"']*[;,|:\]]", 1)
    return ibis.ifelse(written.re_search(r"^\s*\[?\s*\{"), inner, first).nullif("")
