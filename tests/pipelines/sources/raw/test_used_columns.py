"""Which columns of a raw export a mapping uses."""

import pytest
import sqlglot

from pipelines.sources.raw.used_columns import columns_of_several, used_columns

#: A query, and by table some columns that it uses; None where it needs them all.
QUERIES: list[tuple[str, dict[str, set[str] | None]]] = [
    ('SELECT o.id, "Deal - Name" FROM raw.Opp AS o WHERE x > 1', {"opp": {"id", "deal - name", "x"}}),
    ("SELECT a FROM raw.opp JOIN raw.acc USING (acc_id)", {"opp": {"a", "acc_id"}, "acc": {"a", "acc_id"}}),
    ("SELECT count(*) FROM raw.opp", {"opp": set()}),
    ("SELECT * FROM (SELECT b FROM raw.opp)", {"opp": {"b"}}),
    ("SELECT * FROM raw.opp", {"opp": None}),
    ("SELECT o.* EXCLUDE (x) FROM raw.opp AS o", {"opp": None}),
    ("FROM raw.opp", {"opp": None}),
    ("SELECT COLUMNS('x.*') FROM raw.opp", {"opp": None}),
    ("SELECT #1 FROM raw.opp", {"opp": None}),
    ("SELECT to_json(o) FROM raw.opp AS o", {"opp": None}),
    ("SELECT b FROM raw.opp NATURAL JOIN raw.acc", {"opp": None, "acc": None}),
    ("SELECT * FROM (PIVOT raw.opp ON y USING sum(z))", {"opp": None}),
    ("WITH c AS (SELECT * FROM raw.lead) SELECT x FROM c JOIN raw.opp ON true", {"lead": None, "opp": {"x"}}),
    ("SELECT x FROM raw.opp UNION ALL BY NAME SELECT * FROM raw.acc", {"opp": {"x"}, "acc": None}),
    ("SELECT x FROM accounts", {}),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=[query for query, _ in QUERIES])
def test_the_columns_of_a_query(query: str, expected: dict[str, set[str] | None]) -> None:
    found = used_columns(sqlglot.parse_one(query, read="duckdb"))
    assert set(found) == set(expected)
    for table, columns in expected.items():
        known = found[table]
        assert (known is None) == (columns is None)
        assert not columns or (known is not None and columns <= known)


def test_what_one_query_needs_whole_is_needed_whole() -> None:
    parts = [{"a": frozenset({"x"}), "b": None}, {"a": frozenset({"y"}), "b": frozenset({"z"})}]
    assert columns_of_several(parts) == {"a": frozenset({"x", "y"}), "b": None}
    assert columns_of_several(parts[::-1]) == {"a": frozenset({"x", "y"}), "b": None}
