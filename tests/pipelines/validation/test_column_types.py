"""What attribute columns hold."""

import pytest

from pipelines.config import Attributes, Config
from tests.pipelines.crm_export import export, read, rows


def test_cells_of_a_csv_file_get_their_types(tmp_path):
    accounts = """account_id,employees,zip,member,product,mixed,empty,stage,score
007,12,01234,yes,1e5,1,,N/A,1.5
008, 7.5 ,99999,No,XL,a,NULL,new,nan
009,#N/A,-,,-,,\\N,None,-3e2
"""
    opportunities = "opportunity_id,account_id,created_at,status\nO1,007,2026-01-01,open\n"
    intake = read(export(tmp_path, accounts=accounts, leads=None, opportunities=opportunities), Config())
    assert rows(intake.tables.accounts, *accounts.splitlines()[0].split(",")) == [
        ("007", 12.0, "01234", True, "1e5", "1", None, None, 1.5),
        ("008", 7.5, "99999", False, "XL", "a", None, "new", None),
        ("009", None, None, None, None, None, None, None, -300.0),
    ]
    dropped = Config(attributes=Attributes(drop=("ZIP", "stage")))
    assert "zip" not in read(tmp_path, dropped).tables.accounts.columns


def test_a_table_and_its_history_agree_on_types(tmp_path):
    intake = read(
        export(
            tmp_path,
            accounts="account_id,tier,size,region\nA1,1,5,\nA2,2,6,\n",
            account_history="account_id,known_at,tier,size,region\nA1,2026-01-01,gold,4,EU\nA1,,gold,4,EU\n",
        )
    )
    assert rows(intake.tables.accounts, "account_id", "tier", "size") == [("A1", "1", 5.0), ("A2", "2", 6.0)]
    assert rows(intake.tables.account_history, "tier", "size", "region") == [("gold", 4.0, "EU")]
    assert intake.rejects[0].rule == "missing_known_at"


def test_a_campaign_stays_a_text_where_its_history_is_all_digits(tmp_path):
    history = "lead_id,known_at,campaign,visits\nL1,2026-01-01,2025,3\n"
    intake = read(export(tmp_path, lead_history=history))
    assert rows(intake.tables.lead_history, "campaign", "visits") == [("2025", 3.0)]


@pytest.mark.slow
def test_more_than_a_thousand_columns(tmp_path):
    names = [f"field {i}" for i in range(1_500)]
    values = [["1.5", "x", ""], ["2", "y", "yes"]]
    accounts = ",".join(["account_id", *names]) + "\n"
    accounts += "".join(f"A{i + 1}," + ",".join(row * 500) + "\n" for i, row in enumerate(values))
    intake = read(export(tmp_path, accounts=accounts), Config())
    kinds = [str(kind) for kind in intake.tables.accounts.schema().types[3:]]
    assert kinds == ["float64", "string", "boolean"] * 500
