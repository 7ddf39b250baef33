"""Early signs: levels are known by their openings, shrunk by what is known of their wins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import sigmoid
from models.early_signs import LEAST, PER_OLD, PRIOR, OpeningSnapshots, early_signs, inform
from models.hazard import hazard_rows
from models.outcome import AdditiveHazard
from models.tables.additive import summed_tables

#: A column of engagement, and two of levels: a channel whose code 3 is new, and a campaign.
SIZES, UNORDERED = [4, 4, 3], [False, True, True]
HORIZON = 180


def looks(
    effects: np.ndarray, *, size: int = 4_000, rate: float = -2.5, seed: int = 7, new: int = 120, since: int = 330
) -> OpeningSnapshots:
    """Snapshots: deals open by the first column and by the effect of the channel; the last `new` have code 3."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, 4, size), rng.integers(0, 3, size), rng.integers(0, 3, size)])
    codes[size - new :, 1] = 3
    score = 0.8 * codes[:, 0] - 1.0
    opened = (rng.random(size) < sigmoid(rate + score + effects[codes[:, 1]])).astype("float64")
    day = np.where(codes[:, 1] == 3, rng.integers(since, 360, size), rng.integers(0, 360, size))
    return OpeningSnapshots(codes, score, opened, day, np.ones(size))


def of_channel(effects: np.ndarray, **how: int) -> dict[int, float]:
    """The effect found for each code of the channel."""
    found = early_signs(looks(effects, **how), SIZES, UNORDERED, HORIZON, seed=7)
    return {one.code: one.effect for one in found if one.column == 1}


