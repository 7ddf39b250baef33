"""The formats in which numbers are written, and the reading of a cell in each of them as a plain number."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from scoring.cells.currencies import CODES, SIGNS

_BLANKS = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_MINUS = "\u2212-"  # the plain one last: between others in a class it would be a range
EXPONENT = "[eE][+-]?[0-9]{1,3}"
#: What stands for no cents: `12.322,-`, `99,--`, `1 234:-`. It is no minus.
_DASHES = "[\u2012-\u2015\u2212=-]{1,2}"
_NO_CENTS = f"[.,:]{_DASHES}([^0-9]|$)"
PERCENT = "%"
_SIGN = "|".join(
    re.escape(sign) for sign in sorted({*SIGNS, *CODES, *map(str.lower, CODES), PERCENT}, key=len, reverse=True)
)
BEFORE = rf"^[{_BLANKS}(+{_MINUS}]*({_SIGN})[{_BLANKS}+{_MINUS}]*[0-9.,]"
AFTER = rf"[0-9.,][{_BLANKS}]*(?:[.,:]?{_DASHES})?[{_BLANKS}]*({_SIGN})[{_BLANKS}){_MINUS}]*$"


@dataclass(frozen=True)
class NumberFormat:
    """A format of numbers.

    Attributes
    ----------
    decimal : {".", ",", ""}
    grouping : {"", ".", ",", " ", "'"}
        What separates thousands, or thousands and lakhs. A blank stands for every kind of blank.
    signs : tuple of str
        The currency signs and codes, and the per cent sign, that the cells of the column have.
    """

    decimal: str
    grouping: str = ""
    signs: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """The format as it is written in the configuration and in messages."""
        return f"1{self.grouping}234{self.decimal}56" if self.decimal else "1234"

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that its signs mean."""
        return tuple(sorted({SIGNS.get(sign, sign.upper()) for sign in self.signs if sign != PERCENT}))

    @property
    def in_words(self) -> str:
        """The format, with the signs beside the numbers."""
        return self.example + (f" with {' and '.join(self.signs)}" if self.signs else "")

    @property
    def body(self) -> str:
        """The regular expression of a number without its signs."""
        whole, point = "[0-9]+", re.escape(self.decimal)
        if self.grouping:
            mark = f"[{_marks(self.grouping)}]"
            thousands = f"[1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+"
            lakhs = f"[1-9][0-9]?({mark}[0-9]{{2}})+{mark}[0-9]{{3}}"
            whole = f"({thousands}|{lakhs}|[0-9]+)"
        return f"({whole}({point}[0-9]*|[{point}:]{_DASHES})?|{point}[0-9]+)({EXPONENT})?"

    @property
    def pattern(self) -> str:
        """The regular expression of a whole cell; it means the same on every engine."""
        blank, sign = f"[{_BLANKS}]*", f"[+{_MINUS}]?"
        signs = "|".join(re.escape(s).replace(r"\ ", " ") for s in sorted(self.signs, key=len, reverse=True))
        around = f"({signs})?" if signs else ""
        before = f"{sign}{blank}{around}{blank}{sign}{blank}"
        after = f"{blank}{around}{blank}[{_MINUS}]?"
        number = f"{before}{self.body}{after}"
        return rf"^{blank}({number}|\({number}\)){blank}$"

    def canonical(self, word: ir.StringValue) -> ir.StringValue:
        """The number of each cell as plain text; a cell in another format becomes a text that is no number.

        Parameters
        ----------
        word : ibis.StringValue
            The trimmed text of the cells, null for an empty one, as a column: it is read many times.
        """
        bare = word
        for sign in sorted(self.signs, key=len, reverse=True):  # a sign such as Fr. has a point of its own
            bare = bare.replace(sign, "")
        bare = bare.re_replace(_NO_CENTS, "")
        times = bare.re_extract(f"[0-9.,]({EXPONENT})", 1).fill_null("")
        bare = bare.re_replace(EXPONENT, "")
        digits = bare.re_replace(f"[^0-9{re.escape(self.decimal)}]", "")
        if self.decimal == ",":
            digits = digits.replace(",", ".")
        negative = bare.re_search(rf"^[{_BLANKS}]*\(|[{_MINUS}]")
        number = ibis.ifelse(negative, ibis.literal("-"), ibis.literal("")) + digits + times
        return ibis.ifelse(word.re_search(self.pattern), number, ibis.literal("? ") + word)

    def currency(self, word: ir.StringValue) -> ir.StringValue | None:
        """The currency that each cell names; None if none of the column's cells does."""
        named = [sign for sign in sorted(self.signs, key=len, reverse=True) if sign != PERCENT]
        if not named:
            return None
        return ibis.cases(*((word.contains(sign), SIGNS.get(sign, sign.upper())) for sign in named))


#: The decimal sign for each word of the configuration.
DECIMAL = {"": "", "point": ".", "comma": ","}
#: What is read without a format.
POINT = NumberFormat(".")
#: Whole numbers without marks.
WHOLE = NumberFormat("")
#: The formats that are known, by how the configuration calls them.
FORMATS = {
    known.example: known
    for known in (
        POINT,
        *(NumberFormat(".", mark) for mark in (",", " ", "'")),
        NumberFormat(","),
        *(NumberFormat(",", mark) for mark in (".", " ", "'")),
    )
}


def _marks(grouping: str) -> str:
    return {" ": _BLANKS, "'": _APOSTROPHES}.get(grouping, re.escape(grouping))
