"""Names and texts in SQL."""

import duckdb
import pytest

from scoring.sql_text import literal, quoted


@pytest.mark.parametrize("word", ["plain", "O'Neill", 'say "no"', "'", '"', "a;b -- c"])
def test_a_name_and_a_text_come_back_as_they_were(word: str) -> None:
    found = duckdb.sql(f"SELECT {literal(word)} AS {quoted(word)}")
    assert (found.columns, found.fetchall()) == ([word], [(word,)])
