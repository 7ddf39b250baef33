"""Objects and pairs in cells, as APIs write references: each part is a column."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init
from pipelines.sources.raw.raw_cells import flat, without_headers
from pipelines.sources.raw.raw_source import headers_of
from tests.pipelines.sources.raw.exports import made


@pytest.mark.parametrize(
    ("column", "cells", "found"),
    [
        (
            "Account_Name",
            ['{"id": "55", "name": "Acme \\"X\\""}', None, ""],
            {"Account_Name": ['Acme "X"', None, None], "Account_Name.id": ["55", None, None]},
        ),
        (
            "Account_Name",
            ["{'name': \"O'Neil\", 'id': 55}", "{'name': None, 'id': None}"],
            {"Account_Name": ["O'Neil", None], "Account_Name.id": ["55", None]},
        ),
        (
            "org_id",
            ['{"value": 7, "name": "Acme", "people_count": 2}'],
            {"org_id": ["7"], "org_id.value": ["7"], "org_id.name": ["Acme"], "org_id.people_count": ["2"]},
        ),
        (
            "partner_id",
            ["[7, 'Acme, Inc.']", "False"],
            {"partner_id": ["7", None], "partner_id.name": ["Acme, Inc.", None]},
        ),
        ("email", ["[{'label': 'work', 'value': 'a@x.com'}, {'value': 'b@x.com'}]"], {"email": ["a@x.com"]}),
        ("email", ['[{"value": "a@x.com", "primary": true}]', "[]"], {"email": ["a@x.com", None]}),
        ("tags", ["[7, 8]"], {"tags": ["[7, 8]"]}),
        ("note", ["{see above}", '{"id": 1, "name": "x"}'], {"note": ["{see above}", '{"id": 1, "name": "x"}']}),
        ("note", ["plain"], {"note": ["plain"]}),
    ],
)  # fmt: skip
def test_parts_of_objects_are_columns(column: str, cells: list[str | None], found: dict[str, list[str | None]]) -> None:
    con = duckdb.connect()
    con.register("given", pa.table({column: pa.array(cells, pa.string())}))
    con.execute("CREATE TABLE given_as AS FROM given")
    query = f"SELECT {flat(con, 'given_as') or '*'} FROM given_as"
    names = [row[0] for row in con.execute(f"DESCRIBE {query}").fetchall()]
    came = dict(zip(names, zip(*con.execute(query).fetchall(), strict=True), strict=True))
    assert {name: list(came[name]) for name in found} == found


def test_only_whole_headers_are_taken_out() -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS FROM (VALUES ('Id', 'Name'), ('1', 'Name'), ('Id ', 'Name'), (NULL, NULL)) v(a, b)")
    assert without_headers(con, "t", {"a": "Id", "b": " Name"}) == 2
    assert con.execute("FROM t").fetchall() == [("1", "Name"), (None, None)]


def test_structures_of_parquet_are_known_by_their_parts(tmp_path: Path) -> None:
    rows = {"id": ["1"], "properties": [{"dealname": "A", "dealstage": "closedwon"}], "archived": [False]}
    pq.write_table(pa.table(rows), tmp_path / "deals.parquet")
    (relation,) = headers_of(tmp_path).relations
    assert list(relation.types) == ["id", "properties", "properties.dealname", "properties.dealstage", "archived"]


def test_an_export_of_an_api_gives_ids(tmp_path: Path) -> None:
    account = '"{""id"": ""11"", ""name"": ""Acme""}"'
    out = made(
        tmp_path,
        {
            "Deals.csv": "id,Deal_Name,Stage,Closing_Date,Created_Time,Account_Name,Contact_Name\n"
            f'1,A,Closed Won,2024-05-01,2024-04-01T09:00:00+02:00,{account},"{{""id"": ""21"", ""name"": ""Ann""}}"\n',
            "Accounts.csv": "id,Account_Name,Website,Created_Time\n11,Acme,acme.com,2024-01-01T09:00:00+02:00\n",
            "Contacts.csv": f"id,Last_Name,Account_Name,Created_Time\n21,Lee,{account},2024-01-02T09:00:00+02:00\n",
        },
    )
    assert out.rows("opportunities", "opportunity_id", "account_id", "lead_id") == [("1", "11", "21")]
    assert out.rows("leads", "lead_id", "account_id") == [("21", "11")]


def test_what_the_api_of_odoo_leaves_empty_is_false(tmp_path: Path) -> None:
    out = made(
        tmp_path,
        {
            "crm_lead.csv": "id,name,type,stage_id,probability,active,expected_revenue,create_date,date_closed,"
            "partner_id\n"
            "1,A,opportunity,\"[4, 'Won']\",100,True,9,2024-04-01 10:00:00,2024-05-01 10:00:00,\"[7, 'Acme']\"\n"
            "2,B,opportunity,\"[1, 'New']\",10,True,9,2024-04-01 10:00:00,False,\"[8, 'Acme, Ann']\"\n",
            "crm_stage.csv": "id,name,is_won\n4,Won,True\n1,New,False\n",
            "res_partner.csv": "id,name,is_company,parent_id,website,create_date\n"
            "7,Acme,True,False,False,2024-01-01 10:00:00\n8,Ann,False,\"[7, 'Acme']\",False,2024-01-01 10:00:00\n",
        },
    )
    assert out.rows("opportunities", "opportunity_id", "account_id", "status", "closed_at", "stage") == [
        ("1", "7", "won", "2024-05-01 10:00:00", "Won"),
        ("2", "7", "open", "", "New"),
    ]
    assert out.rows("accounts", "account_id", "domain") == [("7", "")]


DEALS = [
    (
        "501",
        '{"dealname": "A", "dealstage": "x", "closedate": "2025-03-01", "hs_is_closed_won": "true"}',
        '["11", "12"]',
    ),
    ("502", '{"dealname": "B", "dealstage": "lost", "closedate": "2025-03-02", "hs_is_closed_won": ""}', '["12"]'),
]


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_objects_in_a_database_are_read_by_their_parts(kind: str, tmp_path: Path) -> None:
    """As Airbyte copies HubSpot: the values of a record are one object, and its companies are a list."""
    made = "CREATE TABLE deals (id TEXT, properties TEXT, companies TEXT, createdAt TEXT)"
    rows = [(*row, "2025-01-05 09:00:00") for row in DEALS]
    if kind == "duckdb":
        with duckdb.connect(str(tmp_path / "crm.db")) as database:
            database.execute("CREATE SCHEMA hubspot; USE hubspot")
            database.execute(made.replace("properties TEXT", "properties JSON"))
            database.executemany("INSERT INTO deals VALUES (?, ?, ?, ?)", rows)
    else:
        with closing(sqlite3.connect(tmp_path / "crm.db")) as other:
            other.execute(made)
            other.executemany("INSERT INTO deals VALUES (?, ?, ?, ?)", rows)
            other.commit()
    init(tmp_path / "crm.db", tmp_path / "out", say=lambda _: None)
    deals = open_sources(connect(), tmp_path / "out" / "crm.sql").tables["opportunities"].raw
    found = deals.select("opportunity_id", "account_id", "status", "closed_at").order_by("opportunity_id").to_pyarrow()
    assert [tuple(str(cell) for cell in row.values()) for row in found.to_pylist()] == [
        ("501", "11", "won", "2025-03-01"), ("502", "12", "lost", "2025-03-02"),
    ]  # fmt: skip
