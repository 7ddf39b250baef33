"""The SQL that PostgreSQL gets, where what Ibis writes is an error there."""

import ibis
import pytest

from pipelines.sources.duckdb import write_deep_queries
from pipelines.sources.sql_dialects import PostgresqlCompiler


def sql(table: ibis.Table) -> str:
    """As Ibis makes it: without a copy, so that parts that are there twice are one object."""
    compiler = PostgresqlCompiler()
    return str(compiler.to_sqlglot(table).sql(dialect=compiler.dialect, copy=False))


def test_a_semi_join_that_is_read_twice_is_a_question_whether_a_row_exists() -> None:
    write_deep_queries()
    deals, units = (
        ibis.table({"id": "string", "day": "int64"}, name="deals"),
        ibis.table({"id": "string"}, name="units"),
    )
    ours = deals.filter(deals.day > 0).semi_join(units, "id")
    both = ours.inner_join(ours.group_by("id").agg(first=ours.day.min()), "id")
    later = both.filter(both.day > both.first).anti_join(ours.filter(ours.day < 9), "id")
    written = sql(later)
    assert "SEMI JOIN" not in written
    assert "ANTI JOIN" not in written
    assert written.count("WHERE EXISTS(") == 2
    assert written.count("WHERE NOT EXISTS(") == 1
    assert written.count("INNER JOIN") == 1


def test_a_text_is_hashed_in_utf8() -> None:
    table = ibis.table({"id": "string"}, name="units")
    assert "MD5(CONVERT_TO(" in sql(table.select(hash=table.id.hexdigest("md5"))).upper()
    with pytest.raises(NotImplementedError, match="sha256"):
        sql(table.select(hash=table.id.hexdigest("sha256")))
