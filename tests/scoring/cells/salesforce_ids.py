"""Salesforce's ids of 18 characters by its published rule, apart from `scoring.cells.ids`, which it tests."""

_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_form(short: str) -> str:
    """An id of 15 characters with its checksum: which of every five are capitals, as a number of five bits."""
    fives = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(_SIGNS[sum(c.isupper() << i for i, c in enumerate(five))] for five in fives)
