"""With which settings the gate refits a challenger."""

from dataclasses import replace
from typing import Any

import pytest

from pipelines.config import Attributes, Capacity, Config, Features, Training
from pipelines.errors import UsageError
from pipelines.evaluation.promotion_evidence import recipe
from scoring.features.spec import Recency
from tests.scoring.example_scorecard import scorecard_of

TRAINED: dict[str, Any] = {
    "as_of": "2025-12-29",
    "recipe": {
        "training": {"horizon_days": 90, "max_snapshots": 9},
        "attributes": {"trust": ["partner"], "drop": ["legacy_score"], "max_levels": 20},
        "features": [Recency(name="days_since_trial", label="Trial", activity="trial").declaration()],
    },
}


def test_the_recipe_is_that_of_the_training_and_the_rest_is_todays() -> None:
    today = Config(
        training=Training(horizon_days=365), attributes=Attributes(drop=("x",)), capacity=Capacity(share=0.1)
    )
    assert recipe(scorecard_of(TRAINED), today) == replace(
        today,
        training=Training(horizon_days=90, max_snapshots=9),
        attributes=Attributes(trust=("partner",), drop=("legacy_score",), max_levels=20),
        features=Features(declared=(Recency(name="days_since_trial", label="Trial", activity="trial"),)),
    )
    with pytest.raises(UsageError, match="the scorecard of 2025-12-29 does not say how it was trained"):
        recipe(scorecard_of({"as_of": "2025-12-29"}), today)
