"""How the numbers and times of a table are written, column by column, and their reading into plain cells.

A column whose cells are all plain costs one look at it. The others are profiled by their shapes, and the format is
decided in `scoring.cells.numbers` and `scoring.cells.times`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from pipelines.config_input import Input
from pipelines.errors import BadInput
from pipelines.sources.files import Source
from scoring.cells import cells, currencies, numbers, times
from scoring.cells.null_dates import is_far, is_no_date, is_no_day
from scoring.cells.number_forms import DECIMAL, NumberFormat
from scoring.cells.numbers import NoNumbers, TwoWays, number_format
from scoring.cells.shapes import CellShape, shapes_in
from scoring.cells.time_forms import BY_NAME, DAY_FIRST, ISO, MONTH_FIRST, TimeCount, TimeForm, in_zone
from scoring.cells.times import NoTimes, TwoForms, time_form
from scoring.contracts.contract import Contract
from scoring.hints import with_article

#: Above this share of rejected rows that may be, a column of dates in several forms stops no run.
USUAL_REJECTS = 0.05
#: The table whose dates are compared by day: there, times that are all midnight are dates.
BY_DAY = "opportunities"
_MONTH = r"^[0-9]{4}-[0-9]{2}$"


@dataclass(frozen=True)
class ColumnFormats:
    """The columns of a table that are not plain, and how they are written.

    Attributes
    ----------
    numbers : mapping of NumberFormat
        By column.
    times : mapping of TimeForm or TimeCount
        By column.
    days : frozenset of str
        The columns of times of which every one is midnight: they are dates.
    zone : str
        The zone of times without an offset; empty for UTC.
    zoned : tuple of str
        The columns of times.
    undated : tuple of str
        The columns in which some days stand for none: these are empty.
    notes : tuple of str
        What was read how.
    """

    numbers: Mapping[str, NumberFormat] = field(default_factory=dict)
    times: Mapping[str, TimeForm | TimeCount] = field(default_factory=dict)
    days: frozenset[str] = frozenset()
    zone: str = ""
    zoned: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def applied(self, raw: ibis.Table) -> ibis.Table:
        """The table as exported, with plain numbers, ISO times and the currency of each row.

        Parameters
        ----------
        raw : ibis.Table
        """
        words = {name: cells.text(raw[name]) for name in (*self.numbers, *self.times)}
        if words:
            raw = raw.mutate(**words)
        columns: dict[str, ir.Value] = {}
        for name, form in self.numbers.items():
            columns[name] = form.canonical(raw[name])
            if (named := form.currency(raw[name])) is not None:
                columns["currency"] = named
        for name in self.zoned:
            columns[name] = self._time(name, raw[name])
        if named := currencies.row_currency(raw.columns):
            written = cells.text(raw[named[0]])
            columns["currency"] = ibis.coalesce(written, columns["currency"]) if "currency" in columns else written
        changed = {name: cell for name, cell in columns.items() if name not in raw.columns or cell is not raw[name]}
        raw = raw.mutate(**changed) if changed else raw
        empty = {c: ibis.ifelse(is_no_date(raw[c]), ibis.null(raw[c].type()), raw[c]) for c in self.undated}
        return raw.mutate(**empty) if empty else raw

    def _time(self, name: str, cell: ir.Value) -> ir.Value:
        kind = cell.type()
        naive = (kind.is_timestamp() and kind.timezone is None) or kind.is_date()
        if name in self.times:
            cell = self.times[name].canonical(cell, self.zone)
        elif kind.is_string():
            cell = in_zone(cells.text(cell), self.zone) if self.zone else cell
        elif naive:
            if name in self.days:
                return cell.cast("date")
            return cell.cast(cells.TIME).cast("string") + f" {self.zone}" if self.zone and not kind.is_date() else cell
        if name not in self.days or not cell.type().is_string():
            return cell
        # A cell in no form of its column begins with a question mark, and stays whole: it may stand for no day.
        return ibis.ifelse(cell.startswith("?"), cell, cell.left(10))


@dataclass(frozen=True)
class _Profile:
    """The look at one table: its columns of numbers and times, and what was decided on them."""

    source: Source
    contract: Contract
    settings: Input

    def column(self, name: str) -> str:
        return f"{self.contract.table}.{name}"

    def of_type(self, kind: dt.DataType) -> list[str]:
        return [c for c, f in self.contract.fields.items() if f.dtype == kind and c in self.source.columns]

    def not_plain(self, names: list[str], plain: Callable[[str, ir.StringValue], ir.BooleanValue]) -> list[str]:
        """Those of the columns of text that have a cell which is not plain, found in one scan."""
        raw = self.source.raw
        texts = [name for name in names if raw[name].type().is_string()]
        if not texts:
            return []
        counts = {}
        for i, name in enumerate(texts):
            word = cells.text(raw[name])
            counts[f"c{i}"] = (word.notnull() & ~plain(name, word)).sum()
        found = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
        return [name for i, name in enumerate(texts) if found[f"c{i}"]]


def column_formats(source: Source, contract: Contract, settings: Input) -> ColumnFormats:
    """Find how the numbers and times of a table are written.

    Parameters
    ----------
    source : Source
    contract : Contract
    settings : Input
        What was declared.

    Raises
    ------
    BadInput
        If a column can be read in two ways, or is written in several.
    """
    profile = _Profile(source, contract, settings)
    found_numbers, notes = _numbers(profile)
    found_times, more, looked = _times(profile)
    zoned = tuple(profile.of_type(cells.TIME))
    formats = ColumnFormats(found_numbers, found_times, frozenset(), settings.time_zone, zoned, (), (*notes, *more))
    days = _all_midnight(profile, formats) if contract.table == BY_DAY or settings.time_zone else frozenset()
    undated = _undated(profile, formats, looked)
    ones = ((with_article(name), count) for name, count in undated.items())
    words = "that is a placeholder for no date, such as 1970-01-01; they are read as empty"
    undated_notes = [f"{contract.table}: {count} rows with {one} {words}" for one, count in ones]
    return replace(
        formats,
        days=days,
        zoned=zoned if _any_changed(formats, days) else (),
        undated=tuple(undated),
        notes=(*formats.notes, *undated_notes),
    )


def _undated(profile: _Profile, formats: ColumnFormats, looked: list[str]) -> dict[str, int]:
    """How many days stand for none, by column: of texts those that are not plain; a log with typed times is long."""
    fields, source = profile.contract.fields, profile.source
    typed = [c for c in source.columns if source.raw[c].type().is_temporal() and profile.contract.plan is None]
    names = [c for c, field_ in fields.items() if field_.null_dates and c in (*looked, *typed)]
    if not names:
        return {}
    raw = ColumnFormats(times=formats.times, zoned=tuple(formats.times)).applied(source.raw)
    found = raw.aggregate(**{name: is_no_date(raw[name]).sum() for name in names}).to_pyarrow().to_pylist()[0]
    return {name: int(count) for name, count in found.items() if count}


def _any_changed(formats: ColumnFormats, days: frozenset[str]) -> bool:
    return bool(formats.times or formats.zone or days)


def _numbers(profile: _Profile) -> tuple[dict[str, NumberFormat], list[str]]:
    """The formats of the columns of numbers that are not plain, and notes on them."""
    names = profile.of_type(dt.float64)
    declared = {c: profile.settings.number_formats.get(profile.column(c), "") for c in names}

    def plain(name: str, word: ir.StringValue) -> ir.BooleanValue:
        return word.re_search(numbers.PLAIN) & ~word.re_search(numbers.TWO_WAYS)

    found: dict[str, NumberFormat] = {}
    notes = []
    for name in dict.fromkeys([*profile.not_plain(names, plain), *(c for c in names if declared[c])]):
        if not profile.source.raw[name].type().is_string():
            continue
        shapes = shapes_in(profile.source.raw[name])
        form = _number_format(shapes, declared[name], profile.settings)
        if isinstance(form, TwoWays):
            raise BadInput(f"{profile.column(name)}: {form.sentence}; {form.remedy(profile.column(name))}")
        if isinstance(form, NoNumbers) and form.why:
            raise BadInput(f"{profile.column(name)}: {form.why}")
        if isinstance(form, NumberFormat):
            found[name] = form
            if form.grouping or form.decimal != "." or form.signs:
                notes.append(f"{profile.contract.table}: {name} is written like {form.in_words}")
    return found, notes


def _number_format(shapes: list[CellShape], declared: str, settings: Input) -> NumberFormat | TwoWays | NoNumbers:
    if declared:
        return numbers.declared_format(shapes, declared)
    return number_format(shapes, _cells(shapes), decimal=DECIMAL[settings.decimal], percent=False)


def _time_form(shapes: list[CellShape], settings: Input, *, months: bool) -> TimeForm | TimeCount | TwoForms | NoTimes:
    return time_form(shapes, _cells(shapes), declared=settings.dates, months=months)


def _shapes_of_dates(raw: ibis.Table, name: str) -> list[CellShape]:
    """The shapes of a column, but for cells such as 0000-00-00: they are in no form."""
    word = cells.text(raw[name])
    return shapes_in(raw.mutate(**{name: ibis.ifelse(is_no_day(word), ibis.null("string"), word)})[name])


def _cells(shapes: list[CellShape]) -> int:
    return sum(shape.count for shape in shapes)


def _times(profile: _Profile) -> tuple[dict[str, TimeForm | TimeCount], list[str], list[str]]:
    """The forms of the columns of times that are not plain, notes on them, and the columns that were looked at."""
    raw, settings = profile.source.raw, profile.settings
    names = profile.of_type(cells.TIME)
    months = {c for c in names if profile.contract.fields[c].read is cells.month_of_cell}
    declared = {c: settings.date_formats.get(profile.column(c), "") for c in names}

    def plain(name: str, word: ir.StringValue) -> ir.BooleanValue:
        iso = word.re_search(cells.PLAIN_TIME)
        if profile.contract.fields[name].null_dates:
            return iso & ~is_far(word)
        return iso | word.re_search(_MONTH) if name in months else iso

    found: dict[str, TimeForm | TimeCount] = {}
    open_: dict[str, TwoForms] = {}
    looked = [*profile.not_plain(names, plain), *(c for c in names if raw[c].type().is_numeric() or declared[c])]
    for name in dict.fromkeys(looked):
        if raw[name].type().is_temporal():
            continue
        form = BY_NAME.get(declared[name]) or _time_form(_shapes_of_dates(raw, name), settings, months=name in months)
        # Cells in another form are set aside, each for itself, where so many may be.
        if isinstance(form, NoTimes) and form.why and settings.max_reject_share <= USUAL_REJECTS:
            files = profile.source.files
            parts = f" (in {' and '.join(files[:4])}{' and others' if len(files) > 4 else ''})" if files else ""
            raise BadInput(f"{profile.column(name)}{parts}: {form.why}")
        if isinstance(form, TwoForms):
            open_[name] = form
        elif isinstance(form, TimeForm | TimeCount):
            found[name] = form
    orders = {form.name for form in found.values() if form.name in (DAY_FIRST, MONTH_FIRST)}
    table = profile.contract.table
    notes = [f"{table}: {name} is written as {form.name}" for name, form in found.items() if form.name != ISO]
    for name, two in open_.items():
        if len(orders) != 1:
            raise BadInput(
                f'{profile.column(name)}: {two.cells:,} dates such as 03/04/2026 can be "{DAY_FIRST}" or '
                f'"{MONTH_FIRST}", and no cell shows which; say it in [input]: dates = "{DAY_FIRST}", or '
                f'for this column date_formats = {{"{profile.column(name)}" = "{DAY_FIRST}"}}'
            )
        order = next(iter(orders))
        found[name] = BY_NAME[order]
        proof = " and ".join(c for c, form in found.items() if form.name == order and c not in open_)
        notes.append(f"{table}: {name} can be read in two ways, and is read as {order}, because {proof} is")
    if settings.time_zone:
        notes.append(f"{table}: times without an offset are read in {settings.time_zone}")
    return found, notes if names else [], looked


def _all_midnight(profile: _Profile, formats: ColumnFormats) -> frozenset[str]:
    """The columns of times of which every one is midnight."""
    local = ColumnFormats(times=formats.times, zoned=formats.zoned)  # midnight where it was written
    raw = local.applied(profile.source.raw)
    counts = {}
    names = [c for c in formats.zoned if raw[c].type().is_string() or raw[c].type().is_timestamp()]
    for i, name in enumerate(names):
        if (cell := raw[name]).type().is_string():
            filled = cells.text(cell).notnull() & ~is_no_day(cells.text(cell))
            at_midnight = (filled & cells.text(cell).re_search(times.MIDNIGHT)) | times.is_date_only(cell)
        else:
            moment = cell.cast(cells.TIME)
            filled, at_midnight = moment.notnull(), moment == moment.truncate("D")
        counts[f"filled{i}"] = filled.sum()
        counts[f"midnight{i}"] = (filled & at_midnight).sum()
    if not counts:
        return frozenset()
    found = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return frozenset(
        name for i, name in enumerate(names) if found[f"filled{i}"] and found[f"filled{i}"] == found[f"midnight{i}"]
    )
