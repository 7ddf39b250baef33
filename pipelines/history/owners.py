"""Whose an account, a lead or a deal is, as far as that is kept: the id of a user, and never a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.persons.written import ADDRESSES, PHONES, look_of

#: An id of a user is one word, of whose letters and digits at least so many are digits: `0055g00000A1B2C`, `U-17`.
DIGITS = 0.4
_ID = re.compile(r"[0-9A-Za-z_{}-]{1,64}")
_GUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)


def are_ids(cells: Iterable[str]) -> bool:
    """Whether all cells of a column of owners are ids: names, logins and initials say who somebody is.

    >>> [are_ids([cell]) for cell in ("0055g00000A1B2C", "48151623", "Anna Markowitz", "amarkowitz1", "AM")]
    [True, True, False, False, False]
    """
    return all(_is_id(cell.strip()) for cell in cells)


def _is_id(cell: str) -> bool:
    if _GUID.fullmatch(cell):
        return True
    letters = sum(sign.isalnum() for sign in cell)
    digits = sum(sign.isdigit() for sign in cell)
    return bool(_ID.fullmatch(cell)) and digits >= DIGITS * letters and look_of(cell) not in (ADDRESSES, PHONES)
