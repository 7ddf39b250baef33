"""What a row was made of, in eight bytes: the same for the same, whoever holds it and in whatever form."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.scores.digest import digests, hexadecimal

TEXT = pa.string()
#: Their digests are written down: in a ledger they are compared with those of other years.
ROWS = pa.table(
    {
        "days_since_demo": pa.array([3.0, None, 0.0, 3.0]),
        "industry": pa.array(["Software", None, "", "Software"], TEXT),
    }
)


def told(**columns: Any) -> list[str]:
    return hexadecimal(digests(pa.table(columns))).to_pylist()


def test_it_is_what_it_always_was() -> None:
    assert hexadecimal(digests(ROWS)).to_pylist() == [
        "b6c7c97c8d32e181",
        "8b23ea97a9367a76",
        "972ec12a13986ae5",
        "b6c7c97c8d32e181",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (pa.array([0.0]), pa.array([-0.0]), True),
        (pa.array([3.0]), pa.array([3], pa.int32()), True),
        (pa.array([1.0]), pa.array([True]), True),
        (pa.array([None], pa.float64()), pa.array([float("nan")]), True),
        (pa.array([None], pa.float64()), pa.array([np.uint64(0xFFF8000000000001)]).view(pa.float64()), True),
        (pa.array(["a"]), pa.array(["a"]).dictionary_encode(), True),
        (pa.array(["a"]), pa.array(["a"], pa.large_string()), True),
        (pa.array([None], TEXT), pa.array([""]), False),
        (pa.array([None], TEXT), pa.array(["none"]), False),
        (pa.array([3.0]), pa.array([np.nextafter(3.0, 4.0)]), False),
        (pa.array([0.0]), pa.array([None], pa.float64()), False),
    ],
)
def test_values_are_told_apart_and_forms_are_not(one: pa.Array, other: pa.Array, same: bool) -> None:
    assert (told(x=one) == told(x=other)) is same


def test_a_column_counts_by_its_name_and_its_place() -> None:
    a, b = pa.array([1.0]), pa.array([2.0])
    assert len({told(x=a, y=b)[0], told(x=b, y=a)[0], told(y=b, x=a)[0], told(x=a, z=b)[0], told(x=a)[0]}) == 5


def test_chunks_change_nothing() -> None:
    parts = pa.chunked_array([["a", None], ["b", "a"]], TEXT)
    assert told(x=parts) == told(x=parts.dictionary_encode()) == told(x=parts.combine_chunks())
    assert told(x=pa.chunked_array([], TEXT)) == told(x=pa.chunked_array([], pa.float64())) == []


def test_more_words_than_a_byte_can_count() -> None:
    """DuckDB counts the 256 words of an enum in bytes: a missing one is none of them."""
    words = pa.array([f"w{i}" for i in range(256)])
    codes = pa.array([*range(256), None], pa.uint8())
    column = pa.DictionaryArray.from_arrays(codes, words)
    assert told(x=column) == told(x=column.dictionary_decode())


values = st.one_of(st.none(), st.floats(allow_nan=False), st.integers(-5, 5).map(float))


@settings(max_examples=50)
@given(st.lists(st.tuples(values, values, st.sampled_from([None, "", "a", "b"])), min_size=1, max_size=30))
def test_rows_are_equal_when_their_digests_are(rows: list[tuple[Any, Any, Any]]) -> None:
    first, second, third = zip(*rows, strict=True)
    found = told(a=pa.array(first, pa.float64()), b=pa.array(second, pa.float64()), c=pa.array(third, TEXT))
    normal = [tuple(value + 0.0 if isinstance(value, float) else value for value in row) for row in rows]
    assert len(set(found)) == len(set(normal))
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in found)
