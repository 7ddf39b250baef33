"""The cell of a word is computed once, and is the one that the profile gives to each of its rows."""

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.delivery.cells import ScoreRows, selected
from pipelines.serving.arrow_tables import collected
from scoring.contracts.scores import score_columns
from scoring.crm.known import PROFILES
from tests.scoring.crm.example_scores import ROW
from tests.scoring.crm.expected_cells import accepted, rejected

PARTS = [part for profile in PROFILES.values() for part in (profile, *profile.beside)]
SCHEMA = ibis.schema(score_columns("lead")).to_pyarrow()


def both_ways(rows, part):
    """The cells and the rejects as one expression gives them, and as they are worked out by word."""
    table = pa.Table.from_pylist([ROW | {"rank": rank} | row for rank, row in enumerate(rows, start=1)], SCHEMA)
    plain = ibis.memtable(table)
    engine = ibis.duckdb.connect()
    cells, broken = ScoreRows(engine, "lead", collected(table, ("lead_id", "account_id"), "rank")).cells(part)
    aside = pa.table({"lead_id": table.column("lead_id"), "rule": broken}).filter(pa.compute.is_valid(broken))
    return (
        (
            accepted(part, "lead", plain).to_pyarrow().to_pylist(),
            rejected(part, "lead", plain).to_pyarrow().to_pylist(),
        ),
        (selected(cells, pa.compute.is_null(broken)).to_pylist(), aside.to_pylist()),
    )


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name + part.prefix)
def test_it_is_what_the_profile_says_of_every_row(part):
    ids = ["51", "=1", "", "0017", "a b", "x" * 300, "8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab", None]
    rows = [
        {"lead_id": key, "reason_1": reason, "trend": trend, "grade": grade}
        for key, reason, trend, grade in zip(
            ids,
            ["=1", None, "", "two\nlines", "x" * 300, "\u3000", "=1", "plain"],
            ["new", "rising", "steady", "falling"] * 2,
            "ABCDABCD",
            strict=True,
        )
    ]
    one, other = both_ways(rows, part)
    assert one == other
    assert len(one[0]) + len(one[1]) == len(rows)


@settings(max_examples=10)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=1, max_size=20))
def test_whatever_the_words(words):
    one, other = both_ways([{"lead_id": f"{n}", "why_now": word} for n, word in enumerate(words)], PARTS[0])
    assert one == other


def test_nobody_has_no_cells():
    one, other = both_ways([], PARTS[0])
    assert one == other == ([], [])


def test_all_rows_are_the_table_itself():
    cells = pa.table({"x": ["a", "b"]})
    assert selected(cells, pa.array([True, True])) is cells
    assert selected(cells, pa.array([False, True])).to_pylist() == [{"x": "b"}]
