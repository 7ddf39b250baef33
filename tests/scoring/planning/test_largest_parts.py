"""Parts beyond the largest are one."""

import numpy as np
import pandas as pd
import pytest

from scoring.planning.largest_parts import largest_parts

NAMES = ["b", "a", "c", "c", None]


@pytest.mark.parametrize(
    ("most", "weight", "expected"),
    [
        (3, None, ["b", "a", "c", "c", "others"]),
        (2, None, ["others", "a", "c", "c", "others"]),  # a and b are equally large: the first by name
        (1, [9.0, 1.0, 1.0, 1.0, 9.0], ["b", "others", "others", "others", "others"]),
        (1, [2.0, 2.0, 1.0, 1.0, 9.0], ["others", "a", "others", "others", "others"]),
    ],
)
def test_the_others_are_one_part(most: int, weight: list[float] | None, expected: list[str]) -> None:
    found = largest_parts(
        pd.Series(NAMES, index=[7, 3, 1, 9, 2]), most, "others", None if weight is None else np.array(weight)
    )
    assert (found.tolist(), found.index.tolist()) == (expected, [7, 3, 1, 9, 2])
