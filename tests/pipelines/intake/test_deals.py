"""Deals as CRMs write them: what a row that is set aside still tells, days, and words that nobody knows."""

import datetime
import random

import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from pipelines.validation.unknown_words import direction_note
from tests.pipelines.crm_export import export, read, rejected, rows

HEAD = "opportunity_id,account_id,lead_id,created_at,closed_at,status,amount,opportunity_type"


def deals(*lines, head=HEAD):
    return "\n".join([head, *lines]) + "\n"


def accounts(count):
    return "account_id,created_at\n" + "".join(f"A{i},2026-01-01\n" for i in range(1, count + 1))


#: A won row of each account that is set aside, and since when it is a customer by that row.
SET_ASIDE = {
    "O1,A1,,2026-01-02,2026-02-10,won,-5,": datetime.datetime(2026, 2, 10),
    "O2,A2,,2026-01-02,,Closed Won,5,": datetime.datetime(2026, 1, 2),
    "O3,A3,,2026-01-02,the tenth,won,5,": datetime.datetime(2026, 1, 2),
    "O4,A4,,2026-01-02,1970-01-01,won,5,": datetime.datetime(2026, 1, 2),
    "O5,A5,,2026-01-02,9999-12-31,won,5,": datetime.datetime(2026, 1, 2),
    "O6,A6,,,2026-02-10,won,5,": datetime.datetime(2026, 2, 10),
    "O7,A7,,someday,soon,won,5,": None,
    "O8,A8,,2026-01-02,2026-02-10,won,a lot,": datetime.datetime(2026, 2, 10),
    ",A9,,2026-01-02,2026-02-10,won,5,": datetime.datetime(2026, 2, 10),
}


def customers_by_row(intake, lines, *columns):
    """By line, what is told of the customer that its account is: no two lines name one account."""
    found = {row[0]: row[1:] for row in rows(intake.tables.won_aside, "account_id", *columns)}
    return {line: found.pop(line.split(",")[1], "no customer") for line in lines} | found


def test_a_won_row_that_is_set_aside_tells_of_its_customer(tmp_path):
    intake = read(export(tmp_path, accounts=accounts(9), opportunities=deals(*SET_ASIDE)))
    assert intake.counts["opportunities"].rejected == 9
    expected = {line: (None, since) for line, since in SET_ASIDE.items()}
    assert customers_by_row(intake, SET_ASIDE, "lead_id", "since") == expected
    assert "opportunities: 9 accounts are customers by rows that were set aside" in intake.notes


def test_open_and_lost_rows_that_are_set_aside_make_no_customer_and_are_said(tmp_path):
    lines = ("O1,A1,,2026-01-02,2026-02-10,lost,-5,", "O2,A2,,2026-01-02,,open,-1,")
    intake = read(export(tmp_path, opportunities=deals(*lines)))
    assert intake.tables.won_aside is None
    assert "opportunities: 2 accounts have an open or lost deal that was set aside and does not count" in intake.notes


#: A deal of each account in a status that nobody knows, and since when it may be a customer.
UNCLEAR = {
    "O1,A1,,2026-01-02,2026-02-10,Signed,5,": datetime.datetime(2026, 2, 10),
    "O2,A2,,2026-01-02,2026-02-10,,5,": datetime.datetime(2026, 2, 10),
    "O3,A3,,2026-01-02,,,5,": datetime.datetime(2026, 1, 2),
    "O4,A4,,2026-01-02,the tenth,Signed,5,": datetime.datetime(2026, 1, 2),
    "O5,A5,,someday,soon,Signed,-5,": None,
}


def test_a_closed_deal_in_a_status_that_nobody_knows_may_have_made_a_customer(tmp_path):
    text = deals(*UNCLEAR, "O6,A6,,2026-01-02,2026-02-10,won,5,")
    intake = read(export(tmp_path, accounts=accounts(6), opportunities=text))
    expected = {line: (None, since, True) for line, since in UNCLEAR.items()}
    assert customers_by_row(intake, UNCLEAR, "lead_id", "since", "unclear") == expected
    assert any("5 accounts have a deal that may be won" in note and "status_words" in note for note in intake.notes)


def test_a_deal_is_clear_where_a_row_tells_how_it_ended(tmp_path):
    lines = (
        # Another row of the deal tells how it ended, or was written while it was open.
        *("O1,A1,,2026-01-02,2026-02-10,Signed,5,", "O1,A1,,2026-01-02,2026-02-11,lost,5,"),
        *("O2,A2,,2026-01-02,,open,5,", "O2,A2,,2026-01-02,2026-02-10,Signed,5,"),
    )
    text = deals(*lines, "O3,A3,,2026-01-02,2026-02-10,won,5,")
    intake = read(export(tmp_path, accounts=accounts(3), opportunities=text))
    assert rows(intake.tables.won_aside, "account_id") == ["A2"]


