"""The chance of an arrival to be won within some days: by its score, and unknown without one."""

import warnings

import numpy as np
import pandas as pd

from pipelines.planning.sources.arrival_values import chances_within
from tests.scoring.example_scorecard import scorecard_of


def test_who_has_no_score_has_no_chance_and_warns_nobody() -> None:
    # Companies without a score, such as customers by a deal that was set aside, stand among the others.
    values = pd.DataFrame({"log_odds": [-3.0, np.nan, -3.0], "win_probability": [0.2, np.nan, 0.2]})
    card = scorecard_of({})
    with warnings.catch_warnings(action="error"):
        chance = chances_within(card, np.array([card.horizon_days, 90, 0]), values)
    np.testing.assert_array_equal(chance.round(6), [0.2, np.nan, 0.0])
