"""Thirty weeks of call lists on a simulated market, and what other orders would have called in these weeks.

The market goes its own way: what is called here is written into the export as calls, so that it rests, but does not
change who buys. What a call would have added is known in closed form (`Market.call_gains`), and is added up.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.alignment.agreed import Agreed
from pipelines.alignment.agreed import keep as keep_agreement
from pipelines.calls.calls import calls, keep
from pipelines.calls.open_units import open_units
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.promotion import promote
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.intake.point_in_time import read_export
from pipelines.store import registry
from pipelines.store.store import Store
from pipelines.training.train import train
from scoring.calls.call_list import CallLists
from scoring.calls.lists import Candidates, chosen_to_call
from scoring.simulator import Market, Parameters, simulate

#: The first week, and how many there are.
BEGIN, WEEKS = 150, 30
OWNERS = tuple(f"U-{number}" for number in range(11, 16))
#: What the agreement says of capacity, and which share of a list is called in its week.
INSIDE, EXECUTIVES, CALLED = 20, 10, 0.7
#: Types of our touches in which a person talks to a person, in the simulated market.
PERSONAL = ("call", "meeting_invite")
WORKED_DAYS, REST_DAYS = 14, 28
#: How fast what a call does fades, in weeks, by the words of the tables.
EFFECTS = {"halved in 2 weeks": 2.0, "halved in 8 weeks": 8.0, "does not fade": 1e9}
ORDERS = ("closedwon", "by grade", "by expected revenue", "by true gain")


@dataclass
class Arm:
    """One order of calling: when each account was called last, and what calls added, by effect and account."""

    called: dict[str, date] = field(default_factory=dict)
    gains: dict[str, dict[str, float]] = field(default_factory=lambda: {name: {} for name in EFFECTS})
    calls: int = 0

    def call(self, names: list[str], week: date, gains: Mapping[str, pd.Series]) -> None:
        """Call a part of a list in its week."""
        for name in names:
            if drawn(f"{name}|{week}") < CALLED:
                self.called[name] = week + timedelta(days=int(5 * drawn(f"day|{name}|{week}")))
                self.calls += 1
                for effect, of_all in gains.items():
                    own = self.gains[effect]
                    own[name] = own.get(name, 0.0) + float(of_all.get(name, 0.0))


@dataclass
class Checked:
    """What the lists of the weeks held to."""

    weeks: int = 0
    owners: int = 0
    over_owner: int = 0
    over_team: int = 0
    against_policy: int = 0
    names: int = 0
    stayed: int = 0
    left: dict[str, int] = field(default_factory=dict)
    without_news: int = 0


def drawn(text: str) -> float:
    """A number in [0, 1) that only the text decides."""
    return int.from_bytes(sha256(text.encode()).digest()[:6], "big") / 2.0**48


def owned(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The export with an owner of each account."""
    names = [OWNERS[int(len(OWNERS) * drawn(f"owner|{name}"))] for name in tables["accounts"]["account_id"]]
    return tables | {"accounts": tables["accounts"].assign(owner=names)}


def with_calls(tables: dict[str, pd.DataFrame], made: list[tuple[str, date]]) -> dict[str, pd.DataFrame]:
    """The export with the calls that were made."""
    at = pd.to_datetime([day for _, day in made]).as_unit("us") + pd.Timedelta(hours=10)
    rows = pd.DataFrame(
        {
            "activity_id": [f"C{number:09}" for number in range(len(made))],
            "account_id": [name for name, _ in made],
            "activity_type": "call",
            "occurred_at": at,
            "known_at": at,
            "direction": "outbound",
        }
    )
    return tables | {"activities": pd.concat([tables["activities"], rows], ignore_index=True)}


def weeks(seed: int, accounts: int, count: int = WEEKS) -> Iterator[tuple[Checked, dict[str, Arm]]]:
    """Yield after each week what the lists held to, and what each order has brought so far."""
    market = simulate(accounts, weeks=BEGIN + WEEKS, seed=seed, parameters=Parameters())
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS, resamples=0))
    checked, arms, made = Checked(), {name: Arm() for name in ORDERS}, list[tuple[str, date]]()
    last: CallLists | None = None
    with tempfile.TemporaryDirectory(prefix="closedwon-calls-") as folder:
        crm = Path(folder) / "crm"
        with Store.open(Path(folder) / "store") as store:
            agree(store, market)
            for number in range(count):
                week = (market.start + pd.Timedelta(weeks=BEGIN + number)).date()
                tables = owned(market.export(week))
                write_crm(with_calls(tables, made), crm)
                cache = EngagementCache(store.engagement, 0 if not number else 28)
                export = read_export(crm, config, week, _silent, cache=cache, with_pandera=False)
                if not number:
                    train(export, store, config, asked="account", say=_silent)
                    promote(store, config, data=crm, as_of=week, asked="account", force=True, say=_silent)
                lists = calls(export, store, config, asked="account", learn=False, say=_silent)
                keep(store, lists)
                check(lists, last, tables["activities"], made, checked)
                gains = gains_of(market, week)
                listed = [call.unit for call in lists.calls]
                arms["closedwon"].call(listed, week, gains)
                made += [
                    (name, day) for name, day in arms["closedwon"].called.items() if day >= week and name in listed
                ]
                scorecard, version = registry.load_scorecard(store, "account")
                facts = export.markets(scorecard.win).of("account").own
                units = open_units(export, facts, scorecard, str(version), _silent)
                others(units, lists, tables["activities"], week, gains, arms)
                last = lists
                yield checked, arms


