"""What came after a trigger beside others alike: worked out by hand, and how often the interval holds."""

from datetime import date

import numpy as np
import pytest

from scoring.calls.associations import Association, association
from scoring.calls.triggers import BY_NAME
from scoring.timeline import day_number

Stratum = tuple[int, int, int, int]


def rows(*strata: Stratum) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, trigger and stratum of each row, from (with: came, of; without: came, of)."""
    occurred, has, stratum = list[bool](), list[bool](), list[int]()
    for code, (a, n1, c, n0) in enumerate(strata):
        occurred += [True] * a + [False] * (n1 - a) + [True] * c + [False] * (n0 - c)
        has += [True] * n1 + [False] * n0
        stratum += [code] * (n1 + n0)
    return np.array(occurred), np.array(has), np.array(stratum)


def test_the_ratio_is_that_of_mantel_and_haenszel() -> None:
    """(12 x 80 / 120 + 9 x 30 / 45) / (16 x 40 / 120 + 3 x 15 / 45) = (8 + 6) / (5.333 + 1) = 2.2105."""
    occurred, has, stratum = rows((12, 40, 16, 80), (9, 15, 3, 30))
    found = association(occurred, has, stratum, np.arange(len(occurred)))
    assert (found.looked_at, found.occurred) == (55, 21)
    assert found.share == pytest.approx(21 / 55)
    assert found.share_of_others == pytest.approx((40 * 0.2 + 15 * 0.1) / 55)
    assert found.ratio == pytest.approx(14 / (16 / 3 + 1))
    assert found.is_more
    assert found.high == pytest.approx(found.ratio**2 / found.low)


@pytest.mark.parametrize(
    ("strata", "ratio"),
    [
        (((9, 40, 16, 80),), None),  # nine outcomes are too few
        (((12, 40, 0, 80),), None),  # none of the others: no ratio
        (((12, 40, 0, 0),), None),  # nobody to compare with
        (((20, 40, 40, 80),), 1.0),
        ((), None),
    ],
)
def test_what_cannot_be_compared_says_nothing(
    strata: tuple[tuple[int, int, int, int], ...], ratio: float | None
) -> None:
    occurred, has, stratum = (
        column.astype(kind) for column, kind in zip(rows(*strata), (bool, bool, int), strict=True)
    )
    assert association(occurred, has, stratum, np.arange(len(occurred))).ratio == ratio


def test_a_row_that_is_there_twice_for_one_account_makes_nothing_surer() -> None:
    occurred, has, stratum = rows((12, 40, 16, 80))
    once = association(occurred, has, stratum, np.arange(120))
    twice = association(*(np.tile(column, 2) for column in (occurred, has, stratum)), np.tile(np.arange(120), 2))
    assert (once.ratio, once.low, once.high) == pytest.approx((twice.ratio, twice.low, twice.high))


def test_the_interval_holds_as_often_as_it_says() -> None:
    """Each of 300 accounts is seen on four days, with a chance of its own: the ratio is 1 in truth."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(400):
        chance, unit = rng.beta(2, 6, 300), np.repeat(np.arange(300), 4)
        has, occurred = rng.random(1200) < 0.3, rng.random(1200) < chance[unit]
        found = association(occurred, has, np.tile(np.arange(4), 300), unit)
        held += found.low is not None and found.high is not None and found.low <= 1.0 <= found.high
    assert 0.95 * 400 - 2 * np.sqrt(400 * 0.95 * 0.05) <= held <= 400 * 0.95 + 2 * np.sqrt(400 * 0.95 * 0.05)


@pytest.mark.parametrize(
    ("found", "more", "less"),
    [
        (Association(99, 20, 0.2, 0.1, 2.0, 1.1, 3.0), True, False),
        (Association(99, 20, 0.2, 0.2, 1.0, 0.8, 1.2), False, False),
        (Association(99, 20, 0.1, 0.2, 0.5, 0.3, 0.9), False, True),
        (Association(99, 2, 0.1, 0.2), False, False),
    ],
)
def test_only_what_is_clear_is_more_or_less(found: Association, more: bool, less: bool) -> None:
    assert (found.is_more, found.is_less) == (more, less)


def test_a_trigger_fades_and_expires() -> None:
    came_back, as_of = BY_NAME["return"], day_number(date(2026, 3, 2))
    assert came_back.left(day_number(date(2026, 2, 23)), as_of) == 0.75
    assert [came_back.left(as_of - days, as_of) for days in (0, 14, 28, 99)] == [1.0, 0.5, 0.0, 0.0]
    assert came_back.sentence(day_number(date(2026, 2, 23))) == "Came back after a silence on 2026-02-23"
    assert (
        BY_NAME["slipped"].sentence(as_of, "by 31 days")
        == "The expected close was moved later (by 31 days) on 2026-03-02"
    )
