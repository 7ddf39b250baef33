"""Rows that are marked as deleted, merged, archived, drafts or tests: left out with a count, whatever says it."""

import datetime

import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.intake.intake import present_rows
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from tests.pipelines.crm_export import export, read, rows
from tests.pipelines.intake.test_deletion_marks import left

DEALS = "opportunity_id,account_id,created_at,closed_at,status,amount"


def deals(column, deleted, kept):
    return (
        f"{DEALS},{column}\nO1,A1,2026-01-02,2026-02-10,won,5,{deleted}\nO2,A2,2026-01-02,2026-02-10,won,5,{kept}\n"
        f"O3,A2,2026-01-02,,open,5,{kept}\n"
    )


def test_a_deleted_win_is_no_win(tmp_path):
    none = "000000000000000AAA"
    cells = {
        "deleted": f"true,false,{none},true",
        "archived": f"false,true,{none},true",
        "merged": "false,false,001bm00001ZL001AAA,true",
        "inactive": f"false,false,{none},false",
        "kept": f"false,false,{none},true",
    }
    lines = [f"{name},A1,2026-01-02,2026-02-10,won,5,{marks}" for name, marks in cells.items()]
    lines.append(f"open,A2,2026-01-02,,open,5,{cells['kept']}")
    text = "\n".join([f"{DEALS},IsDeleted__c,archived,MasterRecordId,active", *lines]) + "\n"
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == ["kept", "open"]
    assert [note for note in intake.notes if "left out" in note] == [
        f"opportunities: 1 rows are left out: {why}" for why in ("archived", "deleted", "inactive", "merged")
    ]
    assert intake.rejects == ()
    assert intake.tables.won_aside is None
    assert intake.counts["opportunities"].left_out == 4


def test_a_status_can_say_it(tmp_path):
    text = deals("owner", "", "").replace("won,5,\nO2", "Deleted,5,\nO2")
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O2", "O3"]


@pytest.mark.parametrize(
    ("inactive", "stay"),
    [
        ("lost", ["R1", "R2", "R3", "R4"]),  # Odoo: a lost deal is inactive
        ("won lost", ["R1", "R2", "R3", "R4"]),  # Pipedrive: whatever closed is inactive
        ("open", ["R1", "R2", "R3", "R4"]),  # all of one status: that cannot be what deletes them
    ],
)
def test_inactive_is_not_deleted_where_it_says_that_a_deal_is_closed(inactive, stay):
    states = ["won", "lost", "lost", "open"]
    active = ["false" if state in inactive else "true" for state in states]
    kept, notes = left("opportunities", "opportunity_id", status=states, active=active)
    assert kept == stay
    said = [note for note in notes if "have active = false; so many cannot be deleted" in note]
    assert said
    # Odoo's lost deals have an open stage: who exports the stage alone is told.
    assert [("in Odoo inactive deals are lost" in note) for note in said] == [("open deals" in note) for note in said]


def test_what_names_only_deleted_records_is_left_out_and_breaks_no_rule(tmp_path):
    accounts = "account_id,industry,is_deleted\nA1,Retail,false\nA2,Retail,true\nA3,Retail,false\n"
    # A list of one id, as some exporters write a reference, names the same account.
    text = deals("x", "", "").replace("O1,A1", "O1,[A2]").replace("O3,A2", "O3,A3")
    activities = "account_id,activity_type,occurred_at,direction\n" + "A2,visit,2026-02-01,inbound\n" * 9
    folder = export(tmp_path, accounts=accounts, leads=None, opportunities=text, activities=activities)
    intake = read(folder, Config())
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A3"]
    assert "is_deleted" not in intake.tables.accounts.columns
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O3"]
    assert "opportunities: 2 rows are left out: they name only deleted accounts or leads" in intake.notes
    assert "activities: 9 rows are left out: they name only deleted accounts or leads" in intake.notes
    assert intake.tables.activities.count().execute() == 0


