"""The cells of many columns of text as one long table."""

import ibis
import pytest

from pipelines.intake.persons.removal import _in_duckdb, _on_engine
from pipelines.sources.duckdb import connect
from pipelines.sources.text_cells import commonest_texts, text_cells

#: Names of columns that a query must not take for its own, or for words of SQL.
CELLS = {
    "nth": ["a", None, "a"],
    "cell": [" ", "two words", "x\x07y"],
    'a "quoted" name': ["ann@acme.com", "", "ann@acme.com"],
    "select": [None, None, None],
}
TABLE = ibis.memtable(CELLS, schema=dict.fromkeys(CELLS, "string"))


def test_the_long_table_has_all_filled_cells_and_is_gone_afterwards():
    connection = connect()
    with text_cells(connection, TABLE, ["nth", 'a "quoted" name', "select"]) as long:
        found = sorted((row["nth"], row["cell"]) for row in long.to_pyarrow().to_pylist())
    assert found == [(0, "a"), (0, "a"), (1, ""), (1, "ann@acme.com"), (1, "ann@acme.com")]
    left = connection.con.execute("SELECT view_name FROM duckdb_views() WHERE view_name LIKE '%_texts_%'").fetchall()
    assert left == []


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        ("nth", {"filled": 2, "perhaps": 0, "control": 0, "words": 0}),
        ("cell", {"filled": 2, "perhaps": 0, "control": 1, "words": 2}),
        ('a "quoted" name', {"filled": 2, "perhaps": 2, "control": 0, "words": 0}),
    ],
)
def test_cells_of_persons_are_counted_alike_in_the_long_and_in_the_wide_table(column, counts):
    for counted in (_in_duckdb, _on_engine):
        (found,) = (row for row in counted(connect(), TABLE, list(CELLS)) if row["name"] == column)
        assert {what: found[what] or 0 for what in counts} == counts, counted


def test_the_commonest_texts_come_first_and_the_others_in_their_order(monkeypatch):
    cells = {"kind": ["b", "c", "a", "c", None, "x y"], "none": [None] * 6, "other": ["b"] * 6}
    table = ibis.memtable(cells, schema=dict.fromkeys(cells, "string"))
    expected = {"kind": [("c", 2), ("a", 1)], "none": [], "other": [("b", 6)]}
    connection = connect()
    monkeypatch.setattr("pipelines.sources.text_cells.FETCHED_AT_ONCE", 2)
    assert commonest_texts(connection, table, list(cells), 2, lambda cell: cell != "x y") == expected
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.sources.text_cells.ROWS_A_COLUMN", 1)
        assert commonest_texts(connection, table, list(cells), 2, lambda cell: cell != "x y") == expected
    # As on an engine that has no long tables.
    monkeypatch.setattr(type(connection), "name", "another")
    assert commonest_texts(connection, table, list(cells), 2, lambda cell: cell != "x y") == expected
