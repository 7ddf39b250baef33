"""Tables in memory, and the Parquet files that they become."""

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.serving.arrow_tables import beside_row_above, collected, write_parquet

ROWS = {"lead_id": ["b", "a", "c"], "rank": [2, 1, 3], "grade": ["A", "B", None], "share": [0.5, 0.25, None]}
ORDERED = [
    {"lead_id": "a", "rank": 1, "grade": "B", "share": 0.25},
    {"lead_id": "b", "rank": 2, "grade": "A", "share": 0.5},
    {"lead_id": "c", "rank": 3, "grade": None, "share": None},
]


def as_arrow(folder: Path) -> pa.Table:
    return pa.table(ROWS)


def as_file(folder: Path) -> Path:
    pq.write_table(pa.table(ROWS), folder / "rows.parquet")
    return folder / "rows.parquet"


def as_memtable(folder: Path) -> ibis.Table:
    return ibis.memtable(pa.table(ROWS))


def as_expression(folder: Path) -> ibis.Table:
    return as_table(folder).filter(ibis._["rank"] > 0)


def as_table(folder: Path) -> ibis.Table:
    return ibis.duckdb.connect().create_table("rows", pa.table(ROWS))


def as_enum(folder: Path) -> ibis.Table:
    engine: Any = ibis.duckdb.connect()
    engine.create_table("rows", pa.table(ROWS))
    engine.raw_sql("CREATE TABLE words AS SELECT * REPLACE (grade::ENUM ('A', 'B') AS grade) FROM rows")
    return engine.table("words")


@pytest.mark.parametrize("form", [as_arrow, as_file, as_memtable, as_expression, as_table, as_enum])
def test_any_form_of_table_is_fetched_in_one_order(form: Any, tmp_path: Path) -> None:
    found = collected(form(tmp_path), ("lead_id",), "rank")
    assert found.to_pylist() == ORDERED
    assert [pa.types.is_dictionary(kind) for kind in found.schema.types] == [False, False, True, False]


def test_a_file_has_plain_texts_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_parquet(collected(pa.table(ROWS), ("lead_id",), "rank"), tmp_path / name, compression="zstd")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    read = pq.read_table(tmp_path / "one")
    assert read.to_pylist() == ORDERED
    assert [str(kind) for kind in read.schema.types] == ["string", "int64", "string", "double"]


@pytest.mark.parametrize("keys", [(), ("lead_id",)])
def test_only_keys_have_statistics_where_some_are_named(keys: tuple[str, ...], tmp_path: Path) -> None:
    write_parquet(pa.table(ROWS), tmp_path / "rows", keys=keys)
    group = pq.ParquetFile(tmp_path / "rows").metadata.row_group(0)
    has = [group.column(i).path_in_schema for i in range(4) if group.column(i).statistics]
    assert has == list(keys or ROWS)


def test_nobody_is_a_table_too(tmp_path: Path) -> None:
    nobody = pa.table(ROWS).slice(0, 0)
    write_parquet(collected(nobody, ("lead_id",), "rank"), tmp_path / "rows")
    assert pq.read_table(tmp_path / "rows").to_pylist() == []


@pytest.mark.parametrize("parts", [(0, 3), (1, 2), (2, 1), (0, 0)])
def test_a_row_has_what_the_row_above_has(parts: tuple[int, int]) -> None:
    rows = pa.concat_tables([pa.table(ROWS).slice(0, parts[0]), pa.table(ROWS).slice(parts[0], parts[1])])
    found = beside_row_above(rows, {"above": "rank", "before": "share"}).select(["rank", "above", "before"])
    expected = [(2, None, None), (1, 2, 0.5), (3, 1, 0.25)][: sum(parts)]
    assert [tuple(row.values()) for row in found.to_pylist()] == expected
