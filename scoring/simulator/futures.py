"""What could happen after a day: a market's history goes on anew, as often as wanted.

Everything known or hidden by then stays: stages, plans of open deals, loyalty, how many are still to arrive. Who
arrives, all stages, amounts and wins after it are drawn by the code that made the market. Only what decides wins is
drawn: nobody is seen to do anything, so that a future takes hundredths of a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.simulator import accounts as companies
from scoring.simulator import cycles
from scoring.simulator.accounts import Accounts
from scoring.simulator.calls import added, with_calls
from scoring.simulator.cycles import UNBORN, WON, StageDrivers, Stages, in_deal
from scoring.simulator.draws import Bools, Floats, Ints, stamps, within_week
from scoring.simulator.parameters import Parameters, Part
from scoring.simulator.plans import believed

_STAGES_OF_PLANS = ("Discovery", "Proposal", "Negotiation")


@dataclass(frozen=True)
class Future:
    """The new business that is won after `as_of` in one future, and who arrives.

    Attributes
    ----------
    as_of
        Naive UTC.
    account
        The account of each win, by position in `Market.hidden`; who had not arrived is somebody else in each future.
    known
        Whether it was known at `as_of`.
    won_at, amount
        When each deal was won (naive UTC) and what it brings.
    arrived, arrived_at, channel
        Each account that arrived, as `account` has it, when it was created, and by which channel it came, a code of
        `accounts.CHANNELS`.
    """

    as_of: pd.Timestamp
    account: Ints
    known: Bools
    won_at: NDArray[np.datetime64]
    amount: Floats
    arrived: Ints
    arrived_at: NDArray[np.datetime64]
    channel: Ints

    def until(self, days: int) -> "Future":
        """What of it comes true within `days`."""
        end = np.datetime64(self.as_of + pd.Timedelta(days=days))
        soon, there = self.won_at < end, self.arrived_at < end
        return Future(
            self.as_of,
            *(self.account[soon], self.known[soon], self.won_at[soon], self.amount[soon]),
            *(self.arrived[there], self.arrived_at[there], self.channel[there]),
        )

    def followed_by(self, other: "Future") -> "Future":
        """Both: what happens to these accounts and, in the same time, to others."""
        names = [field.name for field in fields(self) if field.name != "as_of"]
        columns: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in names}
        return replace(self, **columns)


@dataclass(frozen=True)
class Present:
    """The accounts of a chunk at a week boundary: an entry of each array for each that is known, and how many are not.

    Attributes
    ----------
    part
        The chunk and its market.
    week
        The boundary.
    position, absent
        The positions of those known in `Market.hidden`, and of those still to arrive.
    lives, stage, customer
        What decides their stages, the stage at the boundary, and who has won by it.
    awake
        For how many weeks each of those who are called in the first week has been awake; 0 for all others.
    log_amount, of_plan, error_of_plan
        Mean of the logarithm of the amount of a win; and mean and standard deviation of that of the deal open now.
    """

    part: Part
    week: int
    position: Ints
    absent: Ints
    lives: StageDrivers
    stage: Ints
    customer: Bools
    log_amount: Floats
    of_plan: Floats
    error_of_plan: Floats
    awake: Ints | None = None

    def future(self, weeks: int, rng: np.random.Generator) -> Future:
        """Draw what happens to these accounts and to those that arrive in the next `weeks` weeks."""
        part, parameters, n = self.part, self.part.parameters, len(self.position)
        firms = companies.arriving(self.absent, self.week, part, rng)
        loyalty = companies.loyalty(len(firms), parameters, rng) if parameters.repeat else None
        soon = firms.born <= self.week + weeks
        firms, loyalty = firms.where(soon), None if loyalty is None else loyalty[soon]
        everybody = self.lives.followed_by(_lives_of(firms, parameters, loyalty, rng))
        stages = np.full((n + len(firms), weeks + 1), UNBORN, dtype=np.int8)
        stages[:n, 0] = self.stage
        customer = np.append(self.customer, np.zeros(len(firms), dtype=bool))
        most = parameters.most_deals(n + len(self.absent))
        begin = self.week
        if self.awake is not None:
            cycles.go_on(
                stages[:, :2], self._called(everybody), range(begin, begin + 1), customer, most, parameters, rng
            )
            customer, begin = customer | (stages[:, 1] == WON), begin + 1
        ahead = range(begin, self.week + weeks)
        cycles.go_on(stages[:, begin - self.week :], everybody, ahead, customer, most, parameters, rng)
        return self._won(stages, firms, rng)

    def _called(self, everybody: StageDrivers) -> StageDrivers:
        """What decides the first week where some are called."""
        assert self.awake is not None
        absent = len(everybody.born) - len(self.stage)
        stage, awake = np.append(self.stage, np.full(absent, UNBORN)), np.append(self.awake, np.zeros(absent, int))
        more = np.where(awake > 0, added(stage, awake, everybody.matrix, self.part.parameters), 0.0)
        matrix, alone = (with_calls(step, stage, more) for step in (everybody.matrix, everybody.alone))
        return replace(everybody, matrix=matrix, alone=alone)

    def _won(self, stages: Stages, firms: Accounts, rng: np.random.Generator) -> Future:
        """The wins of these stages, with amounts."""
        parameters, start, n = self.part.parameters, self.part.start, len(self.position)
        before, after = stages[:, :-1], stages[:, 1:]
        account, week = np.nonzero((after == WON) & (before != WON))
        # The deal that was open from the start is the one that is planned.
        planned = np.logical_and.accumulate(in_deal(before), axis=1)[account, week] & (account < n)
        usual = np.append(self.log_amount, firms.log_amount)
        mean, error = usual[account], np.full(len(account), parameters.amount_noise)
        mean[planned] = self.of_plan[account[planned]]
        error[planned] = self.error_of_plan[account[planned]]
        amount = np.exp(rng.normal(mean, error)).round(2)
        pilot = rng.random(len(account)) < parameters.pilot_share
        return Future(
            as_of=start + pd.Timedelta(weeks=self.week),
            account=np.append(self.position, firms.number)[account],
            known=account < n,
            won_at=stamps(start, within_week(self.week + week, rng)),
            amount=np.where(pilot, 0.0, amount),
            arrived=firms.number,
            arrived_at=stamps(start, firms.created),
            channel=firms.channel,
        )


def _lives_of(
    firms: Accounts, parameters: Parameters, loyalty: Floats | None, rng: np.random.Generator
) -> StageDrivers:
    """What decides the stages of accounts that arrive."""
    first = cycles.first_stages(firms.born, firms.flooded, rng)
    return StageDrivers.of(firms.fit, firms.born, first, firms.neglected, parameters, loyalty)


def present(part: Part, week: int, stages: Stages, hidden: pd.DataFrame, plans: pd.DataFrame) -> Present:
    """The accounts of a chunk as they stand at boundary `week`.

    Parameters
    ----------
    part : Part
        The chunk, its `first` being the position of its first account in the market.
    week : int
    stages : ndarray of int8, shape (n_accounts, n_weeks + 1)
        The hidden stages of the chunk.
    hidden : DataFrame
        A row per account of the chunk: account_id, fit, neglected, loyalty, expected_amount.
    plans : DataFrame
        The newest planned amount of each open deal that shows at that day: account_id, amount, stage.
    """
    parameters, there = part.parameters, stages[:, week] != UNBORN
    known = hidden[there]
    fit, neglected, loyalty, usual = (
        known[name].to_numpy() for name in ("fit", "neglected", "loyalty", "expected_amount")
    )
    log_amount = np.log(usual / (1 - parameters.pilot_share)) - parameters.amount_noise**2 / 2
    mean, variance = log_amount.copy(), np.full(len(known), parameters.amount_noise**2)
    shown = plans[plans["account_id"].isin(known["account_id"])]
    row = pd.Index(known["account_id"]).get_indexer(shown["account_id"])
    stage = np.array([_STAGES_OF_PLANS.index(one) for one in shown["stage"]], dtype=np.int64)
    mean[row], variance[row] = believed(log_amount[row], shown["amount"].to_numpy(), stage, parameters)
    n = len(known)
    born, unused = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    return Present(
        part=part,
        week=week,
        position=part.first + np.flatnonzero(there),
        absent=part.first + np.flatnonzero(~there),
        lives=StageDrivers.of(fit, born, unused, neglected, parameters, loyalty if parameters.repeat else None),
        stage=stages[there, week].astype(np.int64),
        customer=(stages[there, : week + 1] == WON).any(axis=1),
        log_amount=log_amount,
        of_plan=mean,
        error_of_plan=np.sqrt(variance),
    )


def drawn_futures(chunks: list[Present], weeks: int, seeds: range) -> Iterator[Future]:
    """Yield a future of the whole market for each of `seeds`."""
    for seed in seeds:
        future: Future | None = None
        for one in chunks:
            rng = np.random.default_rng([seed, one.part.first, one.week])
            of_chunk = one.future(weeks, rng)
            future = of_chunk if future is None else future.followed_by(of_chunk)
        if future is not None:
            yield future
