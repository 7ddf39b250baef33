"""Those for whom an attribute says nothing yet: what was predicted of them, and what came."""

import numpy as np
import pandas as pd
import pytest

from scoring.evidence.promotion.without_value import WithoutValue, at_cut_off, says_nothing_yet, summed
from scoring.features.spec import Attribute, Momentum

NOBODY = frozenset[str]()


def counts(predicted: float, came: int, others: tuple[float, int] = (30.0, 30), units: int = 3000) -> WithoutValue:
    return WithoutValue("deals", "0", units, 500, predicted, others[0], 0.9 * predicted, came, others[1])


@pytest.mark.parametrize(
    ("found", "kept", "sentence"),
    [
        (
            counts(20.0, 24),
            True,
            "of the 3,000 accounts where deals is empty or 0, 21.6 wins were predicted and 24 came",
        ),
        (
            counts(0.5, 26),
            False,
            "of the 3,000 accounts where deals is empty or 0, 0.9 wins were predicted and 26 came",
        ),
        (
            counts(0.5, 0),
            False,
            "of the 3,000 accounts where deals is empty or 0, 0.5 wins were predicted and 0 came, where 180 would have "
            "come as of the others: a deal may have filled it",
        ),
        (
            counts(0.5, 0, units=100),
            True,
            "of the 100 accounts where deals is empty or 0, 0.5 wins were predicted and 0 came",
        ),
        (counts(3.0, 8), True, "of the 3,000 accounts where deals is empty or 0, 3.5 wins were predicted and 8 came"),
    ],
)
def test_wins_of_those_without_a_value_are_as_predicted_or_it_says_so(
    found: WithoutValue, kept: bool, sentence: str
) -> None:
    (finding,) = says_nothing_yet([found], "accounts", 1, NOBODY)
    assert (finding.kept, finding.sentence) == (kept, sentence)


def test_what_is_trusted_is_said_and_refuses_nothing() -> None:
    (finding,) = says_nothing_yet([counts(0.5, 26)], "accounts", 1, frozenset({"deals"}))
    assert finding.kept
    assert finding.sentence.endswith("0.9 wins were predicted and 26 came")


def test_more_cut_offs_see_the_same_wins() -> None:
    found = counts(6.0, 22)
    assert [says_nothing_yet([found], "accounts", times, NOBODY)[0].kept for times in (1, 6)] == [False, True]


def test_attributes_are_counted_at_each_cut_off_and_summed() -> None:
    features = [
        Attribute(name="deals", column="deals", values="numeric"),
        Attribute(name="industry", column="industry"),
        Attribute(name="empty", column="empty"),
        Momentum(name="momentum"),
    ]
    frame = pd.DataFrame(
        {
            "deals": [0.0, 0.0, 2.0, np.nan],
            "industry": ["Retail", None, "Health", "Health"],
            "empty": [None] * 4,
            "momentum": [0.0, 0.1, 0.2, 0.3],
        }
    )
    probability, won = np.array([0.1, 0.2, 0.5, 0.3]), np.array([0, 1, 1, 0])
    deals, industry = at_cut_off(features, frame, probability, won)
    assert (deals.attribute, deals.word, deals.units, deals.others, deals.wins, deals.wins_of_others) == (
        *("deals", "0", 3, 1),
        *(1, 1),
    )
    assert deals.predicted == pytest.approx(0.6)
    assert deals.variance == pytest.approx(0.1 * 0.9 + 0.2 * 0.8 + 0.3 * 0.7)
    assert (industry.word, industry.units, industry.wins) == ("", 1, 1)
    (twice, _) = summed([[deals, industry], [deals]])
    assert (twice.units, twice.wins, twice.predicted) == (6, 2, pytest.approx(1.2))