def agree(store: Store, market: Market) -> None:
    """Keep an agreement with a capacity for all weeks."""
    first = (market.start + pd.Timedelta(weeks=BEGIN)).date()
    content = {"capacity": {"inside_sales": INSIDE, "account_executives": EXECUTIVES}}
    keep_agreement(store.path, Agreed("simulated", "0" * 16, first, first + timedelta(weeks=WEEKS), first, content))


def gains_of(market: Market, week: date) -> dict[str, pd.Series]:
    """What a call in the week adds to expected revenue, by effect and account."""
    found = {}
    for name, half_life in EFFECTS.items():
        parameters = replace(market.parameters, call_half_life=half_life)
        gains = market.call_gains(week, HORIZON_DAYS, parameters)
        found[name] = gains.set_index("account_id")["revenue"]
    return found


def check(
    lists: CallLists,
    last: CallLists | None,
    activities: pd.DataFrame,
    made: list[tuple[str, date]],
    checked: Checked,
) -> None:
    """Hold the lists of a week to capacity, policy and steadiness, from the raw tables."""
    week, names = lists.week, [call.unit for call in lists.calls]
    checked.weeks += 1
    checked.names += len(names)
    for owner, own in lists.by_owner.items():
        checked.owners += 1
        checked.over_owner += len(own) > lists.slots[owner]
    total = sum(lists.slots.values())
    checked.over_owner += total > INSIDE + EXECUTIVES
    for team, most in {"inside sales": INSIDE, "account executives": EXECUTIVES}.items():
        checked.over_team += sum(call.team == team for call in lists.calls) > most
    touched = touched_lately(activities, week) | {name for name, day in made if (week - day).days <= WORKED_DAYS}
    rests = {name for name, day in made if (week - day).days <= REST_DAYS}
    checked.against_policy += sum(name in touched or name in rests for name in names) + len(names) - len(set(names))
    if last is None:
        return
    before = {call.unit for call in last.calls}
    checked.stayed += len(before & set(names))
    fresh = {
        call.owner for call in lists.calls if call.happened and call.happened >= last.week and call.unit not in before
    }
    for one in lists.left:
        checked.left[one.reason] = checked.left.get(one.reason, 0) + 1
        checked.without_news += one.reason.startswith("another of whom") and one.owner not in fresh


def touched_lately(activities: pd.DataFrame, week: date) -> set[str]:
    """The accounts that somebody called or met in the days before a week, by the raw table."""
    since, until = pd.Timestamp(week) - pd.Timedelta(days=WORKED_DAYS), pd.Timestamp(week)
    ours = activities[activities["activity_type"].isin(PERSONAL) & activities["account_id"].notna()]
    known = ours["occurred_at"].ge(since) & ours["occurred_at"].lt(until) & ours["known_at"].lt(until)
    return set(ours.loc[known, "account_id"])


def others(
    units: pd.DataFrame,
    lists: CallLists,
    activities: pd.DataFrame,
    week: date,
    gains: Mapping[str, pd.Series],
    arms: dict[str, Arm],
) -> None:
    """Call by the other orders, with the same places, teams and days of rest."""
    touched = touched_lately(activities, week)
    by_lot = units["unit"].map(lambda name: drawn(f"{name}|lot"))
    values = {
        "by grade": units["grade"].map({"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0}) + 0.5 * by_lot,
        "by expected revenue": units["expected_revenue"],
        "by true gain": units["unit"].map(gains["halved in 2 weeks"]).fillna(0.0) + 1e-9 * units["expected_revenue"],
    }
    for order, value in values.items():
        called = arms[order].called
        rests = units["unit"].map(lambda name, called=called: (week - called.get(name, date.min)).days <= REST_DAYS)
        free = ~rests.to_numpy() & ~units["unit"].isin(touched).to_numpy()
        none = np.zeros(len(units), dtype=bool)
        candidates = Candidates(
            *(units[name].to_numpy(dtype=object) for name in ("unit", "owner")),
            units["team"].to_numpy(dtype=object),
            np.where(free, value.to_numpy(dtype=np.float64), 0.0),
            none,
            none,
        )
        kept = chosen_to_call(candidates, lists.slots, lists.teams, better=1.0)
        arms[order].call([str(name) for name in units["unit"].iloc[kept]], week, gains)


def _silent(text: str) -> None:
    """Say nothing."""


def now() -> str:
    """The time, for a log."""
    return f"{datetime.now(UTC):%H:%M:%S}"
