"""The names of months in seven languages, as exports of CRMs write them, in full or cut short.

English, German, French, Spanish, Italian, Portuguese and Dutch. No beginning in the list is of two different months.
"""

from __future__ import annotations

import ibis.expr.types as ir

#: How the name of each month may begin, from January on.
BEGINNINGS: tuple[tuple[str, ...], ...] = (
    ("jan", "jän", "ene", "gen"),
    ("feb", "fev", "fév"),
    ("mar", "mär", "maa", "mae", "mrz", "mrt"),
    ("apr", "abr", "avr"),
    ("may", "mai", "mag", "mei"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "déc", "dez", "dic"),
)
#: The letters that may follow.
_REST = "[A-Za-zÀ-ÿ]*[.]?"


def _any_case(beginning: str) -> str:
    """Written as May, may or MAY."""
    first, rest = beginning[0], beginning[1:]
    return f"[{first.upper()}{first}]{rest}|{beginning.upper()}"


#: The name of a month, with a group for its beginning.
MONTH = f"({'|'.join(_any_case(one) for names in BEGINNINGS for one in names)}){_REST}"


def month_digits(word: ir.StringValue) -> ir.StringValue:
    """The number of a month with two digits, from its number or the beginning of its name.

    Parameters
    ----------
    word : ibis.StringValue
        A number, or what the group of `MONTH` found.
    """
    found = [(name, f"{i:02d}") for i, names in enumerate(BEGINNINGS, 1) for name in names]
    # An engine may not know the small form of É, so both are listed.
    found += [(f"{name[0]}{name[1:].upper()}", number) for name, number in found if not name.isascii()]
    return word.lower().cases(*found, else_=word.lpad(2, "0"))
