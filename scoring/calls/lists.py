"""Whose list a name is on: the best within the capacity of each owner and each team, and no change without a cause.

The names of last week are kept in mind. One of them that may still be called, and that still has its trigger, is
counted `better` times as high, so it gives way only to one that is clearly better. One dated example, with one place
and `better` = 1.25:

    last week   Ada 100                    Ada is on the list
    this week   Ada 90, Ben 110            110 < 90 x 1.25: Ada stays
    this week   Ada 90, Ben 115            115 > 112.5: Ben takes the place
    this week   Ada was called, Ben 20     Ben takes the place that is free
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Who may be called; n is how many, an entry of each array for each.

    Attributes
    ----------
    unit, owner, team : ndarray of str, shape (n,)
    value : ndarray of float, shape (n,)
        What they are ranked by.
    stays : ndarray of bool, shape (n,)
        Whether it was on the list of the week before, and has a trigger still.
    """

    unit: NDArray[np.object_]
    owner: NDArray[np.object_]
    team: NDArray[np.object_]
    value: Floats
    stays: Bools


def in_order(candidates: Candidates, better: float) -> Ints:
    """The candidates, the best first: those that stay count `better` times as high, and of equals the smaller id."""
    counted = candidates.value * np.where(candidates.stays, better, 1.0)
    return np.lexsort((candidates.unit.astype(str), -counted))


def chosen(
    candidates: Candidates, places: Mapping[str, int], teams: Mapping[str, int], *, better: float
) -> NDArray[np.int64]:
    """Choose who is called, the best first.

    Parameters
    ----------
    candidates : Candidates
    places : mapping of int
        By owner, how many can be called; an owner that is missing calls nobody.
    teams : mapping of int
        By team, how many can be called by all of its owners; a team that is missing has no limit of its own.
    better : float
        At least 1.

    Returns
    -------
    ndarray of int
        Positions among the candidates. Nobody without a value is among them.
    """
    left, of_team = dict(places), dict(teams)
    wanted: list[int] = []
    open_places = sum(left.values())
    for i in in_order(candidates, better):
        if open_places <= 0:
            break
        owner, team = str(candidates.owner[i]), str(candidates.team[i])
        if candidates.value[i] <= 0.0 or left.get(owner, 0) <= 0 or of_team.get(team, 1) <= 0:
            continue
        wanted.append(int(i))
        left[owner] -= 1
        open_places -= 1
        if team in of_team:
            of_team[team] -= 1
    by_value = sorted(wanted, key=lambda i: (-candidates.value[i], str(candidates.unit[i])))
    return np.array(by_value, dtype=np.int64)


def shared(total: float, owners: Mapping[str, float], own: Mapping[str, float]) -> dict[str, int]:
    """The places of each owner: its own number where it has one, else an equal share of what is left of the total.

    Whole places only: the shares of owners are rounded down, and those with the most to call get what is over.

    Parameters
    ----------
    total : float
        Calls of all in a week.
    owners : mapping of float
        By owner, the value of whom it could call.
    own : mapping of float
        By owner, a number of calls a week that is given.

    Examples
    --------
    >>> shared(10, {"U-1": 5.0, "U-2": 9.0, "U-3": 1.0}, {"U-3": 2})
    {'U-1': 4, 'U-2': 4, 'U-3': 2}
    >>> shared(10, {"U-1": 5.0, "U-2": 9.0, "U-3": 1.0}, {})
    {'U-1': 3, 'U-2': 4, 'U-3': 3}
    """
    found = {owner: floor(own[owner]) for owner in owners if owner in own}
    others = sorted(owner for owner in owners if owner not in own)
    left = max(0, floor(total) - sum(found.values()))
    each, over = divmod(left, len(others)) if others else (0, 0)
    first = set(sorted(others, key=lambda owner: (-owners[owner], owner))[:over])
    found |= {owner: each + (owner in first) for owner in others}
    return {owner: found[owner] for owner in sorted(owners)}
