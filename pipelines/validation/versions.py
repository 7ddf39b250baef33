"""When a row of an export was written: what tells which of several rows of one id is the newest."""

from __future__ import annotations

import ibis.expr.types as ir

from pipelines.sources.files import Source
from scoring.contracts import cells
from scoring.contracts.cells import TIME

#: Columns with the time of the last change or of the synchronisation, without underscores, the most telling first.
UPDATED = (
    "updatedat", "lastmodifieddate", "lastmodifiedat", "lastmodifiedon", "lastmodifiedtime", "lastmodified",
    "modifiedtime", "modifiedon", "modifiedat", "modifieddate", "hslastmodifieddate", "systemmodstamp", "writedate",
    "updatetime", "updatedtime", "updateddate", "updatedon", "updated", "dateupdated", "datemodified", "lastupdated",
    "lastupdatedat", "abcdcupdatedat", "dbtupdatedat", "dbtvalidfrom", "validfrom", "fivetranstart", "fivetransynced",
    "airbyteextractedat", "airbyteemittedat", "sdcextractedat", "sdcbatchedat", "sdcreceivedat", "syncedat",
    "extractedat", "loadedat", "snapshotdate", "snapshotat", "exportedat", "exportdate",
)  # fmt: skip
#: A number above this counts milliseconds from 1970, one below it seconds.
MILLISECONDS = 100_000_000_000


def update_columns(source: Source) -> list[str]:
    """The columns that say when a row was last changed, the most telling first."""
    by_name = {column.replace("_", "").replace("-", ""): column for column in source.columns}
    return [by_name[name] for name in UPDATED if name in by_name]


def moment(cell: ir.Value) -> ir.TimestampValue:
    """The time in a cell; a number counts from 1970."""
    if cell.type().is_numeric():
        seconds = (cell > MILLISECONDS).ifelse(cell / 1000, cell)
        return seconds.cast("int64").as_timestamp("s").cast(TIME)
    return cells.time(cell)


def version_time(source: Source) -> ir.TimestampValue | None:
    """When each row of a source was written: by `known_at`, else by the first update column; None without either."""
    columns = [column for column in ("known_at", *update_columns(source)) if column in source.columns]
    return moment(source.raw[columns[0]]) if columns else None
