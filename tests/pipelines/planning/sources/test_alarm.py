"""The alarm over several sources: which are named, in which words, and what the chance of a false alarm is made of."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config, Sources
from pipelines.planning.sources.alarm import Watch, watched
from pipelines.planning.sources.values import SourceValues
from scoring.timeline import calendar_date, day_number

BEGIN = day_number(date(2025, 1, 1))
#: The week in which `ads` and `fair` change.
CHANGE = 20


def values() -> tuple[SourceValues, pd.Series]:
    """Thirty weeks of three sources, ten arrivals a week, worth 1,000 in the mean.

    From week 20 on `ads` brings twenty a week, worth a fifth; `fair` ten, worth a fifth; `web` twenty, as before.
    """
    rng = np.random.default_rng(8)
    rows = []
    for name, more, less in (("ads", 2, 0.2), ("fair", 1, 0.2), ("web", 2, 1.0)):
        for week in range(30):
            late = week >= CHANGE
            worth = rng.exponential(1_000.0, 10 * (more if late else 1)) * (less if late else 1.0)
            rows += [(name, BEGIN + 7 * week, value) for value in worth]
    frame = pd.DataFrame(rows, columns=["source", "looked_on", "expected_revenue"])
    frame.index = pd.Index([f"A{i}" for i in range(len(frame))])
    return SourceValues(frame.drop(columns="source"), None), frame["source"]


def watch(as_of: int, config: Config | None = None) -> Watch:
    return watched(*values(), BEGIN, as_of, config or Config())


def test_who_brings_more_of_less_is_named_and_dated() -> None:
    found = watch(BEGIN + 7 * 30)
    assert [one.source for one in found.named] == ["ads"]
    assert [one.source for one in found.falling] == ["fair"]
    ads = found.named[0]
    changed = calendar_date(BEGIN + 7 * CHANGE - 6 - 7).isoformat()  # looked at a week after they came, at least
    assert ads.more_since == changed
    named = (ads.alarm.named_on - BEGIN) / 7 - CHANGE
    assert 0 < named < 4
    assert ads.to_json()["changed_on"] == calendar_date(BEGIN + 7 * CHANGE - 6).isoformat()
    assert ads.sentence().startswith(
        f"ads: since about {changed} 2.0 times as many arrive (20.0 a week), and an arrival"
    )
    assert found.falling[0].sentence().startswith(f"fair: since about {changed} about as many arrive (10.0 a week)")


def test_before_the_change_nobody_is_named() -> None:
    found = watch(BEGIN + 7 * CHANGE - 1)
    assert (found.named, found.falling) == ((), ())
    assert found.sources == 3


def test_the_chance_is_spread_over_sources_and_years() -> None:
    """105 weeks are 2.0 years of 365.25 days: twice the yearly chance, over three sources."""
    found = watch(BEGIN + 210)
    assert found.weeks == 105
    assert found.chance == pytest.approx(0.05 * 105 * 7 / 365.25 / 3)
    config = Config()
    strict = replace(config, sources=Sources(false_alarms=1e-6))
    assert watch(BEGIN + 210, strict).chance == pytest.approx(found.chance / 50_000)


def test_each_night_of_a_watch_says_the_same_of_the_past() -> None:
    """The day on which a source was named does not move as nights go by."""
    days = {one.alarm.named_on for night in range(BEGIN + 7 * 24, BEGIN + 7 * 30, 3) for one in watch(night).named}
    assert len(days) == 1


def test_nobody_looked_at_is_nobody_watched() -> None:
    empty = pd.DataFrame({"looked_on": np.empty(0), "expected_revenue": np.empty(0)}, index=pd.Index([], dtype="str"))
    found = watched(SourceValues(empty, None), pd.Series(dtype="str"), BEGIN, BEGIN + 70, Config())
    assert (found.sources, found.named, found.falling) == (0, (), ())
