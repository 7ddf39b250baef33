"""On a market whose truth is known, the scores are as good as promised: see `python -m benchmarks.market`."""

import pytest

from benchmarks.market import Trial, trial
from pipelines.demo import compared_with_truth


@pytest.fixture(scope="module")
def market() -> Trial:
    return trial(seed=7, accounts=6_000)


@pytest.mark.slow
def test_the_top_of_the_ranking_brings_what_it_could(market: Trial) -> None:
    figures = compared_with_truth(market.scores, market.truth, market.counts)
    assert figures["captured"]["closedwon"] >= 0.85
    assert figures["captured_without_deal"]["closedwon"] >= 0.70
    assert figures["captured"]["touch count"] < 0.15


@pytest.mark.slow
def test_a_probability_is_a_probability(market: Trial) -> None:
    figures = compared_with_truth(market.scores, market.truth, market.counts)
    assert 0.90 <= figures["mean_ratio"] <= 1.10
    assert figures["calibration_error"] < 0.006


@pytest.mark.slow
def test_the_leak_is_found_and_the_flood_sinks(market: Trial) -> None:
    assert [item.attribute for item in market.scorecard.quarantined] == ["onboarding_tier"]
    assert not market.flooded.loc[market.top].any()