def test_of_an_id_that_was_deleted_no_earlier_row_counts(tmp_path):
    text = f"""{DEALS},updated_at,is_deleted
O1,A1,2026-01-02,2026-02-10,won,5,2026-02-10,false
O1,A1,2026-01-02,2026-02-10,won,5,2026-02-12,true
O2,A1,2026-01-02,2026-02-10,won,5,2026-02-10,true
O2,A1,2026-01-02,2026-02-10,won,6,2026-02-12,false
"""
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "amount") == [("O2", 6.0)]


def test_drafts_of_activities_in_parquet_are_no_touches(tmp_path):
    folder = export(tmp_path)
    day = pd.Timestamp("2026-02-02")
    frame = pd.DataFrame(
        {
            "lead_id": ["L1"] * 4,
            "activity_type": ["demo_request", "visit", "webinar", "chat"],
            "occurred_at": [day] * 4,
            "Status Reason": ["Received", "Draft", "Canceled", "Completed"],
            "_fivetran_deleted": [False, False, False, True],
        }
    )
    frame.to_parquet(folder / "activities.parquet")
    intake = read(folder, Config())
    assert rows(intake.tables.activities, "activity_type") == ["demo_request"]
    assert rows(intake.tables.log.days, "kind") == ["demo_request"]
    assert {note for note in intake.notes if "left out" in note} == {
        "activities: 1 rows are left out: deleted",
        "activities: 1 rows are left out: drafts",
        "activities: 1 rows are left out: canceled",
    }


@pytest.mark.parametrize(
    ("column", "cells", "kept", "said"),
    [
        ("hs_meeting_outcome", "COMPLETED|NO_SHOW|CANCELED||Rescheduled|SCHEDULED", [0, 3, 5], "not done"),
        ("Outcome", "interested|no-show|left a message|Did not attend", [0, 2], "not done"),
        ("done", "1|0|1|", [0, 2, 3], "not done"),
        ("Completed", "true|false|yes|TRUE", [0, 2, 3], "not done"),
        # Where most are not done, nobody ticks it.
        ("done", "0|0|1", [0, 1, 2], "so many cannot be only planned"),
    ],
)
def test_meetings_that_did_not_take_place_are_no_touches(column, cells, kept, said):
    found, notes = left("activities", "activity_type", **{column: [cell or None for cell in cells.split("|")]})
    assert found == [f"R{i + 1}" for i in kept]
    assert any(said in note for note in notes)


def test_the_deals_of_a_merged_account_are_those_of_the_one_it_was_merged_into(tmp_path):
    accounts = "account_id,MasterRecordId\nA1,000000000000000AAA\nA2,A1\nA3,\n"
    folder = export(tmp_path, accounts=accounts, leads=None, opportunities=deals("x", "", "").replace("O3,A2", "O3,A3"))
    intake = read(folder, Config())
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A3"]
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id") == [
        ("O1", "A1"),
        ("O2", "A1"),
        ("O3", "A3"),
    ]


