"""References between tables, as exports write them. Now is 2026-04-01."""

from decimal import Decimal

import pandas as pd
import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from scoring.contracts import ids
from tests.pipelines.crm_export import LENIENT, export, read, rejected, rows

#: Twelve accounts and a deal of each, by a Salesforce id of 15 characters.
SHORT = [f"0015g00000Ab{i:02}E" for i in range(12)]
LONG = [id_ + ids.checksum(id_) for id_ in SHORT]


def accounts(*account_ids):
    return "account_id,created_at\n" + "".join(f"{id_},2026-01-05\n" for id_ in account_ids)


def deals(*account_ids):
    lines = [f"O{i},{id_},2026-02-01,2026-03-01,won,100\n" for i, id_ in enumerate(account_ids)]
    return "opportunity_id,account_id,created_at,closed_at,status,amount\n" + "".join(lines)


def accounts_of_deals(intake):
    return [account for _, account in rows(intake.tables.opportunities, "opportunity_id", "account_id")]


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("1000", "1000.0"),
        ("1000.00", "1000"),
        ("zcrm_4150868000000100044", "4150868000000100044"),
        ("{0F8FAD5B-D9CB-469F-A165-70867728950E}", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        (LONG[0], SHORT[0]),
        (SHORT[0], LONG[0].lower()),
        ("A7", "\u00a0A7"),
        ("A7", "'A7"),
        ("A7", '"=""A7"""'),
        ("A7", "A7;A8"),
        ("A7", '"[""A7"",""A8""]"'),
        ("17", '"{""value"": 17, ""name"": ""Acme""}"'),
        ("0", "0.0"),
    ],
)
def test_a_reference_is_read_as_its_own_table_has_it(tmp_path, own, written):
    crm = export(tmp_path, accounts=accounts(own, "other"), leads=None, opportunities=deals(written))
    assert accounts_of_deals(read(crm)) == [own]


@pytest.mark.parametrize(
    ("own", "written", "found"),
    [
        (["1000000", "12"], ['"1,000,000"', "12"], ["1000000", "12"]),
        (['"1,000,000"', "12"], ["1000000", "12"], ["1,000,000", "12"]),
        (["1234567", "12"], ["1.234.567", "1 234 567"], ["1234567", "1234567"]),
        (["1234", "12"], ["1'234", '"1,234"'], ["1234", "1234"]),
        # Other cells show that these are lists.
        (["12", "345", "12345"], ['"12,345"', '"12,7"'], ["12", "12"]),
    ],
)
def test_numbers_with_marks_between_their_thousands_meet(tmp_path, own, written, found):
    intake = read(export(tmp_path, accounts=accounts(*own), leads=None, opportunities=deals(*written)))
    assert accounts_of_deals(intake) == found


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


@pytest.mark.parametrize(
    ("known", "written", "cause"),
    [
        ([f"a{i:04}" for i in range(12)], [f"A{i:04}" for i in range(12)], "differ in capitals only"),
        ([f"{i:06}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "differ in leading zeros only"),
        ([f"ACC-{i}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "their numbers agree"),
        ([f"ACC{i:05}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "their numbers agree"),
        (
            [f"45000000000012{i:04}" for i in range(12, 1200, 100)],
            [f"45000000000012{i:04}"[:15] + "000" for i in range(12, 1200, 100)],
            "they agree in 15 digits only",
        ),
        (LONG, [f"0035g00000Ab{i:02}E" for i in range(12)], "begin as Salesforce's ids of contacts do"),
        ([str(i) for i in range(12)], [f"Acme {c} Inc" for c in "abcdefghijkl"], "they look like names"),
    ],
)
def test_a_column_of_which_hardly_anything_is_found_stops_the_run(tmp_path, known, written, cause):
    crm = export(tmp_path, accounts=accounts(*known), leads=None, opportunities=deals(*written))
    with pytest.raises(BadInput, match="of the 12 rows of opportunities .* with an account_id, 0 .*" + cause):
        read(crm)


def test_a_part_that_is_not_found_is_explained_by_the_same_causes(tmp_path):
    known = [f"ACC{i:03}" for i in range(40)]
    half = deals(*known[:20], *map(str.lower, known[20:]))
    crm = export(tmp_path, accounts=accounts(*known), leads=None, opportunities=half)
    with pytest.raises(BadInput, match=r"20 of 40 rows .* unknown_account .* differ in capitals only"):
        read(crm, Config())
    generous = Config(input=Input(max_reject_share=0.9))
    said = "20 unknown account_id. The likely cause: they differ in capitals only"
    assert any(said in note for note in read(crm, generous).notes)


def test_names_and_ids_of_another_table_are_recognised(tmp_path):
    names = [f"Firm{i}" for i in range(12)]
    by_name = "account_id,name\n" + "".join(f"{i},{name}\n" for i, name in enumerate(names))
    with pytest.raises(BadInput, match="they are in the column name of accounts, so these are no ids"):
        read(export(tmp_path / "names", accounts=by_name, leads=None, opportunities=deals(*names)))
    leads = "lead_id\n" + "".join(f"L{i}x\n" for i in range(12))
    wrong = deals(*(f"L{i}x" for i in range(12)))
    with pytest.raises(BadInput, match="they are the lead_id of leads"):
        read(export(tmp_path / "ids", accounts=accounts("A1", "A2"), leads=leads, opportunities=wrong))


def test_a_part_of_the_accounts_is_allowed_where_the_configuration_says_so(tmp_path):
    named = [f"A{i}" for i in range(52)]
    crm = export(tmp_path, accounts=accounts("A0"), leads=None, opportunities=deals(*named))
    with pytest.raises(BadInput, match="min_matched_share"):
        read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.2)))
    assert accounts_of_deals(read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.01)))) == ["A0"]


@pytest.mark.parametrize("mark", ["is_deleted", "set aside"])
def test_who_names_a_deleted_record_names_a_known_one(tmp_path, mark):
    names = [f"A{i:02}" for i in range(40)]
    cell = {"is_deleted": lambda i: f"2026-01-05,{i > 0}", "set aside": lambda i: "someday," if i else "2026-01-05,"}
    lines = "".join(f"{name},{cell[mark](i)}\n" for i, name in enumerate(names))
    crm = export(
        tmp_path, accounts="account_id,created_at,is_deleted\n" + lines, leads=None, opportunities=deals(*names)
    )
    intake = read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.2)))
    assert accounts_of_deals(intake) == ["A00"]
    assert (
        "opportunities: 39 of 40 rows with an account_id name a record that is deleted, merged or set aside"
        in intake.notes
    )


def test_few_references_are_not_judged(tmp_path):
    crm = export(tmp_path, accounts=accounts("A0"), leads=None, opportunities=deals("A0", *"bcdefghi"))
    assert accounts_of_deals(read(crm, LENIENT)) == ["A0"]


def test_histories_and_roles_that_match_nothing_stop_the_run_too(tmp_path):
    roles = "opportunity_id,lead_id\n" + "".join(f"O1,P{i}\n" for i in range(60))
    with pytest.raises(BadInput, match=r"of the 60 rows of contact_roles .* with an lead_id, 0"):
        read(export(tmp_path, contact_roles=roles))