@pytest.mark.parametrize(
    ("true", "least", "most"),
    [(-6.0, -5.0, -1.5), (0.0, -0.7, 0.7), (1.5, 0.7, 2.0)],
    ids=["no deal opens", "as usual", "four times as many"],
)
def test_a_new_level_is_known_by_its_openings(true: float, least: float, most: float) -> None:
    effects = of_channel(np.array([0.0, 0.0, 0.0, true]))
    assert least < effects[3] < most
    assert max(abs(effects[code]) for code in (0, 1, 2)) < 0.25


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_longer_a_level_had_time_to_win_the_less_its_openings_change(seed: int) -> None:
    never = np.array([0.0, 0.0, 0.0, -6.0])
    found = [abs(of_channel(never, seed=seed, since=since, new=1_000)[3]) for since in (300, 120, 0)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.5 * found[0]


def test_one_level_alone_has_the_ratio_with_pseudo_openings() -> None:
    """`log((opened + k) / (expected + k))`: here the odds are so small that a rate is as good as a probability."""
    size, new = 200_000, 2_000
    codes = np.zeros((size, 1), dtype="int64")
    codes[:new] = 1
    opened, day = np.zeros(size), np.full(size, 10)
    opened[:3], opened[-1_000:] = 1.0, 1.0
    day[: new // 10], day[-1] = 10 - HORIZON, 10  # a tenth of them a horizon ago: with half the weight
    found = early_signs(
        OpeningSnapshots(codes, np.zeros(size), opened, day, np.ones(size)), [2], [True], HORIZON, seed=7
    )
    assert [one.code for one in found] == [0, 1]
    k, expected = PRIOR + PER_OLD * 0.1 * 10.03, 0.95 * 10.03
    assert found[1].opened == 1.5
    assert found[1].expected == pytest.approx(expected, abs=0.02)
    assert found[1].effect == pytest.approx(np.log((1.5 + k) / (expected + k)), abs=0.02)


def test_looks_that_stand_for_many_are_no_more_evidence() -> None:
    one = looks(np.array([0.0, 0.0, 0.0, -6.0]))
    heavy = OpeningSnapshots(one.codes, one.score, one.opened, one.day, 30.0 * one.weight)
    first, second = (early_signs(some, SIZES, UNORDERED, HORIZON, seed=7) for some in (one, heavy))
    assert [level.effect for level in first] == pytest.approx([level.effect for level in second], abs=0.05)


def test_few_openings_say_nothing() -> None:
    few = looks(np.zeros(4), rate=-9.0)
    assert few.opened.sum() < LEAST
    assert early_signs(few, SIZES, UNORDERED, HORIZON, seed=7) == []


def test_without_levels_there_is_nothing_to_say() -> None:
    assert early_signs(looks(np.zeros(4)), SIZES, [False] * 3, HORIZON, seed=7) == []


@settings(max_examples=10)
@given(st.integers(0, 2**31 - 1))
def test_the_order_of_looks_changes_nothing_beyond_rounding(seed: int) -> None:
    one = looks(np.array([0.0, 0.3, -0.3, -2.0]))
    order = np.random.default_rng(seed).permutation(len(one.day))
    other = OpeningSnapshots(one.codes[order], one.score[order], one.opened[order], one.day[order], one.weight[order])
    first, second = (early_signs(some, SIZES, UNORDERED, HORIZON, seed=7) for some in (one, other))
    assert [level.effect for level in first] == pytest.approx([level.effect for level in second], abs=1e-3)


class Market:
    """Snapshots on six days, of which those of channel 3 come last, and never open a deal."""

    def __init__(self) -> None:
        rng = np.random.default_rng(7)
        size = 6_000
        self.as_of = np.sort(rng.integers(0, 12, size) * 30)
        self.codes = np.column_stack([rng.integers(0, n, size) for n in (4, 3, 3)])
        new = (self.as_of >= 300) & (rng.random(size) < 0.4)
        self.codes[new, 1] = 3
        score = -2.6 + 0.8 * self.codes[:, 0] - 8.0 * new
        self.opened = (rng.random(size) < sigmoid(score)).astype("float64")
        self.opened[self.as_of + 30 > 360] = np.nan
        self.observed = np.minimum(3, (360 - self.as_of) // 30)
        won = rng.random((size, 3)) < sigmoid(score - 1.0)[:, None]
        first = np.where(won.any(axis=1), won.argmax(axis=1).astype("float64"), np.nan)
        self.won = np.where(first < self.observed, first, np.nan)
        self.rows = hazard_rows(self.as_of, self.observed, self.won, (0, 30, 60, 90), max_rows=10**6, seed=7)

    def fitted(self) -> AdditiveHazard:
        model = AdditiveHazard(SIZES, UNORDERED, ["intent", "fit", "fit"], periods=3, resamples=2)
        return model.fit(self.codes, self.rows, self.observed == 3, 500, np.arange(len(self.codes)))


def test_a_hazard_is_informed_in_its_tables_and_keeps_its_level() -> None:
    market, plain = Market(), Market().fitted()
    hazard = market.fitted()
    found = inform(hazard, market.codes, market.rows, market.as_of, market.opened)
    for one in found:
        table, before = hazard.tables_[one.column], plain.tables_[one.column]
        assert table[one.code] == pytest.approx(before[one.code] + one.effect, abs=1e-9)
    for again, before in zip(hazard.resampled_, plain.resampled_, strict=True):
        assert again.tables[1] - before.tables[1] == pytest.approx(hazard.tables_[1] - plain.tables_[1], abs=1e-9)
    rows = market.rows
    score = hazard.base_ + summed_tables(hazard.tables_, market.codes)[rows.snapshot]
    score = score + np.asarray(hazard.period_offsets_)[rows.period]
    assert sigmoid(score).sum() == pytest.approx(rows.won.sum(), rel=0.1)
    today = market.codes[market.as_of == 330]
    new = today[:, 1] == 3
    before, after = (one.base_ + summed_tables(one.tables_, today) for one in (plain, hazard))
    assert sigmoid(after)[new].sum() < 0.5 * sigmoid(before)[new].sum()


def test_a_hazard_without_openings_stays_as_it_is() -> None:
    market, plain = Market(), Market().fitted()
    hazard = market.fitted()
    assert inform(hazard, market.codes, market.rows, market.as_of, np.full(len(market.codes), np.nan)) == []
    assert hazard.base_ == plain.base_
    assert all(np.array_equal(a, b) for a, b in zip(hazard.tables_, plain.tables_, strict=True))
