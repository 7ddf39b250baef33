"""The forms in which dates and times are written, and the reading of a cell in each of them as an ISO time."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.cells.month_names import MONTH, month_digits
from scoring.cells.shapes import CellShape

_EPOCH = ibis.literal("1970-01-01", type=cells.TIME)
_YEAR, _DAY, _SEPARATOR = "([0-9]{4}|[0-9]{2})", "([0-9]{1,2})", "[-/. ]"
_WEEKDAY, _TH = "(?:[A-Za-zÀ-ÿ]{2,13}[.]?,? )?", "(?:st|nd|rd|th|er|º)?"
_GAP = "(?:[-/., ]{0,2}| de | of )"
# Six groups: hour, minute, second, fraction, half of the day, offset. With a date there are nine, the most of DuckDB.
_CLOCK = (
    "(?:(?:T|,? (?:at |um |à |às |alle |om )?)([0-9]{1,2})[:h]([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    "(?: Uhr| h)? ?([AaPp][.]? ?[Mm][.]?)? ?(Z|z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_COMPACT_CLOCK = (
    "(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,9}))?)?([AaPp][Mm])?"
    "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
#: Blanks that do not break a line stand before PM, and between the parts of a date.
_BLANKS = "[\u00a0\u2009\u202f]"
#: Two-digit years from here on are of the last century.
_CENTURY = 69

#: What looks like a date, for attributes: they are not read as dates, so their form does not matter.
DATELIKE = (
    f"^([0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}|{_DAY}[-/.]{_DAY}[-/.]{_YEAR}"
    f"|{_DAY}{_GAP}{MONTH}{_GAP}{_YEAR}|{MONTH}{_GAP}{_DAY}[-/., ]{{1,2}}{_YEAR})([T ,].*)?$"
)


@dataclass(frozen=True)
class TimeForm:
    """A form of dates, with or without a time of day.

    Attributes
    ----------
    name : str
        As the configuration and messages call it.
    date : str
        The regular expression of the date, with groups for year, month and day.
    year, month, day : int
        The groups, of which there are three; ``day`` is 0 for a month without a day, which stands for its first.
    clock : str
        The regular expression of the time of day; empty for a month.
    """

    name: str
    date: str
    year: int
    month: int
    day: int
    clock: str = _CLOCK

    def fitting(self, shape: CellShape) -> int:
        """How many cells of a shape can be read."""
        if not re.search(f"^{self.date}{self.clock}$", re.sub(_BLANKS, " ", shape.pattern)):
            return 0
        if self.name == DAY_FIRST:
            return shape.count - shape.second_over_12
        return shape.count - (shape.first_over_12 if self.name == MONTH_FIRST else 0)

    def canonical(self, word: ir.StringValue, zone: str) -> ir.StringValue:
        """Each cell as an ISO date or time; a cell in another form becomes a text that is no time.

        Parameters
        ----------
        word : ibis.StringValue
            The trimmed text of the cells, null for an empty one, as a column: it is read many times.
        zone : str
            The zone of times that name none; empty for UTC.
        """
        if self.name == ISO:
            # Most variants differ in little, and to find that is ten times as fast.
            alike = word.replace(" +", "+").replace(" -", "-").re_replace(" ?(UTC|GMT|Z|z)$", "Z")
            return ibis.ifelse(alike.re_search(cells.PLAIN_TIME), in_zone(alike, zone), self._canonical(word, zone))
        return self._canonical(word, zone)

    def _canonical(self, written: ir.StringValue, zone: str) -> ir.StringValue:
        word = written.re_replace(_BLANKS, " ")
        pattern = f"^{self.date}{self.clock}$"

        def group(number: int) -> ir.StringValue:
            return word.re_extract(pattern, number).fill_null("")

        month = _four_digits(group(self.year)) + "-" + month_digits(group(self.month)) + "-"
        if not self.clock:
            return ibis.ifelse(word.re_search(pattern), month + "01", ibis.literal("? ") + word)
        date = month + group(self.day).lpad(2, "0")
        hour, minute, second, fraction, half, offset = (group(number) for number in range(4, 10))
        time = " " + _hour(hour, half.lower().left(1)) + ":" + minute + ":" + ibis.ifelse(second == "", "00", second)
        time = time + ibis.ifelse(fraction == "", "", ibis.literal(".") + fraction.left(6)) + _offset(offset, zone)
        read = ibis.ifelse(hour == "", date, date + time)
        return ibis.ifelse(word.re_search(pattern), read, ibis.literal("? ") + word)


@dataclass(frozen=True)
class TimeCount:
    """A form in which a time is a number: of seconds since 1970, or of days as in Excel.

    Attributes
    ----------
    name : str
        As the configuration and messages call it.
    per_second : float
        How many of its units are in a second.
    earliest, latest : int
        The numbers of 1990 and of 2100. Those of different units have no number in common.
    written : str
        The regular expression of a cell, with a group for the number.
    """

    name: str
    per_second: float
    earliest: int
    latest: int
    written: str = "([0-9]+(?:[.][0-9]+)?)"

    #: The day 0 of Excel, in days before 1970.
    EXCEL = 25_569

    def fitting(self, shape: CellShape) -> int:
        """How many cells of a shape can be read."""
        number = re.search(f"^{self.written}$", shape.pattern)
        return shape.count if number and self.earliest <= shape.smallest and shape.largest <= self.latest else 0

    def canonical(self, word: ir.StringValue, zone: str) -> ir.StringValue:
        """Each cell as an ISO time; a cell in another form becomes a text that is no time.

        Parameters
        ----------
        word : ibis.StringValue
            The trimmed text of the cells, null for an empty one, as a column: it is read many times.
        zone : str
            The zone of the days of Excel, which name none; empty for UTC. Seconds since 1970 are in UTC.
        """
        number = word.re_extract(f"^{self.written}$", 1).nullif("").try_cast("float64")
        number = ibis.ifelse(number.between(self.earliest, self.latest + 1), number, ibis.null("float64"))
        days = self.name == EXCEL
        seconds = ((number - self.EXCEL) * 86_400).round() if days else (number / self.per_second).floor()
        moment = (_EPOCH + seconds.cast("int64").as_interval("s")).cast("string").left(19)
        if days:
            # A whole number is a day without a time.
            moment = ibis.ifelse(number == number.floor(), moment.left(10), moment + _offset(ibis.literal(""), zone))
        else:
            moment = moment + "+00:00"
        return ibis.ifelse(number.notnull(), moment, ibis.literal("? ") + word)


DAY_FIRST, MONTH_FIRST, ISO, EXCEL = "day/month/year", "month/day/year", "year-month-day", "days as in Excel"
JSON_DATE = "milliseconds in /Date()/"
_NUMERIC = f"{_DAY}{_SEPARATOR}{_DAY}{_SEPARATOR}{_YEAR}"
FORMS: tuple[TimeForm | TimeCount, ...] = (
    TimeForm(ISO, "([0-9]{4})[-/.年년] ?([0-9]{1,2})[-/.月월] ?([0-9]{1,2})[.日일]?", 1, 2, 3),
    TimeForm(DAY_FIRST, _NUMERIC, 3, 2, 1),
    TimeForm(MONTH_FIRST, _NUMERIC, 3, 1, 2),
    TimeForm("day month-name year", f"{_WEEKDAY}{_DAY}{_TH}{_GAP}{MONTH}{_GAP}{_YEAR}", 3, 2, 1),
    TimeForm("month-name day year", f"{_WEEKDAY}{MONTH}{_GAP}{_DAY}{_TH}[-/., ]{{1,2}}{_YEAR}", 3, 1, 2),
    TimeForm("year month-name day", f"([0-9]{{4}}){_GAP}{MONTH}{_GAP}{_DAY}", 1, 2, 3),
    TimeForm("yearmonthday", "([0-9]{4})([0-9]{2})([0-9]{2})", 1, 2, 3, _COMPACT_CLOCK),
    TimeCount("seconds since 1970", 1.0, 631_152_000, 4_102_444_800),
    TimeCount("milliseconds since 1970", 1e3, 631_152_000_000, 4_102_444_800_000),
    TimeCount("microseconds since 1970", 1e6, 631_152_000_000_000, 4_102_444_800_000_000),
    TimeCount("nanoseconds since 1970", 1e9, 631_152_000_000_000_000, 4_102_444_800_000_000_000),
    TimeCount(EXCEL, 1 / 86_400, 32_874, 73_050),
    # As OData and ASP.NET write it; the offset is that of the writer, the number is in UTC.
    TimeCount(JSON_DATE, 1e3, 631_152_000_000, 4_102_444_800_000, r"\\?/Date[(]([0-9]+)(?:[+-][0-9]{4})?[)]\\?/"),
)
#: The forms of months, for a column of months only.
MONTHS = (
    TimeForm("year-month", "([0-9]{4})[-/. ]?([0-9]{2})", 1, 2, 0, ""),
    TimeForm("month/year", "([0-9]{1,2})[-/. ]([0-9]{4})", 2, 1, 0, ""),
    TimeForm("month-name year", f"{MONTH}{_GAP}{_YEAR}", 2, 1, 0, ""),
    TimeForm("year month-name", f"([0-9]{{4}}){_GAP}{MONTH}", 1, 2, 0, ""),
)
#: The last day of 2025 in each of the forms.
EXAMPLES = {
    ISO: "2025-12-31",
    DAY_FIRST: "31/12/2025",
    MONTH_FIRST: "12/31/2025",
    "day month-name year": "31 Dec 2025",
    "month-name day year": "Dec 31, 2025",
    "year month-name day": "2025 Dec 31",
    "yearmonthday": "20251231",
    "seconds since 1970": "1767139200",
    "milliseconds since 1970": "1767139200000",
    "microseconds since 1970": "1767139200000000",
    "nanoseconds since 1970": "1767139200000000000",
    EXCEL: "46022",
    JSON_DATE: "/Date(1767139200000)/",
}
BY_NAME = {form.name: form for form in (*FORMS, *MONTHS)}


def in_zone(cell: ir.StringValue, zone: str) -> ir.StringValue:
    """A canonical time without an offset, in a zone; a date stays a date.

    Parameters
    ----------
    cell : ibis.StringValue
        As the contract reads it.
    zone : str
        Such as ``Europe/Berlin``; empty for UTC.
    """
    if not zone:
        return cell
    local = cell.re_search("^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]+([.][0-9]+)?$")
    return ibis.ifelse(local, cell + f" {zone}", cell)


def _four_digits(year: ir.StringValue) -> ir.StringValue:
    century = ibis.ifelse(year >= f"{_CENTURY}", ibis.literal("19"), ibis.literal("20"))
    return ibis.ifelse(year.length() == 2, century + year, year)


def _hour(hour: ir.StringValue, half: ir.StringValue) -> ir.StringValue:
    """The hour of 24, where ``half`` is a, p or empty."""
    number = hour.nullif("").try_cast("int64")
    of_12 = ibis.ifelse(number <= 12, number % 12 + ibis.ifelse(half == "p", 12, 0), 99)
    return ibis.ifelse(half == "", number, of_12).cast("string").lpad(2, "0").fill_null("")


def _offset(offset: ir.StringValue, zone: str) -> ir.StringValue:
    """An offset as ``+01:00``; the zone where there is none."""
    bare = offset.upper().re_replace("UTC|GMT|Z|:", "")
    written = bare.left(3) + ":" + ibis.ifelse(bare.length() == 5, bare.right(2), "00")
    written = ibis.ifelse(bare == "", ibis.literal("+00:00"), written)
    return ibis.ifelse(offset == "", ibis.literal(f" {zone}" if zone else ""), written)
