"""What `closedwon match` says and writes for review. Now is 2026-04-01."""

import csv
from datetime import date

import pyarrow.parquet as pq
import pytest

from pipelines.matching.findings import matched
from pipelines.matching.review import write_review
from tests.pipelines.crm_export import LENIENT, export, read, rows

ACCOUNTS = """account_id,domain,created_at,name,parent_id
A1,acme.com,2026-01-01,Acme Inc.,
A2,www.acme.com,2026-01-02,Acme Werke,
A3,beta.io,2026-01-03,Beta GmbH,
A4,,2026-01-04,BETA,
A5,gamma.com,2026-01-05,Gamma,
A6,gamma.com,2026-01-05,Gamma Sons,
A7,delta.com,2026-01-05,Phoenix AG,
A8,delta.de,2026-01-05,Phoenix SA,
A9,epsilon.com,2026-01-05,Epsilon,
B1,epsilon.com,2026-01-06,Epsilon Nord,A9
B2,gmail.com,2026-01-06,Ann,
B3,gmail.com,2026-01-06,Bob,
"""
LEADS = """lead_id,account_id,email,created_at
L1,A1,ann@acme.com,2026-01-07
L2,A3,bob@beta.io,2026-01-08
L3,A9,cem@acme.com,2026-01-08
L4,A5,dan@nowhere.com,2026-01-08
L5,,Ann+news@acme.com,2026-01-09
L6,,eva@gamma.com,2026-01-09
L7,,eva@gmail.com,2026-01-09
L8,,info@none.com,2026-01-09
L9,,info@none.com,2026-01-09
M1,,,2026-01-09
M2,,Eva <EVA@gmail.com>,2026-01-10
"""
DEALS = "opportunity_id,account_id,created_at,status\nO1,A1,2026-02-01,open\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("match")
    intake = read(export(folder, accounts=ACCOUNTS, leads=LEADS, opportunities=DEALS), with_identities=True)
    return intake, matched(intake, LENIENT)


def test_each_step_is_counted_and_judged_by_the_ids_that_are_known(found):
    links = found[1].findings.links
    assert [(s.name, s.linked, s.found, s.right, s.known) for s in links.steps] == [
        ("id", 4, 0, 0, 0),
        ("conversion", 0, 0, 0, 0),
        ("accepted match", 0, 0, 0, 0),
        ("domain", 1, 3, 2, 4),
        ("related domain", 0, 0, 0, 4),
    ]
    assert links.left == {
        "without an address": 1,
        "at a free mail service": 2,
        "at a domain that several accounts claim alike": 1,
        "at a domain of no account": 2,
    }
    assert [line for line in found[1].findings.lines() if "domain  " in line] == [
        "  domain                        1 leads; right 66.7% of 3 and finds 50.0% of 4 that are known"
    ]


def test_records_that_are_there_twice_are_found_and_not_merged(found):
    intake, done = found
    assert rows(done.accounts_twice, "account_id", "same_as", "why") == [
        ("A1", "A2", "same domain"),
        ("A3", "A4", "same name"),
        ("A5", "A6", "same domain"),
    ]
    assert rows(done.people_twice, "lead_id", "same_as", "why") == [
        ("L1", "L5", "same address"),
        ("L7", "M2", "same address"),
    ]
    assert intake.tables.accounts.count().to_pyarrow().as_py() == 12


def test_the_files_for_review_hold_ids_and_no_person(found, tmp_path):
    intake, done = found
    counts = write_review(done, intake, LENIENT, tmp_path, date(2026, 4, 1))
    assert counts == {"matches": 2, "accounts_twice": 3, "leads_twice": 2}
    with (tmp_path / "matches.csv").open() as file:
        assert list(csv.reader(file)) == [
            ["lead_id", "account_id", "known_at", "accepted", "step", "probability", "why"],
            ["L6", "A5", "2026-04-01", "no", "domain", "", "several accounts claim the domain of the address"],
            ["L6", "A6", "2026-04-01", "no", "domain", "", "several accounts claim the domain of the address"],
        ]
    for name in counts:
        text = (tmp_path / f"{name}.csv").read_text()
        assert not any(word in text.lower() for word in ("@", "acme", "gmail", "eva", "beta"))
        assert pq.read_table(tmp_path / f"{name}.parquet").num_rows == counts[name]


def test_an_accepted_file_links_from_its_day_on(found, tmp_path):
    intake, done = found
    write_review(done, intake, LENIENT, tmp_path / "review", date(2026, 4, 1))
    reviewed = (tmp_path / "review" / "matches.csv").read_text().replace(",no,", ",yes,", 1)
    data = export(tmp_path / "crm", accounts=ACCOUNTS, leads=LEADS, opportunities=DEALS, matches=reviewed)
    again = read(data)
    leads = again.tables.leads.filter(again.tables.leads.lead_id == "L6")
    assert rows(leads, "account_id", "__linked_at")[0][0] == "A5"
    assert str(rows(leads, "account_id", "__linked_at")[0][1]) == "2026-04-01 00:00:00"
