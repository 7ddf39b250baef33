"""Whose list a name is on: capacity always holds, and nothing changes without news."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.calls.lists import Candidates, capacity_of_owners, chosen_to_call

Row = tuple[str, str, str, float, bool, bool]


def candidates(rows: list[Row]) -> Candidates:
    """Rows of unit, owner, team, value, whether it stays, and whether something is new of it."""
    unit, owner, team, value, stays, is_news = zip(*rows, strict=True) if rows else ((),) * 6
    return Candidates(
        *(np.array(column, dtype=object) for column in (unit, owner, team)),
        np.array(value, dtype=np.float64),
        np.array(stays, dtype=bool),
        np.array(is_news, dtype=bool),
    )


def names(rows: list[Row], slots: dict[str, int], teams: dict[str, int] | None = None) -> list[str]:
    found = candidates(rows)
    return [str(found.unit[i]) for i in chosen_to_call(found, slots, teams or {}, better=1.25)]


@pytest.mark.parametrize(
    ("case", "rows", "expected"),
    [
        ("the best", [("Ada", "U-1", "in", 100, False, False), ("Ben", "U-1", "in", 90, False, False)], ["Ada"]),
        ("nothing new", [("Ada", "U-1", "in", 40, True, False), ("Ben", "U-1", "in", 60, False, False)], ["Ada"]),
        ("not clearly", [("Ada", "U-1", "in", 40, True, False), ("Ben", "U-1", "in", 45, False, True)], ["Ada"]),
        ("clearly", [("Ada", "U-1", "in", 40, True, False), ("Ben", "U-1", "in", 60, False, True)], ["Ben"]),
        ("another's", [("Ada", "U-1", "in", 40, True, False), ("Ben", "U-2", "in", 60, False, True)], ["Ada"]),
        ("no value", [("Ada", "U-1", "in", 0, True, False)], []),
        ("equal", [("Ben", "U-1", "in", 40, False, False), ("Ada", "U-1", "in", 40, False, False)], ["Ada"]),
    ],
)
def test_who_has_the_one_place(case: str, rows: list[Row], expected: list[str]) -> None:
    assert names(rows, {"U-1": 1}) == expected


def test_a_team_has_a_limit_of_its_own() -> None:
    rows: list[Row] = [
        ("A", "U-1", "out", 9, False, False),
        ("B", "U-2", "out", 8, False, False),
        ("C", "U-2", "in", 1, False, False),
    ]
    assert names(rows, {"U-1": 1, "U-2": 1}, {"out": 1}) == ["A", "C"]
    assert names(rows, {"U-1": 1, "U-2": 1}, {"out": 0}) == ["C"]


@pytest.mark.parametrize(
    ("total", "own", "expected"),
    [
        (7, {}, {"U-1": 3, "U-2": 2, "U-3": 2}),
        (7, {"U-2": 5}, {"U-1": 1, "U-2": 5, "U-3": 1}),
        (2, {"U-2": 5}, {"U-1": 0, "U-2": 5, "U-3": 0}),
        (7, {"U-9": 5}, {"U-1": 3, "U-2": 2, "U-3": 2}),
        (3, {"U-1": 0}, {"U-1": 0, "U-2": 2, "U-3": 1}),
    ],
)
def test_places_are_whole_and_shared(total: float, own: dict[str, float], expected: dict[str, int]) -> None:
    assert capacity_of_owners(total, {"U-1": 9.0, "U-2": 5.0, "U-3": 1.0}, own) == expected


ROWS = st.lists(
    st.tuples(
        st.uuids().map(str),
        st.sampled_from(("U-1", "U-2", "no owner")),
        st.sampled_from(("in", "out")),
        st.integers(0, 50).map(float),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda row: row[0],
)
PLACES = st.fixed_dictionaries({owner: st.integers(0, 6) for owner in ("U-1", "U-2")})
TEAMS = st.dictionaries(st.sampled_from(("in", "out")), st.integers(0, 6))


@given(rows=ROWS, slots=PLACES, teams=TEAMS)
def test_capacity_holds_for_every_owner_and_team(rows: list[Row], slots: dict[str, int], teams: dict[str, int]) -> None:
    found = candidates(rows)
    kept = chosen_to_call(found, slots, teams, better=1.25)
    owners, of_team = list(found.owner[kept]), list(found.team[kept])
    assert len(set(kept)) == len(kept)
    assert all(owners.count(owner) <= slots.get(owner, 0) for owner in set(owners))
    assert all(of_team.count(team) <= most for team, most in teams.items())
    assert all(found.value[kept] > 0)
    # No place is empty for whom there was one.
    for i in set(range(len(rows))) - set(kept):
        owner, team = found.owner[i], found.team[i]
        has_place = owners.count(owner) < slots.get(owner, 0) and of_team.count(team) < teams.get(team, 99)
        assert not (has_place and found.value[i] > 0)


@given(rows=ROWS, slots=PLACES, teams=TEAMS, fades=st.lists(st.floats(0.01, 1.0), min_size=30, max_size=30))
def test_a_list_is_the_same_while_nothing_is_new(
    rows: list[Row], slots: dict[str, int], teams: dict[str, int], fades: list[float]
) -> None:
    found = candidates(rows)
    kept = set(chosen_to_call(found, slots, teams, better=1.25))
    n = len(rows)
    stays = np.array([i in kept for i in range(n)], dtype=bool)
    later = replace(found, value=found.value * fades[:n], stays=stays, is_news=np.zeros(n, dtype=bool))
    assert set(chosen_to_call(later, slots, teams, better=1.25)) == kept


@given(rows=ROWS, slots=PLACES)
def test_who_gives_way_gives_way_to_news_that_is_clearly_better(rows: list[Row], slots: dict[str, int]) -> None:
    found = candidates(rows)
    kept = set(chosen_to_call(found, slots, {}, better=1.25))
    for owner, most in slots.items():
        stayed = [i for i, row in enumerate(rows) if row[1] == owner and row[4] and row[3] > 0]
        gone = [i for i in stayed if i not in kept]
        new = [i for i in kept if rows[i][1] == owner and not rows[i][4]]
        if len(stayed) <= most and gone:
            assert any(rows[i][5] and rows[i][3] > 1.25 * min(rows[j][3] for j in gone) for i in new)
