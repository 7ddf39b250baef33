"""Rows that are marked as deleted, merged, archived, drafts or tests: left out with a count, whatever says it."""

import datetime

import ibis
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.intake.deleted_rows import without_deleted
from pipelines.sources.files import ROW, Source
from scoring.contracts.cells import column_key
from tests.pipelines.crm_export import export, read, rows

DEALS = "opportunity_id,account_id,created_at,closed_at,status,amount"


def deals(column, deleted, kept):
    return (
        f"{DEALS},{column}\nO1,A1,2026-01-02,2026-02-10,won,5,{deleted}\nO2,A2,2026-01-02,2026-02-10,won,5,{kept}\n"
        f"O3,A2,2026-01-02,,open,5,{kept}\n"
    )


@pytest.mark.parametrize(
    ("column", "deleted", "kept", "why"),
    [
        ("IsDeleted__c", "true", "false", "deleted"),
        ("archived", "true", "false", "archived"),
        ("MasterRecordId", "001bm00001ZL001AAA", "000000000000000AAA", "merged"),
        ("active", "false", "true", "inactive"),
    ],
)
def test_a_deleted_win_is_no_win(tmp_path, column, deleted, kept, why):
    intake = read(export(tmp_path, opportunities=deals(column, deleted, kept)), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O2", "O3"]
    assert f"opportunities: 1 rows are left out: {why}" in intake.notes
    assert intake.rejects == ()
    assert intake.tables.customers is None
    assert intake.counts["opportunities"].left_out == 1


def left(table, key, **columns):
    """The ids that stay of a table of a few rows, and the notes."""
    connection = ibis.duckdb.connect()
    frame = pd.DataFrame({key: [f"R{n + 1}" for n in range(len(next(iter(columns.values()))))], **columns})
    names = {column_key(name.removeprefix("_") if name.startswith("__") else name): name for name in frame.columns}
    frame.columns = list(names)
    raw = connection.create_table("raw", frame.assign(**{ROW: range(len(frame))}))
    source = without_deleted(connection, Source(table, ("f.csv",), (), raw, True, False, (), names=names))
    return rows(source.raw, key), source.notes


@pytest.mark.parametrize(
    ("column", "gone", "there", "why"),
    [
        ("is_deleted", "true", "false", "deleted"),
        ("IsDeleted", "1", "0", "deleted"),
        ("Deal Deleted", "1", "0", "deleted"),
        ("__deleted", "true", "false", "deleted"),
        ("_change_type", "delete", "insert", "deleted"),
        ("_fivetran_deleted", "TRUE", "", "deleted"),
        ("Is Deleted", "Yes", "No", "deleted"),
        ("_sdc_deleted_at", "2026-02-11T00:00:00Z", "", "deleted"),
        ("deleted_at", "2026-02-11", "null", "deleted"),
        ("hs_is_deleted", "t", "f", "deleted"),
        ("is_merged", "1", "0", "merged"),
        ("merged_into", "O2", "", "merged"),
        ("is_test", "y", "n", "tests"),
        ("RecordState", "Deleted", "Active", "deleted"),
        ("record_state", "tombstone", "inactive", "deleted"),
        ("row_status", "archived", "live", "archived"),
        ("Statecode", "Merged", "Inactive", "merged"),
        ("voided", "Y", "N", "voided"),
        ("is_void", "1", "0", "voided"),
        ("spam", "true", "", "spam"),
        ("Papierkorb", "Ja", "Nein", "deleted"),
        ("gelöscht", "x", "", "deleted"),
        ("trashed_at", "2026-02-11", "9999-12-31", "deleted"),
        ("In Trash", "t", "f", "deleted"),
        ("Duplicate", "Yes", "No", "duplicates"),
        ("duplicate_of", "O2", "", "duplicates"),
        ("MasterId", "R2", "", "merged"),
        ("_op", "d", "u", "deleted"),
        ("op", "DELETE", "INSERT", "deleted"),
        ("__op", "D", "I", "deleted"),
        ("header__change_oper", "d", "i", "deleted"),
        ("RowKind", "-D", "+I", "deleted"),
        ("purged", "1.0", "0.0", "deleted"),
        ("Deletion Flag", "deleted", "active", "deleted"),
        ("deleted_by", "U7", "", "deleted"),
        ("date_archived", "11.02.2026", "", "archived"),
        ("Löschkennzeichen", "X", "", "deleted"),
        ("_hoodie_is_deleted", "true", "false", "deleted"),
        ("_hoodie_operation", "-D", "+I", "deleted"),
        ("_PEERDB_IS_DELETED", "1", "0", "deleted"),
        ("_sometool_deleted_at", "2026-02-11", "", "deleted"),
    ],
)
def test_marks_of_many_makers_are_known(column, gone, there, why):
    kept, notes = left("opportunities", "opportunity_id", **{column: [gone, there, there]})
    assert (kept, notes) == (["R2", "R3"], (f"opportunities: 1 rows are left out: {why}",))


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Duplicate", ("some", "none", "both")),  # words that nobody knows are no flags
        ("archived_on", ("tape", "disk", "tape")),
        ("void", ("12", "3", "7")),
        ("op", ("retail", "d", "retail")),
        ("operation", ("mining", "retail", "mining")),
        ("Statecode", ("Inactive", "Inactive", "Active")),
        ("Active__c", ("No", "Yes", "Yes")),  # a customer that is not active is one
        ("record_status", ("inactive", "closed", "open")),
        ("master_id", ("R1", "R2", "R3")),
        ("number_of_deleted_scenes", ("1", "1", "0")),
    ],
)
def test_what_only_looks_like_a_mark_leaves_no_row_out(column, cells):
    kept, notes = left("accounts", "account_id", **{column: list(cells)})
    assert kept == ["R1", "R2", "R3"]
    said = [note for note in notes if "the column is not used for that, and all its rows count" in note]
    assert len(said) == (column in ("Duplicate", "archived_on", "void", "op"))


