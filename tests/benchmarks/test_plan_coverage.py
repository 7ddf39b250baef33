"""The coverage of plans: what is compared with what, on numbers that are written out; and a history from end to end."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.plan_coverage import DAYS, VARIANTS, compared, histories, lines_of, main, studied
from benchmarks.plans.figures import Forecast, Planned


def planned(wins: list[float], revenue: list[float]) -> Planned:
    forecast = {
        "wins": Forecast.of_draws(np.array(wins), whole=True),
        "revenue": Forecast.of_draws(np.array(revenue)),
    }
    return Planned(forecast, known=2.5, arriving=0.5, level=0.2)


def total(wins: list[float], revenue: list[float], known: list[float]) -> dict[str, np.ndarray]:
    return {"wins": np.array(wins), "revenue": np.array(revenue), "known": np.array(known)}


def test_a_plan_beside_what_came() -> None:
    plan = planned([2.0, 3.0, 4.0], [20.0, 30.0, 40.0])
    found = compared(
        "quiet 1",
        90,
        plan,
        total([2.0, 4.0, 4.0, 6.0], [25.0, 45.0, 15.0, 35.0], [2.0, 4.0, 3.0, 3.0]),
        {"last": (5.0, 30.0)},
    )
    assert (found.expected, found.true) == ({"wins": 3.0, "revenue": 30.0}, {"wins": 4.0, "revenue": 30.0})
    assert found.held == {"wins": [0.75, 0.75, 0.75], "revenue": [0.5, 0.5, 0.5]}
    assert found.could_hold["wins"] == [0.75, 1.0, 1.0]
    assert found.score["wins"]["last"] == 1.5
    assert found.score["revenue"]["last"] == 10.0
    assert (found.known, found.arriving, found.level) == ((2.5, 3.0), (0.5, 1.0), 0.2)


def test_histories_are_all_variants_and_then_other_seeds_of_them() -> None:
    assert {name for name, _ in histories(len(VARIANTS))} == set(VARIANTS)
    assert histories(12)[10:] == [("quiet", 111), ("usual", 112)]


def test_the_tables_have_the_coverage_over_histories() -> None:
    plan = planned([2.0, 3.0, 4.0], [20.0, 30.0, 40.0])
    came = {"quiet 1": [3.0] * 4, "usual 2": [3.0, 3.0, 9.0, 9.0]}
    found = [
        compared(name, days, plan, total(wins, [30.0] * 4, wins), {"last year": (3.0, 33.0), "stages": (4.0, 0.0)})
        for name, wins in came.items()
        for days in DAYS
    ]
    lines = lines_of(found, 1_500, 4)
    assert "| 90 days | 75 ± 50 | 75 ± 50 | 75 ± 50 | 100 ± 0 | 100 ± 0 | 100 ± 0 |" in lines
    assert "| usual 2, 30 days | 50 | 50 | 50 | 100 | 100 | 100 |" in lines
    assert "| revenue, 30 days | 7.4 | 10.0 | 100.0 | 0.0 |" in lines
    assert lines[0].startswith("2 histories of 1,500 accounts, 4 futures each.")
    assert "are 50.0, 40.0, 21.8)" in lines[0]


def test_a_history_is_planned_from_its_export_and_kept(tmp_path: Path) -> None:
    calls: list[pd.Timestamp] = []

    def by_the_last_year(crm: Path, as_of: pd.Timestamp, days: Sequence[int]) -> dict[int, Planned]:
        calls.append(as_of)
        deals = pd.read_csv(crm / "opportunities.csv", parse_dates=["created_at", "closed_at"])
        assert pd.read_parquet(crm / "activities.parquet")["known_at"].max() < as_of
        assert deals["created_at"].max().tz_localize(None) < as_of
        won = deals[deals["status"].eq("won") & deals["opportunity_type"].eq("new_business")]
        a_year = won["closed_at"].dt.tz_localize(None) >= as_of - pd.Timedelta(days=365)
        rng, mean = np.random.default_rng(1), float(won["amount"].mean())
        draws = {length: rng.poisson(a_year.sum() * length / 365, 2_000).astype("float64") for length in days}
        return {length: planned(list(some), list(some * mean)) for length, some in draws.items()}

    first, again = (studied("usual", 5, 300, 50, by_the_last_year, tmp_path) for _ in range(2))
    assert first == again
    assert calls == [pd.Timestamp("2025-12-29")]
    assert [one.days for one in first] == list(DAYS)
    # Of 300 accounts about 8 win in half a year: a plan by the last year is near, and no plan beats the truth itself.
    longest = first[-1]
    assert 3 < longest.true["wins"] < 16
    assert 0.5 < longest.expected["wins"] / longest.true["wins"] < 2
    assert longest.score["wins"]["futures"] < longest.score["wins"]["plan"] < 2 * longest.score["wins"]["futures"]
    assert longest.held["wins"] == sorted(longest.held["wins"])
    assert longest.held["wins"][2] > 0.8


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--historys", "2"])
