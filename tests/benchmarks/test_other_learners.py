"""What learners are compared by: the same level, whole entities in a bag, and the steps of bpi2012 as stages."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.mapped_steps import mapped
from benchmarks.other_learners import levelled
from benchmarks.peers.ebm import BAGS, bags_of
from benchmarks.regularity import captured, in_arm, log_loss
from scoring.features.spec import Recency, Regularity


def test_a_level_is_set_by_one_factor_of_the_odds() -> None:
    p = np.array([0.1, 0.2, 0.5])
    found = levelled(p, 0.1)
    odds = (found / (1 - found)) / (p / (1 - p))
    assert found.mean() == pytest.approx(0.1)
    assert odds == pytest.approx(odds[0])
    assert levelled(found, p.mean()) == pytest.approx(p)


def test_a_bag_holds_whole_entities() -> None:
    units = pd.Series([f"A{i % 40}" for i in range(200)])
    bags = bags_of(units)
    assert bags.shape == (200, BAGS)
    assert set(np.unique(bags)) == {-1, 1}
    assert len(np.unique(np.column_stack([pd.factorize(units)[0], bags]), axis=0)) == 40
    assert len({tuple(bag) for bag in bags.T}) == BAGS


def test_steps_are_stages_of_the_deal_of_their_lead_and_no_activities() -> None:
    tables = {
        "opportunities": pd.DataFrame({"opportunity_id": ["O1"], "lead_id": ["L1"]}),
        "activities": pd.DataFrame(
            {
                "lead_id": ["L1", "L1", "L2"],
                "activity_type": ["A_SENT", "visit", "A_SENT"],
                "occurred_at": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03"]),
            }
        ),
    }
    found = mapped(tables, ["A_SENT"])
    assert found["activities"]["activity_type"].tolist() == ["visit"]
    assert found["opportunity_history"].astype(str).to_numpy().tolist() == [["O1", "2025-01-01", "A_SENT"]]


def test_what_is_captured_is_of_the_rows_asked_for() -> None:
    value, worth = np.arange(40.0), np.where(np.arange(40) >= 38, 10.0, 1.0)
    everyone = np.ones(40, dtype=bool)
    assert captured(value, worth, everyone) == pytest.approx(20 / 58)
    assert captured(value, worth, np.arange(40) < 20) == pytest.approx(1 / 20)
    assert log_loss(np.array([0.5, 0.9]), np.array([1.0, 0.0]), np.array([True, False])) == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("arm", "has"), [("plain", [True, False, False]), ("any", [True, True, False]), ("kinds", [True, True, True])]
)
def test_an_arm_has_its_weeks(arm: str, has: list[bool]) -> None:
    features = [
        Recency(name="last"),
        Regularity(name="weeks", weeks=4),
        Regularity(name="demo", weeks=4, activity="demo"),
    ]
    assert [in_arm(feature, arm) for feature in features] == has
