"""What a slip is learned from: each look is at a deal that was open on 2026-03-01, and asked on 2026-05-01."""

import ibis
import numpy as np
import pandas as pd
import pytest

from scoring.opportunities.closes import CLOSED, slipped, with_closes
from tests.scoring.example_market import AS_OF, cells, day

TODAY = day("2026-05-01")
#: days to the close date entered, when the deal closed, and whether it slipped
CASES = [
    (30.0, "2026-03-31", 0.0),  # on the very day
    (30.0, "2026-04-01", 1.0),
    (30.0, None, 1.0),  # still open
    (0.0, "2026-03-01", 0.0),
    (-1.0, "2026-03-05", None),  # the date had passed already
    (None, "2026-03-05", None),  # none is entered
    (60.0, "2026-04-30", 0.0),  # entered for the last day that is over
    (61.0, None, None),  # not over yet
    (61.0, "2026-03-10", None),  # nor is it for this one, though it closed early
]


@pytest.mark.parametrize(("days", "closed", "expected"), CASES)
def test_a_deal_slips_if_it_closes_after_the_day_that_was_entered(
    days: float | None, closed: str | None, expected: float | None
) -> None:
    frame = pd.DataFrame({"as_of": [AS_OF], "days": [days], CLOSED: [np.nan if closed is None else day(closed)]})
    found = slipped(frame.astype({"days": "float64"}), "days", TODAY)[0]
    assert (None if np.isnan(found) else found) == expected


def test_a_close_is_known_from_the_day_after_it() -> None:
    snapshots = ibis.memtable({"unit": ["O1", "O2", "O3"], "as_of": [AS_OF] * 3})
    deals = ibis.memtable({"unit": ["O1", "O2"], "closed_day": [TODAY - 1, TODAY]})
    found = with_closes(snapshots, deals, TODAY).order_by("unit")
    assert cells(found, "unit", "as_of", CLOSED) == [("O1", AS_OF, TODAY - 1), ("O2", AS_OF, None), ("O3", AS_OF, None)]