@pytest.mark.parametrize(
    ("status", "stay"), [("Deleted", ["R2"]), ("merged", ["R2"]), ("Archived", ["R1", "R2"]), ("Spam", ["R1", "R2"])]
)
def test_the_status_of_an_account_says_only_that_it_is_gone(status, stay):
    assert left("accounts", "account_id", Status=[status, "Inactive"])[0] == stay


def test_a_few_cells_that_are_not_understood_cost_themselves():
    kept, notes = left("accounts", "account_id", is_deleted=[*["true"] * 4, *["false"] * 26, "perhaps"])
    assert len(kept) == 27
    assert any("1 of 31 cells are no flag, no date and no word known: these rows count" in note for note in notes)


def test_a_status_can_say_it(tmp_path):
    text = deals("owner", "", "").replace("won,5,\nO2", "Deleted,5,\nO2")
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O2", "O3"]


@pytest.mark.parametrize(
    ("inactive", "left"),
    [
        ("lost", ["L", "L2", "O", "W"]),  # Odoo: a lost deal is inactive
        ("won lost", ["L", "L2", "O", "W"]),  # Pipedrive: whatever closed is inactive
        ("open", ["L", "L2", "O", "W"]),  # all of one status: that cannot be what deletes them
    ],
)
def test_inactive_is_not_deleted_where_it_says_that_a_deal_is_closed(tmp_path, inactive, left):
    states = {"W": "won", "L": "lost", "L2": "lost", "O": "open"}
    closed = {"won": "2026-02-01", "lost": "2026-02-01", "open": ""}
    lines = [
        f"{name},A1,2026-01-02,{closed[state]},{state},5,{'false' if state in inactive else 'true'}"
        for name, state in states.items()
    ]
    intake = read(export(tmp_path, opportunities=f"{DEALS},active\n" + "\n".join(lines) + "\n"), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == left
    said = [note for note in intake.notes if "have active = false; so many cannot be deleted" in note]
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
def test_meetings_that_did_not_take_place_are_no_touches(tmp_path, column, cells, kept, said):
    lines = [f"L1,meeting {i},2026-02-0{i + 1},{cell}" for i, cell in enumerate(cells.split("|"))]
    text = "\n".join([f"lead_id,activity_type,occurred_at,{column}", *lines]) + "\n"
    intake = read(export(tmp_path, activities=text), Config())
    assert rows(intake.tables.activities, "activity_type") == [f"meeting {i}" for i in kept]
    assert any(said in note for note in intake.notes)


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
    assert "accounts: 4 records were merged into records that the export lacks" in intake.notes
    assert intake.rejects == ()
