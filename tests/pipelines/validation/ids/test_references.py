"""References between tables, as exports write them. Now is 2026-04-01."""

from decimal import Decimal

import pandas as pd
import pytest

from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rejected, rows
from tests.scoring.cells.salesforce_ids import long_form

#: Twelve accounts and a deal of each, by a Salesforce id of 15 characters.
SHORT = [f"0015g00000Ab{i:02}E" for i in range(12)]
LONG = [long_form(id_) for id_ in SHORT]


def accounts(*account_ids):
    return "account_id,created_at\n" + "".join(f"{id_},2026-01-05\n" for id_ in account_ids)


def deals(*account_ids):
    lines = [f"O{i},{id_},2026-02-01,2026-03-01,won,100\n" for i, id_ in enumerate(account_ids)]
    return "opportunity_id,account_id,created_at,closed_at,status,amount\n" + "".join(lines)


def accounts_of_deals(intake):
    return [account for _, account in rows(intake.tables.opportunities, "opportunity_id", "account_id")]


#: How a deal names an account, and how the table of accounts has it.
WRITTEN = {
    "1000.0": "1000",
    "2000": "2000.00",
    "4150868000000100044": "zcrm_4150868000000100044",
    "0f8fad5b-d9cb-469f-a165-70867728950e": "{0F8FAD5B-D9CB-469F-A165-70867728950E}",
    SHORT[0]: LONG[0],
    LONG[1].lower(): SHORT[1],
    "\u00a0A7": "A7",
    "'A7": "A7",
    '"=""A7"""': "A7",
    "A7;A8": "A7",
    '"[""A7"",""A8""]"': "A7",
    '"{""value"": 17, ""name"": ""Acme""}"': "17",
    "0.0": "0",
}


def accounts_by_reference(written, intake):
    found = dict(rows(intake.tables.opportunities, "opportunity_id", "account_id"))
    return {cell: found.get(f"O{i}") for i, cell in enumerate(written)}


def test_a_reference_is_read_as_its_own_table_has_it(tmp_path):
    own = accounts(*dict.fromkeys(WRITTEN.values()), "other")
    crm = export(tmp_path, accounts=own, leads=None, opportunities=deals(*WRITTEN))
    assert accounts_by_reference(WRITTEN, read(crm)) == WRITTEN


@pytest.mark.parametrize(
    ("own", "written"),
    [
        (
            ["1000000", '"2,000,000"', "1234567", "1234", "12"],
            {
                '"1,000,000"': "1000000",
                "2000000": "2,000,000",
                "1.234.567": "1234567",
                "1 234 567": "1234567",
                "1'234": "1234",
                '"1,234"': "1234",
                "12": "12",
            },
        ),
        # Other cells show that these are lists.
        (["12", "345", "12345"], {'"12,345"': "12", '"12,7"': "12"}),
    ],
)
def test_numbers_with_marks_between_their_thousands_meet(tmp_path, own, written):
    intake = read(export(tmp_path, accounts=accounts(*own), leads=None, opportunities=deals(*written)))
    assert accounts_by_reference(written, intake) == written


def test_a_number_with_marks_that_may_be_a_list_is_refused(tmp_path):
    crm = export(tmp_path, accounts=accounts("12", "345", "12345"), leads=None, opportunities=deals('"12,345"'))
    with pytest.raises(BadInput, match=r"account_id of opportunities .* can be read in two ways.*`12,345`"):
        read(crm)


def test_every_table_is_read_so(tmp_path):
    parts = {
        "accounts": accounts("1", "2"),
        "leads": "lead_id,account_id,created_at\n{AB000000-0000-0000-0000-000000000001},1.0,2026-01-07\n",
        "opportunities": "opportunity_id,account_id,lead_id,created_at,status\n"
        "7,1.0,ab000000-0000-0000-0000-000000000001,2026-02-01,open\n",
        "activities": "lead_id,account_id,activity_type,occurred_at\n"
        "AB000000-0000-0000-0000-000000000001,2.0,call,2026-02-02\n",
        "account_history": "account_id,known_at,size\n1.0,2026-01-07,5\n",
        "lead_history": "lead_id,known_at,source\nab000000-0000-0000-0000-000000000001,2026-01-08,web\n",
        "opportunity_history": "opportunity_id,changed_at,stage\n7.0,2026-02-03,demo\n",
        "contact_roles": "opportunity_id,lead_id,role\n7.0,AB000000000000000000000000000001,buyer\n",
    }
    found = read(export(tmp_path, **parts)).tables
    lead = "{AB000000-0000-0000-0000-000000000001}"
    assert rows(found.leads, "lead_id", "account_id") == [(lead, "1")]
    assert rows(found.opportunities, "account_id", "lead_id") == [("1", lead)]
    assert rows(found.activities, "account_id", "lead_id") == [("2", lead)]
    assert rows(found.account_history, "account_id") == ["1"]
    assert rows(found.lead_history, "lead_id") == [lead]
    assert rows(found.opportunity_history, "opportunity_id") == ["7"]
    assert rows(found.contact_roles, "opportunity_id", "lead_id") == [("7", lead)]


