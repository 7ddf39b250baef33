"""The threshold of links by name: as low as the labelled pairs allow, and none where they show nothing."""

import numpy as np
import pytest

from pipelines.matching.thresholds import threshold


@pytest.mark.parametrize(
    ("scores", "right", "precision", "expected"),
    [
        ([0.9] * 58, [True] * 58, 0.95, None),  # .95 ** 58 is above .05
        ([0.9] * 59, [True] * 59, 0.95, (0.9, 59, 59)),
        ([0.9] * 92 + [0.5], [True] * 92 + [False], 0.95, (0.9, 92, 92)),
        ([0.9] * 99 + [0.5], [True] * 99 + [False], 0.95, (0.9, 99, 99)),  # the good ones carry no bad ones
        ([0.9] * 99 + [0.5] * 40, [True] * 99 + [True] * 39 + [False], 0.95, (0.5, 139, 138)),
        ([0.9] * 99 + [0.9], [True] * 99 + [False], 0.95, (0.9, 100, 99)),  # one probability stands or falls together
        ([0.9] * 20, [False] * 20, 0.5, None),
        ([0.9] * 5, [True] * 5, 0.5, (0.9, 5, 5)),
        ([], [], 0.95, None),
    ],
)
def test_a_threshold_is_the_lowest_that_is_right_often_enough_for_sure(scores, right, precision, expected):
    found = threshold(np.array(scores), np.array(right, bool), len(scores), precision)
    assert found.pairs == len(scores)
    assert (found.probability, found.found, found.right) == (expected or (None, 0, 0))


def test_a_probability_is_said_as_the_share_that_is_right():
    scores = np.array([0.2, 0.2, 0.2, 0.2, 0.5, 0.5, 0.9, 0.9])
    right = np.array([0, 0, 0, 1, 1, 0, 1, 1], bool)
    found = threshold(scores, right, 8, 0.95)
    assert found.share_of(np.array([0.1, 0.2, 0.4, 0.5, 0.95])).tolist() == [0.25, 0.25, 0.25, 0.5, 1.0]
