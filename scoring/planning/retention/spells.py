"""Spells: from when until when each account was a customer, and what it pays a year.

One dated example, as of 2026-03-01:

    since 2024-01-01, until 2024-12-31; since 2025-01-01    one spell, from 2024-01-01: a contract that was renewed
    since 2023-05-01, until 2026-06-30                      still a customer: an end that is not over may be renewed
    since 2023-05-01, until 2024-04-30; since 2025-09-01    two spells: it left, and was won back
    first deal won 2024-02-10, a renewal lost 2025-02-05    left on 2025-02-05
    first deal won 2024-02-10, a renewal won 2025-02-05     still a customer
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from scoring.planning.life_table import Ints
from scoring.planning.pooling import Floats

#: Who is a customer again within so many days of an end did not leave: contracts are signed late.
RENEWED_WITHIN = 31


@dataclass(frozen=True)
class Spells:
    """Spells, by `unit` and `begin`; n is how many there are.

    Attributes
    ----------
    unit : ndarray of str, shape (n,)
        The account; one that was won back has several.
    begin : ndarray of int, shape (n,)
        Day number of the first day as a customer.
    end : ndarray of float, shape (n,)
        Day number on which it left; NaN for who is still a customer.
    yearly : ndarray of float, shape (n,)
        What it pays a year, or paid at the end; NaN where nobody says.
    """

    unit: np.ndarray
    begin: Ints
    end: Floats
    yearly: Floats

    def __len__(self) -> int:
        return len(self.unit)

    def where(self, mask: np.ndarray) -> Spells:
        """The spells of a mask, or of an index."""
        return Spells(*(getattr(self, field.name)[mask] for field in fields(self)))

    @property
    def current(self) -> np.ndarray:
        """Which of them have not ended: ndarray of bool, shape (n,)."""
        return np.isnan(self.end)


def joined_spells(unit: np.ndarray, begin: Ints, end: Floats, yearly: Floats) -> Spells:
    """The spells of rows, of which several may be one: contracts side by side, and one after the other.

    Parameters
    ----------
    unit : ndarray of str, shape (n,)
    begin : ndarray of int, shape (n,)
    end, yearly : ndarray of float, shape (n,)
        Of each row; an end is NaN where it is not known yet.

    Returns
    -------
    Spells
        It pays what its rows pay that are not over, added up; if all are over, what those paid that ended last.
    """
    last = np.where(np.isnan(end), np.inf, end)
    order = np.lexsort((last, begin, unit))
    unit, begin, last, yearly = unit[order], begin[order].astype(np.int64), last[order], yearly[order]
    spell = np.zeros(len(unit), dtype=np.int64)
    until = -np.inf
    for i in range(len(unit)):
        same = i > 0 and unit[i] == unit[i - 1]
        spell[i] = (spell[i - 1] + (0 if same and begin[i] <= until + RENEWED_WITHIN else 1)) if i else 0
        until = max(until, last[i]) if i and spell[i] == spell[i - 1] else last[i]
    first = np.flatnonzero(np.diff(spell, prepend=-1))
    if not len(first):
        return Spells(unit, begin, last, yearly)
    ends = np.maximum.reduceat(last, first)
    counts = (last == ends[spell]) & np.isfinite(yearly)
    paid = np.bincount(spell, np.where(counts, np.nan_to_num(yearly), 0.0), len(first))
    named = np.bincount(spell, counts, len(first)) > 0
    return Spells(
        unit[first],
        begin[first],
        np.where(np.isfinite(ends), ends, np.nan),
        np.where(named, paid, np.nan),
    )


def of_deals(unit: np.ndarray, day: Ints, won: np.ndarray, renewal: np.ndarray) -> Spells:
    """The spells that closed deals tell of: a won deal begins one, a lost renewal ends it.

    Parameters
    ----------
    unit : ndarray of str, shape (n,)
        The account of each deal.
    day : ndarray of int, shape (n,)
        Day number on which it closed.
    won, renewal : ndarray of bool, shape (n,)
        Whether it was won, and whether it is a renewal.

    Returns
    -------
    Spells
        `yearly` is NaN: see `yearly_share`.

    Notes
    -----
    Whoever leaves without a lost renewal stays a customer here. A renewal that is lost while another deal of the same
    account is won within `RENEWED_WITHIN` days was replaced by it.
    """
    order = np.lexsort((~won, day, unit))
    units: list[str] = []
    begins: list[int] = []
    ends: list[float] = []
    within = False
    for i in order:
        if not units or unit[i] != units[-1]:
            within = False
        if won[i] and not within:
            units.append(unit[i])
            begins.append(int(day[i]))
            ends.append(np.nan)
            within = True
        elif renewal[i] and not won[i] and within:
            ends[-1], within = float(day[i]), False
    return joined_spells(
        np.array(units, dtype=object), np.array(begins, dtype=np.int64), np.array(ends), np.full(len(units), np.nan)
    )


def yearly_share(first: Floats, later: Floats, days: Floats) -> float:
    """What customers bring a year after their first deal, as a share of that deal.

    Parameters
    ----------
    first, later : ndarray of shape (n,)
        What the first deal of each spell brought, and all won deals after it, up to now.
    days : ndarray of shape (n,)
        For how many days each spell has lasted.
    """
    counted = np.isfinite(first)
    exposed = float((first * days)[counted].sum()) / 365.25
    return float(later[counted].sum()) / exposed if exposed > 0 else 0.0