def test_ids_that_name_nothing_are_no_references_and_no_ids(tmp_path):
    crm = export(
        tmp_path,
        accounts=accounts("A1", "(No value)"),
        leads="lead_id,account_id\nL1,000000000000000AAA\n000000000000000,A1\nL2,--None--\n",
        opportunities=deals("A1") + "O9,{00000000-0000-0000-0000-000000000000},2026-02-01,,open,\n",
    )
    intake = read(crm)
    assert rows(intake.tables.leads, "lead_id", "account_id") == [("L1", None), ("L2", None)]
    assert rejected(intake, tmp_path, "accounts", "account_id") == {"(No value)": "blank_id"}
    assert rejected(intake, tmp_path, "leads", "account_id") == {"A1": "blank_id"}
    assert rejected(intake, tmp_path, "opportunities", "opportunity_id") == {"O9": "no_lead_or_account"}
    assert "leads: 1 rows with an account_id that means none (`000000000000000AAA`)" in intake.notes
    assert not any("unknown" in note for note in intake.notes)


def test_two_rows_of_one_id_written_differently_are_one(tmp_path):
    crm = export(
        tmp_path,
        accounts="account_id,created_at,domain\n1000.0,2026-01-06,late.com\n1000,2026-01-05,early.com\n",
        leads=None,
        opportunities=deals("1000.0"),
    )
    intake = read(crm)
    assert rows(intake.tables.accounts, "account_id", "domain") == [("1000", "early.com")]
    assert accounts_of_deals(intake) == ["1000"]


def test_without_accounts_the_leads_tell_which_there_are(tmp_path):
    crm = export(
        tmp_path,
        accounts=None,
        leads="lead_id,account_id\nL1,1000\nL2,1000.0\nL3,000000000000000AAA\nL4,7\n",
        opportunities=deals("1000.0", "8"),
    )
    intake = read(crm)
    assert rows(intake.tables.leads, "lead_id", "account_id") == [
        ("L1", "1000"),
        ("L2", "1000"),
        ("L3", None),
        ("L4", "7"),
    ]
    assert accounts_of_deals(intake) == ["1000", "8"]


def parquet(folder, **tables):
    folder.mkdir(exist_ok=True)
    for table, columns in tables.items():
        pd.DataFrame(columns).to_parquet(folder / f"{table}.parquet")
    return folder


DAY = pd.Timestamp("2026-02-01")


def test_the_log_of_activities_is_resolved_by_actor(tmp_path):
    """The activities are folded: an actor is looked up once, however many touches it has."""
    named = [SHORT[0], LONG[1], LONG[0].upper(), "000000000000000AAA", "001000000000009"] * 4
    crm = parquet(
        tmp_path,
        accounts={"account_id": LONG},
        opportunities={"opportunity_id": ["O1"], "account_id": [SHORT[0]], "created_at": [DAY], "status": ["open"]},
        activities={"account_id": named, "activity_type": "call", "occurred_at": DAY, "direction": "inbound"},
    )
    intake = read(crm)
    assert intake.tables.log is not None
    actors = intake.tables.log.actors
    # An actor stays for each way to write an id.
    assert rows(actors.filter(actors.account_id.notnull()), "account_id") == sorted([LONG[0]] * 2 + [LONG[1]])
    assert {reject.rule: reject.count for reject in intake.rejects} == {"unknown_account": 4, "no_lead_or_account": 4}
    assert rows(intake.tables.activities, "account_id") == sorted([LONG[0]] * 8 + [LONG[1]] * 4)


@pytest.mark.parametrize("column", ["float", "decimal", "integer"])
def test_columns_of_numbers_meet_text(tmp_path, column):
    numbers = {
        "float": pd.Series([1000.0, None, 1002.0]),
        "decimal": pd.Series([1000, None, 1002], dtype="object").map(lambda n: n and Decimal(n)),
        "integer": pd.Series([1000, None, 1002], dtype="Int64"),
    }
    crm = parquet(
        tmp_path,
        accounts={"account_id": ["1000", "1001", "1002"]},
        leads={"lead_id": ["L1", "L2", "L3"], "account_id": numbers[column]},
        opportunities={"opportunity_id": ["O1"], "account_id": ["1000"], "created_at": [DAY], "status": ["open"]},
    )
    assert rows(read(crm).tables.leads, "lead_id", "account_id") == [("L1", "1000"), ("L2", None), ("L3", "1002")]


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("leads", pd.Series([2.0**53 + 2, 1.0])),
        ("leads", pd.Series([1.5, 1.0])),
        ("leads", pd.Series([2.0**24 + 2, 1.0], dtype="float32")),
        ("leads", pd.Series(["4.5E+17", "1"])),
        ("leads", pd.Series(["450000000000123008.0", "1"])),
        ("accounts", pd.Series([2.0**60, 1.0])),
        ("accounts", pd.Series(["1.23457E+15", "1"])),
        ("activities", pd.Series(["4.5E+17", "1"])),
        ("contact_roles", pd.Series([2.0**54, 1.0])),
    ],
)
def test_rounded_ids_stop_the_run(tmp_path, table, cells):
    tables = {
        "accounts": {"account_id": ["1", "2"]},
        "leads": {"lead_id": ["1", "2"], "account_id": ["1", "2"]},
        "activities": {"account_id": ["1", "2"], "activity_type": "call", "occurred_at": DAY},
        "contact_roles": {"opportunity_id": ["1", "1"], "lead_id": ["1", "2"]},
        "opportunities": {"opportunity_id": ["1"], "account_id": ["1"], "created_at": [DAY], "status": ["open"]},
    }
    column = "lead_id" if table == "contact_roles" else "account_id"
    tables[table][column] = cells
    with pytest.raises(BadInput, match=rf"the {column} of {table} \({table}.parquet\) holds rounded ids"):
        read(parquet(tmp_path, **tables))
