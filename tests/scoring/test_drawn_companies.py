"""Which companies are drawn: by a hash that is written out here, whole ones, and the same for every share above."""

import hashlib
from dataclasses import replace

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.drawn_companies import is_drawn, of_drawn_companies
from scoring.tables import Tables
from tests.scoring.example_market import CONNECTION, example, keep

MARKET = example()
SALT = "company 7"
COMPANIES = ("A1", "A2", "A3", "A4", "A5", "A6", "lead:L5")

#: The rows of A1, A4, A5 and the lead L5, by the first id of each; activities by their leads.
ROWS = {
    "accounts": ["A1", "A4", "A5"],
    "leads": ["L1", "L2", "L5", "L6", "L7"],
    "activities": ["L1"] * 5 + ["L2"] * 3 + ["L5", "L6", "L6", "None"],
    "opportunities": ["O1", "O4", "O5", "O6"],
    "account_history": ["A1"] * 4 + ["A4"],
    "opportunity_history": ["O1"] * 5,
    "contact_roles": ["O1"],
}


def place(company: str) -> float:
    """Where its hash lies, from 0 to 1, without Ibis and without a database."""
    return int(hashlib.md5(f"{SALT} {company}".encode()).hexdigest()[:8], 16) / 16**8


def ids(tables: Tables) -> dict[str, list[str]]:
    """The first id of every row, by table."""
    found = {}
    for name, table in tables.present():
        key = "lead_id" if name == "activities" else table.columns[0]
        cells = CONNECTION.to_pyarrow(table.select(key))[key].to_pylist()
        found[name] = sorted(map(str, cells))
    return found


def test_the_rows_of_whole_companies_are_drawn() -> None:
    assert [company for company in COMPANIES if place(company) < 0.5] == ["A1", "A4", "A5", "lead:L5"]
    assert ids(of_drawn_companies(MARKET, 0.5, SALT, keep)) == ROWS


@settings(max_examples=10)
@given(st.floats(0.01, 0.99), st.text(max_size=5).map(lambda text: text.replace("\0", "")))
def test_a_larger_share_has_all_of_a_smaller_one(share: float, salt: str) -> None:
    table = ibis.memtable({"id": [*COMPANIES, "ä", ""]})
    less, more = (
        CONNECTION.to_pyarrow(table.filter(is_drawn(table.id, 0.0, end, salt)))["id"].to_pylist()
        for end in (share / 2, share)
    )
    assert set(less) <= set(more)
    rest = CONNECTION.to_pyarrow(table.filter(is_drawn(table.id, share, 1.0, salt)))["id"].to_pylist()
    assert sorted([*more, *rest]) == sorted([*COMPANIES, "ä", ""])


@pytest.mark.parametrize("table", ["accounts", "leads", "contact_roles", "activities"])
def test_without_one_of_the_tables(table: str) -> None:
    some = of_drawn_companies(replace(MARKET, **{table: None}), 0.5, SALT, keep)
    # Without leads nobody is alone, and what an activity's lead is nobody knows.
    fewer = {"opportunities": ["O1", "O4", "O6"], "activities": ["L6", "L6", "None"]} if table == "leads" else {}
    assert ids(some) == {name: rows for name, rows in ROWS.items() if name != table} | fewer
