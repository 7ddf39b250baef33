"""Futures of a market: drawn as the market is, from one history that stays."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from scoring.simulator import Market, Parameters, simulate
from scoring.simulator.accounts import CHANNELS
from scoring.simulator.cycles import DISCOVERY, EVALUATING, IDLE, LOST, NEGOTIATION, in_deal, with_most_deals
from scoring.simulator.draws import Ints

PARAMETERS = {
    "quiet": Parameters(season=0.0, drift=0.0, flood_share=0.0),
    "season": Parameters(season=0.5, flood_share=0.0),
    "step before": Parameters(step=2.0, step_from=52, flood_share=0.0),
    "step after": Parameters(step=2.0, step_from=85, flood_share=0.0),
    "flood": Parameters(flood_share=0.3, flood_from=60, flood_until=90),
    "dropped": Parameters(neglected=("US",), neglected_from=85, flood_share=0.0),
    "again": Parameters(repeat=10.0, flood_share=0.0),
    "capacity": Parameters(deals_at_once=10.0, flood_share=0.0),
    "parts": Parameters(chunk_accounts=150, deals_at_once=20.0),
}
WEEK, WEEKS = 78, 130


@cache
def market(name: str) -> Market:
    return simulate(400, weeks=WEEKS, seed=5, parameters=PARAMETERS[name])


def as_of(one: Market) -> pd.Timestamp:
    return one.start + pd.Timedelta(weeks=WEEK)


def error_of(values: list[float]) -> float:
    """The standard error of their mean."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


@pytest.mark.parametrize("name", [name for name in PARAMETERS if name not in {"capacity", "parts"}])
def test_futures_win_as_often_and_as_much_as_the_truth_says(name: str) -> None:
    one = market(name)
    futures = list(one.futures(as_of(one), 26, range(100)))
    for days in (91, 182):
        truth = one.truth(as_of(one), days, "any")
        soon = [future.until(days) for future in futures]
        winners = [float(len(np.unique(future.account[future.known]))) for future in soon]
        assert np.mean(winners) == pytest.approx(truth["win_probability"].sum(), abs=2 * error_of(winners))
        if name != "again":  # of the second win within the time the truth says nothing
            revenue = [float(future.amount[future.known].sum()) for future in soon]
            assert np.mean(revenue) == pytest.approx(truth["expected_revenue"].sum(), abs=2 * error_of(revenue))


def test_an_open_deal_brings_about_what_is_planned_of_it() -> None:
    """What is planned in a negotiation is off by 0.1; of other deals of an account amounts scatter by 0.5."""
    one, found = market("quiet"), []
    account = one.tables["opportunities"].set_index("opportunity_id")["account_id"]
    for week in range(40, 125, 4):
        cut = one.start + pd.Timedelta(weeks=week)
        history = one.export(cut)["opportunity_history"].drop_duplicates("opportunity_id", keep="last")
        planned = history[history["stage"].eq("Negotiation")].set_index("opportunity_id")["amount"]
        planned.index = account.reindex(planned.index)
        soon = list(one.futures(cut, 1, range(20)))
        ids = one.hidden["account_id"].to_numpy()[np.concatenate([future.account for future in soon])]
        amount = pd.Series(np.concatenate([future.amount for future in soon]), index=ids)
        amount = amount[amount > 0]
        found.append(np.log(amount / planned.reindex(amount.index)).dropna())
    off = pd.concat(found)
    assert off.index.nunique() > 4
    assert off.std() == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("name", ["quiet", "flood"])
def test_those_who_arrive_are_those_of_the_market(name: str) -> None:
    """Evenly over the 52 weeks that are left, or until the flood is over; the channels as in the market."""
    one = market(name)
    absent = int((one.stages[:, WEEK] < 0).sum())
    parameters, left = one.parameters, WEEKS - WEEK
    usual = (1 - parameters.flood_share) * (1 - parameters.existing_share) * left / WEEKS
    wave = parameters.flood_share * (90 - WEEK) / 30
    futures = list(one.futures(as_of(one), 26, range(100)))
    arrived = [float(len(future.arrived_at)) for future in futures]
    expected = absent * (usual / 2 + wave) / (usual + wave)
    assert np.mean(arrived) == pytest.approx(expected, abs=2 * error_of(arrived))
    weeks = (np.concatenate([future.arrived_at for future in futures]) - np.datetime64(as_of(one))).astype("m8[W]")
    by_week = np.bincount(weeks.astype(np.int64), minlength=26)
    each = absent * len(futures) * usual / left / (usual + wave)
    of_wave = np.where(np.arange(26) < 90 - WEEK, absent * len(futures) * wave / (90 - WEEK) / (usual + wave), 0.0)
    assert np.square((by_week - each - of_wave) / np.sqrt(each + of_wave)).sum() < 26 + 3 * np.sqrt(52)
    channel = np.concatenate([future.channel for future in futures])
    organic = (channel == list(CHANNELS).index("organic")).mean()
    assert organic == pytest.approx(0.32 * (usual / 2) / (usual / 2 + wave), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["quiet", "again", "capacity", "parts"])
