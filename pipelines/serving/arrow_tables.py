"""Tables in memory, as Arrow, and the Parquet files that they become: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa


def collected(table: ibis.Table | pa.Table | Path, keys: Sequence[str], order: str) -> pa.Table:
    """Fetch a table, in one order whatever the engine.

    Parameters
    ----------
    table : ibis.Table, pyarrow.Table or Path
        A path names a Parquet file.
    keys : sequence of str
        Texts that hardly repeat. All others come as dictionaries: what they say is said in few words.
    order : str
        The column to sort by; no two rows have the same.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if isinstance(table, Path):
        table = pq.read_table(table)
    elif not isinstance(table, pa.Table):
        table = _fetched(table)
    columns = {name: table.column(name) for name in table.column_names}
    for name, column in columns.items():
        if name not in keys and pa.types.is_string(column.type):
            columns[name] = column.dictionary_encode()
        if pa.types.is_dictionary(columns[name].type):
            # DuckDB's are the words of all rows that it looked at, and only those of one chunk.
            columns[name] = columns[name].unify_dictionaries()
    return sorted_by(pa.table(columns), order)


def _fetched(table: ibis.Table) -> pa.Table:
    """The rows of a table; of one that DuckDB holds without Ibis's conversions, which cost as much again."""
    import ibis.expr.operations as ops

    connection = table.get_backend()
    if connection.name == "duckdb" and type(table.op()) is ops.DatabaseTable:
        return connection.con.sql(connection.compile(table)).to_arrow_table()
    return table.to_pyarrow()


def sorted_by(table: pa.Table, order: str) -> pa.Table:
    """The rows in the order of a column; the table itself where they are."""
    import pyarrow.compute as pc

    column = table.column(order)
    if len(table) < 2 or pc.all(pc.less_equal(column[:-1], column[1:])).as_py():
        return table
    return table.take(pc.sort_indices(column))


def beside_row_above(table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    """The rows with what some of their columns are in the row above; null in the first.

    Parameters
    ----------
    table : pyarrow.Table
    columns : mapping of str
        By the name of the further column, the column of the row above.
    """
    import pyarrow as pa

    for name, column in columns.items():
        own = table.column(column)
        first = pa.nulls(min(1, len(table)), own.type)
        table = table.append_column(name, pa.chunked_array([first, *own[:-1].chunks], own.type))
    return table


def write_parquet(table: pa.Table, path: Path, *, compression: str = "snappy", keys: Sequence[str] = ()) -> None:
    """Write a table; a dictionary becomes plain text, and only `keys` have statistics where some are named."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    repeated = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    pq.write_table(
        table,
        path,
        compression=compression,
        compression_level=1 if compression == "zstd" else None,
        use_dictionary=repeated,
        write_statistics=list(keys) or True,
        store_schema=False,  # else a reader would get dictionaries, and pandas categories
    )
