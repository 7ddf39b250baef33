"""Several rows of one id: the newest counts, at an earlier day the newest known by then, in any order of rows."""

import datetime
import itertools
from dataclasses import replace

import pandas as pd
import pytest

from pipelines.config import Config
from scoring.cells.cells import column_key
from scoring.knowledge import upto
from scoring.timeline import day_number
from tests.pipelines.crm_export import export, read, rows

HEAD = "opportunity_id,account_id,created_at,closed_at,status,amount"
#: A deal as an append-only export holds it, and one with a single row.
KNOWN_AT = """O1,A1,2026-01-02,,open,5,2026-01-02
O1,A1,2026-01-02,2026-02-10,won,9,2026-02-11
O1,A1,2026-01-02,2026-02-10,won,7,2026-03-05
O2,A2,2026-01-03,,open,1,2026-01-03"""


def as_of(intake, day):
    return upto(intake.tables, day_number(datetime.date.fromisoformat(day))).opportunities


def test_the_newest_counts_and_at_an_earlier_day_the_newest_known_by_then(tmp_path):
    versions, other = KNOWN_AT.splitlines()[:3], KNOWN_AT.splitlines()[3]
    # A deal for each order of its rows.
    orders = list(itertools.permutations(line.removeprefix("O1,") for line in versions))
    lines = [f"P{i},{cells}" for i, order in enumerate(orders) for cells in order]
    text = "\n".join([f"{HEAD},known_at", *lines, other]) + "\n"
    intake = read(export(tmp_path, opportunities=text), Config())

    def each(*cells):
        return [(f"P{i}", *cells) for i in range(6)]

    assert intake.rejects == ()
    columns = ("opportunity_id", "status", "amount")
    assert rows(intake.tables.opportunities, *columns) == [("O2", "open", 1), *each("won", 7)]
    found = rows(as_of(intake, "2026-02-01"), "opportunity_id", "status")
    assert found == [("O2", "open"), *each("open")]
    assert rows(as_of(intake, "2026-03-01"), *columns)[1:] == each("won", 9)
    assert rows(as_of(intake, "2026-03-06"), *columns)[1:] == each("won", 7)
    # The next night told of the win, so that the deal is known since its first row.
    first = datetime.datetime(2026, 1, 2)
    assert rows(intake.tables.opportunities, "opportunity_id", "known_at")[1:] == each(first)
    assert intake.counts["opportunities"].left_out == 12
    assert (
        "opportunities: 12 rows are other versions of a row with the same opportunity_id; the newest by known_at counts"
    ) in intake.notes


def test_a_win_that_was_entered_weeks_later_is_known_since_then(tmp_path):
    late = KNOWN_AT.replace("2026-02-11", "2026-02-25").splitlines()
    text = "\n".join([late[0], late[1], late[3]])
    intake = read(export(tmp_path, opportunities=f"{HEAD},known_at\n{text}\n"), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "known_at")[0] == ("O1", datetime.datetime(2026, 2, 25))
    assert rows(as_of(intake, "2026-02-20"), "opportunity_id", "status", "known_at")[0] == (
        "O1",
        "open",
        datetime.datetime(2026, 1, 2),
    )


