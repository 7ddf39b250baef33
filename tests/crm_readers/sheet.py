"""A CSV file as an importer reads it: bytes, lines, cells. Each CRM has a reader, because their rules differ.

The readers are written from what the CRMs' makers publish, and know nothing of how closedwon writes. They are
stricter than the CRMs where a rule can be read in two ways: a megabyte is 1,000,000 bytes, and a header is a row.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: The most rows of which every cell is checked; of more rows, every n-th. Keys and shape are always checked.
CLOSELY = 5_000
#: RFC 4180, section 2: a cell with a quote, a comma or a line break is quoted, and a quote in it is doubled.
RECORD = re.compile(r'(?:[^",\r\n]*|"(?:[^"]|"")*")(?:,(?:[^",\r\n]*|"(?:[^"]|"")*"))*\r?\n?')
#: What a spreadsheet that opens the file would take for a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DECIMAL = re.compile(r"\d+(\.\d+)?")


class Broken(Exception):
    """Something that an importer would refuse or misread."""


@dataclass(frozen=True)
class Field:
    """A field of the CRM: its type in the CRM's own words, and what fits into it."""

    kind: str
    length: int | None = None
    digits: int | None = None
    decimals: int | None = None
    choices: tuple[str, ...] = ()


Check = Callable[[str, Field], None]


@dataclass(frozen=True)
class Imported:
    """A file that was read: every key in order, and the rows whose cells were checked (all of a small file)."""

    header: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Rules:
    """The rules of one CRM. `bom` None: with or without; `nothing`: the word that clears any field but the key."""

    most_bytes: int
    header: re.Pattern[str]
    kinds: Mapping[str, Check]
    bom: bool | None = False
    ends: tuple[str, ...] = ("\n",)
    most_rows: int | None = None
    most_columns: int | None = None
    nothing: str | None = None


def read_sheet(file: bytes, rules: Rules, fields: Mapping[str, Field], key: str) -> Imported:
    """Read a file by a CRM's rules; `fields` are the CRM's, by the name in the header.

    Raises
    ------
    Broken
        With the first rule that does not hold, and where.
    """
    need(len(file) <= rules.most_bytes, f"{len(file)} bytes: at most {rules.most_bytes} are taken")
    text = _decoded(file, rules)
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    header = tuple(_next(reader))
    _check_header(header, lines.last, rules, fields, key)
    index, many = header.index(key), max(1, text.count("\n") // CLOSELY)
    keys: list[str] = []
    rows = []
    while (row := _next(reader)) or lines.last:
        number = len(keys) + 2
        need(reader.line_num == number, f"row {number} is not one line")
        need(len(row) == len(header), f"row {number} has {len(row)} cells, the header {len(header)}")
        need("" not in row, f"row {number} has an empty cell")
        keys.append(row[index])
        closely = number % many == 0
        if closely or not row[index].isalnum():
            cells = dict(zip(header, row, strict=True))
            try:
                _check_row(cells, lines.last, rules, fields, key)
            except Broken as broken:
                raise Broken(f"row {number}: {broken}") from None
            rows += [cells] * closely
    need(bool(keys), "there is a header and nothing else")
    need(rules.most_rows is None or len(keys) <= rules.most_rows, f"{len(keys)} rows: more than {rules.most_rows}")
    need(len(set(keys)) == len(keys), "two rows have the same key")
    return Imported(header, tuple(keys), tuple(rows))


def need(holds: bool, reason: str) -> None:
    if not holds:
        raise Broken(reason)


def text(cell: str, field: Field) -> None:
    need(field.length is None or len(cell) <= field.length, f"{len(cell)} characters in a field of {field.length}")


def number(cell: str, field: Field) -> None:
    need(DECIMAL.fullmatch(cell) is not None, f"{cell!r} is not a plain decimal")
    whole, _, decimals = cell.partition(".")
    need(field.decimals is None or len(decimals) <= field.decimals, f"{cell!r}: at most {field.decimals} decimals")
    digits = len(whole.lstrip("0")) + (len(decimals) if field.decimals is None else field.decimals)
    need(field.digits is None or digits <= field.digits, f"{cell!r}: at most {field.digits} digits")


def whole_number(cell: str, field: Field) -> None:
    need(cell.isascii() and cell.isdigit(), f"{cell!r} is not a whole number")


def choice(cell: str, field: Field) -> None:
    need(cell in field.choices, f"{cell!r} is none of {', '.join(field.choices)}")


def day(cell: str, field: Field) -> None:
    need(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) is not None and _is(date.fromisoformat, cell), f"{cell!r} is no date")


def moment(pattern: str) -> Check:
    """Make the check of a point in time in one format."""

    def check(cell: str, field: Field) -> None:
        need(re.fullmatch(pattern, cell) is not None and _is(datetime.fromisoformat, cell), f"{cell!r} is no time")

    return check


def _is(parse: Callable[[str], object], cell: str) -> bool:
    try:
        parse(cell)
    except ValueError:
        return False
    return True


def _next(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as error:
        raise Broken(f"a quote is opened and not closed, or stands in the middle of a cell: {error}") from None


class _Lines:
    """The lines of a text one by one; `last` is the newest, and empty at the end."""

    def __init__(self, text: str) -> None:
        self.stream, self.last = io.StringIO(text, newline=""), ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = self.stream.readline()
        if not self.last:
            raise StopIteration
        return self.last


def _decoded(file: bytes, rules: Rules) -> str:
    marked = file.startswith(b"\xef\xbb\xbf")
    need(rules.bom is None or marked == rules.bom, f"a byte order mark is {'missing' if rules.bom else 'in the way'}")
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken(f"not UTF-8: {error.reason} at byte {error.start}") from None
    need(CONTROL.search(text) is None, "a control character")
    crlf, lf, cr = text.count("\r\n"), text.count("\n"), text.count("\r")
    need(cr == crlf and crlf in (0, lf), "lines end in more than one way")
    need(("\r\n" if crlf else "\n") in rules.ends, "lines do not end as this CRM expects")
    return text


def _check_header(header: tuple[str, ...], line: str, rules: Rules, fields: Mapping[str, Field], key: str) -> None:
    need(RECORD.fullmatch(line) is not None, "the header is not CSV")
    need(len(set(header)) == len(header), "two columns have the same name")
    need(rules.most_columns is None or len(header) <= rules.most_columns, f"more than {rules.most_columns} columns")
    for name in header:
        need(rules.header.fullmatch(name) is not None, f"{name!r} cannot be a field's name")
        need(name in fields, f"there is no field {name!r}")
    need(key in header, f"the key {key!r} is not in the header")


def _check_row(cells: Mapping[str, str], line: str, rules: Rules, fields: Mapping[str, Field], key: str) -> None:
    need(RECORD.fullmatch(line) is not None, "not CSV")
    for name, cell in cells.items():
        need(not cell.startswith(FORMULA), f"{name} = {cell[:20]!r} would be a formula")
        need(cell.strip(" ") != "", f"{name} is nothing but spaces")
        need(name != key or cell != rules.nothing, f"{cell} is no record")
        try:
            if name == key or cell != rules.nothing:
                rules.kinds[fields[name].kind](cell, fields[name])
        except Broken as broken:
            raise Broken(f"{name}: {broken}") from None
