"""Simulated markets that change on a day, by a step or where sales leaves a country alone; and that buy again."""

import numpy as np
import pandas as pd
import pytest

from scoring.simulator import Parameters, simulate
from tests.scoring.simulator.test_simulator import open_accounts, won

STEP = Parameters(step=3.0, step_from=104, flood_share=0.0)
NEGLECT = Parameters(neglected=("US",), neglected_from=104, flood_share=0.0)


@pytest.mark.parametrize("parameters", [STEP, NEGLECT])
@pytest.mark.parametrize("week", [91, 117])
def test_a_market_that_changes_keeps_its_truth(parameters: Parameters, week: int) -> None:
    changed = simulate(accounts=1_500, seed=11, parameters=parameters)
    as_of = changed.start + pd.Timedelta(weeks=week)
    truth, wins = open_accounts(changed, as_of), won(changed)
    due = wins[wins["closed_at"].ge(as_of) & wins["closed_at"].lt(as_of + pd.Timedelta(days=182))]
    neglected = changed.hidden.set_index("account_id")["neglected"].reindex(truth.index)
    for group in (neglected, ~neglected):
        p, outcome = truth["win_probability"][group], truth.index[group].isin(due["account_id"])
        assert abs(outcome.sum() - p.sum()) <= 3.5 * np.sqrt((p * (1 - p)).sum())


def test_a_step_and_neglect_change_what_is_won() -> None:
    """The step wakes three times as many from week 104 on; of the neglected country hardly a deal is opened."""
    usual, step, neglect = (
        simulate(accounts=1_500, seed=11, parameters=parameters)
        for parameters in (Parameters(flood_share=0.0), STEP, NEGLECT)
    )
    late = usual.start + pd.Timedelta(weeks=117)
    wins = {name: won(one) for name, one in {"usual": usual, "step": step, "neglect": neglect}.items()}
    after = {name: table[table["closed_at"] >= late] for name, table in wins.items()}
    assert len(after["step"]) > 1.3 * len(after["usual"])
    left = neglect.hidden.loc[neglect.hidden["neglected"], "account_id"]
    assert 0.28 < len(left) / 1_500 < 0.40
    assert after["neglect"]["account_id"].isin(left).mean() < 0.15 < after["usual"]["account_id"].isin(left).mean()


AGAIN = Parameters(repeat=10.0, flood_share=0.0)


@pytest.mark.parametrize("week", [91, 130])
def test_customers_who_buy_again_keep_their_truth(week: int) -> None:
    market = simulate(accounts=1_500, seed=12, parameters=AGAIN)
    as_of = market.start + pd.Timedelta(weeks=week)
    wins = won(market)
    due = wins[wins["closed_at"].ge(as_of) & wins["closed_at"].lt(as_of + pd.Timedelta(days=182))]
    first, following = (market.truth(as_of, 182, win).set_index("account_id") for win in ("new_business", "any"))
    customers = following["is_customer"]
    assert set(following.index[customers]) == set(wins.loc[wins["closed_at"].lt(as_of), "account_id"])
    assert first["win_probability"][customers].eq(0).all()
    assert following["win_probability"][~customers].equals(first["win_probability"][~customers])
    p, outcome = following["win_probability"][customers], following.index[customers].isin(due["account_id"])
    assert p.sum() > 10
    assert abs(outcome.sum() - p.sum()) <= 3 * np.sqrt((p * (1 - p)).sum())


def test_only_where_customers_buy_again_there_are_no_renewals() -> None:
    kinds = {
        repeat: set(
            simulate(accounts=400, seed=12, parameters=Parameters(repeat=repeat)).tables["opportunities"][
                "opportunity_type"
            ]
        )
        for repeat in (0.0, 10.0)
    }
    assert kinds == {0.0: {"new_business", "expansion", "renewal"}, 10.0: {"new_business"}}