@pytest.mark.parametrize(
    ("column", "older", "newer"),
    [
        ("LastModifiedDate", "2026-02-01T08:00:00Z", "2026-02-01T09:00:00Z"),
        ("SystemModstamp", "2026-02-01", "2026-02-02"),
        ("_fivetran_synced", "2026-02-01 08:00:00", "2026-02-01 08:00:01"),
        ("write_date", "", "2026-02-02"),
        ("updated_at", "2026-02-01T09:00:00+02:00", "2026-02-01T08:00:00Z"),
    ],
)
def test_an_update_column_says_which_row_is_the_newest(tmp_path, column, older, newer):
    cells = ["2026-01-02,2026-01-20,lost,5," + newer, "2026-01-02,2026-01-20,won,5," + older]
    # Of the one deal the newest row comes first, of the other the oldest.
    lines = [f"{name},A1,{cell}" for name, order in (("O1", cells), ("O2", cells[::-1])) for cell in order]
    intake = read(export(tmp_path, opportunities="\n".join([f"{HEAD},{column}", *lines]) + "\n"), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [("O1", "lost"), ("O2", "lost")]
    assert intake.rejects == ()


def test_typed_times_of_a_synchronisation_count_as_well(tmp_path):
    folder = export(tmp_path, accounts=None)
    frame = pd.DataFrame(
        {
            "account_id": ["A1", "A1", "A2"],
            "industry": ["Retail", "Software", "Retail"],
            "_airbyte_extracted_at": pd.to_datetime(["2026-03-01", "2026-02-01", "2026-02-01"], utc=True),
        }
    )
    frame.to_parquet(folder / "accounts.parquet")
    intake = read(folder, Config())
    assert rows(intake.tables.accounts, "account_id", "industry") == [("A1", "Retail"), ("A2", "Retail")]
    # What an account was before is its history.
    assert rows(intake.tables.account_history, "account_id", "known_at", "industry") == [
        ("A1", datetime.datetime(2026, 2, 1), "Software"),
        ("A1", datetime.datetime(2026, 3, 1), "Retail"),
    ]


def test_where_nothing_says_which_is_newer_the_run_says_so_and_a_win_stays_one(tmp_path):
    cells = ("2026-01-02,,open,5", "2026-01-02,2026-02-10,won,5", "2026-01-02,2026-02-10,lost,5")
    # A deal for each order of its rows.
    lines = [f"O{i},A1,{cell}" for i, order in enumerate(itertools.permutations(cells)) for cell in order]
    intake = read(export(tmp_path, opportunities="\n".join([HEAD, *lines]) + "\n"), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [(f"O{i}", "won") for i in range(6)]
    assert [note for note in intake.notes if "which row is the newest" in note] == [
        "opportunities: for 6 ids it is unknown which row is the newest (no known_at and no updated_at): a won deal "
        "counts before a lost and an open one; give updated_at"
    ]


def test_equal_rows_are_one_row_and_stop_no_night(tmp_path):
    text = "O1,A1,2026-01-02,2026-02-10,won,5\n" * 30
    intake = read(export(tmp_path, opportunities=f"{HEAD}\n{text}"), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [("O1", "won")]
    assert "opportunities: 29 rows repeat another row word for word; each is read once" in intake.notes
    assert not any("nothing says" in note for note in intake.notes)
    found = intake.counts["opportunities"]
    assert (found.read, found.accepted, found.rejected, found.left_out) == (30, 1, 0, 29)


def test_a_row_known_later_changes_nothing_before(tmp_path):
    before = read(export(tmp_path / "before", opportunities=f"{HEAD},known_at\n{KNOWN_AT}\n"), Config())
    more = KNOWN_AT + "\nO2,A2,2026-01-03,2026-03-20,won,3,2026-03-21\nO1,A1,2026-01-02,,open,5,2026-03-22\n"
    after = read(export(tmp_path / "after", opportunities=f"{HEAD},known_at\n{more}"), Config())
    for day in ("2026-01-10", "2026-02-20", "2026-03-20"):
        columns = ("opportunity_id", "status", "known_at")
        assert rows(as_of(after, day), *columns) == rows(as_of(before, day), *columns), day
    twice = replace(after, tables=upto(after.tables, day_number(datetime.date(2026, 3, 21))))
    assert rows(as_of(twice, "2026-02-01"), "opportunity_id", "status") == [("O1", "open"), ("O2", "open")]


@pytest.mark.parametrize("column", ["version", "RowVersion", "Revision Number"])
def test_a_number_of_the_version_says_which_row_is_the_newest(tmp_path, column):
    text = f"{HEAD},{column}\nO1,A1,2026-01-02,2026-02-10,won,9,2\nO1,A1,2026-01-02,2026-02-10,lost,9,10\n"
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [("O1", "lost")]
    key = column_key(column)
    note = f"opportunities: 1 rows are other versions of a row with the same opportunity_id; the newest by {key} counts"
    assert note in intake.notes
    assert not any("nothing says" in note for note in intake.notes)


@pytest.mark.parametrize(
    ("rest", "lines", "versions"),
    [
        (("5,a", "7,b", "9,c"), 1, 0),
        (("5,a", "5,b", "5,c"), 0, 0),  # the amount of the deal stands on each: any of them is right
        (("5,a", "7,a", "9,a"), 0, 1),  # versions, as far as anybody knows
    ],
)
def test_rows_that_differ_in_a_product_and_the_amount_are_lines(tmp_path, rest, lines, versions):
    text = f"{HEAD},product\n" + "".join(f"O1,A1,2026-01-02,2026-02-10,won,{cells}\n" for cells in rest)
    intake = read(export(tmp_path, opportunities=text), Config())
    assert intake.counts["opportunities"].lines == lines
    assert sum("differ only in amount and in product: they are probably the" in note for note in intake.notes) == lines
    assert sum("give updated_at" in note for note in intake.notes) == versions


def test_another_stage_is_no_line(tmp_path):
    text = f"{HEAD},product\nO1,A1,2026-01-02,,open,5,a\nO1,A1,2026-01-02,2026-02-10,won,7,b\n"
    assert read(export(tmp_path, opportunities=text), Config()).counts["opportunities"].lines == 0