def test_what_came_is_one_of_the_futures(name: str) -> None:
    """The market's own outcome lies among its futures as each of them does: its rank among 19 is even."""
    ranks = {"wins": [0.0], "revenue": [0.0], "of arrived": [0.0]}
    for seed in range(40):
        one = simulate(250, weeks=WEEKS, seed=seed, parameters=PARAMETERS[name])
        cut, deals = as_of(one), one.tables["opportunities"]
        wins = deals[deals["status"].eq("won") & deals["opportunity_type"].eq("new_business")]
        wins = wins[wins["closed_at"].ge(cut) & wins["closed_at"].lt(cut + pd.Timedelta(weeks=50))]
        new = wins["account_id"].isin(one.hidden["account_id"][one.stages[:, WEEK] < 0])
        came = {"wins": len(wins), "revenue": wins["amount"].sum(), "of arrived": new.sum()}
        futures = [future.until(350) for future in one.futures(cut, 50, range(19))]
        drawn = {
            "wins": [len(future.amount) for future in futures],
            "revenue": [future.amount.sum() for future in futures],
            "of arrived": [(~future.known).sum() for future in futures],
        }
        for what, values in drawn.items():
            ranks[what].append(float(np.mean(np.less(values, came[what])) + np.mean(np.equal(values, came[what])) / 2))
    for found in ranks.values():
        assert np.mean(found[1:]) == pytest.approx(0.5, abs=2.5 * np.sqrt(1 / 12 / 40))
        assert np.std(found[1:]) < 0.29 * 1.2


def test_a_seed_is_one_future_and_the_history_stays() -> None:
    one = market("parts")
    before = one.export(as_of(one))
    first, again, other = (next(iter(one.futures(as_of(one), 26, range(i, i + 1)))) for i in (3, 3, 4))
    for name in ("account", "known", "won_at", "amount", "arrived", "arrived_at", "channel"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.amount, other.amount)
    for name, table in one.export(as_of(one)).items():
        pd.testing.assert_frame_equal(table, before[name])
    known = one.stages[:, WEEK] >= 0
    assert known[first.account].tolist() == first.known.tolist()
    assert set(first.account[~first.known]) <= set(first.arrived)
    assert first.won_at.min() >= np.datetime64(as_of(one))
    assert (first.until(30).won_at < np.datetime64(as_of(one) + pd.Timedelta(days=30))).all()


@pytest.mark.parametrize(
    ("now", "reached", "most", "expected"),
    [
        ([EVALUATING, EVALUATING], [DISCOVERY, DISCOVERY], 2.0, 2),
        ([EVALUATING, EVALUATING], [DISCOVERY, DISCOVERY], 1.9, 1),
        ([EVALUATING, NEGOTIATION], [DISCOVERY, NEGOTIATION], 1.0, 1),
        ([EVALUATING, NEGOTIATION], [DISCOVERY, LOST], 1.0, 1),
        ([NEGOTIATION, NEGOTIATION, EVALUATING], [NEGOTIATION, NEGOTIATION, DISCOVERY], 1.0, 2),
        ([IDLE, IDLE], [IDLE, IDLE], 0.0, 0),
    ],
)
def test_a_deal_is_opened_where_one_can_be_worked(
    now: list[int], reached: list[int], most: float, expected: int
) -> None:
    limited: Ints = with_most_deals(
        np.array(now, dtype=np.int8), np.array(reached, dtype=np.int64), most, np.random.default_rng(1)
    )
    assert in_deal(limited).sum() == expected
    assert [(a, b) for a, b in zip(reached, limited, strict=True) if a != b] in ([], [(DISCOVERY, EVALUATING)])


def test_capacity_binds_and_where_it_does_not_nothing_changes() -> None:
    assert in_deal(market("capacity").stages).sum(axis=0).max() == 4
    free, usual = (
        simulate(400, weeks=WEEKS, seed=5, parameters=Parameters(deals_at_once=deals, flood_share=0.0))
        for deals in (1_000.0, np.inf)
    )
    assert in_deal(usual.stages).sum(axis=0).max() > 4
    for name, table in usual.tables.items():
        pd.testing.assert_frame_equal(free.tables[name], table)


@pytest.mark.parametrize(
    ("weeks", "message"),
    [(0, "ask for 1 to 52"), (53, "ask for 1 to 52, or simulate more than 130 weeks")],
)
def test_futures_end_with_the_market(weeks: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        market("quiet").futures(as_of(market("quiet")), weeks, range(1))


def test_no_closed_form_says_what_capacity_lets_win() -> None:
    with pytest.raises(ValueError, match=r"deals_at_once=10: .* draw `futures`"):
        market("capacity").truth(as_of(market("capacity")))
