"""The arrivals of a period from the days on which others came."""

import numpy as np
import pytest

from scoring.planning.arrivals import ASSUMED, Arrivals, arrivals

SOURCES = ("web", "event")


def found(days: np.ndarray, source: np.ndarray | None = None, as_of: int = 600, window: int = 90) -> Arrivals:
    """The arrivals of some days, of one source unless others are named."""
    source = np.zeros(len(days), dtype=np.int64) if source is None else source
    return arrivals(source, days.astype(np.int64), SOURCES, as_of, window=window, half_life=180.0)


def test_a_steady_source_goes_on_and_one_that_never_came_does_not() -> None:
    steady = found(np.repeat(np.arange(600), 2))
    assert steady.rate == pytest.approx([2.0, 0.0], abs=1e-6)
    assert steady.daily(600, 690).sum(axis=1) == pytest.approx([180.0, 0.0], abs=1e-3)
    assert steady.windows == pytest.approx(1 + 15 * 28 / 90, abs=0.4)
    assert steady.market < ASSUMED  # it was never off


def test_what_came_at_as_of_or_later_is_not_read() -> None:
    days = np.repeat(np.arange(700), 2)
    assert found(days).rate == pytest.approx(found(days[days < 600]).rate)


def test_a_rate_follows_what_came_lately() -> None:
    rising = np.concatenate([np.arange(600), np.repeat(np.arange(420, 600), 3)])
    rate = found(rising).rate[0]
    assert 2.0 < rate < 4.0  # 1 a day until 180 days ago, 4 since


def test_a_new_source_is_looked_at_from_its_own_beginning() -> None:
    days = np.concatenate([np.repeat(np.arange(600), 2), np.repeat(np.arange(560, 600), 3)])
    source = np.concatenate([np.zeros(1200, dtype=np.int64), np.ones(120, dtype=np.int64)])
    web, event = found(days, source).rate
    assert web == pytest.approx(2.0, rel=0.05)
    assert 1.5 < event < 3.0


def test_an_import_of_records_is_nobody_coming() -> None:
    days = np.concatenate([np.repeat(np.arange(600), 2), np.full(5000, 300)])
    result = found(days)
    assert result.imported == 5002
    assert result.rate[0] == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize(("years", "wave"), [(1, 1.0), (4, 1.5)])
def test_a_season_needs_two_years(years: int, wave: float) -> None:
    as_of = 365 * years
    month = (np.arange(as_of).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    days = np.repeat(np.arange(as_of), np.where(month == 11, 30, 18))
    season = found(days, as_of=as_of).season
    assert season[11] == pytest.approx(wave, rel=0.06)
    assert season[:11] == pytest.approx(season[0], rel=0.04)


def test_waves_of_chance_are_no_season_and_make_one_less_sure() -> None:
    rng = np.random.default_rng(5)
    level = np.repeat(rng.gamma(4.0, 2.0, 52), 28)
    result = found(np.repeat(np.arange(52 * 28), rng.poisson(level)), as_of=52 * 28)
    assert result.season.min() > 0.75
    assert result.season.max() < 1.3
    assert result.market > ASSUMED


def test_nobody_came_yet() -> None:
    assert found(np.array([700])).daily(600, 690).sum() == 0.0
