"""What two ways to write the name of a company have in common."""

import pytest

from scoring.companies.names import CompanyName, company_name


@pytest.mark.parametrize(
    ("written", "core", "form"),
    [
        ("Acme, Inc.", "acme", "inc"),
        ("ACME CORPORATION", "acme", "inc"),
        ("ACME Société, S.A.", "acme societe", "sa"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne", "kg"),
        ("Muller und Söhne gmbh & co kg", "muller sohne", "kg"),
        ("Acme Holding (Germany) GmbH", "acme holding", "gmbh"),
        ("L'Oréal S.A.", "loreal", "sa"),
        ("The Boeing Company", "boeing", "co"),
        ("Acme Pty Ltd", "acme", "ltd"),
        ("Acme Inc., Ltd", "acme", "ltd"),
        ("Novo Nordisk A/S", "novo nordisk", "as"),
        ("PT Bank Mandiri", "bank mandiri", "pt"),
        ("Foo Sp. z o.o.", "foo", "spzoo"),
        ("3M Co.", "3m", "co"),
        ("株式会社 日立", "株式会社 日立", ""),
        ("Ltd", "ltd", ""),
        ("The And", "the and", ""),
        ("(Acme)", "acme", ""),
        ("--", "", ""),
    ],
)
def test_a_name_is_read_without_its_legal_form(written, core, form):
    assert company_name(written) == CompanyName(core, form)
