"""The rule for open deals: better probabilities than sales' own, and no less revenue beyond noise."""

import pytest

from scoring.evidence.comparison_result import Comparison, Measure, RankingMeasures
from scoring.evidence.promotion.deals import better_than_stages

#: closedwon's Brier skill, that of each baseline and by how much more revenue closedwon captures (low, high)
CASES = [
    (0.20, {"stage_weighted": (0.10, 0.02, (-0.1, 0.1))}, True, "above the 0.100 of stage-weighting"),
    (
        0.20,
        {"stage_weighted": (0.10, 0.0, (-0.1, 0.1)), "crm_probability": (0.25, 0.0, (-0.1, 0.1))},
        False,
        "not above",
    ),
    (0.10, {"stage_weighted": (0.10, 0.0, (-0.1, 0.1))}, False, "not above the 0.100"),
    (0.20, {"stage_weighted": (0.10, -0.2, (-0.3, -0.1))}, False, "captures less of the revenue than stage-weighting"),
    (0.20, {"stage_weighted": (-0.10, -0.05, (-0.3, 0.1))}, True, "above the -0.100"),
    (0.20, {}, False, "compared with no forecast"),
]


@pytest.mark.parametrize(("own", "others", "kept", "words"), CASES)
def test_its_probabilities_must_be_better_than_those_of_sales(
    own: float, others: dict[str, tuple[float, float, tuple[float, float]]], kept: bool, words: str
) -> None:
    rankings = {"closedwon": RankingMeasures({"brier_skill": Measure(own)})}
    for name, (skill, more, (low, high)) in others.items():
        lead = {"revenue_captured": Measure(more, low, high)}
        rankings[name] = RankingMeasures({"brier_skill": Measure(skill)}, closedwon_minus=lead)
    found = better_than_stages(
        Comparison(
            rows=100,
            units=80,
            cut_offs=2,
            wins=40,
            revenue=1e6,
            capacity=25,
            share=0.25,
            replicates=10,
            rankings=rankings,
            winners=30,
        )
    )
    assert found.kept == kept
    assert words in found.sentence
