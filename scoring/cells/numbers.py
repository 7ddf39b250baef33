"""How the numbers of a column are written: one format for all of its cells, decided from their shapes.

``12.500`` is twelve and a half or twelve thousand five hundred; only the other cells of the column can tell. So a
format is never chosen for a cell. Where two formats fit a column and give different numbers, it is not read until
somebody says which of them is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scoring.cells.number_forms import AFTER, BEFORE, DECIMAL, EXPONENT, FORMATS, PERCENT, WHOLE, NumberFormat
from scoring.cells.shapes import CellShape, in_other_digits

#: A number that every engine reads without knowing the format of its column.
PLAIN = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$"
#: A plain number that is another one where the point separates thousands.
TWO_WAYS = r"^[+-]?[1-9][0-9]{0,2}([.][0-9]{3})$"
#: A plain number in which the point can only be the decimal sign.
POINT_IS_DECIMAL = r"^[+-]?(0?[.][0-9]+|[0-9]+[.]([0-9]{0,2}|[0-9]{4,})|([0-9]{4,}|0[0-9]*)[.][0-9]*)$"

#: What may be a number in some format.
NUMBERLIKE = "^[^0-9]{0,6}[0-9][0-9.,'\u2019 \u00a0\u2009\u202f]*([eE][+-]?[0-9]{1,3})?[^0-9]{0,5}$"
#: A number within JSON, or as programs print such values.
_IN_JSON = r"^[\[{(].*9.*[\]})]$"
_JSON_KEY = r"[\"'] ?:|^[\[]"
_LETTERS = r"9 ?([kKMB]|Mio[.]?|Mrd[.]?|mn|bn|tsd)[^0-9]{0,4}$"

#: A number whose one mark stands before three digits.
_THREE = {mark: rf"^[^.,]*9{{1,3}}{re.escape(mark)}999[^.,]*$" for mark in ",."}

#: The least share of the cells that must be numbers in one format. The others are dirt: they are empty, or rejected.
MOSTLY = 0.95
#: The least share of the cells that can be read in two ways that must speak for one of them.
PROOF = 0.02


@dataclass(frozen=True)
class TwoWays:
    """Two formats that fit a column and give different numbers."""

    one: NumberFormat
    other: NumberFormat
    cells: int

    @property
    def sentence(self) -> str:
        """What is not clear."""
        written = "12,345" if self.one.grouping == "," or self.other.grouping == "" else "12.345"
        return f"{self.cells:,} numbers such as {written} can be 12345 or 12.345, and no cell shows which"

    def remedy(self, column: str) -> str:
        """What to declare in the configuration.

        Parameters
        ----------
        column : str
            The table and the column, such as ``opportunities.amount``.
        """
        word = {sign: name for name, sign in DECIMAL.items()}
        return (
            f'say which in [input]: decimal = "{word[self.one.decimal]}" or "{word[self.other.decimal]}", or '
            f'number_formats = {{"{column}" = "{self.one.example}"}} or "{self.other.example}"'
        )


@dataclass(frozen=True)
class NoNumbers:
    """A column that holds no numbers, or numbers in several formats; ``why`` is empty where it is words."""

    why: str = ""


def number_format(
    shapes: Sequence[CellShape], filled: int, *, decimal: str = "", percent: bool = True
) -> NumberFormat | TwoWays | NoNumbers:
    """The one format in which a column is written.

    A format must fit nearly all cells (`MOSTLY`). Of several that fit, one is chosen if they all give the same
    numbers, if some cells can only be read in it (`PROOF` of those that can be read otherwise, or one cell with both
    marks), or if its decimal sign was declared.

    Parameters
    ----------
    shapes : sequence of CellShape
    filled : int
        The number of cells that are not empty; there may be more of them than in the shapes.
    decimal : {"", ".", ","}
        The decimal sign that was declared for the export.
    percent : bool
        Whether a per cent sign may be there.
    """
    signs, with_percent, numbers = signs_of(shapes)
    if percent and (1 - MOSTLY) * numbers < with_percent < MOSTLY * numbers:
        return NoNumbers("numbers with and without a per cent sign")
    if not percent or with_percent < MOSTLY * numbers:
        signs = tuple(sign for sign in signs if sign != PERCENT)
    known = [replace(form, signs=signs) for form in FORMATS.values()]
    fitting = [form for form in known if _fits(form, shapes) >= MOSTLY * filled]
    if not fitting or not filled:
        parts = {form.decimal for form in known if _fits(form, shapes) >= (1 - MOSTLY) * filled} if filled else set()
        together = sum(s.count for s in shapes if any(re.search(form.pattern, s.pattern) for form in known))
        lettered = sum(s.count for s in shapes if re.search(_LETTERS, s.pattern))
        if lettered and together + lettered >= MOSTLY * filled:
            return NoNumbers("numbers with letters such as k or M, which must be written out")
        if in_other_digits(shapes):
            return NoNumbers("digits of another script; export numbers with the digits 0 to 9, as 1234.56")
        if 2 * sum(s.count for s in shapes if _is_json(s.pattern)) > filled:
            return NoNumbers("values in JSON or of a program; export the number alone, and its currency in a column")
        several = len(parts) > 1 and together >= MOSTLY * filled
        return NoNumbers(_several_formats(known, shapes) if several else "")
    best = max(fitting, key=lambda form: (_fits(form, shapes), -len(form.grouping)))
    for rival in fitting:
        differing = sum(s.count for s in shapes if _values_differ(best, rival, s))
        if not differing:
            continue
        if decimal:
            meant = (form for form in fitting if form.decimal == decimal)
            return min(meant, key=lambda form: (-_fits(form, shapes), len(form.grouping)))
        only = [s for s in shapes if _read(best, s) is not None and _read(rival, s) is None]
        proven = any(_has_both_marks(s.pattern) for s in only)
        if not proven and sum(s.count for s in only) < PROOF * differing:
            if differing <= (1 - MOSTLY) * filled:  # these few cells are not read
                return replace(WHOLE, signs=signs)
            if mixed := _two_formats(shapes, filled):
                return NoNumbers(mixed)
            one, other = sorted((best, rival), key=lambda form: form.decimal, reverse=True)
            return TwoWays(one, other, differing)
    same = [form for form in fitting if not any(_values_differ(best, form, s) for s in shapes)]
    return min(
        (form for form in same if _fits(form, shapes) == _fits(best, shapes)),
        key=lambda form: (len(form.grouping), form.decimal != "."),
    )


def _several_formats(known: Sequence[NumberFormat], shapes: Sequence[CellShape]) -> str:
    """What is to be said where some numbers can only have a decimal comma, and others only a point."""
    found = []
    for decimal, other in ((".", ","), (",", ".")):
        signs = {s: {f.decimal for f in known if _read(f, s) is not None} for s in shapes}
        only = [s for s in shapes if decimal in signs[s] and other not in signs[s]]
        if only:
            most = max(only, key=lambda s: s.count)
            found.append(f"{sum(s.count for s in only):,} cells are like {_as_written(most)}")
    counts = f" ({', '.join(found)})" if found else ""
    return f"numbers in several formats{counts}; export them in one"


def _is_json(pattern: str) -> bool:
    return re.search(_IN_JSON, pattern) is not None and re.search(_JSON_KEY, pattern) is not None


def _two_formats(shapes: Sequence[CellShape], filled: int) -> str:
    """What is to be said where some numbers have a comma and others a point, both before three digits."""
    commas, points = (sum(s.count for s in shapes if re.search(_THREE[mark], s.pattern)) for mark in (",", "."))
    if min(commas, points) < (1 - MOSTLY) * filled:
        return ""
    return (
        f"{commas:,} cells have a comma, such as 12,345, and {points:,} a point, such as 12.345: these are two formats "
        "in one column; export all numbers in one"
    )


def fitting_cells(form: NumberFormat, shapes: Sequence[CellShape]) -> int:
    """How many cells are numbers in a format."""
    return _fits(form, shapes)


def declared_format(shapes: Sequence[CellShape], example: str) -> NumberFormat:
    """The format that was declared for a column, with the currency signs of its cells.

    Parameters
    ----------
    shapes : sequence of CellShape
    example : str
        One of `FORMATS`.
    """
    return replace(FORMATS[example], signs=signs_of(shapes)[0])


def _fits(form: NumberFormat, shapes: Sequence[CellShape]) -> int:
    return sum(shape.count for shape in shapes if _read(form, shape) is not None)


def _read(form: NumberFormat, shape: CellShape) -> float | None:
    """What a cell of a shape is as a number; its digits are all the same, but its size is right."""
    written = _as_written(shape)
    if not re.search(form.pattern, written):
        return None
    bare = re.sub("|".join([*(re.escape(s) for s in form.signs), EXPONENT]), "", written)
    digits = re.sub(f"[^0-9{re.escape(form.decimal)}]", "", bare)
    return float(digits.replace(",", "."))


def _values_differ(one: NumberFormat, other: NumberFormat, shape: CellShape) -> bool:
    first, second = _read(one, shape), _read(other, shape)
    return first is not None and second is not None and first != second


def _as_written(shape: CellShape) -> str:
    return shape.pattern.replace("9", "0", 1) if shape.zero else shape.pattern


def _has_both_marks(pattern: str) -> bool:
    return ("." in pattern and "," in pattern) or re.search(r"([.,'])9{3}\1", pattern) is not None


def signs_of(shapes: Sequence[CellShape]) -> tuple[tuple[str, ...], int, int]:
    """The signs that stand beside numbers; and how many numbers have a per cent sign, and how many there are."""
    found: dict[str, int] = {}
    numbers = 0
    for shape in shapes:
        beside = {match[1] for which in (BEFORE, AFTER) if (match := re.search(which, shape.pattern))}
        if re.search("[0-9]", shape.pattern):
            numbers += shape.count
            for sign in beside:
                found[sign] = found.get(sign, 0) + shape.count
    return tuple(sorted(found)), found.get(PERCENT, 0), numbers
