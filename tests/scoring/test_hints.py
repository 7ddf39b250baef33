"""The name that was probably meant."""

import pytest

from scoring.hints import hint

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
