"""The connection to DuckDB gives the tables that Ibis' own gives, with less around each query."""

import ibis
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from pipelines.sources.duckdb import connect

ONE = ibis.memtable(pa.table({"row": [1, 2]}))
TEXT = ibis.literal("1.5")
DAY = ibis.timestamp("2026-06-01 10:00:00")


@pytest.mark.parametrize(
    "value",
    [
        *(ibis.literal(1, kind) for kind in ("int8", "int32", "int64", "uint16", "float32", "float64")),
        *(ibis.literal("ab"), ibis.null("string"), ibis.literal(True), ibis.literal(b"ab")),
        *(TEXT.cast("decimal(12, 3)"), TEXT.cast("decimal"), ibis.literal("{}").cast("json")),
        *(DAY, DAY.date(), DAY.time(), *(DAY.cast(f"timestamp({scale})") for scale in (0, 3, 6, 9))),
        *(DAY.cast("timestamp('UTC')"), ibis.array([1, 2]), ibis.struct({"one": 1, "other": "b"})),
        ONE.row,
    ],
    ids=lambda value: str(value.type()),
)
def test_a_temporary_table_has_the_types_and_rows_that_ibis_gives_it(value):
    connection = connect()
    table = ONE.select(**{'a "name"': value, "row": ONE.row})
    ours = connection.create_table("ours", table, temp=True)
    its_own = Backend.create_table(connection, "its_own", table, temp=True)
    assert ours.schema() == its_own.schema()
    assert ours.order_by("row").to_pyarrow().equals(its_own.order_by("row").to_pyarrow())


def test_a_function_and_a_table_in_memory_are_there_when_they_are_read():
    @ibis.udf.scalar.python
    def doubled(number: int) -> int:
        return 2 * number

    kept = connect().create_table("kept", ONE.select(twice=doubled(ONE.row)), temp=True)
    assert sorted(kept.to_pyarrow()["twice"].to_pylist()) == [2, 4]
