"""The name that was probably meant."""

import pytest

from scoring.hints import hint, with_article

CRMS = ("salesforce", "hubspot", "zoho")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hubspt", "did you mean 'hubspot'?"),
        ("HUBSPOT", "did you mean 'hubspot'?"),
        ("sap", "known are salesforce, hubspot, zoho"),
        ("", "known are salesforce, hubspot, zoho"),
    ],
)
def test_a_name_that_is_not_known(name: str, expected: str) -> None:
    assert hint(name, CRMS, "known are ") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("account_id", "an account_id"),
        ("lead_id", "a lead_id"),
        ("occurred_at", "an occurred_at"),
        ("Attribute", "an Attribute"),
    ],
)
def test_a_name_has_its_article(name: str, expected: str) -> None:
    assert with_article(name) == expected
