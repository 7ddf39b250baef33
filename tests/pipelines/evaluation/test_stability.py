"""What refitting changes: two scorecards, six accounts, two of which can be worked."""

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.stability import churn
from scoring.scorecard.scorecard import Scorecard
from tests.scoring.example_scorecard import scorecard_of


def scorecard(as_of: str, **tables: tuple[list[float], list[float] | None]) -> Scorecard:
    """One intent term a feature, each with a bin below 1 and one from there on; `stable` where it is given."""
    terms = []
    for name, (values, stable) in tables.items():
        terms.append({"features": [name], "side": "intent", "values": [0.0, *values]})
        if stable is not None:
            terms[-1]["stable"] = [1.0, *stable]
    content = {
        "as_of": as_of,
        "base": -3.0,
        "period_offsets": [0.0],
        "calibration": {"kind": "intercept", "x": [], "y": []},
        "terms": terms,
        "encodings": {name: {"kind": "numeric", "edges": [1.0]} for name in tables},
        "amount": {"base": 0.0, "terms": []},
        "base_rate": 0.05,
        "grades": {"A": 4.0, "B": 1.5, "C": 0.5},
        "reference": {"fit": [0.0] * 101, "intent": [0.0] * 101},
    }
    return scorecard_of(content)


#: Which of demo, reply, visit and event each of six accounts did.
DID = pd.DataFrame(
    [[1, 1, 0, 0], [1, 0, 1, 1], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]],
    columns=["demo", "reply", "visit", "event"],
    dtype="float64",
)
#: Log-odds of the six: 1.5, 1.3, 0.7, 0.3, 0.1, 0.
MAY = scorecard(
    "2026-05-01", demo=([0, 1.0], None), reply=([0, 0.5], None), visit=([0, 0.2], None), event=([0, 0.1], None)
)
#: 0.7, 0.4, 1.0, 0.4, 0.1, 0: the demo counts for less, and by chance.
JUNE = scorecard(
    "2026-06-01",
    demo=([0, 0.0], [1.0, 1.0]),
    reply=([0, 0.7], [1.0, 1.0]),
    visit=([0, 0.3], [1.0, 0.75]),
    event=([0, 0.1], [1.0, 0.5]),
)


def test_the_list_the_ranking_and_the_first_reason_are_compared() -> None:
    """Of the first and the second account, the second gives way to the third; the demo is no reason any more."""
    found = churn([MAY, JUNE], [DID, DID], 2)
    (step,) = found.steps
    assert (step.older, step.newer) == ("2026-05-01", "2026-06-01")
    assert step.kept == 0.5
    # Ranks 6 5 4 3 2 1 against 5 3.5 6 3.5 2 1, less 3.5: 13.5 is the sum of their products, 17.5 and 17 of squares.
    assert step.rank_correlation == pytest.approx(13.5 / np.sqrt(17.5 * 17.0))
    # On June's list are the third, whose first reason in May, the reply, is the first in June too, and the first,
    # whose demo is no longer a reason.
    assert step.reason_kept == 0.5
    assert (found.open, found.capacity, found.kept, found.reason_kept) == (6, 2, 0.5, 0.5)


#: The best four are the third, the first, the second and the fourth account. Reply and visit speak for the third, the
#: reply for the first, and for the others visit and event, which half of the resamples know nothing of.
@pytest.mark.parametrize(("capacity", "shares"), [(2, (1.0, 1.0, None)), (4, (1.0, 1 / 3, None))])
def test_a_reason_is_what_survives_resampling(capacity: int, shares: tuple[float | None, ...]) -> None:
    assert churn([JUNE], [DID], capacity).stable_reasons == pytest.approx(shares)


def test_a_reason_that_is_chance_is_none() -> None:
    """Both on the list have the demo as first reason in May; a scorecard whose demo is unsure does not give it."""
    unsure = scorecard(
        "2026-06-01",
        demo=([0, 1.0], [1.0, 0.5]),
        reply=([0, 0.5], None),
        visit=([0, 0.2], None),
        event=([0, 0.1], None),
    )
    assert churn([MAY, unsure], [DID, DID], 2).reason_kept == 0.0
    assert churn([unsure, MAY], [DID, DID], 2).reason_kept == 1.0


def test_a_scorecard_like_itself_changes_nothing() -> None:
    found = churn([MAY, MAY, MAY], [DID] * 3, 3)
    assert [step.kept for step in found.steps] == [1.0, 1.0]
    assert (found.kept, found.rank_correlation, found.reason_kept) == (1.0, pytest.approx(1.0), 1.0)
    alone = churn([MAY], [DID], 3)
    assert (alone.steps, alone.kept) == ((), None)


def test_scorecards_without_anything_to_say_have_no_reasons_and_no_ranking() -> None:
    empty = scorecard("2026-05-01")
    found = churn([empty, empty], [DID, DID], 2)
    assert (found.kept, found.rank_correlation, found.reason_kept, found.stable_reasons) == (1.0, None, None, ())
