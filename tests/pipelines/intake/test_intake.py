"""The intake: what is dated later than 2026-04-02, a day after now, is the future."""

import datetime

import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from pipelines.intake.intake import Count, latest_day
from pipelines.validation.rejects import write_all_rejects
from tests.pipelines.crm_export import ACCOUNTS, OPPORTUNITIES, export, read, rejected, rows


def test_good_tables_pass_unchanged(tmp_path):
    intake = read(export(tmp_path / "crm"))
    assert rows(intake.tables.accounts, "account_id", "domain", "created_at", "industry") == [
        ("A1", "acme.com", datetime.datetime(2026, 1, 5), "Software"),
        ("A2", "https://www.beta.io/home", datetime.datetime(2026, 1, 6, 8), "Retail"),
    ]
    assert intake.tables.leads.columns == (
        "lead_id",
        "account_id",
        "created_at",
        "title",
        "source",
        "campaign",
    )
    assert rows(intake.tables.opportunities, "opportunity_id", "status", "opportunity_type", "known_at") == [
        ("O1", "won", "new_business", datetime.datetime(2026, 2, 1)),
        ("O2", "open", "new_business", datetime.datetime(2026, 2, 2)),
    ]
    assert intake.tables.activities is None
    assert intake.rejects == ()
    assert write_all_rejects(tmp_path / "rejects", intake.rejected_rows) == {}
    assert intake.counts["opportunities"] == Count(read=2, accepted=2, rejected=0)
    assert latest_day(intake) == datetime.date(2026, 3, 1)  # the win is the last that became known


def test_each_broken_row_is_set_aside_with_its_rule(tmp_path):
    folder = export(
        tmp_path,
        accounts=ACCOUNTS
        + """,none.com,2026-01-05,blank_id
  ,none.com,2026-01-05,blank_id
Bad1,a.com,5.1.2026,unparsable_created_at
Bad2,a.com,2026-04-03,future_created_at
Fine,a.com,2026-04-02,a day of slack
""",
        opportunities="""opportunity_id,account_id,lead_id,created_at,closed_at,status,amount,opportunity_type,known_at
Good,A1,L1,2026-02-01,2026-02-01,won,0,,
missing_created_at,A1,,,,open,,,
missing_status,A1,,2026-02-01,,,,,
unparsable_created_at,A1,,yesterday,,open,,,
unparsable_closed_at,A1,,2026-02-01,soon,won,5,,
unparsable_amount,A1,,2026-02-01,,open,a lot,,
unparsable_known_at,A1,,2026-02-01,,open,,,2026-02-30
unknown_status,A1,,2026-02-01,2026-02-05,stalled,,,
future_created_at,A1,,2026-04-03,,open,,,
Closed already,A1,,2026-02-01,2026-05-01,won,5,,2026-02-03
future_known_at,A1,,2026-02-01,,open,,,2026-05-01
closed_without_date,A1,,2026-02-01,,lost,,,
negative_amount,A1,,2026-02-01,,open,-1,,
no_lead_or_account,,,2026-02-01,,open,,,
unknown_lead,,L9,2026-02-01,,open,,,
unknown_account,A9,,2026-02-01,,open,,,
""",
        activities="""activity_id,lead_id,account_id,activity_type,occurred_at,direction
Good,L1,,visit,2026-02-01,outbound
Good,L1,,visit,2026-02-01,outbound
missing_activity_type,L1,, ,2026-02-01,
missing_occurred_at,L1,,visit,,
unparsable_occurred_at,L1,,visit,infinity,
A plan,L1,,visit,2026-04-02 00:00:01,
no_lead_or_account,,,visit,2026-02-01,
unknown_lead,L9,,visit,2026-02-01,
unknown_account,,A9,visit,2026-02-01,
""",
    )
    intake = read(folder)
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A2", "Fine"]
    assert rejected(intake, tmp_path, "accounts", "industry") == {rule: rule for rule in ("blank_id",)} | {
        "unparsable_created_at": "unparsable_created_at",
        "future_created_at": "future_created_at",
    }
    broken = rejected(intake, tmp_path, "opportunities", "opportunity_id")
    assert len(broken) == 14
    assert all(name == rule for name, rule in broken.items()), broken
    assert rows(intake.tables.opportunities, "opportunity_id", "closed_at") == [
        ("Closed already", datetime.datetime(2026, 2, 3)),
        ("Good", datetime.datetime(2026, 2, 1)),
    ]
    broken = rejected(intake, tmp_path, "activities", "activity_id")
    assert len(broken) == 6
    assert all(name == rule for name, rule in broken.items()), broken
    # A repeated touch is no error, however often.
    assert rows(intake.tables.activities, "activity_id", "direction") == [("Good", "outbound")] * 2
    assert "activities: 1 rows planned for the future, left out until then" in intake.notes
    assert intake.counts["accounts"] == Count(read=7, accepted=3, rejected=4)


