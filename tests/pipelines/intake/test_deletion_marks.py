"""The columns by which many makers mark rows that are no longer there, and those that only look so."""

import ibis
import pandas as pd
import pytest

from pipelines.intake.deleted_rows import _marked, without_deleted
from pipelines.sources.files import ROW, Source
from scoring.cells.cells import column_key
from tests.pipelines.crm_export import rows


def key_of(name):
    return column_key(name.removeprefix("_") if name.startswith("__") else name)


def left(table, key, **columns):
    """The ids that stay of a table of a few rows, and the notes."""
    connection = ibis.duckdb.connect()
    frame = pd.DataFrame({key: [f"R{n + 1}" for n in range(len(next(iter(columns.values()))))], **columns})
    names = {key_of(name): name for name in frame.columns}
    frame.columns = list(names)
    raw = connection.create_table("raw", frame.assign(**{ROW: range(len(frame))}))
    source = without_deleted(connection, Source(table, ("f.csv",), (), raw, True, False, (), names=names))
    return rows(source.raw, key), source.notes


#: A column, its cell of a row that is gone and of one that is there, and why that one is gone.
MARKS = [
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
]
#: One of each kind: a flag, a time, a change of a table of changes, a state, another record, and itself but for others.
KINDS = ("Is Deleted", "_sdc_deleted_at", "_change_type", "RecordState", "merged_into", "MasterId", "spam")


@pytest.fixture(scope="module")
def judged():
    """Of each mark what is known of its three cells, of a row that is gone and two that are there, and why."""
    connection, left_over, found = ibis.duckdb.connect(), list(MARKS), {}
    while left_over:  # a table has one column of a name
        marks = {key_of(mark[0]): mark for mark in reversed(left_over)}
        left_over = [mark for mark in left_over if mark not in marks.values()]
        cells = {key: [gone, there, there] for key, (_, gone, there, _) in marks.items()}
        frame = pd.DataFrame({"opportunity_id": ["R1", "R2", "R3"], **cells, ROW: range(3)})
        raw = connection.create_table("raw", frame, overwrite=True)
        names = {key: mark[0] for key, mark in marks.items()}
        source = Source("opportunities", ("f.csv",), (), raw, True, False, (), names=names)
        for key, mark in marks.items():
            told = _marked(source, key, "opportunity_id")
            assert told is not None, mark
            known = told.known.fill_null(raw[key] == "")  # an empty cell says nothing
            table = raw.select("opportunity_id", gone=told.gone.fill_null(False), why=told.why, known=known)
            found[mark] = rows(table, "gone", "why", "known")
    return found


@pytest.mark.parametrize("mark", MARKS, ids=[mark[0] for mark in MARKS])
def test_marks_of_many_makers_are_known(judged, mark):
    gone = [(known, why) for is_gone, why, known in judged[mark] if is_gone]
    there = [known for is_gone, _, known in judged[mark] if not is_gone]
    assert (gone, there) == ([(True, mark[3])], [True, True])


@pytest.mark.parametrize(("column", "gone", "there", "why"), [mark for mark in MARKS if mark[0] in KINDS])
def test_marked_rows_are_left_out(column, gone, there, why):
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
