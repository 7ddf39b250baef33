"""The figures of a forecast of totals, on numbers that are written out."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.plans.figures import Forecast, crps, last_year, stage_weighted


@pytest.mark.parametrize(
    ("draws", "came", "expected"),
    [
        ([10.0], [10.0], 0.0),
        ([10.0], [7.0, 14.0], 3.5),  # of one number it is the mean absolute error
        ([0.0, 2.0], [1.0], 0.5),  # E|X - 1| = 1, E|X - X'| = 1
        ([0.0, 2.0], [4.0], 2.5),  # E|X - 4| = 3
        ([2.0, 0.0, 1.0], [1.0], 2 / 3 - 4 / 9),
    ],
)
def test_crps(draws: list[float], came: list[float], expected: float) -> None:
    assert crps(np.array(draws), np.array(came)) == pytest.approx(expected)


def test_crps_is_least_for_the_distribution_that_what_comes_is_from() -> None:
    rng = np.random.default_rng(3)
    came = rng.normal(100, 10, 20_000)
    scores = {
        (mean, deviation): crps(rng.normal(mean, deviation, 20_000), came)
        for mean in (95, 100, 105)
        for deviation in (5, 10, 20)
    }
    assert min(scores, key=lambda which: scores[which]) == (100, 10)
    assert scores[100, 10] == pytest.approx(10 / np.sqrt(np.pi), rel=0.02)  # of the normal distribution


def test_intervals_hold_what_lies_at_their_limits() -> None:
    forecast = Forecast.of_draws(np.arange(1.0, 101.0), whole=True)
    assert forecast.limits == ((25.0, 75.0), (10.0, 90.0), (3.0, 98.0))
    assert forecast.held(np.array([1.0, 10.0, 25.0, 98.0])) == [0.25, 0.5, 0.75]


def frames() -> dict[str, pd.DataFrame]:
    """Deals by their days: created, closed, how, amount; and the stages that they reached, from their creation on."""
    rows = [
        # On 2025-10-02 two are open in Proposal, of which one is won within 30 days; one is open in Discovery.
        ("won soon", "2025-09-01", "2025-10-20", "won", 100.0, "Proposal"),
        ("lost too", "2025-09-01", "2025-10-25", "lost", 100.0, "Proposal"),
        ("lost", "2025-09-01", "2025-10-20", "lost", 0.0, "Discovery"),
        # Open now.
        ("open", "2025-10-25", None, "open", np.nan, "Proposal"),
        ("open too", "2025-10-25", None, "open", np.nan, "Discovery"),
        # A year ago.
        ("a year ago", "2024-06-01", "2024-11-05", "won", 40.0, "Negotiation"),
        ("too late", "2024-06-01", "2024-12-05", "won", 50.0, "Negotiation"),
    ]
    names = ["opportunity_id", "created_at", "closed_at", "status", "amount", "stage"]
    deals = pd.DataFrame(rows, columns=names).assign(opportunity_type="new_business")
    for name in ("created_at", "closed_at"):
        deals[name] = pd.to_datetime(deals[name])
    deals["known_at"] = deals["created_at"]
    history = deals[["opportunity_id", "stage"]].assign(changed_at=deals["created_at"], amount=200.0)
    return {"opportunities": deals.drop(columns="stage"), "opportunity_history": history}


def test_last_year_is_what_was_won_in_the_same_days() -> None:
    assert last_year(frames(), pd.Timestamp("2025-11-01"), 30) == (1.0, 40.0)
    assert last_year(frames(), pd.Timestamp("2025-11-01"), 60) == (2.0, 90.0)


def test_open_deals_count_with_the_share_of_their_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of 1 November, on the only past day, 2 October: half of the proposals won in 30 days, no discovery."""
    monkeypatch.setattr("benchmarks.plans.figures.MOST_DAYS", 1)
    tables = frames()
    tables["opportunities"] = tables["opportunities"][tables["opportunities"]["opportunity_id"] != "a year ago"]
    assert stage_weighted(tables, pd.Timestamp("2025-11-01"), 30) == (0.5, 100.0)
