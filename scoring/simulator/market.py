"""The market: one call simulates it; it gives both what a CRM would have shown and what was true."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

import numpy as np
import pandas as pd

from scoring.question import Win
from scoring.simulator import accounts as companies
from scoring.simulator import cycles, deals, people, sessions, touches
from scoring.simulator.calls import call_gains, weeks_awake
from scoring.simulator.draws import labels, stamps
from scoring.simulator.export import as_known
from scoring.simulator.futures import Future, Present, drawn_futures, present
from scoring.simulator.machines import machines
from scoring.simulator.parameters import Parameters, Part
from scoring.simulator.spend import spent
from scoring.simulator.truth import truth, with_plans

START = date(2023, 1, 2)


@dataclass(frozen=True)
class Market:
    """A simulated market from `start` (midnight UTC, a Monday) over `weeks` weeks.

    Attributes
    ----------
    start : Timestamp
    weeks : int
    parameters : Parameters
    tables
        The export at the end of the market: the tables of the contract by name.
    hidden
        What no CRM shows, a row per account: account_id, channel, flooded (came with the cheap channel), neglected
        (not called by sales from some week on), fit (log-odds), loyalty (of a customer), in_deals (what is added to the
        log-odds that its deals are won), expected_amount (of a win), onboarded_at (when the leaking attribute was
        filled), enriched_at (when the number of employees became known).
    stages
        The hidden stage at every week boundary, (accounts, weeks + 1), in the order of `hidden`; codes of
        `cycles.STAGES`, -1 before an account is known.
    machines
        The ids of the activities that no person did.
    """

    start: pd.Timestamp
    weeks: int
    parameters: Parameters
    tables: dict[str, pd.DataFrame]
    hidden: pd.DataFrame
    stages: cycles.Stages
    machines: frozenset[str] = frozenset()

    @property
    def as_of(self) -> pd.Timestamp:
        """The default cut, 26 weeks before the end: what comes true in them is known at the end."""
        return self.start + pd.Timedelta(weeks=max(self.weeks - 26, 1))

    def export(self, as_of: date | str) -> dict[str, pd.DataFrame]:
        """Return the tables as an export taken at `as_of`, any moment up to the end, would have held them."""
        return as_known(self.tables, self.hidden, pd.Timestamp(as_of))

    def truth(self, as_of: date | str, horizon_days: int = 182, win: Win = "new_business") -> pd.DataFrame:
        """Return what was true at `as_of` of every account known by then.

        Parameters
        ----------
        as_of : date or str
            A week boundary: `start` plus whole weeks.
        horizon_days : int
            Whole weeks, in days.
        win : {"new_business", "any"}
            The question: with `any`, customers can win too. Renewals and expansions are in no truth.

        Returns
        -------
        DataFrame
            account_id; stage (hidden); has_open_deal (new business, as the export at `as_of` shows it);
            is_customer; win_probability = P(new business is won in [as_of, as_of + horizon)), zero for customers
            unless `win` is `any`; expected_amount of a win, given what is planned of an open deal; expected_revenue,
            their product.
        """
        week = self._boundary(as_of)
        if isfinite(self.parameters.deals_at_once):
            raise ValueError(
                f"deals_at_once={self.parameters.deals_at_once:g}: where deals wait for each other, no closed form "
                "gives the truth; draw `futures` and take their mean"
            )
        if horizon_days <= 0 or horizon_days % 7:
            raise ValueError(f"horizon_days={horizon_days}: the chain moves in weeks; ask for a multiple of 7")
        found = truth(self.stages, self.hidden, week, horizon_days // 7, self.parameters, win)
        deal = self.export(as_of)["opportunities"]
        shown = deal.loc[deal["status"].eq("open") & deal["opportunity_type"].eq("new_business"), "account_id"]
        found.insert(2, "has_open_deal", found["account_id"].isin(shown))
        plans = self._plans(pd.Timestamp(as_of), deal)
        span = (week, horizon_days // 7)
        return with_plans(found, plans, self.stages[:, week], self.hidden, span, self.parameters, win)

    def call_gains(self, as_of: date | str, days: int = 182, parameters: Parameters | None = None) -> pd.DataFrame:
        """Return what a call in the week after `as_of` adds within `days`: see `calls`, also for other `parameters`."""
        week = self._boundary(as_of, same_deals=True)
        return call_gains(self.stages, self.hidden, week, days // 7, parameters or self.parameters)

    def futures(self, as_of: date | str, weeks: int, seeds: range, called: Collection[str] = ()) -> Iterator[Future]:
        """Yield for each seed what could happen after `as_of`, given all that is known and hidden by then.

        Parameters
        ----------
        as_of : date or str
            A week boundary: `start` plus whole weeks. The export at that day is the history of all futures.
        weeks : int
            How far they reach, at most to the end of the market.
        seeds : range
            The same seed gives the same future.
        called : collection of str
            The accounts that are called in the first week.
        """
        week = self._boundary(as_of, same_deals=True)
        if not 1 <= weeks <= self.weeks - week:
            raise ValueError(
                f"weeks={weeks} after {as_of}: nobody arrives after the end of a market; ask for 1 to "
                f"{self.weeks - week}, or simulate more than {self.weeks} weeks"
            )
        plans = self._plans(pd.Timestamp(as_of), self.export(as_of)["opportunities"])
        size, chunks_there = self.parameters.chunk_accounts, list[Present]()
        for first in range(0, len(self.hidden), size):
            rows = slice(first, first + size)
            of_chunk = Part(first, self.start, self.weeks, self.parameters)
            one = present(of_chunk, week, self.stages[rows], self.hidden[rows], plans)
            if called:
                own = self.hidden["account_id"].iloc[one.position].isin(called).to_numpy()
                awake = weeks_awake(self.stages[one.position], week)
                one = replace(one, awake=np.where(own, awake, 0))
            chunks_there.append(one)
        return drawn_futures(chunks_there, weeks, seeds)

    def _boundary(self, as_of: date | str, same_deals: bool = False) -> int:
        """The number of weeks from the start to `as_of`."""
        if same_deals and self.parameters.buyer_effect:
            raise ValueError(f"buyer_effect={self.parameters.buyer_effect:g}: only the truth knows it; leave it at 0")
        week, rest = divmod(pd.Timestamp(as_of) - self.start, pd.Timedelta(weeks=1))
        if rest or not 0 <= week <= self.weeks:
            raise ValueError(
                f"as_of={as_of}: the truth is known at week boundaries, {self.start.date()} plus 0 to "
                f"{self.weeks} weeks; ask for one of these Mondays"
            )
        return int(week)

    def _plans(self, as_of: pd.Timestamp, deals: pd.DataFrame) -> pd.DataFrame:
        """The newest planned amount of each open new business that shows: account_id, amount, stage."""
        shown = deals[deals["status"].eq("open") & deals["opportunity_type"].eq("new_business")]
        history = self.tables["opportunity_history"]
        history = history[history["changed_at"].lt(as_of) & history["opportunity_id"].isin(shown["opportunity_id"])]
        newest = history.drop_duplicates("opportunity_id", keep="last")
        return newest.merge(shown[["opportunity_id", "account_id"]], on="opportunity_id")[
            ["account_id", "amount", "stage"]
        ]


def chunks(
    accounts: int = 6_000,
    start: date = START,
    weeks: int = 156 + 26,
    seed: int = 7,
    parameters: Parameters | None = None,
) -> Iterator[Market]:
    """Yield the market of `simulate` in parts of `parameters.chunk_accounts` accounts, each a `Market`.

    The parts are independent, so memory stays bounded. The `spend` of the whole market is in the first part
    only.
    """
    for i in range(max(parts(accounts, parameters), 1)):  # of no accounts, `part` says what is wrong
        yield part(i, accounts, start, weeks, seed, parameters)


def parts(accounts: int, parameters: Parameters | None = None) -> int:
    """Return how many parts `chunks` makes of so many accounts."""
    return -(-accounts // (parameters or Parameters()).chunk_accounts)


def part(
    i: int,
    accounts: int = 6_000,
    start: date = START,
    weeks: int = 156 + 26,
    seed: int = 7,
    parameters: Parameters | None = None,
) -> Market:
    """Return part `i` of `chunks` alone, counted from 0: several processes can share a market."""
    parameters = parameters or Parameters()
    if accounts < 1 or weeks < 1:
        raise ValueError(f"accounts={accounts}, weeks={weeks}: a market needs at least one of each")
    if start.weekday() != 0:
        raise ValueError(f"start={start}: the market's weeks begin on Mondays; start with one")
    if not 0 <= i < parts(accounts, parameters):
        raise ValueError(f"part {i} of a market of {accounts:,} accounts: it has {parts(accounts, parameters)}, from 0")
    begin, first = pd.Timestamp(start), i * parameters.chunk_accounts
    size = min(parameters.chunk_accounts, accounts - first)
    market = _simulate(size, Part(first, begin, weeks, parameters), np.random.default_rng([seed, first]))
    market.tables["spend"] = spent(0 if first else accounts, begin, weeks, parameters)
    return market


def simulate(
    accounts: int = 6_000,
    start: date = START,
    weeks: int = 156 + 26,
    seed: int = 7,
    parameters: Parameters | None = None,
) -> Market:
    """Return a whole market; the same arguments give the same market.

    Parameters
    ----------
    accounts : int
        Accounts by the end of the market; about 105 activities each.
    start : date
        The first day (UTC), a Monday.
    weeks : int
        Length; the default leaves 26 weeks after a cut at 156 weeks.
    seed : int
        The same seed gives the same market.
    parameters : Parameters, optional
        What the market is like. Default: `Parameters()`.
    """
    made = list(chunks(accounts, start, weeks, seed, parameters))
    tables = {name: pd.concat([one.tables[name] for one in made]) for name in made[0].tables}
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    tables["activities"] = tables["activities"].sort_values("occurred_at", kind="stable", ignore_index=True)
    return Market(
        start=made[0].start,
        weeks=weeks,
        parameters=made[0].parameters,
        tables=tables,
        hidden=pd.concat([one.hidden for one in made], ignore_index=True),
        stages=np.concatenate([one.stages for one in made]),
        machines=frozenset[str]().union(*(one.machines for one in made)),
    )


def _simulate(size: int, part: Part, rng: np.random.Generator) -> Market:
    parameters = part.parameters
    firms = companies.draw(size, part, rng)
    loyalty = np.ones(size)
    if parameters.repeat:
        (of_customers,) = rng.spawn(1)
        loyalty = companies.loyalty(size, parameters, of_customers)
    joins = np.ones(size, dtype=bool)
    if parameters.buyers_in_deals < 1:
        (of_buyers,) = rng.spawn(1)
        joins = of_buyers.random(size) < parameters.buyers_in_deals
    in_deals = parameters.buyer_effect * (joins - parameters.buyers_in_deals)
    again, added = loyalty if parameters.repeat else None, in_deals if in_deals.any() else None
    stages = cycles.live(firms.fit, firms.born, firms.flooded, firms.neglected, part, rng, again, added)
    roster = people.draw(firms, part, rng)
    staged = sessions.staged_sessions(firms, roster, stages, joins, part, rng)
    since = sessions.leads_since(roster, staged)
    all_sessions = sessions.joined(
        [
            staged,
            sessions.idle(roster, since, part, rng),
            sessions.mailed(roster, since, part, rng),
            sessions.selling(roster, since, stages, firms.neglected, part, rng),
        ]
    )
    clicking = parameters.scanner_share + parameters.follower_share
    of_machines = rng.spawn(1)[0] if clicking else None
    bought = deals.follow(stages, rng, more=not parameters.repeat)
    filled = companies.onboarded(firms, bought.won_at(size), part, rng)
    tables = {
        "accounts": companies.table(firms, filled, part, rng),
        "leads": people.table(roster, since, firms, part, rng),
        "activities": touches.table(all_sessions, roster, firms, part, rng),
        **deals.tables(bought, firms, roster, since, part, rng),
        "account_history": companies.account_history(firms, part),
    }
    made: list[str] = []
    if of_machines is not None:
        tables["activities"], made = machines(tables["activities"], tables["leads"], part, of_machines)
    mean = np.exp(firms.log_amount + parameters.amount_noise**2 / 2) * (1 - parameters.pilot_share)
    hidden = pd.DataFrame(
        {
            "account_id": firms.ids,
            "channel": labels(list(companies.CHANNELS), firms.channel),
            "flooded": firms.flooded,
            "neglected": firms.neglected,
            "fit": firms.fit,
            "loyalty": loyalty,
            "in_deals": in_deals,
            "expected_amount": mean,
            "onboarded_at": stamps(part.start, filled),
            "enriched_at": stamps(part.start, firms.enriched),
        }
    )
    return Market(part.start, part.weeks, parameters, tables, hidden, stages, frozenset(made))