def test_the_flags_of_a_crm_tell_what_an_unknown_status_means(tmp_path):
    cells = {"D1": "true,true,2026-02-10", "D2": "true,false,2026-02-10", "D3": "false,false,2026-02-10"}
    lines = [f"{name},A1,,2026-01-02,Signed,{flags}" for name, flags in cells.items()]
    text = deals(*lines, head="opportunity_id,account_id,lead_id,created_at,status,IsClosed,IsWon,closed_at")
    intake = read(export(tmp_path, opportunities=text))
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [
        ("D1", "won"),
        ("D2", "lost"),
        ("D3", "open"),
    ]
    assert intake.tables.won_aside is None


def test_a_status_that_the_flags_of_a_crm_contradict_counts_and_is_said(tmp_path):
    cells = {
        "D1": "won,true,true", "D2": "won,true,false", "D3": "lost,true,true", "D4": "lost,false,false",
        "D5": "open,true,false", "D6": "open,false,false", "D7": "lost,true,false", "D8": "won,,",
    }  # fmt: skip
    lines = [f"{name},A1,,2026-01-02,{flags},2026-02-10" for name, flags in cells.items()]
    text = deals(*lines, head="opportunity_id,account_id,lead_id,created_at,status,IsClosed,IsWon,closed_at")
    intake = read(export(tmp_path, opportunities=text))
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [
        (name, flags.split(",")[0]) for name, flags in cells.items()
    ]
    said = "a status that the flags of the CRM (IsClosed, IsWon) contradict: the status counts"
    assert f"opportunities: 4 rows with {said}" in intake.notes


def test_the_leads_of_an_account_that_was_set_aside_are_its_customers_too(tmp_path):
    folder = export(
        tmp_path,
        accounts="account_id,created_at\nA1,2026-01-01\nA8,someday\n",
        leads="lead_id,account_id\nL1,A1\nL8,A8\n",
        opportunities=deals("O8,A8,,2026-01-02,2026-02-10,won,5,"),
    )
    intake = read(folder)
    assert rows(
        intake.tables.won_aside.mutate(lead_id=intake.tables.won_aside.lead_id.fill_null("")), "account_id", "lead_id"
    ) == [
        ("A8", ""),
        ("A8", "L8"),
    ]


#: The cells of `created_at` and `closed_at`, and what a deal has as `created_at` and `known_at`.
OF_ONE_DAY = {
    # As a date beside a time, and across a zone.
    "2026-02-08T06:10:00Z,2026-02-08": ("2026-02-08T00:00", "2026-02-08T06:10"),
    "2026-02-08,2026-02-08T06:10:00Z": ("2026-02-08T00:00", "2026-02-08T00:00"),
    "2026-02-09T03:00:00Z,2026-02-08": ("2026-02-08T00:00", "2026-02-09T03:00"),
    "2026-02-08 09:00:00,2026-02-08 09:00:00": ("2026-02-08T09:00", "2026-02-08T09:00"),
}
ENTERED_LATE = {
    "2026-02-10T03:00:00Z,2026-02-08": ("2026-02-08T00:00", "2026-02-10T03:00"),
    "2026-02-10,2026-02-08": ("2026-02-08T00:00", "2026-02-10T00:00"),
    "2026-02-09T08:00:00Z,2026-02-08T09:00:00Z": ("2026-02-08T09:00", "2026-02-09T08:00"),
}


@pytest.mark.parametrize(("dates", "late"), [(OF_ONE_DAY, 0), (ENTERED_LATE, 3)])
def test_days_are_compared_and_a_deal_entered_late_is_known_from_its_entry(tmp_path, dates, late):
    lines = [f"O{i},A1,,{cells},won,5," for i, cells in enumerate(dates)]
    intake = read(export(tmp_path, opportunities=deals(*lines)), Config())
    found = rows(intake.tables.opportunities, "opportunity_id", "created_at", "known_at")
    moments = [tuple(when.isoformat("T", "minutes") for when in row[1:]) for row in found]
    assert dict(zip(dates, moments, strict=True)) == dates
    said = [f"opportunities: {late} rows with a deal that closed before it was entered, known from its entry"]
    assert [note for note in intake.notes if "before it was entered" in note] == said * (late > 0)


