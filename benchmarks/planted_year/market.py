"""A simulated year with stories that are known: a cheap channel, two segments left alone, a lower base rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from scoring.simulator import Market, Parameters, simulate
from scoring.simulator.cycles import EVALUATING, RESEARCHING

#: The market begins on 2 January 2023; the year that is looked at is 2025.
WEEKS, YEAR = 158, 2025
#: When each story begins: the Monday nearest to the first of its month.
CHEAP, LEFT_ALONE, LOWER = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 1)
#: The source and the segments of the stories.
CHANNEL, SEGMENTS = "paid_social", ("Healthcare", "Retail")
#: Share of hand-offs that sales calls, and of those of a segment that it leaves alone.
CALLED, STILL_CALLED = 0.85, 0.1
#: Of hand-offs that are called, those that are accepted, and those that are rejected.
ACCEPTED, REJECTED = 0.75, 0.15
REASONS = ("no budget", "not now", "duplicate")
_START = date(2023, 1, 2)
_DAY = 86_400


def week_of(day: date) -> int:
    """The number of the week of the market that begins on a Monday."""
    return (day - _START).days // 7


PLANTED = Parameters(
    flood_share=0.25,
    flood_from=week_of(CHEAP),
    flood_until=WEEKS,
    neglected=SEGMENTS,
    neglected_from=week_of(LEFT_ALONE),
    neglected_deals=0.5,
)
#: Share of the wins from `LOWER` on that are lost instead.
LOST = 0.75
QUIET = Parameters(flood_share=0.0)


@dataclass(frozen=True)
class HandedMarket:
    """A market, and what marketing handed over in it.

    Attributes
    ----------
    market : Market
    handoffs : DataFrame
        Its table `handoffs` at the end.
    calls : DataFrame
        What sales did with them, as rows of `activities`.
    """

    market: Market
    handoffs: pd.DataFrame
    calls: pd.DataFrame

    def export(self, as_of: date) -> dict[str, pd.DataFrame]:
        """The tables as an export of a day would have held them."""
        moment = pd.Timestamp(as_of)
        tables = self.market.export(as_of)
        handed = self.handoffs[self.handoffs["handed_at"] < moment].copy()
        for answer in ("accepted_at", "rejected_at"):
            handed[answer] = handed[answer].where(handed[answer] < moment)
        handed["reason"] = handed["reason"].where(handed["rejected_at"].notna())
        done = self.calls[self.calls["occurred_at"] < moment]
        activities = pd.concat([tables["activities"], done], ignore_index=True)
        return {**tables, "activities": activities, "handoffs": handed.reset_index(drop=True)}


def handed_market(seed: int, accounts: int, parameters: Parameters, lost: float = 0.0) -> HandedMarket:
    """Simulate a market in which everybody who wakes up is handed over, and most are called within a week.

    Parameters
    ----------
    seed, accounts : int
    parameters : Parameters
        The `neglected` are called seldom from week `neglected_from` on.
    lost : float
        Share of the wins from `LOWER` on that are lost instead.
    """
    market = simulate(accounts=accounts, seed=seed, weeks=WEEKS, parameters=parameters)
    rng = np.random.default_rng([seed, 18])
    market = _lower(market, lost, np.random.default_rng([seed, 9]))
    awake = np.isin(market.stages, (RESEARCHING, EVALUATING))
    woke, week = np.nonzero(awake[:, 1:] & ~awake[:, :-1])
    leads = market.tables["leads"].dropna(subset=["account_id"]).sort_values("created_at")
    first = leads.drop_duplicates("account_id").set_index("account_id")
    account = market.hidden["account_id"].to_numpy()[woke]
    named = first.reindex(account)
    # Handed over in the week after it woke up, on a working day, once it has a lead.
    start = market.start.to_datetime64().astype("datetime64[s]")
    offset = (week + 1) * 7 * _DAY + rng.integers(0, 5, len(week)) * _DAY + rng.integers(9, 16, len(week)) * 3600
    handed_at = start + offset.astype("timedelta64[s]")
    there = (named["created_at"] < handed_at).to_numpy() & (offset < WEEKS * 7 * _DAY)
    left = market.hidden["neglected"].to_numpy()[woke] & (week + 1 >= parameters.neglected_from)
    called = rng.random(len(week)) < np.where(left, STILL_CALLED, CALLED)
    waits = np.minimum(rng.exponential(1.5 * _DAY, len(week)) + 900, 9 * _DAY).astype("timedelta64[s]")
    fate = rng.random(len(week))
    never = np.datetime64("NaT")
    touched = handed_at + waits
    rejected = called & (fate > 1 - REJECTED)
    handoffs = pd.DataFrame(
        {
            "lead_id": named["lead_id"].to_numpy(),
            "account_id": account,
            "handed_at": handed_at,
            "accepted_at": np.where(called & (fate < ACCEPTED), touched + np.timedelta64(600, "s"), never),
            "rejected_at": np.where(rejected, touched + np.timedelta64(1200, "s"), never),
            "reason": pd.Series(rng.choice(REASONS, len(week))).where(rejected),
        }
    )
    rows = there & called
    calls = pd.DataFrame(
        {
            "activity_id": [f"C{number:07}" for number in range(int(rows.sum()))],
            "lead_id": named["lead_id"].to_numpy()[rows],
            "activity_type": "call",
            "occurred_at": touched[rows],
            "known_at": touched[rows],
            "direction": "outbound",
        }
    )
    return HandedMarket(market, handoffs[there].sort_values("handed_at", ignore_index=True), calls)


def _lower(market: Market, lost: float, rng: np.random.Generator) -> Market:
    """The market with a share of its new business from `LOWER` on lost instead of won, and nothing of what follows."""
    deals = market.tables["opportunities"].copy()
    late = deals["closed_at"] >= pd.Timestamp(LOWER)
    flips = late & deals["status"].eq("won") & deals["opportunity_type"].eq("new_business")
    flips &= rng.random(len(deals)) < lost
    deals.loc[flips, "status"] = "lost"
    deals.loc[flips, "amount"] = np.nan
    gone = set(deals.loc[flips, "account_id"])
    later = deals["account_id"].isin(gone) & deals["opportunity_type"].ne("new_business")
    moves = market.tables["opportunity_history"].copy()
    moves.loc[moves["opportunity_id"].isin(deals.loc[flips, "opportunity_id"]), "stage"] = moves["stage"].replace(
        "Closed Won", "Closed Lost"
    )
    accounts = market.tables["accounts"].copy()
    accounts["onboarding_tier"] = accounts["onboarding_tier"].where(~accounts["account_id"].isin(gone))
    kept = {"opportunities": deals[~later], "opportunity_history": moves, "accounts": accounts}
    return replace(market, tables=market.tables | kept)
