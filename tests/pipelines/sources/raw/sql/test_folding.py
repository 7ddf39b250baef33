"""What is left of SQL over columns that are not there."""

import pytest
import sqlglot

from pipelines.sources.raw.sql.folding import folded


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("coalesce(NULL, a, NULL)", "a"),
        ("coalesce(NULL, NULL)", "NULL"),
        ("coalesce(a, 'x', b)", "COALESCE(a, 'x')"),
        ("CASE WHEN NULL = 'x' THEN 1 WHEN a THEN 2 ELSE NULL END", "CASE WHEN a THEN 2 END"),
        ("CASE WHEN FALSE THEN 1 ELSE b END", "b"),
        ("CASE WHEN TRUE THEN a ELSE b END", "a"),
        ("a = 1 AND NOT coalesce(lower(NULL) IN ('a'), FALSE)", "a = 1"),
        ("left(NULL, 2) = 'x' OR b", "b"),
        ("NOT NULL", "NULL"),
        ("NULL IS NULL", "TRUE"),
        ("NOT NULL IS NULL", "FALSE"),
        ("least(NULL, a)", "a"),
        ("least(a, NULL, b)", "LEAST(a, b)"),
        ("concat_ws(';', a, NULL, b)", "CONCAT_WS(';', a, b)"),
        ("coalesce(NULL, 'x') = 'x'", "TRUE"),
        ("'x' <> 'x'", "FALSE"),
        ("max(NULL) OVER (PARTITION BY a)", "NULL"),
        ("row_number() OVER (PARTITION BY NULL ORDER BY NULL, a)", "ROW_NUMBER() OVER (ORDER BY a)"),
        ("nullif(a, NULL)", "a"),
        ("NULL || 'a'", "NULL"),
        ("foo(NULL, 1)", "NULL"),
        ("CAST(NULL AS TEXT)", "NULL"),
        ("count(*)", "COUNT(*)"),
        ("a + 1", "a + 1"),
    ],
)
def test_what_a_missing_column_leaves(sql: str, left: str) -> None:
    assert folded(sqlglot.parse_one(sql, read="duckdb")).sql(dialect="duckdb") == left
