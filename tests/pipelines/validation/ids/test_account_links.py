"""Leads that find their account by conversion, by accepted matches and by other domains. Now is 2026-04-01."""

from datetime import date

import pytest

from pipelines.config import Config, Input, Matching
from scoring.entities import people
from scoring.knowledge import upto
from scoring.timeline import day_number
from tests.pipelines.crm_export import export, read, rows

ACCOUNTS = """account_id,domain,created_at,website,additional_domains,parent_domain,parent_id
A1,acme.com,2026-01-05,https://other.com,acme.de;acme.fr,,
A2,beta.io,2026-01-06,,,,
A3,,2026-01-06,https://gamma.com/x,,,
A4,twin.com,2026-01-06,,,,
A5,twin.com,2026-01-06,,,,A4
A6,sister.com,2026-01-06,,,group.com,A9
A7,sister.com,2026-01-06,,,,A9
A8,late.de,2026-03-01,,beta.com,,
A9,,2026-01-06,facebook.com/nine,,,
B1,beta.com,2026-03-05,,,,
"""
LEADS = """lead_id,account_id,email,created_at,converted_account_id,converted_date
id wins,A2,ann@acme.com,2026-01-07,A3,2026-01-08
domain,,bob@beta.io,2026-01-08,,
alias,,bob@acme.de,2026-01-08,,
website of an account with a domain,,bob@other.com,2026-01-08,,
website,,bob@gamma.com,2026-01-08,,
parent,,bob@twin.com,2026-01-08,,
sisters,,bob@sister.com,2026-01-08,,
domain of the parent,,bob@group.com,2026-01-08,,
page,,bob@facebook.com,2026-01-08,,
alias before domain,,bob@beta.com,2026-01-08,,
converted,,bob@gmail.com,2026-01-08,A3,2026-02-08
converted before the account,,bob@gmail.com,2026-01-08,A8,2026-02-08
converted on no day,,bob@gmail.com,2026-01-08,A3,
converted later than known,,bob@beta.io,2026-01-08,A3,2026-02-08
converted before known,,bob@late.de,2026-01-08,A3,2026-02-08
converted into nothing,,bob@gmail.com,2026-01-08,A77,2026-02-08
matched,,,2026-01-08,,
matched always,,,2026-01-08,,
matched twice,,,2026-01-08,,
not accepted,,,2026-01-08,,
matched later than known,,bob@beta.io,2026-01-08,,
"""
MATCHES = """lead_id,account_id,known_at,accepted
matched,A1,2026-03-01,yes
matched always,A1,,
matched twice,A1,2026-03-01,yes
matched twice,A2,2026-03-01,yes
not accepted,A1,2026-03-01,no
matched later than known,A1,2026-03-01,yes
matched,A66,2026-03-01,yes
nobody,A1,2026-03-01,yes
"""
DEALS = "opportunity_id,account_id,created_at,status\nO1,A1,2026-02-01,open\n"
#: The account of each lead, and since when it is known to be its.
LINKED = {
    "id wins": ("A2", "2026-01-06"),
    "domain": ("A2", "2026-01-06"),
    "alias": ("A1", "2026-01-05"),
    "website of an account with a domain": (None, None),
    "website": ("A3", "2026-01-06"),
    "parent": ("A4", "2026-01-06"),
    "sisters": (None, None),
    "domain of the parent": ("A6", "2026-01-06"),
    "page": (None, None),
    "alias before domain": ("A8", "2026-03-01"),
    "converted": ("A3", "2026-02-08"),
    "converted before the account": ("A8", "2026-03-01"),
    "converted on no day": (None, None),
    "converted later than known": ("A2", "2026-01-06"),
    "converted before known": ("A3", "2026-02-08"),
    "converted into nothing": (None, None),
    "matched": ("A1", "2026-03-01"),
    "matched always": ("A1", "2026-01-05"),
    "matched twice": (None, None),
    "not accepted": (None, None),
    "matched later than known": ("A2", "2026-01-06"),
}


@pytest.fixture(scope="module")
def intake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("links")
    return read(export(folder, accounts=ACCOUNTS, leads=LEADS, opportunities=DEALS, matches=MATCHES))


def test_the_account_that_was_known_first_counts(intake):
    found = people(intake.tables)
    came = {lead: (account, day) for lead, account, day in rows(found, "lead_id", "account_id", "linked_day")}
    assert came == {lead: (account, since and day_number_of(since)) for lead, (account, since) in LINKED.items()}


def day_number_of(text):
    return day_number(date.fromisoformat(text))


def test_what_was_linked_how_is_counted(intake):
    assert intake.counts["leads"].linked == {"conversion": 3, "accepted match": 2, "domain": 4, "related domain": 4}
    said = [note for note in intake.notes if note.startswith(("leads: ", "matches: ")) and "ignored" not in note]
    assert said == [
        "matches: 1 of 8 rows with an account_id that is not in accounts",
        "matches: 1 rows are not accepted",
        "matches: 1 leads have several accepted accounts, and are linked to none of them",
        "leads: 3 rows with an account found by their conversion",
        "leads: 2 rows with an account found by an accepted match",
        "leads: 4 rows with an account found by the domain of their address",
        "leads: 4 rows with an account found by another domain of it, or of its parent",
        "leads: 1 rows with a conversion into an account at an unknown time, not used: export when leads were "
        "converted",
        "leads: 3 rows with no account_id, and an address at a domain of no account, or of several alike",
        "leads: 2 rows with no account_id, and an address at a free mail service",
    ]


@pytest.mark.parametrize(
    ("day", "known"), [("2026-02-08", ["matched always"]), ("2026-03-02", ["converted", "matched", "matched always"])]
)
def test_a_link_is_not_known_before_its_day(intake, day, known):
    leads = upto(intake.tables, day_number_of(day)).leads
    linked = {lead for lead, account in rows(leads, "lead_id", "account_id") if account is not None}
    assert sorted(linked & {"converted", "matched", "matched always"}) == known


def test_a_table_of_that_name_with_something_else_is_not_read(tmp_path):
    intake = read(export(tmp_path, matches="match_id,lead_id,score\nM1,L2,3\n"))
    assert "matches is not read: it has no account_id, so it is another table" in intake.notes
    assert "matches" not in intake.counts


def test_conversions_and_other_domains_can_be_switched_off(tmp_path):
    config = Config(input=Input(max_reject_share=1.0), matching=Matching(conversions=False, related=False))
    intake = read(export(tmp_path, accounts=ACCOUNTS, leads=LEADS, opportunities=DEALS), config)
    found = {lead: account for lead, account in rows(intake.tables.leads, "lead_id", "account_id") if account}
    assert found == {
        "alias before domain": "B1",
        "converted before known": "A8",
        "converted later than known": "A2",
        "domain": "A2",
        "id wins": "A2",
        "matched later than known": "A2",
    }
    assert "__linked_at" not in intake.tables.leads.columns