def test_what_else_a_reference_may_be(tmp_path):
    opportunities = """opportunity_id,account_id,lead_id,created_at,status
Both,A1,L9,2026-02-01,open
Lead,A9,L1,2026-02-01,open
"""
    leads = "lead_id,account_id\nL1,A9\nL2,A1\n"
    intake = read(export(tmp_path / "both", leads=leads, opportunities=opportunities), Config())
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id", "lead_id") == [
        ("Both", "A1", None),
        ("Lead", None, "L1"),
    ]
    assert rows(intake.tables.leads, "lead_id", "account_id") == [("L1", None), ("L2", "A1")]
    assert "leads: 1 rows with an unknown account_id, left out (50.0% of 2 that have one)" in intake.notes
    # Without a table of accounts, every account_id is one.
    intake = read(export(tmp_path / "leads", accounts=None, leads=leads, opportunities=opportunities), Config())
    assert rows(intake.tables.leads, "account_id") == ["A1", "A9"]
    assert rows(intake.tables.opportunities, "opportunity_id", "account_id", "lead_id") == [
        ("Both", "A1", None),
        ("Lead", "A9", "L1"),
    ]


def test_words_in_other_spellings_and_expected_close_dates(tmp_path):
    opportunities = """opportunity_id,account_id,created_at,closed_at,status,amount,opportunity_type
O1,A1,2026-02-01,2026-03-01, Closed Won ,10.5,New Business
O2,A1,2026-02-01,2026-03-01,closed_lost,,RENEWAL
O3,A1,2026-02-01,2026-12-31,OPEN,7,
O4,A1,2026-02-01,next year,open,7,expansion
"""
    intake = read(export(tmp_path, opportunities=opportunities), Config())
    closed = datetime.datetime(2026, 3, 1)
    assert rows(intake.tables.opportunities, "opportunity_id", "status", "closed_at", "amount", "opportunity_type") == [
        ("O1", "won", closed, 10.5, "new_business"),
        ("O2", "lost", closed, None, "renewal"),
        ("O3", "open", None, 7.0, "new_business"),
        ("O4", "open", None, 7.0, "expansion"),
    ]
    assert intake.notes[1:] == (
        "opportunities: 3 rows with another spelling of status",
        "opportunities: 2 rows with another spelling of opportunity_type",
        "opportunities: 1 rows with no opportunity_type, read as new_business",
        "opportunities: 2 rows with an expected close date of an open deal, left out",
        "opportunities: spellings of status: 'Closed Won' (1 rows, read as won), 'OPEN' (1 rows, read as open), "
        "'closed_lost' (1 rows, read as lost)",
        "opportunities: spellings of opportunity_type: 'New Business' (1 rows, read as new_business), "
        "'RENEWAL' (1 rows, read as renewal)",
    )


def test_a_row_is_known_no_earlier_than_it_happened(tmp_path):
    activities = """lead_id,activity_type,occurred_at,known_at
L1,early,2026-02-02,2026-02-01
L1,late,2026-02-02,2026-02-05T12:30:00Z
L1,unsaid,2026-02-02,
"""
    intake = read(export(tmp_path, activities=activities))
    assert rows(intake.tables.activities, "activity_type", "known_at") == [
        ("early", datetime.datetime(2026, 2, 2)),
        ("late", datetime.datetime(2026, 2, 5, 12, 30)),
        ("unsaid", datetime.datetime(2026, 2, 2)),
    ]
    assert intake.last_known["activities"] == datetime.datetime(2026, 2, 5, 12, 30)


