"""Hidden buying cycles: a weekly Markov chain for each account.

    idle -> researching -> evaluating -> discovery -> proposal -> negotiation -> won
      ^---------'---------------'            '-----------'------------'-------> lost -> researching, idle

The stage at week boundary w holds during week w, and the step to boundary w + 1 happens in that week. `won`
absorbs, unless customers buy again: then it is a state to wake up from. A deal is open in the three stages
before it, so that it takes the sum of three waits. Losing is a state, not an end.
"""

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


def in_deal(stages: Stages) -> Bools:
    """Return where a deal is open."""
    return (stages >= DISCOVERY) & (stages <= NEGOTIATION)


def season(weeks: Ints, parameters: Parameters) -> Floats:
    """Return the factor on the chance of waking up in each of `weeks`: a yearly wave, a slow drift and a step."""
    years = weeks / 52.18
    step = np.where(weeks >= parameters.step_from, parameters.step, 1.0)
    return (1 + parameters.season * np.sin(2 * np.pi * years)) * (1 + parameters.drift * years) * step


def transitions(fit: Floats, parameters: Parameters, loyalty: Floats | None = None) -> Floats:
    """Return weekly transition matrices in an average season, (accounts, stages, stages); rows sum to one.

    `fit` is in log-odds. It raises the chance to wake up, to go on, and to win the deal. With `loyalty`, they are those
    of customers who buy again: a factor on their chance to wake up, from `won` too.
    """
    good = 1 / (1 + np.exp(-fit))
    wakes = parameters.research * np.clip(np.exp(0.6 * fit), 0.01, 3.0)
    if loyalty is not None:
        wakes = np.minimum(parameters.repeat * wakes * loyalty, 0.5)
    worst, best = parameters.deal_won
    won = worst + (best - worst) * good
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


def live(
    fit: Floats,
    born: Ints,
    asleep: Bools,
    neglected: Bools,
    part: Part,
    rng: np.random.Generator,
    loyalty: Floats | None = None,
) -> Stages:
    """Return the stage of every account at every week boundary, (accounts, weeks + 1).

    It is `UNBORN` before boundary `born`. Who arrives later is more often awake than who was always there;
    `asleep` ones start idle. The `neglected` are not called from week `neglected_from` on. With `loyalty`, customers
    buy again.
    """
    matrix, weeks = transitions(fit, part.parameters), part.weeks
    of_customers = matrix if loyalty is None else transitions(fit, part.parameters, loyalty)
    customer = np.zeros(len(born), dtype=bool)
    n = len(born)
    arrival = _START[(born > 0).astype(int)].cumsum(axis=1)
    first = (rng.random(n)[:, None] > arrival).sum(axis=1)
    first = np.where(asleep | (first > EVALUATING), IDLE, first)
    stages = np.full((n, weeks + 1), UNBORN, dtype=np.int8)
    stages[born == 0, 0] = first[born == 0]
    factors = season(np.arange(weeks), part.parameters)
    for week in range(weeks):
        if week == part.parameters.neglected_from and neglected.any():
            matrix, of_customers = (
                uncalled(one, neglected, part.parameters.neglected_deals) for one in (matrix, of_customers)
            )
        here = np.flatnonzero(born <= week)
        now = stages[here, week]
        step = np.where(customer[here, None], of_customers[here, now], matrix[here, now])
        waking = np.isin(now, ASLEEP)
        extra = np.where(waking, step[:, RESEARCHING] * (factors[week] - 1), 0.0)
        step[:, RESEARCHING] += extra
        step[np.arange(len(here)), now] -= extra
        reached = (rng.random(len(here))[:, None] > step.cumsum(axis=1)).sum(axis=1)
        stages[here, week + 1] = np.minimum(reached, len(STAGES) - 1)
        customer |= stages[:, week + 1] == WON
        arriving = born == week + 1
        stages[arriving, week + 1] = first[arriving]
    return stages
