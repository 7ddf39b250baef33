"""Header lines in the middle of a table: of exports that were put together, or of a report in pages."""

from __future__ import annotations

from dataclasses import replace

import ibis

from pipelines.errors import BadInput
from pipelines.sources.source import Source
from scoring.contracts.crm import CONTRACTS

#: The share of the cells of a line that must be names of columns; the configuration may have put others into words.
NAMES = 0.8


def without_headers(source: Source) -> Source:
    """The source without lines that repeat the header, which are counted.

    Only CSV files and workbooks can have such lines: in other formats columns have a type.

    Parameters
    ----------
    source : Source

    Raises
    ------
    BadInput
        If such a line has the columns in another order: what is below it stands in the wrong columns.
    """
    if source.typed:
        return source
    raw, columns = source.raw, source.columns
    required = next(contract for contract in CONTRACTS if contract.table == source.table).required()
    looked = next((column for column in required if column in columns), None)
    types = raw.schema()
    if looked is None or len(columns) < 2 or not all(types[column].is_string() for column in columns):
        return source
    own = {column: [column, source.names.get(column, column)] for column in columns}
    every = sorted({name for names in own.values() for name in names})
    perhaps = raw[looked].isin(every)
    if not raw.filter(perhaps).limit(1).count().to_pyarrow().as_py():
        return source

    def names(of: dict[str, list[str]]) -> ibis.expr.types.BooleanValue:
        hits = [ibis.ifelse(raw[column].strip().isin(of[column]).fill_null(False), 1, 0) for column in columns]
        return perhaps.fill_null(False) & (sum(hits[1:], hits[0]) >= NAMES * len(columns))

    header, moved = names(own), names(dict.fromkeys(columns, every))
    count = raw.aggregate(headers=header.sum().fill_null(0), moved=(moved & ~header).sum().fill_null(0))
    found = count.to_pyarrow().to_pylist()[0]
    if found["moved"]:
        raise BadInput(
            f"{source.name}: {found['moved']:,} lines within it name the columns in another order than the first line: "
            "what stands below them is in other columns; export the table again, or cut the file into parts there"
        )
    if not found["headers"]:
        return source
    note = f"{source.table}: {found['headers']:,} lines that repeat the header are left out"
    kept, left_out = raw.filter(~header), source.left_out + found["headers"]
    return replace(source, raw=kept, notes=(*source.notes, note), left_out=left_out)
