"""How fast customers leave: by hand, beside lifelines 0.30.3, and what is ahead of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.pooling import pooled
from scoring.planning.retention.ahead import Ahead, drifted, steps
from scoring.planning.retention.spells import Spells
from scoring.planning.retention.staying import AGES, stay_table

AS_OF = 1_000


def spells(*rows: tuple[int, float]) -> Spells:
    begin, end = np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=float)
    return Spells(np.array([f"A{i}" for i in range(len(rows))], dtype=object), begin, end, np.full(len(rows), np.nan))


def one_group(found: Spells) -> np.ndarray:
    return np.zeros(len(found), dtype=np.int64)


@pytest.mark.parametrize(
    ("case", "rows", "customers", "left", "days"),
    [
        # The first end shows that ends are recorded from day 101 on.
        (
            "censored, truncated, and one that left",
            [(0, 100), (0, np.nan), (500, 700), (900, np.nan)],
            3,
            1,
            899 + 200 + 100,
        ),
        ("an end that is not over", [(0, 100), (0, 1_200)], 1, 0, 899),
        ("who came later is not known", [(0, 100), (0, np.nan), (1_000, 1_001)], 1, 0, 899),
        ("nobody left", [(400, np.nan), (600, np.nan)], 2, 0, 600 + 400),
    ],
)
def test_few_that_left_give_one_rate(
    case: str, rows: list[tuple[int, float]], customers: int, left: int, days: int
) -> None:
    found = spells(*rows)
    table = stay_table(found, ("all",), one_group(found), AS_OF)
    assert (table.customers, table.left, table.by_age) == (customers, left, False)
    assert table.overall == pytest.approx((left + 0.5) / days)
    assert table.hazard(np.array([0.0, 4_000.0]), np.array([365.0])) == pytest.approx(365 * table.overall)


def test_what_is_known_later_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    begin, life = rng.integers(0, 1_500, 300), rng.integers(30, 900, 300)
    later = spells(*zip(begin.tolist(), (begin + life).tolist(), strict=True))
    early = later.where(later.begin < AS_OF)
    early = Spells(early.unit, early.begin, np.where(early.end < AS_OF, early.end, np.nan), early.yearly)
    both = [stay_table(one, ("all",), one_group(one), AS_OF) for one in (later, early)]
    assert both[0].left > 50
    assert both[0].hazard(np.zeros(1), np.array(AGES[:30])) == pytest.approx(
        both[1].hazard(np.zeros(1), np.array(AGES[:30]))
    )


def test_rates_by_age_are_those_of_lifelines() -> None:
    """30,000 lives (Weibull) of which 12,449 are there on day 0 and are followed for 600 days; 8,270 leave."""
    rng = np.random.default_rng(5)
    age, life = rng.integers(0, 1_500, 30_000), np.ceil(rng.weibull(1.3, 30_000) * 700)
    there = life > age
    age, life = age[there], life[there]
    followed = np.minimum(life, age + 600.0)
    end = np.where(life <= age + 600, followed - age, np.nan)
    found = spells(*zip((-age).tolist(), end.tolist(), strict=True))
    table = stay_table(found, ("all",), one_group(found), 601, half_life=1e7)
    assert 8_200 < table.left < 8_270  # without those of the first days
    # NelsonAalenFitter(nelson_aalen_smoothing=False).fit(followed, left, entry=age), from each age to 360 days later.
    hazard = table.hazard(np.array([360.0, 720.0, 1_080.0]), np.array([360.0]))[:, 0]
    assert hazard == pytest.approx([0.6125, 0.7305, 0.8084], rel=0.01)


@pytest.mark.parametrize(
    ("case", "left_of_first", "expected"),
    [
        # 60 left in 60 * 490 + 40 * 990 days, 12 in 12 * 490 + 88 * 990: 6.7 times as often, pulled together a little.
        ("one leaves far more often", 60, (5.8, 6.7)),
        ("both alike", 36, (0.99, 1.01)),
    ],
)
def test_groups_multiply_the_rate(case: str, left_of_first: int, expected: tuple[float, float]) -> None:
    left = [left_of_first, 72 - left_of_first]
    rows = [(0, 1.0)]
    for many in left:
        rows += [(10, 500.0)] * many + [(10, np.nan)] * (100 - many)
    found = spells(*rows)
    group = np.array([0, *[0] * 100, *[1] * 100])
    factors = stay_table(found, ("first", "second"), group, AS_OF).table.factors.mean
    assert expected[0] <= factors[0] / factors[1] <= expected[1]


def constant(rate: float, n: int, yearly: float = 100.0) -> Ahead:
    days = steps(5.0)
    return Ahead(days, np.tile(rate * days, (n, 1)), np.full(n, yearly))


def test_what_is_ahead_at_a_constant_rate() -> None:
    found = constant(0.2 / 365.0, 3)
    assert found.leaves(365.0) == pytest.approx([1 - np.exp(-0.2)] * 3)
    assert found.leaves(100.0) == pytest.approx([1 - np.exp(-0.2 * 100 / 365)] * 3)
    # The integral of exp(-0.2 t) over five years, and over one.
    assert found.years() == pytest.approx([(1 - np.exp(-1.0)) / 0.2] * 3, rel=1e-4)
    assert found.years(365.0) == pytest.approx([(1 - np.exp(-0.2)) / 0.2] * 3, rel=1e-4)
    factors = pooled(np.array([20.0]), np.array([20.0]))
    total = found.total(np.arange(3), 0.0, factors, -1, seed=7)
    assert (total.customers, total.recurring) == (3, 300.0)
    assert total.leaving.value == pytest.approx(3 * (1 - np.exp(-0.2)))
    assert total.lifetime.value == pytest.approx(300 * (1 - np.exp(-1.0)) / 0.2, rel=1e-4)


def test_the_interval_of_who_leaves_is_that_of_a_binomial() -> None:
    found = constant(-np.log(0.75) / 365.0, 400)
    total = found.total(np.arange(400), 0.0, pooled(np.array([1.0]), np.array([1.0])), -1, seed=7)
    assert [total.leaving.low, total.leaving.high] == pytest.approx([89, 111], abs=1)
    unsure = found.total(np.arange(400), 0.2, pooled(np.array([1.0]), np.array([1.0])), -1, seed=7)
    assert unsure.leaving.low < 82 < 118 < unsure.leaving.high


@pytest.mark.parametrize(("years", "times"), [(0.5, 1.0), (1, 1.0), (2, 5 / 4), (3, 14 / 9), (5, 55 / 25)])
def test_the_level_drifts_from_year_to_year(years: float, times: float) -> None:
    # The sums of min(j, k): 1, 1 + 1 + 1 + 2, and so on.
    assert drifted(years) == pytest.approx(times)


def test_years_ahead_are_less_sure_than_the_next() -> None:
    total = constant(0.2 / 365.0, 100_000).total(
        np.arange(100_000), 0.1, pooled(np.array([1.0]), np.array([1.0])), -1, seed=7
    )
    widths = [(one.high - one.low) / one.value for one in (total.retained, total.lifetime)]
    # By how much the mean of exp(-0.2 t) falls with the logarithm of the rate, over one year and over five.
    falls = [1.0 - x * np.exp(-x) / (1.0 - np.exp(-x)) for x in (0.2, 1.0)]
    assert widths == pytest.approx([2.56 * 0.1 * falls[0], 2.56 * 0.1 * (55 / 25) ** 0.5 * falls[1]], rel=0.06)


@given(st.floats(1e-6, 0.02), st.integers(1, 20), st.floats(0.0, 0.6))
def test_intervals_hold_what_can_be(rate: float, n: int, error: float) -> None:
    total = constant(rate, n).total(np.arange(n), error, pooled(np.array([3.0]), np.array([4.0])), 0, seed=1)
    assert 0 <= total.leaving.low <= total.leaving.high <= n
    assert 0 <= total.years.low <= total.years.high <= 5.0 + 1e-9
    assert total.retained.high <= total.recurring * (1 + 1e-9)
    assert total.retained.value <= total.recurring * 1.0001
    assert total.retained.value <= total.lifetime.value
