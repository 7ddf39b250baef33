"""What makes leads add up to their accounts: past days of leads with one and with two known people, written out."""

import numpy as np
import pandas as pd
import pytest

from pipelines.training.account_shares import PRIOR_WINS, AccountShare, learn_account_share
from scoring.features.spec import Attribute, Feature, Group

PEOPLE = Group(name="account_known_people", of="people", scope="account")
FEATURES: list[Feature] = [Attribute(name="size", column="size", values="numeric"), PEOPLE]


def looks(won: list[float | None], left: list[float | None], known: int) -> pd.DataFrame:
    """Leads, each with what it won, or what is left to it of a deal that others brought."""
    rows = pd.DataFrame({"won": won, "left": left}, dtype="float64")
    return pd.DataFrame(
        {
            "won_period": rows["won"].mask(rows["won"].notna(), 0.0).astype("Int64"),
            "amount": rows["won"].fillna(rows["left"]),
            "observed": 6,
            "known": known,
        }
    )


def found(
    frame: pd.DataFrame, expected: list[float], features: list[Feature], weight: np.ndarray | None = None
) -> AccountShare | None:
    frame = frame.assign(unit=[f"L{i}" for i in range(len(frame))])
    codes = np.column_stack([np.zeros(len(frame), dtype=int), frame["known"]])
    return learn_account_share(features, [1, 3], codes, frame, np.array(expected), weight)


#: One of two accounts with one known lead was won by somebody else; both with two by the leads themselves.
FRAME = pd.concat(
    [looks([600.0, None], [None, 600.0], known=1), looks([300.0, 300.0, 300.0, 300.0], [None] * 4, known=2)],
    ignore_index=True,
)


def test_leads_add_up_to_what_their_accounts_bring() -> None:
    """Own deals brought 1,800 of 2,400. 300 and 300 were expected of one known lead, 450 and 450 and so on of two."""
    share = found(FRAME, [300.0, 300.0, 450.0, 450.0, 450.0, 450.0], FEATURES)
    assert share is not None
    assert share.feature == PEOPLE
    assert share.base == pytest.approx(np.log(2400 / 1800))
    # As if ten more of five wins, of 480 each, had come as expected. At the level of what came, 600 and 1,800 were.
    prior = PRIOR_WINS * 480.0
    assert np.exp(share.table) == pytest.approx([1.0, (1200 + prior) / (600 + prior), (1200 + prior) / (1800 + prior)])


def test_the_level_of_what_was_expected_does_not_count() -> None:
    once = found(FRAME, [300.0] * 6, FEATURES)
    double = found(FRAME, [600.0] * 6, FEATURES)
    assert once is not None
    assert double is not None
    assert once.base == double.base
    assert once.table == pytest.approx(double.table)


def test_a_snapshot_that_stands_for_two_counts_twice() -> None:
    twice = pd.concat([FRAME, FRAME.iloc[[1]]], ignore_index=True)
    weight = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 1.0])
    one, other = found(twice, [300.0] * 7, FEATURES), found(FRAME, [300.0] * 6, FEATURES, weight)
    assert one is not None
    assert other is not None
    assert (one.base, *one.table) == pytest.approx((other.base, *other.table))


def test_without_the_number_of_people_all_leads_have_the_same() -> None:
    share = found(FRAME, [300.0] * 6, FEATURES[:1])
    assert share is not None
    assert share.feature is None
    assert share.base == pytest.approx(np.log(2400 / 1800))


@pytest.mark.parametrize(
    "frame",
    [
        looks([None, None], [None, None], known=1),  # no amount is known
        looks([0.0, None], [None, None], known=1),  # nothing was brought
        FRAME[FRAME["known"] == 2].reset_index(drop=True).assign(known=0),
    ],
)
def test_nothing_is_added_where_there_is_nothing_to_add(frame: pd.DataFrame) -> None:
    share = found(frame, [300.0] * len(frame), FEATURES[:1])
    assert share is None
