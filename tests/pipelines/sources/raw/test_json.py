"""Raw exports that tools write from APIs: JSON in all of its forms, Airbyte's raw tables, files that are no tables."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import BadInput
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.formats.json_file import load_json
from pipelines.sources.raw.init import init
from tests.pipelines.sources.raw.exports import made

RECORDS = '{"id": "1", "b": {"c": 2}}', '{"id": "2", "B": null, "d": [1]}'
FORMS = {
    "one record a line": "\n".join(RECORDS),
    "a list": f"[{', '.join(RECORDS)}]",
    "a list with a byte order mark": f"\ufeff[{', '.join(RECORDS)}]",
    "one page": f'{{"results": [{", ".join(RECORDS)}], "paging": {{"next": {{"after": "2"}}}}}}',
    "pages": "\n".join(f'{{"@odata.context": "…", "value": [{record}]}}' for record in RECORDS),
    "an answer of a command": f'{{"status": 0, "result": {{"totalSize": 2, "records": [{", ".join(RECORDS)}]}}}}',
    "an answer of Odoo": f'{{"jsonrpc": "2.0", "id": 1, "result": [{", ".join(RECORDS)}]}}',
    "records over several lines": json.dumps(json.loads(RECORDS[0]), indent=1) + json.dumps(json.loads(RECORDS[1])),
}
#: What HubSpot's API gives: two deals, of which one is of the second company that is named, and the first is primary.
PAGE = {
    "results": [
        {
            "id": "7",
            "properties": {
                "dealname": "A", "dealstage": "closedwon", "pipeline": "default", "amount": "10",
                "closedate": "2025-03-01T00:00:00Z", "createdate": "2025-01-01T00:00:00Z", "hs_is_closed_won": "true",
            },
            "archived": False,
            "associations": {
                "companies": {
                    "results": [
                        {"id": "98", "type": "deal_to_company_unlabeled"},
                        {"id": "99", "type": "deal_to_company"},
                    ]
                },
                "contacts": {"results": [{"id": "5", "type": "deal_to_contact"}]},
            },
        }
    ]
}  # fmt: skip
DEAL = {
    "dealname": "A", "dealstage": "closedlost", "pipeline": "default", "createdate": "2025-01-01T00:00:00Z",
    "closedate": "2025-03-01T00:00:00Z", "amount": "10", "hs_is_closed_won": "false",
}  # fmt: skip
#: Versions of records as Airbyte keeps them: the newest counts.
RAW_ROWS = [
    ("2025-01-02", {"id": "7", "properties": DEAL, "companies": ["99"]}),
    ("2025-03-02", {"id": "7", "properties": {**DEAL, "dealstage": "closedwon", "hs_is_closed_won": "true"},
                    "companies": ["99"]}),
    ("2025-01-02", {"id": "8", "properties": DEAL, "companies": ["98"]}),
]  # fmt: skip
ROLES = ("opportunity_id", "account_id", "status")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_json_gives_the_same_table(form: str, tmp_path: Path) -> None:
    con, path = duckdb.connect(), tmp_path / "a.json"
    path.write_text(FORMS[form], encoding="utf-8")
    notes = load_json(con, path, "a.json", "t")
    assert con.execute("FROM t").fetchall() == [("1", '{"c":2}', None, None), ("2", None, None, "[1]")]
    assert [row[0] for row in con.execute("DESCRIBE t").fetchall()] == ["id", "b", "B 2", "d"]
    assert bool(notes) == (form == "one page")  # which says that another one comes


def test_false_is_empty_where_others_have_no_flag(tmp_path: Path) -> None:
    con, path = duckdb.connect(), tmp_path / "a.json"
    path.write_text('[{"a": false, "b": false}, {"a": "x", "b": true}, {"a": null, "b": null}]')
    load_json(con, path, "a.json", "t")
    assert con.execute("FROM t").fetchall() == [(None, "false"), ("x", "true"), (None, None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"name": "crm", "version": 3', "is no JSON that can be read"),
        ("[1, 2]", "holds no table"),
        ("[]", "holds no table"),
        ("", "holds no table"),
        ("{}", "holds no table"),
    ],
)
def test_what_is_no_table_is_named(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=words):
        load_json(duckdb.connect(), path, "a.json", "t")


def test_pages_of_hubspot_with_nested_associations_and_files_of_systems(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with gzip.open(tmp_path / "raw/contacts.json.gz", "wt") as file:
        file.write('{"id": "5", "properties": {"email": "a@b.de", "firstname": "A", "createdate": "2025-01-01"}}\n')
    out = made(
        tmp_path,
        {
            "deals.json": json.dumps(PAGE),
            "_companies.csv": "Record ID,Company name,Company Domain Name\n99,A,a.de\n98,B,b.de\n",
            "_SUCCESS": "1",
            ".DS_Store": "1",
            "~$companies.xlsx": "1",
            "settings.json": '{"a": [1]}',
        },
    )
    assert out.rows("opportunities", *ROLES) == [("7", "99", "won")]
    assert out.rows("accounts", "account_id", "domain") == [("98", "b.de"), ("99", "a.de")]
    assert out.rows("contact_roles", "opportunity_id", "lead_id") == [("7", "5")]
    assert out.rows("leads", "lead_id", "email") == [("5", "a@b.de")]
    assert "such files: .DS_Store, _SUCCESS, ~$companies.xlsx" in out.page


def test_salesforce_pages_with_records_below_others(tmp_path: Path) -> None:
    out = made(
        tmp_path,
        {
            "Opportunity.json": json.dumps({"done": True, "records": [{
                "attributes": {"type": "Opportunity"}, "Id": "006A", "AccountId": "001A", "StageName": "Won",
                "IsWon": True, "IsClosed": True, "CloseDate": "2025-03-01", "Amount": 1e6, "IsDeleted": False,
                "CreatedDate": "2025-01-01T00:00:00.000+0000", "Account": {"Name": "A"},
            }]}),
            "Account.jsonl": '{"Id": "001A", "Name": "A", "Website": "a.de", "CreatedDate": "2024-01-01"}\n',
        },
    )  # fmt: skip
    assert out.rows("opportunities", *ROLES, "amount") == [("006A", "001A", "won", "1000000.0")]
    assert out.rows("accounts", "account_id", "domain") == [("001A", "a.de")]


def test_dynamics_answers_of_the_web_api(tmp_path: Path) -> None:
    record = {
        "@odata.etag": 'W/"1"', "opportunityid": "o1", "name": "A", "statecode": 1, "statuscode": 3,
        "statecode@OData.Community.Display.V1.FormattedValue": "Won", "createdon": "2025-01-01T00:00:00Z",
        "actualclosedate": "2025-03-01", "_customerid_value": "a1", "actualvalue": 10,
        "parentaccountid": {"accountid": "a1", "name": "A", "ownerid": "u"},
        "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
    }  # fmt: skip
    account = {"accountid": "a1", "name": "A", "createdon": "2024-01-01T00:00:00Z", "websiteurl": "a.de"}
    files = {
        "opportunities.json": json.dumps({"@odata.context": "x", "value": [record]}),
        "accounts.json": json.dumps([account]),
    }
    assert made(tmp_path, files).rows("opportunities", *ROLES, "amount") == [("o1", "a1", "won", "10")]


def test_the_first_version_of_hubspots_api(tmp_path: Path) -> None:
    values = {"dealname": "A", "dealstage": "closedwon", "pipeline": "x", "createdate": "1700000000000"}
    deal = {
        "dealId": 7,
        "associations": {"associatedVids": [5], "associatedCompanyIds": [10]},
        "properties": {name: {"value": value, "timestamp": 1700000000000} for name, value in values.items()},
    }
    out = made(tmp_path, {"deals.json": json.dumps({"deals": [deal], "hasMore": False, "offset": 7})})
    assert out.rows("opportunities", *ROLES) == [("7", "10", "closedwon")]
    assert out.rows("contact_roles", "opportunity_id", "lead_id") == [("7", "5")]


@pytest.mark.parametrize("kind", ["CSV", "JSON lines", "DuckDB"])
def test_raw_tables_of_airbyte_are_unpacked_in_their_newest_version(kind: str, tmp_path: Path) -> None:
    con = duckdb.connect(str(tmp_path / "lake.duckdb"))
    con.execute(
        "CREATE TABLE _airbyte_raw_deals (_airbyte_ab_id TEXT, _airbyte_emitted_at TIMESTAMP, _airbyte_data JSON)"
    )
    for time, record in RAW_ROWS:
        con.execute("INSERT INTO _airbyte_raw_deals VALUES (uuid(), ?, ?)", [time, json.dumps(record)])
    source = tmp_path / "lake.duckdb"
    if kind != "DuckDB":
        source = tmp_path / "raw"
        source.mkdir()
        to = "_airbyte_raw_deals.csv" if kind == "CSV" else "deals.jsonl"
        con.execute(f"COPY _airbyte_raw_deals TO '{source / to}'")
    con.close()
    init(source, tmp_path / "out", say=lambda line: None)
    table = open_sources(connect(), tmp_path / "out/crm.sql").tables["opportunities"].raw.to_pyarrow().to_pylist()
    assert sorted((row["opportunity_id"], row["account_id"], row["status"]) for row in table) == [
        ("7", "99", "won"),
        ("8", "98", "closedlost"),
    ]