def test_old_tasks_of_salesforce_are_archived_and_still_touches(tmp_path):
    activities = "lead_id,activity_type,occurred_at,direction,IsArchived,IsDeleted\n"
    activities += "L1,visit,2026-01-02,inbound,true,false\nL1,visit,2026-03-02,inbound,false,true\n"
    intake = read(export(tmp_path, activities=activities), Config())
    assert rows(intake.tables.activities, "occurred_at") == [datetime.datetime(2026, 1, 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "accounts",
    [
        # Merged twice; said by the record that is still there, in three ways.
        "account_id,MasterRecordId\nA1,\nA2,A4\nA4,A1\nA3,\n",
        "account_id,hs_merged_object_ids\nA1,A9;A2\nA3,\n",
        "account_id,merged_vids\nA1,A2:1540840000000\nA3,\n",
        'account_id,Merged IDs\nA1,"[""A2"", ""A4""]"\nA3,\n',
        "account_id,merged_into,is_deleted\nA1,,false\nA2,A4,true\nA4,A1,true\nA3,,false\n",
    ],
)
def test_deals_and_touches_of_a_merged_account_are_those_of_the_last_one(tmp_path, accounts):
    folder = export(tmp_path, accounts=accounts, leads="lead_id,account_id\nL1,A2\n", opportunities=None)
    lines = [f"O{i},{name},2026-01-02,2026-02-10,won,5\n" for i, name in enumerate(("A1", "A2", "A3"), 1)]
    (folder / "opportunities.csv").write_text(f"{DEALS}\n{''.join(lines)}")
    moments = [datetime.datetime(2026, 1, day) for day in (5, 6, 7)]
    touches = {"account_id": ["A1", "A2", "A3"], "activity_type": ["visit"] * 3, "occurred_at": moments}
    pd.DataFrame(touches).to_parquet(folder / "activities.parquet")
    intake = read(folder, Config())
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A3"]
    assert [name for _, name in rows(intake.tables.opportunities, "opportunity_id", "account_id")] == ["A1", "A1", "A3"]
    assert rows(intake.tables.leads, "lead_id", "account_id") == [("L1", "A1")]
    log = intake.tables.log
    assert log is not None
    days = log.days.inner_join(log.actors, "actor")
    assert [name for _, name in rows(days, "day", "account_id")] == ["A1", "A1", "A3"]


def test_records_that_were_merged_into_one_that_is_not_there_are_deleted_ones(tmp_path):
    accounts = "account_id,MasterRecordId\nA1,\nA2,A7\nA3,A2\nA4,A5\nA5,A4\n"
    folder = export(tmp_path, accounts=accounts, leads=None, opportunities=deals("x", "", "").replace("O3,A2", "O3,A4"))
    intake = read(folder, Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id") == [("O1", "A1")]
    assert "accounts: 2 records were merged into records that the export lacks" in intake.notes
    said = "accounts: 2 records name each other as the record into which they were merged: none of them counts"
    assert any(note.startswith(said) for note in intake.notes)
    assert intake.rejects == ()


def test_rows_that_are_left_out_are_computed_once(tmp_path):
    """As a part of each query they took minutes to plan, where times had to be read from texts too."""
    accounts = "account_id,industry,is_deleted\nA1,Retail,false\nA2,Retail,true\nA3,Retail,false\n"
    connection = connect()
    sources = open_sources(connection, export(tmp_path, accounts=accounts, leads=None, activities=None)).tables
    present = present_rows(connection, sources, Config())["accounts"]
    kept = present.computed(connection)
    assert kept.raw.get_name() == "raw_accounts"
    assert (rows(kept.raw, "account_id", "industry"), kept.left_out) == ([("A1", "Retail"), ("A3", "Retail")], 1)
    kept.forget(connection)
    assert connection.con.execute("FROM duckdb_tables() WHERE table_name = 'raw_accounts'").fetchall() == []


@pytest.mark.parametrize(("occurred_at", "kept"), [("2026-02-01 9:05:00", "TABLE"), ("2026-02-01 09:05:00", "VIEW")])
def test_a_log_in_parquet_whose_times_are_texts_is_read_once(occurred_at, kept, tmp_path):
    folder = export(tmp_path)
    frame = pd.DataFrame({"lead_id": ["L1"], "activity_type": ["visit"], "occurred_at": [occurred_at]})
    frame.to_parquet(folder / "activities.parquet")
    intake = read(folder, Config())
    assert rows(intake.tables.activities, "activity_type", "occurred_at") == [
        ("visit", datetime.datetime(2026, 2, 1, 9, 5))
    ]
    found = intake.connection.con.execute(
        "SELECT 'VIEW' FROM duckdb_views() WHERE view_name = 'activities' UNION ALL "
        "SELECT 'TABLE' FROM duckdb_tables() WHERE table_name = 'activities'"
    ).fetchall()
    assert found == [(kept,)]
