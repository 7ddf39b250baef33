"""Whose list a name is on: the best within the capacity of each owner and each team, and no change without news.

A name of last week that may still be called, and still has its trigger, keeps its place. It gives way only to one of
whom something is new since then, and that is clearly better: `better` times as high. That a trigger fades is no news.
One dated example, with one place and `better` = 1.25:

    last week   Ada 100                            Ada is on the list
    this week   Ada 40, Ben 60, as last week       nothing is new of Ben: Ada stays
    this week   Ada 40, Ben 45 by a new trigger    45 < 40 x 1.25: Ada stays
    this week   Ada 40, Ben 60 by a new trigger    60 > 50: Ben takes the place
    this week   Ada was called, Ben 20             Ben takes the place that is free
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
    is_news : ndarray of bool, shape (n,)
        Whether its trigger came after that list.
    """

    unit: NDArray[np.object_]
    owner: NDArray[np.object_]
    team: NDArray[np.object_]
    value: Floats
    stays: Bools
    is_news: Bools


class _Slots:
    """The places that are left, and who has which."""

    def __init__(self, candidates: Candidates, slots: Mapping[str, int], teams: Mapping[str, int]) -> None:
        self.candidates = candidates
        self.left, self.of_team = dict(slots), dict(teams)
        self.taken: set[int] = set()

    def take(self, i: int) -> bool:
        """Give a place to one, if its owner and its team have one."""
        owner, team = str(self.candidates.owner[i]), str(self.candidates.team[i])
        if self.left.get(owner, 0) <= 0 or self.of_team.get(team, 1) <= 0:
            return False
        self._change(i, -1)
        self.taken.add(i)
        return True

    def give_back(self, i: int) -> None:
        """Take a place away again."""
        self._change(i, 1)
        self.taken.remove(i)

    def _change(self, i: int, by: int) -> None:
        owner, team = str(self.candidates.owner[i]), str(self.candidates.team[i])
        self.left[owner] += by
        if team in self.of_team:
            self.of_team[team] += by


def chosen_to_call(
    candidates: Candidates, slots: Mapping[str, int], teams: Mapping[str, int], *, better: float
) -> Ints:
    """Choose who is called, the best first.

    Parameters
    ----------
    candidates : Candidates
    slots : mapping of int
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
    value, stays = candidates.value, candidates.stays
    ranked = [int(i) for i in np.lexsort((candidates.unit.astype(str), -value)) if value[i] > 0.0]
    held = _Slots(candidates, slots, teams)
    for i in ranked:
        if stays[i]:
            held.take(i)
    for i in ranked:
        if sum(held.left.values()) <= 0:
            break
        if not stays[i]:
            held.take(i)
    weakest_first = [i for i in reversed(ranked) if i in held.taken and stays[i]]
    for i in ranked:
        if candidates.is_news[i] and i not in held.taken:
            _take_over(i, held, weakest_first, better)
    for i in ranked:  # a team may have a place again
        if i not in held.taken:
            held.take(i)
    return np.array([i for i in ranked if i in held.taken], dtype=np.int64)


def _take_over(i: int, held: _Slots, weakest_first: list[int], better: float) -> None:
    """Give one the place of a name of last week that is clearly worse: the worst of those whose place it can have."""
    candidates = held.candidates
    for worse in weakest_first:
        if candidates.value[i] <= better * candidates.value[worse]:
            return
        if worse in held.taken:
            held.give_back(worse)
            if held.take(i):
                return
            held.take(worse)


def capacity_of_owners(total: float, owners: Mapping[str, float], own: Mapping[str, float]) -> dict[str, int]:
    """The places of each owner: its own number where it has one, else an equal share of what is left of the total.

    Whole places only: the shares of owners are rounded down, and those with the most to call get what is over.

    Parameters
    ----------
    total : float
        Calls of all in a week.
    owners : mapping of float
        By owner, the value of whom it could call.
    own : mapping of float
        By owner, its number of calls a week.

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
