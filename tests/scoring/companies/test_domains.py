"""The hosts in a cell, and what lies above a host."""

import pytest

from scoring.companies.domains import hosts, lineage


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("acme.com", ["acme.com"]),
        ("https://www.Acme.com:443/about?x=1#y", ["acme.com"]),
        ("ACME.COM.", ["acme.com"]),
        ("firm.example;www.brand.example", ["firm.example", "brand.example"]),
        ("acme.com, acme.de acme.fr", ["acme.com", "acme.de", "acme.fr"]),
        ('["acme.com","acme.de"]', ["acme.com", "acme.de"]),
        ("acme.com|acme.com", ["acme.com"]),
        ("bücher.example", ["xn--bcher-kva.example"]),
        ("mail.acme.co.uk", ["acme.co.uk"]),
        ("mail.com", ["mail.com"]),  # the name of a company, not of a service
        ("Acme Inc.", []),
        ("", []),
    ],
)
def test_hosts(cell, found):
    assert list(hosts(cell)) == found


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("acme.com", ("acme.com",)),
        ("eu.acme.com", ("eu.acme.com", "acme.com")),
        ("shop.eu.acme.co.uk", ("shop.eu.acme.co.uk", "eu.acme.co.uk", "acme.co.uk")),
        ("acme.co.uk", ("acme.co.uk",)),
        ("co.uk", ("co.uk",)),
        ("acme.github.io", ("acme.github.io",)),  # GitHub gives these away: two of them are two companies
        ("www.acme.blogspot.com", ("www.acme.blogspot.com", "acme.blogspot.com")),
        ("a.b.example", ("a.b.example", "b.example")),
    ],
)
def test_lineage_ends_at_what_was_registered(host, path):
    assert lineage(host) == path
