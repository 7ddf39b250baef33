"""Records of which no version is current: a history of versions says so of a record that was deleted.

Fivetran, dbt snapshots, Delta Live Tables and tables of versions in a warehouse (`is_current`, `valid_to`) keep each
version of a record. The older ones are the past of a record that is there. Where no version is current, the record is
not there any more, and it is left out with a count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.sources.files import ROW, Source
from scoring.cells import ids
from scoring.contracts.column_names import bare_name
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.deletion_marks import FALSE, TRUE, is_there, plain_type, word_of

#: Tables whose rows are versions by their meaning: the last one may be any time ago.
HISTORIES = ("account_history", "lead_history", "opportunity_history", "currencies")
_TOOL = "(?:fivetran|dbt|scd[0-9]?|row|record|version|dwh?|dim|etl|sys(?:tem)?|hist(?:ory)?|snapshot|delta|meta)"
_STAMP = "(?:date|time|datetime|timestamp|ts|at|on|utc)?"
_OF_ROW = "(?:flag|flg|ind|indicator|yn|row|record|version)"
_CURRENT = (
    f"(?:is)?(?:current|curr|latest|newest|mostrecent|aktuell){_OF_ROW}*|(?:is)?active(?:row|record|version)+{_OF_ROW}*"
)
_UNTIL = "(?:to|until|till|thru|through|end)"
#: The names of a column that says whether a version is current, and of the times from and until which it is: those of
#: tools, and those that other columns have too.
_FLAGS = (re.compile(f"{_TOOL}(?:active|{_CURRENT})"), re.compile(_CURRENT))
_ENDS = (
    re.compile(f"{_TOOL}(?:valid|effective|eff)?{_UNTIL}{_STAMP}"),
    re.compile(f"(?:valid|effective|eff){_UNTIL}{_STAMP}|endat|g(?:u|ue)ltigbis"),
)
_STARTS = re.compile(
    f"(?:{_TOOL}|valid|effective|eff)(?:valid|effective|eff)?(?:from|start){_STAMP}|startat|g(?:u|ue)ltig(?:ab|von)"
)
#: Days that stand for no end.
_NO_END = r"^(20[5-9]|2[1-9][0-9]|[3-9][0-9]{2})[0-9]|[./ ](20[5-9]|2[1-9][0-9]|[3-9][0-9]{2})[0-9]([ T]|$)"


@dataclass(frozen=True)
class _Versions:
    """The columns of a table that say which versions are current; `sure` if no other columns have these names."""

    flag: str | None
    end: str | None
    start: str | None
    sure: bool

    @property
    def named(self) -> list[str]:
        return [column for column in (self.flag, self.end) if column is not None]


def without_ended(connection: Any, source: Source) -> Source:
    """The source without the records of which no version is current, and without the columns that say so.

    Of a log, each row that is not current is left out. Columns that may mean something else, such as the `valid_to`
    of a contract, are taken for those of versions only if a flag stands beside a time, or if some ids have an ended
    row and a current one.

    Parameters
    ----------
    connection : ibis backend
    source : Source

    Returns
    -------
    Source
        With the number of rows in `left_out`, a note, and the ids of the records in `gone`.
    """
    contract = next(contract for contract in CONTRACTS if contract.table == source.table)
    found = _versions(source, list(contract.fields))
    if found is None or source.table in HISTORIES:
        return source
    raw = source.raw
    ended = _ended(raw, found)
    keyed = contract.unique and contract.key in raw.columns
    if not keyed and not found.sure:
        return source
    read = raw.select(ROW, read=ids.read_id(raw[contract.key]) if keyed else ibis.null("string"), ended=ended)
    read = connection.create_table(f"read_versions_{source.table}", read, temp=True)
    rows = ids.with_canonical(connection, read, id="read") if keyed else read.mutate(id=ibis.null("string"))
    if keyed:
        each = ibis.window(group_by="id")
        rows = rows.mutate(
            over=rows.ended & rows.ended.all().over(each), mixed=~rows.ended & rows.ended.any().over(each)
        )
        rows = rows.mutate(over=rows.over & rows.id.notnull())
    else:
        rows = rows.mutate(over=rows.ended, mixed=ibis.literal(False))
    rows = connection.create_table(f"versions_{source.table}", rows, temp=True)
    counts = rows.aggregate(
        every=rows.count(),
        ended=rows.ended.sum().fill_null(0),
        over=rows.over.sum().fill_null(0),
        mixed=rows.mixed.sum().fill_null(0),
    )
    count = counts.to_pyarrow().to_pylist()[0]
    names = " and ".join(source.names.get(column, column) for column in found.named)
    if not count["ended"]:
        return source
    if count["ended"] == count["every"]:
        note = f"{source.table}: by {names} no row is current; that cannot be meant, and all rows count"
        return replace(source, notes=(*source.notes, note))
    if not (found.sure or count["mixed"]):
        note = (
            f"{source.table}: by {names} {count['ended']:,} of {count['every']:,} rows have ended; nothing says "
            "whether these records were deleted, and they count: remove them if they were"
        )
        return replace(source, notes=(*source.notes, note))
    kept = raw.drop(*found.named)
    if not count["over"]:
        return replace(source, raw=kept)
    gone = None
    if keyed:
        lost = rows.filter(rows.over).select(gone="id", master=ibis.null("string")).distinct()
        gone = connection.create_table(f"ended_{source.table}", lost, temp=True)
    what = "of records of which no version is current" if keyed else "versions that are not current"
    return replace(
        source,
        raw=kept.anti_join(rows.filter(rows.over), ROW),
        notes=(*source.notes, f"{source.table}: {count['over']:,} rows are left out: {what} ({names})"),
        left_out=source.left_out + count["over"],
        gone=gone,
    )


def _versions(source: Source, fields: list[str]) -> _Versions | None:
    own = sorted(column for column in source.columns if column not in fields and not column.endswith("__c"))

    def named(*patterns: re.Pattern[str]) -> str | None:
        return next((column for pattern in patterns for column in own if pattern.fullmatch(bare_name(column))), None)

    flag, end, start = named(*_FLAGS), named(*_ENDS), named(_STARTS)
    if flag is not None and not _is_flag(source, flag):
        flag = None
    if flag is None and end is None:
        return None
    of_tool = any(
        column is not None and names[0].fullmatch(bare_name(column)) for column, names in ((flag, _FLAGS), (end, _ENDS))
    )
    return _Versions(flag, end, start, of_tool or (flag is not None and (end is not None or start is not None)))


def _is_flag(source: Source, column: str) -> bool:
    cell = source.raw[column]
    if not plain_type(cell):
        return False
    word = word_of(cell)
    unknown = (word.notnull() & word.notin([*TRUE, *FALSE])).any().fill_null(False)
    return not source.raw.aggregate(unknown=unknown).to_pyarrow().to_pylist()[0]["unknown"]


def _ended(raw: ibis.Table, found: _Versions) -> ir.BooleanValue:
    """Whether a version has ended: by the flag, and by the time where the flag is empty or there is none."""
    if found.end is None:
        past = ibis.literal(False)
    else:
        cell = raw[found.end]
        word = word_of(cell) if plain_type(cell) else cell.cast("string")
        past = (is_there(cell) & ~word.re_search(_NO_END)).fill_null(False)
    if found.flag is None:
        return past
    word = word_of(raw[found.flag])
    return ibis.cases((word.isin(TRUE), False), (word.isin(FALSE), True), else_=past)
