"""Types that no number and no time can have: the run stops, and says which column holds what."""

from datetime import date, time

import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BadInput
from pipelines.sources.value_types import _cannot_be
from tests.pipelines.crm_export import export, read

MONEY = pa.struct([("value", pa.float64()), ("currency", pa.string())])
#: The column of opportunities, its cells, and what is said of it.
REFUSED = [
    (
        "amount",
        pa.array([{"value": 5.0, "currency": "EUR"}], MONEY),
        "structures of value, currency, and must hold a n",
    ),
    ("amount", pa.array([date(2026, 1, 2)]), "dates, and must hold a number: a program took the numbers for days"),
    ("closed_at", pa.array([time(7, 30)]), "times of a day without the day, and must hold a time"),
    ("opportunity_id", pa.array([{"value": 5.0, "currency": "EUR"}], MONEY), "must hold text: export the part of them"),
]


@pytest.mark.parametrize(("column", "cells", "said"), REFUSED)
def test_a_column_that_cannot_be_read_is_named(tmp_path, column, cells, said):
    sound = {"opportunity_id": "D1", "account_id": "A1", "created_at": "2026-01-01", "closed_at": "2026-02-01"}
    columns = {name: pa.array([cell]) for name, cell in (sound | {"status": "won", "amount": "5"}).items()}
    folder = export(tmp_path, opportunities=None)
    pq.write_table(pa.table(columns | {column: cells}), folder / "opportunities.parquet")
    with pytest.raises(BadInput, match=f"the column {column} of the table opportunities .* holds .*{said}"):
        read(folder)


@pytest.mark.parametrize(
    ("kind", "wanted", "needed", "found"),
    [
        ("array<string>", "a number", False, "lists"),
        ("map<string, string>", "a time", False, "maps of keys and values"),
        ("binary", "a number", False, "binary data that is no UTF-8 text"),
        ("interval('us')", "a number", False, "durations"),
        ("boolean", "a time", False, "only true and false"),
        ("struct<a: int64>", "", True, "structures of a"),
        ("struct<a: int64>", "", False, ""),
        ("array<string>", "", True, ""),
        ("timestamp('UTC')", "a time", True, ""),
        ("date", "a time", True, ""),
        ("int64", "a time", True, ""),
        ("decimal(18, 2)", "a number", True, ""),
        ("string", "a number", True, ""),
        ("null", "a number", False, ""),
        ("json", "", True, ""),
    ],
)
def test_what_a_type_can_be(kind, wanted, needed, found):
    assert _cannot_be(dt.dtype(kind), wanted, needed=needed)[0] == found