def test_an_unknown_status_is_open_while_nothing_has_closed_and_else_set_aside_apart(tmp_path):
    lines = [f"D{i},A1,,2026-01-02,2026-02-10,won,5," for i in range(10)]
    lines += [
        "O1,A1,,2026-01-02,,Verbal commit,5,",
        "O2,A1,,2026-01-02,2026-09-01,Verbal commit,5,",
        "O3,A1,,2026-01-02,2026-02-10,Verbal commit,5,",
    ]
    random.Random(1).shuffle(lines)
    intake = read(export(tmp_path, opportunities=deals(*lines)), Config())  # 1 of 13 is more than 5 %
    assert rows(intake.tables.opportunities, "opportunity_id", "status")[-2:] == [("O1", "open"), ("O2", "open")]
    assert rejected(intake, tmp_path, "opportunities", "opportunity_id") == {"O3": "unknown_status"}
    assert (
        "opportunities: unknown words in status: 'Verbal commit' (2 rows, read as open), 'Verbal commit' (1 rows, set "
        'aside); say what they mean under [input] in the configuration: status_words = {"Verbal commit" = ...}'
    ) in intake.notes
    mapped = read(tmp_path, Config(input=Input(status_words={"verbal-commit": "lost"}, max_reject_share=1.0)))
    assert rows(mapped.tables.opportunities, "opportunity_id", "status")[-1] == ("O3", "lost")


def test_a_night_without_a_win_that_anyone_understands_stops(tmp_path):
    lines = [f"D{i},A1,,2026-01-02,2026-02-10,Signed,5," for i in range(9)]
    with pytest.raises(
        BadInput, match=r"no deal of the table opportunities is won, and 9 of 9 .* status_words"
    ) as stopped:
        read(export(tmp_path, opportunities=deals(*lines)), Config())
    assert "'Signed' (9 rows, set aside)" in str(stopped.value)
    intake = read(tmp_path, Config(input=Input(status_words={"Signed": "won"})))
    assert rows(intake.tables.opportunities, "status") == ["won"] * 9


def test_an_unknown_type_is_existing_business(tmp_path):
    lines = ("O1,A1,,2026-01-02,2026-02-10,won,5,Maintenance", "O2,A1,,2026-01-02,2026-02-10,won,5,Land")
    text = deals(*lines)
    intake = read(export(tmp_path, opportunities=text), Config(input=Input(type_words={"land": "new_business"})))
    assert rows(intake.tables.opportunities, "opportunity_id", "opportunity_type") == [
        ("O1", "expansion"),
        ("O2", "new_business"),
    ]
    assert any("'Maintenance' (1 rows, read as expansion)" in note for note in intake.notes)


ACTIVITIES = """lead_id,activity_type,occurred_at,direction
L1,email,2026-02-01,
L1,email_open,2026-02-02,
L1,meeting,2026-02-03,
L1,Call,2026-02-04,both
L1,note,2026-02-05,both
L1,page_view,2026-02-06,both
L1,EMAIL,2026-02-07,INCOMING_EMAIL
L1,EMAIL,2026-02-08,EMAIL
"""
DIRECTED = [
    ("Call", "outbound"),
    ("EMAIL", "inbound"),
    ("EMAIL", "outbound"),
    ("email", "outbound"),
    ("email_open", "inbound"),
    ("meeting", "inbound"),
    ("note", "outbound"),
    ("page_view", "inbound"),
]
SAID = (
    "activities: without a direction, read by their type: email (1) as outbound, which changes no score, for they look "
    "like our own; email_open (1) as inbound; meeting (1) as inbound too, for their type does not say who acts"
)


def test_types_without_a_direction_are_counted_also_beyond_those_that_are_named():
    # Eight are named, the most frequent first; of the others, how many and with how many rows.
    said = direction_note([(f"kind {n}", 20 - n) for n in range(11)] + [("call", 3)])
    assert said.endswith("kind 7 (13) and 3 more types (33) as inbound too, for their type does not say who acts")
    assert "call (3) as outbound" in said
    assert "more" not in direction_note([(f"kind {n}", 2) for n in range(8)])


UNKNOWN = (
    "activities: unknown words in direction: 'both' (2 rows, read as outbound), 'both' (1 rows, read as inbound); say "
    'what they mean under [input] in the configuration: direction_words = {"both" = ...}'
)


@pytest.mark.parametrize("parquet", [False, True])
def test_who_acts_is_read_by_type_where_nobody_wrote_it(tmp_path, parquet):
    folder = export(tmp_path, activities=ACTIVITIES)
    if parquet:
        import pandas as pd

        frame = pd.read_csv(folder / "activities.csv", parse_dates=["occurred_at"])
        frame.to_parquet(folder / "activities.parquet")
        (folder / "activities.csv").unlink()
    intake = read(folder, Config())
    assert rows(intake.tables.activities, "activity_type", "direction") == DIRECTED
    assert SAID in intake.notes
    assert UNKNOWN in intake.notes
    if parquet:
        assert rows(intake.tables.log.days, "kind") == ["EMAIL", "email_open", "meeting", "page_view"]
    own = read(folder, Config(input=Input(direction_words={"both": "inbound"})))
    assert rows(own.tables.activities, "activity_type", "direction")[0] == ("Call", "inbound")
    assert UNKNOWN not in own.notes
    if parquet:
        assert rows(own.tables.log.days, "kind") == ["Call", "EMAIL", "email_open", "meeting", "note", "page_view"]
