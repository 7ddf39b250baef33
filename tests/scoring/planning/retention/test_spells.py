"""From when until when accounts are customers, as tables of rows and of deals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.retention.spells import Spells, joined_spells, of_deals, yearly_share

NO = np.nan


def shown(spells: Spells) -> list[tuple[object, ...]]:
    return [
        (str(unit), int(begin), *(None if np.isnan(x) else float(x) for x in (end, yearly)))
        for unit, begin, end, yearly in zip(spells.unit, spells.begin, spells.end, spells.yearly, strict=True)
    ]


@pytest.mark.parametrize(
    ("case", "rows", "expected"),
    [
        ("one that stays", [("A", 10, NO, 5.0)], [("A", 10, None, 5.0)]),
        ("renewed the day after", [("A", 0, 365, 5.0), ("A", 366, NO, 7.0)], [("A", 0, None, 7.0)]),
        ("signed a month late", [("A", 0, 365, 5.0), ("A", 396, NO, 7.0)], [("A", 0, None, 7.0)]),
        ("won back", [("A", 0, 365, 5.0), ("A", 397, NO, 7.0)], [("A", 0, 365.0, 5.0), ("A", 397, None, 7.0)]),
        ("two side by side", [("A", 0, NO, 5.0), ("A", 90, NO, 7.0)], [("A", 0, None, 12.0)]),
        ("one of two ended", [("A", 0, 300, 5.0), ("A", 90, NO, 7.0)], [("A", 0, None, 7.0)]),
        (
            "a short one within a long one",
            [("A", 0, 900, 5.0), ("A", 90, 95, 7.0), ("A", 800, NO, NO)],
            [("A", 0, None, None)],
        ),
        ("who left paid this at the end", [("A", 0, 300, 5.0), ("A", 90, 300, NO)], [("A", 0, 300.0, 5.0)]),
        ("by account", [("B", 5, NO, NO), ("A", 9, 20, NO)], [("A", 9, 20.0, None), ("B", 5, None, None)]),
        ("none", [], []),
    ],
)
def test_rows_that_are_one_spell(case: str, rows: list[tuple[str, int, float, float]], expected: list[object]) -> None:
    unit, begin, end, yearly = (
        np.array(x, dtype=t)
        for x, t in zip(zip(*rows, strict=True) if rows else ([],) * 4, (object, np.int64, float, float), strict=True)
    )
    assert shown(joined_spells(unit, begin, end, yearly)) == expected


@pytest.mark.parametrize(
    ("case", "deals", "expected"),
    [
        ("bought and renewed", [("A", 0, True, False), ("A", 360, True, True)], [("A", 0, None, None)]),
        ("a renewal is lost", [("A", 0, True, False), ("A", 360, False, True)], [("A", 0, 360.0, None)]),
        ("an expansion is lost", [("A", 0, True, False), ("A", 360, False, False)], [("A", 0, None, None)]),
        (
            "replaced by another deal",
            [("A", 0, True, False), ("A", 360, False, True), ("A", 380, True, False)],
            [("A", 0, None, None)],
        ),
        (
            "won on the same day",
            [("A", 0, True, False), ("A", 360, False, True), ("A", 360, True, True)],
            [("A", 0, 360.0, None)],
        ),
        (
            "won back",
            [("A", 0, True, False), ("A", 360, False, True), ("A", 500, True, False)],
            [("A", 0, 360.0, None), ("A", 500, None, None)],
        ),
        ("lost and never bought", [("A", 360, False, True)], []),
        (
            "two accounts",
            [("B", 3, True, False), ("A", 0, True, False), ("B", 9, False, True)],
            [("A", 0, None, None), ("B", 3, 9.0, None)],
        ),
    ],
)
def test_deals_that_begin_and_end_a_spell(
    case: str, deals: list[tuple[str, int, bool, bool]], expected: list[object]
) -> None:
    unit, day, won, renewal = (
        np.array(x, dtype=t) for x, t in zip(zip(*deals, strict=True), (object, np.int64, bool, bool), strict=True)
    )
    assert shown(of_deals(unit, day, won, renewal)) == expected


ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 400), st.one_of(st.none(), st.integers(0, 400))), max_size=12
)


@given(ROWS)
def test_spells_of_an_account_lie_apart_and_cover_all_rows(rows: list[tuple[str, int, int | None]]) -> None:
    unit = np.array([row[0] for row in rows], dtype=object)
    begin = np.array([row[1] for row in rows], dtype=np.int64)
    end = np.array([np.nan if row[2] is None else row[1] + row[2] for row in rows], dtype=float)
    found = joined_spells(unit, begin, end, np.full(len(rows), np.nan))
    for own in "AB":
        spells = found.where(found.unit == own)
        assert (spells.begin[1:] > spells.end[:-1] + 31).all()
        assert set(begin[unit == own]) >= set(spells.begin)
        assert np.isnan(spells.end[-1:]).all() == np.isnan(end[unit == own]).any() or not len(spells)


def test_what_customers_bring_a_year_is_a_share_of_their_first_deals() -> None:
    first, later, days = (
        np.array([100.0, 300.0, np.nan]),
        np.array([50.0, 150.0, 999.0]),
        np.array([365.25, 730.5, 10.0]),
    )
    assert yearly_share(first, later, days) == pytest.approx(200.0 / 700.0)
    assert yearly_share(np.array([]), np.array([]), np.array([])) == 0.0
