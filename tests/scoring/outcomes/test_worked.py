"""Which accounts were worked, as known at a snapshot: within 30 days before, by a call, or by an open deal."""

import ibis
import pytest

from scoring import entities
from scoring.outcomes.worked import Worked, kinds_of_work, outbound_kinds, personal
from tests.scoring.example_market import AS_OF, TEXTS, cells, day, example

HEAD = "lead_id  account_id  activity_type  occurred_at  known_at  direction\n"
NO_DEALS = TEXTS["opportunities"].strip().splitlines()[0]
DEAL = NO_DEALS + "\nO1  {}  {}  {}  {}  {}  -  new_business  -"

#: The touches, and the accounts that were worked at 2026-03-01.
TOUCHES = [
    ("L1  -   call   2026-02-10T10:00  -           outbound", ["A1"]),
    ("-   A2  call   2026-02-10T10:00  -           outbound", ["A2"]),
    ("L1  A2  call   2026-02-10T10:00  -           outbound", ["A1"]),  # the lead's own account counts
    ("L5  -   call   2026-02-10T10:00  -           outbound", ["lead:L5"]),  # a lead alone
    ("L1  -   call   2026-01-30T00:00  -           outbound", ["A1"]),  # the first day of the window
    ("L1  -   call   2026-01-29T23:59  -           outbound", []),
    ("L1  -   call   2026-02-28T23:59  -           outbound", ["A1"]),
    ("L1  -   call   2026-03-01T00:00  -           outbound", []),  # not known yet
    ("L1  -   call   2026-02-10T10:00  2026-03-01  outbound", []),
    ("L1  -   call   2026-02-10T10:00  -           inbound", []),  # the buyer called
    ("L1  -   email  2026-02-10T10:00  -           outbound", []),  # a mailing
    ("L1  -   call   2026-02-10T10:00  -  outbound\nL2  -  call  2026-02-10T10:00  -  outbound", ["A1"]),
]
#: A deal of A2 as opened, closed and its status, and whether it was open in the window.
DEALS = [
    (("2026-02-10", "-", "open"), True),
    (("2025-06-10", "-", "open"), True),
    (("2025-06-10", "2026-01-30", "lost"), True),
    (("2025-06-10", "2026-01-29", "lost"), False),
    (("2026-02-10", "2026-03-20", "lost"), True),  # open on that day
    (("2026-03-01", "-", "open"), False),
]
KINDS = [
    ("Telephone", True),
    ("Réunion", True),
    ("Calls made", True),
    ("outbound_calls_made", True),
    ("Calls - connected", True),
    ("calling", True),
    ("CallOut", True),
    ("Callback", True),
    ("Meeting (updated)", True),
    ("meeting event", True),
    ("exchange meeting", True),
    ("Appointment assigned", True),
    ("Gespräch", True),
    ("Videokonferenz", True),
    ("Conversation", True),
    ("Owner assigned", False),
    ("field updated", False),
    ("Call Center", False),
    ("Citation request", False),
    ("demographic survey", False),
    ("call", True),
    ("Outbound Call", True),
    ("calls", True),
    ("meeting_invite", True),
    ("Meeting", True),
    ("phone", True),
    ("demo", True),
    ("LinkedIn InMail", True),
    ("Voicemail", True),
    ("Anruf", True),
    ("Kundenbesuch", True),
    ("Llamada", True),
    ("email_sent", False),
    ("Email", False),
    ("Send mail", False),
    ("newsletter", False),
    ("Mailing", False),
    ("Campaign call list", False),
    ("webinar invitation", False),
    ("Event invite", False),
    ("owner_changed", False),
    ("task", False),
    ("recalled", False),
    ("scaling", False),
    ("", False),
]


def worked(touches: str = "", deals: str = NO_DEALS, as_of: int = AS_OF) -> ibis.Table:
    tables = example(activities=HEAD + touches if touches else None, opportunities=deals)
    people = entities.people(tables)
    keys = ["A1", "A2", "A3", "A4", "lead:L5"]
    snapshots = ibis.memtable({"account_key": keys, "as_of": [as_of] * len(keys)})
    return Worked(("call",), 30).of(tables, people, snapshots)


@pytest.mark.parametrize(("touches", "expected"), TOUCHES)
def test_a_call_within_the_window_works_its_account(touches: str, expected: list[str]) -> None:
    assert cells(worked(touches), "account_key", "dealt") == [(key, False) for key in expected]


@pytest.mark.parametrize(("deal", "expected"), DEALS)
def test_an_open_deal_is_worked_without_any_touch(deal: tuple[str, str, str], expected: bool) -> None:
    found = worked("L1  -  email  2026-02-10T10:00  -  outbound", DEAL.format("A2", "-", *deal))
    assert cells(found, "account_key", "dealt") == ([("A2", True)] if expected else [])


def test_without_activities_deals_alone_tell_it() -> None:
    assert cells(worked(deals=DEAL.format("A2", "-", "2026-02-10", "-", "open")), "account_key") == [("A2",)]


def test_each_snapshot_once_however_often_it_was_worked() -> None:
    calls = "\n".join(f"L1  -  call  2026-02-{i:02}T10:00  -  outbound" for i in range(10, 20))
    found = worked(calls, DEAL.format("A1", "-", "2026-02-10", "-", "open"))
    assert cells(found, "account_key", "as_of", "dealt") == [("A1", AS_OF, True)]
    assert cells(worked(calls, as_of=day("2026-02-01"))) == []


@pytest.mark.parametrize(("kind", "expected"), KINDS)
def test_a_kind_tells_by_its_name_whether_a_person_talks_to_a_person(kind: str, expected: bool) -> None:
    assert personal(kind) is expected


def test_the_kinds_that_were_asked_for_count_alone() -> None:
    tables = example(activities=HEAD + "L1  -  call  2026-02-10  -  outbound\nL1  -  email  2026-02-10  -  outbound")
    kinds = outbound_kinds(tables)
    assert kinds == ["call", "email"]
    assert (kinds_of_work(kinds, ()), kinds_of_work(kinds, ("email", "fax"))) == (("call",), ("email",))
    assert outbound_kinds(example(activities=None)) == []


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "snowflake", "bigquery"])
def test_it_is_written_for_every_engine(dialect: str) -> None:
    found = str(ibis.to_sql(worked("L1  -  call  2026-02-10T10:00  -  outbound"), dialect=dialect))
    assert "dealt" in found
    assert "AS BOOLEAN" not in found.upper()  # PostgreSQL casts no large integer to a boolean
