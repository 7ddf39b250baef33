"""Accounts beside their open deals. The dated example of the module is the first row."""

import pandas as pd
import pytest

from scoring.opportunities.consistency import Consistency, consistency

ACCOUNTS = {"A1": 0.60, "A2": 0.20, "A3": 0.90}

#: deals as (account, probability), and what is found: accounts, their own wins, least and most by deals, agreement
CASES = [
    ([("A1", 0.4), ("A1", 0.3), ("A2", 0.25)], (2, 0.80, 0.65, 0.83), True),
    ([("A3", 0.9)], (1, 0.90, 0.90, 0.90), True),
    ([("A2", 0.9)], (1, 0.20, 0.90, 0.90), False),  # less than its open deal alone
    ([("A3", 0.2)], (1, 0.90, 0.20, 0.20), False),
    ([("A3", 1.0), ("A3", 1.0)], (1, 0.90, 1.00, 1.00), True),
    ([("A1", 0.5), (None, 0.9), ("customer", 0.9)], (1, 0.60, 0.50, 0.50), True),
]


@pytest.mark.parametrize(("deals", "expected", "agrees"), CASES)
def test_an_account_wins_by_any_of_its_deals(
    deals: list[tuple[str | None, float]], expected: tuple[float, ...], agrees: bool
) -> None:
    accounts = pd.DataFrame({"account_id": list(ACCOUNTS), "win_probability": list(ACCOUNTS.values())})
    found = consistency(accounts, pd.DataFrame(deals, columns=["account_id", "win_probability"]))
    assert found is not None
    assert (found.accounts, found.by_accounts, found.least, found.most) == pytest.approx(expected)
    assert found.agrees == agrees
    assert found.words.endswith("finds right") != agrees


def test_nothing_is_said_where_no_ranked_account_has_a_deal() -> None:
    accounts = pd.DataFrame({"account_id": ["A1"], "win_probability": [0.5]})
    assert consistency(accounts, pd.DataFrame({"account_id": [None], "win_probability": [0.5]})) is None


def test_the_sentence_has_both_sums() -> None:
    assert Consistency(12, 4.21, 3.9, 4.44).words == (
        "12 accounts with an open deal: 4.2 wins by their own scores, 3.9 to 4.4 by those of their deals"
    )
