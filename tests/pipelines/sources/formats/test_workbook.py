"""Workbooks: what their cells hold, and which sheet is which table."""

import datetime

import pytest

from pipelines.config import Config
from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rows
from tests.pipelines.sources.formats.workbooks import binary_workbook, old_workbook, open_document, workbook

DEALS = [
    ["Opportunity ID", "account_id", "created_at", "closed_at", "status", "amount"],
    [70012, "A1", datetime.date(2026, 2, 1), datetime.datetime(2026, 3, 1, 7, 42), "won", 1000.5],
    [70013.0, "A2", datetime.datetime(2026, 2, 2, 23, 59, 59), None, "open", None],
]


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (workbook, "Opportunities.XLSX"),
        (old_workbook, "Opportunities.xls"),
        (binary_workbook, "opportunities.xlsb"),
        (open_document, "Opportunity.ods"),
    ],
)
def test_cells_come_as_a_csv_file_would_have_them(tmp_path, write, name):
    folder = export(tmp_path, opportunities=None, leads=None)
    write(folder / name, Report=DEALS)
    intake = read(folder, Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "created_at", "closed_at", "amount") == [
        ("70012", datetime.datetime(2026, 2, 1), datetime.datetime(2026, 3, 1, 7, 42), 1000.5),
        ("70013", datetime.datetime(2026, 2, 2, 23, 59, 59), None, None),
    ]
    assert intake.read_from["opportunities"] == (name,)


def test_a_workbook_holds_a_table_in_each_sheet(tmp_path):
    accounts = [["Report: accounts"], [], ["Account ID", "Key customer", "Size"], ["A1", True, 5], ["A2", False, 1.5]]
    footer = [[], ["Copyright (c) 2000-2026 salesforce.com"], ["Confidential Information - Do Not Distribute"]]
    book = workbook(tmp_path / "crm.xlsx", Account=[*accounts, *footer], opportunities=DEALS, Pivot=[["x", 1]])
    for data in (tmp_path, book):
        intake = read(data, Config())
        assert rows(intake.tables.accounts, "account_id", "key_customer", "size") == [
            ("A1", True, 5),
            ("A2", False, 1.5),
        ]
        assert intake.read_from["accounts"] == ("crm.xlsx, sheet Account",)
        assert {
            "crm.xlsx, sheet Account: the first 2 rows, above the header, are left out",
            "crm.xlsx, sheet Account: the last 2 rows, the footer of a report, are left out",
            "not read, since no table has such a name: crm.xlsx, sheet Pivot",
        } <= {*intake.notes}


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (
            {"Data": [["account_id"], [1234567890123456000]]},
            "an id of more than 15 digits as a number .account_id, row 2",
        ),
        (
            {"Data": [["account_id"], ["A1"]], "More": [["account_id"]]},
            "accounts.xlsx has the sheets Data, More: name the",
        ),
        ({"Account": [["account_id"]], "accounts": [["account_id"]]}, "the table accounts is there twice"),
        ({"Data": [[None, ""]]}, "accounts.xlsx is empty"),
    ],
)
def test_what_stops_the_run(tmp_path, sheets, message):
    folder = export(tmp_path, accounts=None)
    workbook(folder / "accounts.xlsx", **sheets)
    with pytest.raises(BadInput, match=message):
        read(folder)


@pytest.mark.parametrize("write", [old_workbook, binary_workbook, open_document])
def test_a_workbook_of_another_kind_holds_a_table_in_each_sheet_too(tmp_path, write):
    suffix = {old_workbook: "xls", binary_workbook: "xlsb", open_document: "ods"}[write]
    accounts = [["Account ID", "Key customer", "Size", "Town"], ["A1", True, 5, "Köln"], ["A2", False, 1.5, None]]
    book = write(tmp_path / f"crm.{suffix}", Account=accounts, opportunities=DEALS)
    for data in (tmp_path, book):
        intake = read(data, Config())
        assert rows(intake.tables.accounts, "account_id", "key_customer", "size") == [
            ("A1", True, 5),
            ("A2", False, 1.5),
        ]
        assert rows(intake.tables.accounts.filter(intake.tables.accounts.town.notnull()), "town") == ["Köln"]
        assert intake.read_from["accounts"] == (f"crm.{suffix}, sheet Account",)


@pytest.mark.parametrize("write", [old_workbook, binary_workbook, open_document])
def test_a_long_id_as_a_number_stops_the_run_in_every_kind(tmp_path, write):
    suffix = {old_workbook: "xls", binary_workbook: "xlsb", open_document: "ods"}[write]
    folder = export(tmp_path, accounts=None)
    write(folder / f"accounts.{suffix}", Data=[["account_id"], [1234567890123456000]])
    with pytest.raises(BadInput, match="an id of more than 15 digits as a number"):
        read(folder)


def test_a_file_that_is_no_workbook(tmp_path):
    folder = export(tmp_path, accounts=None)
    (folder / "accounts.xlsx").write_bytes(b"account_id\nA1\n")
    with pytest.raises(BadInput, match=r"accounts\.xlsx is no Excel file: it looks like text"):
        read(folder)
