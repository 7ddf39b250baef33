"""How the dates and times of a column are written: one form for all of its cells, decided from their shapes.

``03/04/2024`` is a day of March or of April; only the other cells of the column can tell. So a form is never chosen
for a cell. Where two forms fit a column, it is not read until somebody says which of them is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from scoring.cells import cells
from scoring.cells.shapes import CellShape, in_other_digits
from scoring.cells.time_forms import (
    BY_NAME,
    DAY_FIRST,
    EXAMPLES,
    FORMS,
    ISO,
    MONTH_FIRST,
    MONTHS,
    TimeCount,
    TimeForm,
)

#: A date without a time, as it is in ISO. Cells of other forms are brought into it before a contract reads them.
DATE_ONLY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#: A midnight in UTC, or one without a zone.
MIDNIGHT = r"[ T]00:00(:00([.]0+)?)?(Z|[+]00(:?00)?)?$"

#: The least share of the cells that must be dates in one form, and the share of those that must speak against another.
MOSTLY = 0.95
PROOF = 0.05

#: So many forms of one column are named.
_MOST_FORMS = 4

#: What names no day, or a day in a form that few programs read: weeks, quarters, months and days of a year.
_COARSE = (
    r"^(9999[-/ ]?(W|KW|CW|Wk|Week)[- ]?99?(-9)?|(W|KW|CW|Wk|Week)[ -]?99?[-/., ]+9999|9999[-/ ]?Q9|Q9[-/ ]?9999"
    r"|9999[-/.]99|99[-/.]9999|9999-999)$"
)
#: The short name of a zone, which has different meanings in different countries.
_ZONE_NAME = r" ?[(]?[A-Z]{2,5}[)]?$"
_KNOWN_ZONES = ("UTC", "GMT", "AM", "PM")


@dataclass(frozen=True)
class TwoForms:
    """Day first and month first fit a column, and give different dates in so many ``cells``."""

    cells: int


@dataclass(frozen=True)
class NoTimes:
    """A column that holds no dates, or dates in several forms; ``why`` is empty where it is something else."""

    why: str = ""


def time_form(
    shapes: Sequence[CellShape], filled: int, *, declared: str = "", months: bool = False
) -> TimeForm | TimeCount | TwoForms | NoTimes:
    """The one form in which a column is written.

    A form must fit nearly all cells (`MOSTLY`). Where day first and month first both fit, the order that was declared
    for the export is taken; dates with points, such as ``03.04.2024``, have the day first.

    Parameters
    ----------
    shapes : sequence of CellShape
    filled : int
        The number of cells that are not empty; there may be more of them than in the shapes.
    declared : {"", "day/month/year", "month/day/year"}
        The order that was declared for the export.
    months : bool
        Whether it is a column of months.
    """
    if months:
        for form in MONTHS:
            if filled and sum(form.fitting(shape) for shape in shapes) >= MOSTLY * filled:
                return form
    fits = {form.name: sum(form.fitting(shape) for shape in shapes) for form in FORMS}
    needed = max(MOSTLY * filled, 1)
    fitting = [form for form in FORMS if fits[form.name] >= needed]
    first, second = fits[DAY_FIRST], fits[MONTH_FIRST]
    if {DAY_FIRST, MONTH_FIRST} & {form.name for form in fitting}:
        best = DAY_FIRST if first >= second else MONTH_FIRST
        if min(first, second) < (1 - PROOF) * filled:
            return BY_NAME[best]
        if all("." in shape.pattern for shape in shapes if BY_NAME[DAY_FIRST].fitting(shape)):
            return BY_NAME[DAY_FIRST]
        return BY_NAME[declared] if declared else TwoForms(min(first, second))
    if fitting:
        return max(fitting, key=lambda form: fits[form.name])
    if in_other_digits(shapes):
        return NoTimes(f"digits of another script: export dates with the digits 0 to 9, best as {EXAMPLES[ISO]}")
    zones = sum(shape.count for shape in shapes if _has_zone_name(shape.pattern))
    if zones >= needed * (1 - MOSTLY) and zones:
        return NoTimes(
            "times with the short name of a zone (EST, CET, IST), which has several meanings: export them with an "
            "offset (+01:00) or in UTC"
        )
    coarse = sum(shape.count for shape in shapes if re.search(_COARSE, shape.pattern, re.IGNORECASE) or _a_month(shape))
    if coarse >= needed * (1 - MOSTLY) and coarse:
        return NoTimes(
            "weeks, months, quarters or days of a year (such as 2025-W07, 2025-02, 2025-Q1, 2025-045): export the day, "
            f"best as {EXAMPLES[ISO]}"
        )
    largest = sorted((count for count in fits.values()), reverse=True)
    several = largest[0] < needed and sum(shape.count for shape in shapes if _any_form(shape)) >= needed
    return NoTimes(_several(shapes) if several else "")


def _several(shapes: Sequence[CellShape]) -> str:
    """The forms of a column of dates in several forms, the most frequent first, with an example of each."""
    left = {i: shape.count for i, shape in enumerate(shapes)}
    parts: list[str] = []
    forms = list(FORMS)
    while forms:
        fits = {form.name: {i: min(form.fitting(s), left[i]) for i, s in enumerate(shapes)} for form in forms}
        name = max(fits, key=lambda name: sum(fits[name].values()))
        covered = sum(fits[name].values())
        if not covered or len(parts) == _MOST_FORMS:
            break
        parts.append(f"{covered:,} cells are {name}, such as {EXAMPLES[name]}")
        left = {i: count - fits[name][i] for i, count in left.items()}
        forms = [form for form in forms if form.name != name]
    return f"dates in several forms: {'; '.join(parts)}. Export them all in one form, best as {EXAMPLES[ISO]}"


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


def _has_zone_name(pattern: str) -> bool:
    found = re.search(_ZONE_NAME, pattern)
    if found is None or found[0].strip(" ()") in _KNOWN_ZONES:
        return False
    bare = CellShape(pattern[: found.start()], False, 1)
    return any(isinstance(form, TimeForm) and form.fitting(bare) for form in FORMS)


def _a_month(shape: CellShape) -> bool:
    return any(form.fitting(shape) for form in MONTHS if "month-name" in form.name)


def _any_form(shape: CellShape) -> bool:
    return any(form.fitting(shape) for form in FORMS)
