"""The market's promises: its truth is true, nothing comes from the future, touches are noise."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scoring.simulator import Market, Parameters, chunks, simulate
from scoring.simulator.cycles import NEGOTIATION, PROPOSAL, WON, transitions
from scoring.simulator.truth import win_probability

COLUMNS = {
    "accounts": ["account_id", "domain", "created_at"],
    "leads": ["lead_id", "account_id", "email", "created_at", "title", "source", "campaign"],
    "activities": [
        *("activity_id", "lead_id", "account_id", "activity_type", "occurred_at", "known_at", "direction"),
    ],
    "opportunities": [
        *("opportunity_id", "account_id", "lead_id", "created_at", "closed_at", "status", "amount"),
        *("opportunity_type", "known_at"),
    ],
    "account_history": ["account_id", "known_at", "employees"],
    "contact_roles": ["opportunity_id", "lead_id", "role", "is_primary"],
    "opportunity_history": ["opportunity_id", "changed_at", "stage", "amount", "close_date"],
    "spend": ["source", "campaign", "month", "cost"],
}
KNOWN_BY = {
    "accounts": "created_at",
    "leads": "created_at",
    "activities": "known_at",
    "opportunities": "known_at",
    "account_history": "known_at",
    "opportunity_history": "changed_at",
}


@pytest.fixture(scope="module")
def market() -> Market:
    return simulate(accounts=1_500, seed=7)


def won(market: Market) -> pd.DataFrame:
    deals = market.tables["opportunities"]
    return deals[deals["status"].eq("won") & deals["opportunity_type"].eq("new_business")]


def open_accounts(market: Market, as_of: pd.Timestamp) -> pd.DataFrame:
    truth = market.truth(as_of)
    return truth[~truth["is_customer"]].set_index("account_id")


def captured(truth: pd.DataFrame, score: pd.Series, share: float = 0.05) -> float:
    """The revenue expected of the best `share` of accounts by `score`, relative to the best by truth."""
    revenue, top = truth["expected_revenue"], round(share * len(truth))
    best = score.reindex(truth.index).sort_values(ascending=False, kind="stable").index[:top]
    return float(revenue[best].sum() / revenue.nlargest(top).sum())


@pytest.mark.parametrize(
    ("stage", "weeks", "expected"),
    [
        # At fit 0 a deal is won with 0.08 + 0.44 / 2 = 0.30. A negotiation ends in 0.30 of the weeks, won
        # with 0.30 ** 0.25: 0.2220 within one week, and 1 + 0.70 times that within two.
        (NEGOTIATION, 1, 0.2220),
        (NEGOTIATION, 2, 0.3775),
        # A proposal goes on in a week with 0.31 * 0.30 ** 0.30 = 0.2160, and is won in the next with 0.2220.
        (PROPOSAL, 1, 0.0),
        (PROPOSAL, 2, 0.0480),
        (WON, 5, 1.0),
    ],
)
def test_win_probability_is_the_chain_s(stage: int, weeks: int, expected: float) -> None:
    found = win_probability(np.array([0.0]), np.array([False]), np.array([stage]), 100, weeks, Parameters())
    assert found[0] == pytest.approx(expected, abs=1e-4)


def test_transitions_are_probabilities() -> None:
    matrix = transitions(np.linspace(-12, 12, 49), Parameters())
    assert matrix.min() >= 0
    np.testing.assert_allclose(matrix.sum(axis=2), 1)


@pytest.mark.parametrize("week", [26, 52, 78, 104, 130, 156])
def test_as_many_win_as_the_truth_says(market: Market, week: int) -> None:
    as_of = market.start + pd.Timedelta(weeks=week)
    truth = open_accounts(market, as_of)
    wins = won(market)
    due = wins[wins["closed_at"].ge(as_of) & wins["closed_at"].lt(as_of + pd.Timedelta(days=182))]
    outcome = truth.index.isin(due["account_id"])
    p = truth["win_probability"]
    for group in (p < 0.02, (p >= 0.02) & (p < 0.2), p >= 0.2):
        expected, spread = p[group].sum(), np.sqrt((p * (1 - p))[group].sum())
        assert abs(outcome[group].sum() - expected) < 3.5 * spread


def test_amounts_are_worth_what_the_truth_says(market: Market) -> None:
    wins = won(market)
    expected = market.hidden.set_index("account_id")["expected_amount"].reindex(wins["account_id"])
    assert wins["amount"].sum() == pytest.approx(expected.sum(), rel=0.15)


def test_a_planned_amount_comes_closer_to_what_is_paid(market: Market) -> None:
    wins = won(market).set_index("opportunity_id")["amount"]
    history = market.tables["opportunity_history"].drop_duplicates(["opportunity_id", "stage"])
    of_wins = history[history["opportunity_id"].map(wins).fillna(0) > 0]
    errors = np.log(of_wins["amount"] / of_wins["opportunity_id"].map(wins)).groupby(of_wins["stage"]).std()
    assert errors.to_dict() == pytest.approx(
        {"Discovery": 0.374, "Proposal": 0.224, "Negotiation": 0.1, "Closed Won": 0.0}, rel=0.15, abs=1e-9
    )


def test_an_expected_close_is_put_off_when_it_has_passed(market: Market) -> None:
    history = market.tables["opportunity_history"]
    before = history.groupby("opportunity_id")["close_date"].shift()
    moved = history[history["close_date"].ne(before) & before.notna()]
    assert len(moved) > 100
    assert (moved["close_date"] > moved["changed_at"]).all()
    assert (moved["changed_at"] >= before[moved.index]).all()


def test_the_truth_knows_what_is_planned_of_an_open_deal(market: Market) -> None:
    """Of those whose open deal is won, the amounts are as expected, and closer than without the plan."""
    usual = market.hidden.set_index("account_id")["expected_amount"]
    found = []
    for week in range(52, 182, 13):
        as_of = market.start + pd.Timedelta(weeks=week)
        truth = market.truth(as_of, 56).set_index("account_id")
        soon = won(market)
        soon = soon[(soon["closed_at"] >= as_of) & (soon["closed_at"] < as_of + pd.Timedelta(days=56))]
        there = soon[soon["account_id"].map(truth["has_open_deal"]).eq(True) & soon["amount"].gt(0)]
        found.append(there.assign(told=there["account_id"].map(truth["expected_amount"])))
    wins = pd.concat(found)
    assert wins["amount"].sum() == pytest.approx(wins["told"].sum(), rel=0.1)
    error = np.log(wins["amount"] / wins["told"]).std()
    assert error < 0.6 * np.log(wins["amount"] / wins["account_id"].map(usual)).std()


def test_a_win_comes_in_the_week_the_stage_says(market: Market) -> None:
    first = (market.stages == WON).argmax(axis=1)
    expected = {account: week - 1 for account, week in zip(market.hidden["account_id"], first, strict=True) if week}
    wins = won(market).set_index("account_id")["closed_at"]
    assert ((wins - market.start).dt.days // 7).to_dict() == expected


def test_tables_have_the_columns_of_the_contract(market: Market) -> None:
    assert set(market.tables) == set(COLUMNS)
    for name, columns in COLUMNS.items():
        assert list(market.tables[name])[: len(columns)] == columns
        if name != "accounts":
            assert len(market.tables[name].columns) == len(columns)


def test_ids_are_unique_and_refer_to_something(market: Market) -> None:
    tables = market.tables
    for name, key in {
        "accounts": "account_id",
        "leads": "lead_id",
        "activities": "activity_id",
        "opportunities": "opportunity_id",
    }.items():
        assert tables[name][key].is_unique
        for other in tables.values():
            if key in other:
                assert other[key].dropna().isin(tables[name][key]).all()


@pytest.mark.parametrize("as_of", ["2023-01-02", "2024-05-17 13:00", "2025-12-29", "2026-06-29"])
def test_an_export_holds_nothing_known_later(market: Market, as_of: str) -> None:
    cut, export = pd.Timestamp(as_of), market.export(as_of)
    for name, column in KNOWN_BY.items():
        complete = market.tables[name]
        assert len(export[name]) == complete[column].lt(cut).sum()
        assert export[name][column].lt(cut).all()
    deals = export["opportunities"].set_index("opportunity_id")
    later = market.tables["opportunities"].set_index("opportunity_id")["closed_at"].reindex(deals.index)
    is_open = deals["status"].eq("open")
    assert is_open.equals(~later.lt(cut))
    assert deals.loc[is_open, ["closed_at", "amount"]].isna().all(axis=None)
    assert deals.loc[deals["status"].eq("won"), ["closed_at", "amount"]].notna().all(axis=None)
    for name in ("contact_roles", "opportunity_history"):
        assert export[name]["opportunity_id"].isin(deals.index).all()
    assert export["spend"]["month"].lt(cut).all()


def test_an_export_at_the_end_is_everything(market: Market) -> None:
    export = market.export(market.start + pd.Timedelta(weeks=market.weeks))
    for name in KNOWN_BY:
        pd.testing.assert_frame_equal(export[name], market.tables[name])


def test_the_leaking_attribute_is_filled_after_the_win(market: Market) -> None:
    truth = market.truth(market.as_of)
    customers = truth.loc[truth["is_customer"], "account_id"]
    wins = won(market)
    old = wins.loc[wins["closed_at"] < market.as_of - pd.Timedelta(days=30), "account_id"]
    accounts = market.export(market.as_of)["accounts"].set_index("account_id")["onboarding_tier"].notna()
    at_the_end = market.tables["accounts"].set_index("account_id")["onboarding_tier"].notna()
    winners = wins.loc[wins["closed_at"] >= market.as_of, "account_id"]
    assert accounts[~accounts.index.isin(customers)].mean() < 0.02
    assert accounts[old].mean() > 0.9
    assert at_the_end[winners].mean() > 0.7


def test_the_flood_is_busy_and_never_wins(market: Market) -> None:
    hidden = market.hidden.set_index("account_id")
    flooded = hidden.index[hidden["flooded"]]
    recent = market.tables["activities"]["occurred_at"] >= market.as_of - pd.Timedelta(weeks=39)
    touches = market.tables["activities"].loc[recent, "account_id"].value_counts()
    touches = touches.reindex(hidden.index, fill_value=0)
    truth = open_accounts(market, market.as_of)
    accounts = market.tables["accounts"].set_index("account_id").loc[flooded]
    assert 0.11 < len(flooded) / len(hidden) < 0.15
    assert set(accounts["acquisition_channel"]) == {"paid_social"}
    assert accounts["created_at"].ge(market.as_of - pd.Timedelta(weeks=52)).all()
    assert touches[flooded].mean() > 3 * touches.drop(flooded).mean()
    assert truth["win_probability"].reindex(flooded).mean() < 0.0005
    assert not won(market)["account_id"].isin(flooded).any()


def test_touches_do_not_rank_but_who_does_what_does(market: Market) -> None:
    export, truth = market.export(market.as_of), open_accounts(market, market.as_of)
    inbound = (
        export["activities"].query("direction == 'inbound'").merge(export["leads"][["lead_id", "title"]], on="lead_id")
    )
    recent = inbound[inbound["occurred_at"] >= market.as_of - pd.Timedelta(days=90)]
    kinds = ["pricing_view", "demo_request", "trial_start", "webinar", "content_download", "reply"]
    deciders = inbound["title"].str.contains("Chief|C.O|VP|Vice|Head|Direct|Owner|Founder|President", na=False)
    last = inbound[deciders & inbound["activity_type"].isin(kinds)].groupby("account_id")["occurred_at"].max()
    days = (market.as_of - last).dt.days.reindex(truth.index).fillna(9_999)
    assert captured(truth, inbound["account_id"].value_counts().reindex(truth.index, fill_value=0)) < 0.15
    assert captured(truth, recent["account_id"].value_counts().reindex(truth.index, fill_value=0)) < 0.15
    assert captured(truth, 10_000 * truth["has_open_deal"] - days) > 0.6


def test_an_open_deal_that_shows_is_a_deal(market: Market) -> None:
    truth = market.truth(market.as_of)
    deal = truth["stage"].isin(["discovery", "proposal", "negotiation"])
    assert deal[truth["has_open_deal"]].all()
    assert truth["has_open_deal"][deal].mean() > 0.85


def test_some_facts_come_late(market: Market) -> None:
    for name, column, low, high in (
        ("activities", "occurred_at", 0.025, 0.035),
        ("opportunities", "created_at", 0.02, 0.06),
    ):
        table = market.tables[name]
        assert low < table["known_at"].gt(table[column]).mean() < high
        assert table["known_at"].ge(table[column]).all()


def test_the_same_seed_gives_the_same_market() -> None:
    parameters = Parameters(chunk_accounts=100)
    one, two, other = (simulate(250, seed=seed, parameters=parameters) for seed in (3, 3, 4))
    parts = list(chunks(250, seed=3, parameters=parameters))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name])
        assert len(table) == sum(len(part.tables[name]) for part in parts)
    assert [len(part.tables["accounts"]) for part in parts] == [100, 100, 50]
    assert not one.tables["leads"].equals(other.tables["leads"])
    assert one.tables["activities"]["activity_id"].is_unique


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda market: market.truth("2025-12-30"), "ask for one of these Mondays"),
        (lambda market: market.truth("2022-12-26"), "ask for one of these Mondays"),
        (lambda market: market.truth(market.as_of, horizon_days=180), "multiple of 7"),
        (lambda _: simulate(10, start=date(2023, 1, 3)), "Mondays"),
        (lambda _: simulate(0), "at least one"),
    ],
)
def test_errors_say_what_to_do(market: Market, call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(market)


def test_machines_click_beside_people_and_are_known(market: Market) -> None:
    clicked = simulate(accounts=1_500, seed=7, parameters=Parameters(scanner_share=0.15, follower_share=0.1))
    assert market.machines == frozenset()
    touches = clicked.tables["activities"]
    by_machine = touches["activity_id"].isin(clicked.machines)
    people = touches[~by_machine].sort_values("activity_id", ignore_index=True)
    pd.testing.assert_frame_equal(
        people, market.tables["activities"].sort_values("activity_id", ignore_index=True), check_dtype=False
    )
    assert by_machine.sum() == len(clicked.machines) > 5_000
    assert set(touches.loc[by_machine, "activity_type"]) == {"email_click"}
    assert touches["occurred_at"].is_monotonic_increasing
    for table in ("accounts", "leads", "opportunities"):
        pd.testing.assert_frame_equal(clicked.tables[table], market.tables[table])
