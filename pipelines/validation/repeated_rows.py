"""Several rows with one id, in a table where an id names one row: the newest counts, and the others are its past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config_input import Input
from pipelines.sources.files import ROW, Source
from pipelines.validation.column_formats import column_formats
from pipelines.validation.deal_lines import lines_of
from scoring.cells import cells, ids
from scoring.cells.cells import TIME
from scoring.contracts.column_names import bare_name
from scoring.contracts.contract import Contract, Field
from scoring.versions import VERSION_AT

#: Columns with the time of the last change or of the synchronisation, by their bare names, the most telling first.
UPDATED = (
    "updatedat", "lastmodifieddate", "lastmodifiedat", "lastmodifiedon", "lastmodifiedtime", "lastmodified",
    "modifiedtime", "modifiedon", "modifiedat", "modifieddate", "hslastmodifieddate", "systemmodstamp", "writedate",
    "updatetime", "updatedtime", "updateddate", "updatedon", "updated", "dateupdated", "datemodified", "lastupdated",
    "lastupdatedat", "abcdcupdatedat", "dbtupdatedat", "dbtvalidfrom", "validfrom", "fivetranstart", "startat",
    "effectivefrom", "effectivestart", "effectivestartdate", "effectivestartat", "rowvalidfrom", "recordvalidfrom",
    "rowstartdate", "sysstarttime", "scdvalidfrom", "dwvalidfrom", "dwhvalidfrom", "versionstart", "validfromdate",
    "gultigab", "gultigvon", "gueltigab", "gueltigvon", "fivetransynced",
    "airbyteextractedat", "airbyteemittedat", "sdcextractedat", "sdcbatchedat", "sdcreceivedat", "syncedat",
    "extractedat", "loadedat", "snapshotdate", "snapshotat", "exportedat", "exportdate",
)  # fmt: skip
#: Columns that count the versions of a row, by their bare names. They say which is the newest, but not since when.
COUNTED = (
    "version", "versionnumber", "versionno", "versionnr", "rowversion", "recordversion", "dataversion", "revision",
    "revisionnumber", "rev", "sequencenumber", "changenumber", "lsn", "iteration",
)  # fmt: skip
#: A number above this counts milliseconds from 1970, one below it seconds.
MILLISECONDS = 100_000_000_000
#: The rules of rows that another row of the same id takes the place of. They are counted, and no rejected rows.
SUPERSEDED, REPEATED = "superseded", "repeated_row"


@dataclass(frozen=True)
class RepeatedRows:
    """What was found in the rows of ids that several rows have.

    Attributes
    ----------
    others : Table
        `ROW` and ``rule`` of all rows but the one that counts.
    versions : Table, optional
        Each row that differs, as accepted, with `VERSION_AT`; None where nothing says when rows were written.
    notes : tuple of str
    lines : int
        The ids whose rows are probably the lines of one deal, such as its products, and no versions of it.
    """

    others: ibis.Table
    versions: ibis.Table | None
    notes: tuple[str, ...]
    lines: int = 0


def repeated_rows(
    connection: Any, rows: ibis.Table, source: Source, contract: Contract, content: list[str], settings: Input
) -> RepeatedRows | None:
    """Which of several rows of one id counts: the newest by `known_at`, else by a column with the time of an update.

    A number of the version decides between what was written at one time. Where nothing says it, a won deal counts
    before a lost and an open one, and then the content decides: so the order of the rows changes nothing, and a
    customer stays one. Ids that differ only in how they are written are one id.

    Parameters
    ----------
    connection : ibis backend
    rows : Table
        The rows that break no rule, settled.
    source : Source
        Where they were read.
    contract : Contract
    content : list of str
        The columns of the accepted table, in which rows may differ.
    settings : Input
        Say how times are written.

    Returns
    -------
    RepeatedRows or None
        None where every id has one row.
    """
    key = contract.key
    assert key is not None
    if _all_differ(rows[key], rows):
        return None
    same = ids.with_canonical(connection, rows.select(ROW, __key=key), __id="__key").select("__id", __its=ROW)
    names = same.group_by("__id").agg(times=same.count()).filter(ibis._.times > 1)
    same = connection.create_table(f"same_{source.table}", same.semi_join(names, "__id"), temp=True)
    if not int(same.count().to_pyarrow().as_py()):
        return None
    rows = rows.inner_join(same, rows[ROW] == same["__its"]).drop("__its")
    dated = _dated(rows, source, contract, content, settings)
    by = [column for column in ("known_at", *update_columns(source)[:1]) if column in source.columns]
    life = [ibis.desc(dated.status == state) for state in ("won", "lost")] if "status" in dated.columns else []
    newest_first = [ibis.desc(dated[name], nulls_first=False) for name in ("__known", "__updated", "__version")]
    order = [*newest_first, *life, *[ibis.asc(dated[column], nulls_first=False) for column in content]]
    same = ibis.window(group_by=["__id", *content, "__known", "__updated", "__version"], order_by=[ibis.asc(ROW)])
    ranked = dated.mutate(
        __position=ibis.row_number().over(group_by="__id", order_by=order),
        __time=ibis.dense_rank().over(group_by="__id", order_by=newest_first),
        __copy=ibis.row_number().over(same),
    )
    ranked = connection.create_table(f"repeated_{source.table}", ranked, temp=True)
    others = ranked.filter(ranked["__position"] > 0)
    others = others.select(ROW, rule=ibis.ifelse(others["__copy"] > 0, REPEATED, SUPERSEDED))
    versions = None
    if by:
        distinct = ranked.filter(ranked["__copy"] == 0)
        # All have the id of the row that counts, which the other tables name.
        counts = ranked.filter(ranked["__position"] == 0).select(__its="__id", __name=key)
        distinct = distinct.inner_join(counts, distinct["__id"] == counts["__its"]).mutate(**{key: ibis._["__name"]})
        # A row without a time is the first: it was known when its record was.
        versions = distinct.select(*content, **{VERSION_AT: ibis.coalesce(distinct["__known"], distinct["__updated"])})
        versions = connection.create_table(f"{source.table}_versions", versions, temp=True)
    doubtful = _doubtful(ranked)
    unsure = int(doubtful.count().to_pyarrow().as_py())
    lines = lines_of(connection, source, ranked.semi_join(doubtful, "__id"), contract) if unsure else None
    counted = [c for c in (_version_column(source),) if c is not None]
    notes = _notes(ranked, source.table, key, [*by, *counted], 0 if lines else unsure)
    return RepeatedRows(others, versions, (*notes, *([lines.note] if lines else [])), lines.ids if lines else 0)


def _doubtful(ranked: ibis.Table) -> ibis.Table:
    """The ids whose newest row is unknown."""
    newest = ranked.filter((ranked["__time"] == 0) & (ranked["__copy"] == 0))
    return newest.group_by("__id").agg(rows=newest.count()).filter(ibis._.rows > 1).select("__id")


def _all_differ(id_: ir.StringValue, rows: ibis.Table) -> bool:
    """Whether it is certain that no two ids are one: to compare them as written is faster, and nearly always enough."""
    counts = rows.aggregate(every=rows.count(), different=id_.nunique(), doubtful=(~ids.is_canonical(id_)).sum())
    found = counts.to_pyarrow().to_pylist()[0]
    return found["every"] == found["different"] and not found["doubtful"]


def _dated(repeated: ibis.Table, source: Source, contract: Contract, content: list[str], settings: Input) -> ibis.Table:
    """The rows with `__known`, `__updated` and `__version`, null where the export does not say it."""
    times = {"__known": ibis.null(TIME), "__updated": ibis.null(TIME)}
    by = {"__known": "known_at", "__updated": next(iter(update_columns(source)), "")}
    columns = {name: Field(cells.time, TIME) for name in by.values() if name in source.columns}
    raw = column_formats(source, replace(contract, fields=columns), settings).applied(source.raw)
    times |= {name: cell_time(raw[column]) for name, column in by.items() if column in source.columns}
    counter = _version_column(source)
    times["__version"] = ibis.null("float64") if counter is None else cells.number(raw[counter])
    written = raw.select(__its=raw[ROW], **times)
    read = repeated.select(ROW, "__id", *content)
    return read.inner_join(written, read[ROW] == written["__its"]).drop("__its")


def _notes(ranked: ibis.Table, table: str, key: str, by: list[str], unsure: int) -> tuple[str, ...]:
    others = ranked.filter(ranked["__position"] > 0)
    counted = others.aggregate(
        copies=(others["__copy"] > 0).sum().fill_null(0), older=(others["__copy"] == 0).sum().fill_null(0)
    )
    found = counted.to_pyarrow().to_pylist()[0]
    notes = []
    if found["copies"]:
        notes.append(f"{table}: {found['copies']:,} rows repeat another row word for word; each is read once")
    if found["older"]:
        how = f"the newest by {' and then '.join(by)} counts" if by else "only one row of an id can count"
        notes.append(f"{table}: {found['older']:,} rows are other versions of a row with the same {key}; {how}")
    if unsure:
        lacking = "no known_at and no updated_at" if not by else f"{' and '.join(by)} are equal or empty"
        rule = "a won deal counts before a lost and an open one" if table == "opportunities" else "the content decides"
        notes.append(
            f"{table}: for {unsure:,} ids it is unknown which row is the newest ({lacking}): {rule}; give updated_at"
        )
    return tuple(notes)


def _version_column(source: Source) -> str | None:
    """The column that counts the versions of a row."""
    by_name = {bare_name(column): column for column in sorted(source.columns, reverse=True)}
    found = (by_name[name] for name in COUNTED if name in by_name)
    return next((c for c in found if source.raw[c].type().is_string() or source.raw[c].type().is_numeric()), None)


def update_columns(source: Source) -> list[str]:
    """The columns that say when a row was last changed, the most telling first."""
    by_name = {bare_name(column): column for column in sorted(source.columns, reverse=True)}
    return [by_name[name] for name in UPDATED if name in by_name]


def cell_time(cell: ir.Value) -> ir.TimestampValue:
    """The time in a cell; a number counts from 1970."""
    if cell.type().is_numeric():
        seconds = (cell > MILLISECONDS).ifelse(cell / 1000, cell)
        return seconds.cast("int64").as_timestamp("s").cast(TIME)
    return cells.time(cell)


def version_time(source: Source) -> ir.TimestampValue | None:
    """When each row of a source was written: by `known_at`, else by the first update column; None without either."""
    columns = [column for column in ("known_at", *update_columns(source)) if column in source.columns]
    return cell_time(source.raw[columns[0]]) if columns else None