def test_an_address_finds_the_account_and_is_gone(tmp_path):
    accounts = """account_id,domain
A1,acme.com
A2,www.twice.com
A3,twice.com
A4,gmail.com
"""
    leads = """lead_id,account_id,email,created_at,work_phone,contact,title
L1,,Ann <ANN@Acme.com>,2026-01-07,555-0101,a@acme.com,
L2,,bob@twice.com,2026-01-07,555-0102,b@acme.com,
L3,,eve@gmail.com,2026-01-07,555-0103,c@acme.com,
L4,A2,dan@acme.com,2026-01-07,555-0104,,
L5,A9,fay@acme.com,2026-01-07,555-0105,,
L6,,gus@acme.com,someday,555-0106,g@acme.com,
hal@acme.com,,hal@acme.com,2027-01-01,555-0107,h@acme.com,
"""
    intake = read(export(tmp_path, accounts=accounts, leads=leads, opportunities=OPPORTUNITIES.replace(",L2", ",L1")))
    assert rows(intake.tables.leads, "lead_id", "account_id") == [
        ("L1", "A1"),
        ("L2", None),
        ("L3", None),
        ("L4", "A2"),
        ("L5", "A1"),
    ]
    assert intake.tables.leads.columns == (
        "lead_id",
        "account_id",
        "created_at",
        "title",
        "source",
        "campaign",
    )
    assert intake.notes[:3] == (
        "leads: left out contact: it holds e-mail addresses; nothing of a person is learned or kept ([attributes] "
        'trust = ["contact"] keeps it, but no e-mail address)',
        "leads: ignored columns with e-mail addresses or phone numbers: work_phone",
        "leads: 2 rows with an account found by the domain of their address",
    )
    write_all_rejects(tmp_path / "rejects", intake.rejected_rows)
    (path,) = (tmp_path / "rejects").iterdir()
    assert path.read_text() == (
        "lead_id,account_id,created_at,title,rule\n"
        "(e-mail),,2027-01-01,,id_is_an_email_address\n"
        "L6,,someday,,unparsable_created_at\n"
    )
    assert "@" not in str(intake.notes) + str(intake.rejects)
    for (name,) in intake.connection.con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        assert "@" not in str(intake.connection.table(name).to_pyarrow().to_pylist())


def test_too_many_rejects_stop_the_run(tmp_path):
    lines = [f"O{i},A1,2026-02-01,2026-03-01,won,5" for i in range(90)]
    lines += [f"P{i},A1,2026-02-01,,won,5" for i in range(6)]
    lines += [f"Q{i},ann@acme.com,2026-02-01,,open,5" for i in range(4)]
    text = "opportunity_id,account_id,created_at,closed_at,status,amount\n" + "\n".join(lines)
    with pytest.raises(BadInput) as failure:
        read(export(tmp_path, opportunities=text), Config())
    assert failure.value.exit_code == 3
    assert str(failure.value) == (
        "10 of 100 rows of the table opportunities (10.0%) break a rule, and at most 5.0% may "
        "(max_reject_share in [input]); the most frequent is closed_without_date (6 rows), as in: "
        "opportunity_id is 'P0', status is 'won', closed_at is empty"
    )
    intake = read(tmp_path, Config(input=Input(max_reject_share=0.1)))
    assert intake.counts["opportunities"] == Count(read=100, accepted=90, rejected=10, unknown={"account_id": 4})
    assert intake.rejects[1].example == "opportunity_id is 'Q0', account_id is '(e-mail)'"


def test_a_crm_without_deals_yet_is_accepted(tmp_path):
    intake = read(export(tmp_path, opportunities="opportunity_id,account_id,created_at,status\n"), Config())
    assert intake.counts["opportunities"] == Count(read=0, accepted=0, rejected=0)
    assert intake.tables.opportunities.count().execute() == 0


def test_a_later_row_of_the_future_changes_nothing_else(tmp_path):
    before = read(export(tmp_path / "before"))
    after = read(export(tmp_path / "after", opportunities=OPPORTUNITIES + "O3,A1,,2026-09-01,,open,1\n"))
    assert rows(after.tables.opportunities, "opportunity_id") == rows(before.tables.opportunities, "opportunity_id")
    assert latest_day(after) == latest_day(before)


def test_a_creation_in_1970_is_none(tmp_path):
    folder = export(
        tmp_path,
        accounts="account_id,created_at\nA1,1970-01-01T00:00:00Z\nA2,2026-01-05\n",
        leads="lead_id,account_id,created_at\nL1,A1,1900-01-01\nL2,A2,0001-01-01\nL3,A2,2026-01-07\n",
        opportunities=OPPORTUNITIES.replace("2026-02-02", "1970-01-01"),
    )
    intake = read(folder)
    born = rows(intake.tables.leads, "lead_id", "created_at")
    assert born == [("L1", None), ("L2", None), ("L3", datetime.datetime(2026, 1, 7))]
    words = "1 rows with a created_at that is a placeholder for no date, such as 1970-01-01; they are read as empty"
    assert f"accounts: {words}" in intake.notes
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O1"]
    assert [(reject.table, reject.rule) for reject in intake.rejects] == [("opportunities", "missing_created_at")]
