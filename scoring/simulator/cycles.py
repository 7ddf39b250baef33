"""Hidden buying cycles: a weekly Markov chain for each account.

    idle -> researching -> evaluating -> discovery -> proposal -> negotiation -> won
      ^---------'---------------'            '-----------'------------'-------> lost -> researching, idle

The stage at week boundary w holds during week w, and the step to boundary w + 1 happens in that week. `won`
absorbs, unless customers buy again: then it is a state to wake up from. A deal is open in the three stages
before it, so that it takes the sum of three waits. Losing is a state, not an end.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from scoring.simulator.draws import Bools, Floats, Ints
from scoring.simulator.parameters import Parameters, Part

STAGES = ("idle", "researching", "evaluating", "discovery", "proposal", "negotiation", "won", "lost")
IDLE, RESEARCHING, EVALUATING, DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST = range(8)
UNBORN = -1
#: The stages that an account wakes up from; customers do so only where they buy again.
ASLEEP = (IDLE, LOST, WON)

Stages = NDArray[np.int8]

_LEAVE = {DISCOVERY: 0.32, PROPOSAL: 0.31, NEGOTIATION: 0.30}
_PASS = {DISCOVERY: 0.45, PROPOSAL: 0.30, NEGOTIATION: 0.25}
_NEXT = {DISCOVERY: PROPOSAL, PROPOSAL: NEGOTIATION, NEGOTIATION: WON}
_START = np.array([[0.93, 0.05, 0.02], [0.76, 0.19, 0.05]])


def in_deal(stages: Stages | Ints) -> Bools:
    """Return where a deal is open."""
    return (stages >= DISCOVERY) & (stages <= NEGOTIATION)


def season(weeks: Ints, parameters: Parameters) -> Floats:
    """Return the factor on the chance of waking up in each of `weeks`: a yearly wave, a slow drift and a step."""
    years = weeks / 52.18
    step = np.where(weeks >= parameters.step_from, parameters.step, 1.0)
    return (1 + parameters.season * np.sin(2 * np.pi * years)) * (1 + parameters.drift * years) * step


def transitions(
    fit: Floats, parameters: Parameters, loyalty: Floats | None = None, in_deals: Floats | None = None
) -> Floats:
    """Return weekly transition matrices in an average season, (accounts, stages, stages); rows sum to one.

    `fit` is in log-odds. It raises the chance to wake up, to go on, and to win the deal. With `loyalty`, they are those
    of customers who buy again: a factor on their chance to wake up, from `won` too. With `in_deals`, that is added to
    the log-odds that a deal is won.
    """
    good = 1 / (1 + np.exp(-fit))
    wakes = parameters.research * np.clip(np.exp(0.6 * fit), 0.01, 3.0)
    if loyalty is not None:
        wakes = np.minimum(parameters.repeat * wakes * loyalty, 0.5)
    worst, best = parameters.deal_won
    won = worst + (best - worst) * good
    if in_deals is not None:
        won = 1 / (1 + (1 - won) / won * np.exp(-in_deals))
    matrix = np.zeros((len(fit), len(STAGES), len(STAGES)))
    matrix[:, IDLE, RESEARCHING] = wakes
    matrix[:, RESEARCHING, EVALUATING] = 0.015 + 0.105 * good
    matrix[:, RESEARCHING, IDLE] = 0.065
    matrix[:, EVALUATING, DISCOVERY] = 0.025 + 0.125 * good
    matrix[:, EVALUATING, RESEARCHING] = 0.02
    matrix[:, EVALUATING, IDLE] = 0.03
    for stage, leave in _LEAVE.items():
        passes = won ** _PASS[stage]
        matrix[:, stage, _NEXT[stage]] = leave * passes
        matrix[:, stage, LOST] = leave * (1 - passes)
    matrix[:, LOST, RESEARCHING] = 1.3 * wakes
    matrix[:, LOST, IDLE] = 0.01
    if loyalty is not None:
        matrix[:, WON, RESEARCHING] = wakes
    stages = np.arange(len(STAGES))
    matrix[:, stages, stages] = 1 - matrix.sum(axis=2)
    return matrix


def in_season(matrix: Floats, factor: float) -> Floats:
    """Return the transition matrices of a week whose chance of waking up is `factor` times the average."""
    turned = matrix.copy()
    for stage in ASLEEP:
        turned[:, stage, RESEARCHING] *= factor
        turned[:, stage, stage] += matrix[:, stage, RESEARCHING] * (1 - factor)
    return turned


def uncalled(matrix: Floats, neglected: Bools, factor: float) -> Floats:
    """Return the transition matrices where sales calls none of the `neglected`: `factor` of their deals are opened."""
    turned = matrix.copy()
    kept = np.where(neglected, factor, 1.0)
    turned[:, EVALUATING, DISCOVERY] *= kept
    turned[:, EVALUATING, EVALUATING] += matrix[:, EVALUATING, DISCOVERY] * (1 - kept)
    return turned


@dataclass(frozen=True)
class StageDrivers:
    """What decides the stages of the accounts of a chunk, an entry of each array per account.

    Attributes
    ----------
    matrix, of_customers
        Weekly transition matrices in an average season, of those who have not won yet and of those who have.
    alone, customers_alone
        The same from week `neglected_from` on.
    born
        The first week boundary at which an account is known.
    first
        Its stage there.
    """

    matrix: Floats
    of_customers: Floats
    alone: Floats
    customers_alone: Floats
    born: Ints
    first: Ints

    @classmethod
    def of(
        cls,
        fit: Floats,
        born: Ints,
        first: Ints,
        neglected: Bools,
        parameters: Parameters,
        loyalty: Floats | None,
        in_deals: Floats | None = None,
    ) -> "StageDrivers":
        """Those of accounts with this fit; with `loyalty`, customers buy again; for `in_deals` see `transitions`."""
        matrix = transitions(fit, parameters, None, in_deals)
        of_customers = matrix if loyalty is None else transitions(fit, parameters, loyalty, in_deals)
        if not neglected.any():
            return cls(matrix, of_customers, matrix, of_customers, born, first)
        alone, customers_alone = (
            uncalled(one, neglected, parameters.neglected_deals) for one in (matrix, of_customers)
        )
        return cls(matrix, of_customers, alone, customers_alone, born, first)

    def followed_by(self, others: "StageDrivers") -> "StageDrivers":
        """These accounts and then `others`."""
        names = [field.name for field in fields(self)]
        return StageDrivers(*(np.concatenate([getattr(self, name), getattr(others, name)]) for name in names))


def first_stages(born: Ints, asleep: Bools, rng: np.random.Generator) -> Ints:
    """Return the stage in which each account is first known.

    Who arrives later is more often awake than who was always there; `asleep` ones start idle.
    """
    arrival = _START[(born > 0).astype(int)].cumsum(axis=1)
    first = (rng.random(len(born))[:, None] > arrival).sum(axis=1)
    return np.where(asleep | (first > EVALUATING), IDLE, first)


def live(
    fit: Floats,
    born: Ints,
    asleep: Bools,
    neglected: Bools,
    part: Part,
    rng: np.random.Generator,
    loyalty: Floats | None = None,
    in_deals: Floats | None = None,
) -> Stages:
    """Return the stage of every account of a chunk at every week boundary, (accounts, weeks + 1).

    It is `UNBORN` before boundary `born`. The `neglected` are not called from week `neglected_from` on. With
    `loyalty`, customers buy again. With `in_deals`, that is added to the log-odds that a deal is won.
    """
    n, weeks = len(born), part.weeks
    first = first_stages(born, asleep, rng)
    lives = StageDrivers.of(fit, born, first, neglected, part.parameters, loyalty, in_deals)
    stages = np.full((n, weeks + 1), UNBORN, dtype=np.int8)
    stages[born == 0, 0] = first[born == 0]
    go_on(stages, lives, range(weeks), np.zeros(n, dtype=bool), part.parameters.most_deals(n), part.parameters, rng)
    return stages


def go_on(
    stages: Stages,
    lives: StageDrivers,
    weeks: range,
    customer: Bools,
    most_deals: float,
    parameters: Parameters,
    rng: np.random.Generator,
) -> None:
    """Fill in the stages at the boundaries after that of the first of `weeks`.

    Parameters
    ----------
    stages : ndarray of int8, shape (n_accounts, len(weeks) + 1)
        Its first column, at boundary `weeks.start`, is read; the others are written.
    lives : StageDrivers
        What decides the stages.
    weeks : range
        The weeks to go through.
    customer : ndarray of bool, shape (n_accounts,)
        Who has won by the first boundary.
    most_deals : float
        How many deals of these accounts can be open at once.
    parameters : Parameters
    rng : Generator
    """
    customer = customer.copy()
    factors = season(np.arange(weeks.start, weeks.stop), parameters)
    for i, week in enumerate(weeks):
        called = week < parameters.neglected_from
        matrix = lives.matrix if called else lives.alone
        of_customers = lives.of_customers if called else lives.customers_alone
        here = np.flatnonzero(lives.born <= week)
        now = stages[here, i]
        step = np.where(customer[here, None], of_customers[here, now], matrix[here, now])
        waking = np.isin(now, ASLEEP)
        extra = np.where(waking, step[:, RESEARCHING] * (factors[i] - 1), 0.0)
        step[:, RESEARCHING] += extra
        step[np.arange(len(here)), now] -= extra
        reached = (rng.random(len(here))[:, None] > step.cumsum(axis=1)).sum(axis=1)
        reached = np.minimum(reached, len(STAGES) - 1)
        stages[here, i + 1] = with_most_deals(now, reached, most_deals, rng)
        customer |= stages[:, i + 1] == WON
        arriving = lives.born == week + 1
        stages[arriving, i + 1] = lives.first[arriving]


def with_most_deals(now: Stages, reached: Ints, most_deals: float, rng: np.random.Generator) -> Ints:
    """Return `reached` with no more open deals than `most_deals`: what would be one more stays an evaluation.

    Who gets a deal is drawn. Nothing is drawn where all have their deal.
    """
    opening = np.flatnonzero((now == EVALUATING) & (reached == DISCOVERY))
    free = most_deals - (in_deal(reached).sum() - len(opening))
    if len(opening) <= free:
        return reached
    waits = rng.permutation(opening)[max(int(free), 0) :]
    limited = reached.copy()
    limited[waits] = EVALUATING
    return limited
