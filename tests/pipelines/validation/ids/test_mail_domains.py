"""Leads that find their account by the domain of their address. Now is 2026-04-01."""

import pytest

from tests.pipelines.crm_export import export, read, rows


def linked(folder, domains, addresses):
    """The account that each address finds; the accounts are A0, A1 and so on, each created a day after the other."""
    accounts = "account_id,created_at,domain\n" + "".join(
        f'A{i},2026-01-{i + 1:02},"{cell}"\n' for i, cell in enumerate(domains)
    )
    leads = "lead_id,email\n" + "".join(f'L{i:02},"{cell}"\n' for i, cell in enumerate(addresses))
    deals = "opportunity_id,account_id,created_at,status\nO1,A0,2026-02-01,open\n"
    intake = read(export(folder, accounts=accounts, leads=leads, opportunities=deals))
    return [account for _, account in rows(intake.tables.leads, "lead_id", "account_id")], intake.notes


@pytest.mark.parametrize(
    ("domain", "address", "meet"),
    [
        ("acme.com", "ann@acme.com", True),
        ("acme.co.uk", "ann@mail.acme.co.uk", True),
        ("https://www.shop.acme.co.uk/about", "ann@acme.co.uk", True),
        ("acme.co.uk", "ann@other.co.uk", False),
        ("eu.acme.com", "ann@us.acme.com", False),
        ("acme.github.io", "ann@other.github.io", False),
        ("acme.com;www.acme.de", "ann@acme.de", True),
        ("[''acme.com'', ''acme.de'']", "ann@acme.de", True),
        ("ACME.com.", "Ann Lee <Ann@ACME.COM>", True),
        ("bücher.example", "ann@xn--bcher-kva.example", True),
        ("acme.com", "ann@gmail.com; ann@acme.com", True),
        ("sales@acme.com", "ann@acme.com", True),
        ("gmail.com", "ann@gmail.com", False),
        ("Acme", "ann@acme", True),
    ],
)
def test_what_meets(tmp_path, domain, address, meet):
    found, _ = linked(tmp_path, [domain], [address])
    assert found == [("A0" if meet else None)]


def test_the_first_account_of_a_domain_keeps_it(tmp_path):
    """An account that is created later must not change what was known before, however exactly it meets."""
    found, _ = linked(tmp_path, ["acme.com", "eu.acme.com", "us.acme.com"], ["a@eu.acme.com", "a@acme.com"])
    assert found == ["A0", "A0"]
    found, _ = linked(tmp_path, ["eu.acme.com", "us.acme.com"], ["a@us.acme.com", "a@acme.com"])
    assert found == ["A1", "A0"]


def test_what_was_found_and_what_not_is_said(tmp_path):
    addresses = ["a@acme.com", "b@acme.com", "c@none.com", "d@gmail.com", "e@yahoo.co.uk", ""]
    found, notes = linked(tmp_path, ["acme.com"], addresses)
    assert found == ["A0", "A0", None, None, None, None]
    assert [note for note in notes if note.startswith("leads: ")] == [
        "leads: 2 rows with an account found by the domain of their address",
        "leads: 1 rows with no account_id, and an address at a domain of no account, or of several alike",
        "leads: 2 rows with no account_id, and an address at a free mail service",
    ]
