"""Leads that find their account by the domain of their address. Now is 2026-04-01."""

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


#: The domain of an account, the address of a lead, and whether they meet. No case has a domain of another.
MEETING = [
    ("acme0.com", "ann@acme0.com", True),
    ("acme1.co.uk", "ann@mail.acme1.co.uk", True),
    ("https://www.shop.acme2.co.uk/about", "ann@acme2.co.uk", True),
    ("acme3.co.uk", "ann@other3.co.uk", False),
    ("eu.acme4.com", "ann@us.acme4.com", False),
    ("acme5.github.io", "ann@other5.github.io", False),
    ("acme6.com;www.acme6.de", "ann@acme6.de", True),
    ("[''acme7.com'', ''acme7.de'']", "ann@acme7.de", True),
    ("ACME8.com.", "Ann Lee <Ann@ACME8.COM>", True),
    ("bücher.example", "ann@xn--bcher-kva.example", True),
    ("acme10.com", "ann@gmail.com; ann@acme10.com", True),
    ("sales@acme11.com", "ann@acme11.com", True),
    ("gmail.com", "ann@gmail.com", False),
    ("Acme", "ann@acme", True),
]


def test_what_meets(tmp_path):
    found, _ = linked(tmp_path, [domain for domain, _, _ in MEETING], [address for _, address, _ in MEETING])
    met = {(domain, address): account for (domain, address, _), account in zip(MEETING, found, strict=True)}
    assert met == {(case[0], case[1]): f"A{i}" if case[2] else None for i, case in enumerate(MEETING)}


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
