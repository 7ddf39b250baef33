"""Who engages when: a session is what one person does on one day.

The sessions of deciders and managers follow the hidden stage. Everybody has idle ones, bystanders and the
flood by the dozen, and a mail gateway opens whatever we send, often and at once: how much happens says next
to nothing.
"""

from dataclasses import dataclass, fields, replace
from enum import IntEnum, auto

import numpy as np

from scoring.simulator.accounts import Accounts
from scoring.simulator.cycles import UNBORN, Stages, in_deal
from scoring.simulator.draws import NEVER, WEEK, Bools, Floats, Ints, within_week
from scoring.simulator.parameters import Part
from scoring.simulator.people import People


class Mix(IntEnum):
    """What a session is made of; `touches` says in which proportions."""

    DECIDER_IDLE = 0
    DECIDER_RESEARCHING = auto()
    DECIDER_EVALUATING = auto()
    DECIDER_DEAL = auto()
    DECIDER_CUSTOMER = auto()
    OTHER_IDLE = auto()
    MANAGER_AWAKE = auto()
    OPENING = auto()
    NEWSLETTER = auto()
    SELLING = auto()


# Chance of a session in a week, and its mix, in the order of cycles.STAGES.
_DECIDER_CHANCE = np.array([0.012, 0.42, 0.85, 0.65, 0.65, 0.65, 0.06, 0.025])
_DECIDER_MIX = np.array([0, 1, 2, 3, 3, 3, 4, 0])
_MANAGER_CHANCE = np.array([0.020, 0.15, 0.45, 0.35, 0.35, 0.35, 0.08, 0.03])
_MANAGER_MIX = np.array([5, 6, 6, 6, 6, 6, 5, 5])

# Idle reading by kind of person: sessions a week, touches a session; the flood reads far more.
_IDLE_RATE = np.array([0.0, 0.015, 0.025, 0.035])
_IDLE_REPEATS = np.array([1.5, 2.0, 3.0, 9.0])
_FLOOD_RATE, _FLOOD_REPEATS = 0.28, 4.5
_BOT_REPEATS = 16.0


@dataclass(frozen=True)
class Sessions:
    """Sessions of a part: position of `account` and `person` (-1: not known), `second`, `mix`, touches."""

    account: Ints
    person: Ints
    second: Ints
    mix: Ints
    repeats: Ints

    def where(self, keep: Bools) -> "Sessions":
        """Return the sessions to `keep`."""
        return Sessions(*(getattr(self, field.name)[keep] for field in fields(self)))


def joined(parts: list[Sessions]) -> Sessions:
    """Return the sessions of all `parts`."""
    columns = ([getattr(part, field.name) for part in parts] for field in fields(Sessions))
    return Sessions(*(np.concatenate(column) for column in columns))


def staged_sessions(
    accounts: Accounts, people: People, stages: Stages, joins: Bools, part: Part, rng: np.random.Generator
) -> Sessions:
    """Return the sessions of deciders and managers that follow the hidden stage.

    One account in twelve is quiet: it shows half of what the others do. Some sessions are known by company
    only. Deciders are silent while a deal is open, but in accounts where one `joins`.
    """
    loud = np.where(rng.random(len(accounts)) < 0.08, 0.5, 1.0)
    now = stages[:, : part.weeks]
    groups = []
    silent = in_deal(now) & ~joins[:, None]
    for chance, mix, first, count, left_out in (
        (_DECIDER_CHANCE, _DECIDER_MIX, people.first, people.deciders, silent),
        (_MANAGER_CHANCE, _MANAGER_MIX, people.first + people.deciders, people.managers, np.zeros_like(silent)),
    ):
        engaged = np.where((now == UNBORN) | left_out, 0.0, chance[now]) * (loud * (count > 0))[:, None]
        account, week = np.nonzero(rng.random(now.shape) < engaged)
        person = first[account] + (rng.random(len(account)) * count[account]).astype(np.int64)
        repeats = 1 + rng.poisson(0.8, len(account))
        groups.append(Sessions(account, person, within_week(week, rng), mix[now[account, week]], repeats))
    sessions = joined(groups)
    nameless = rng.random(len(sessions.person)) < part.parameters.anonymous_share
    return replace(sessions, person=np.where(nameless, -1, sessions.person))


def leads_since(people: People, sessions: Sessions) -> Ints:
    """Return the second at which each person becomes a lead: as planned or on first engaging."""
    since = people.planned.copy()
    named = sessions.person >= 0
    np.minimum.at(since, sessions.person[named], sessions.second[named])
    return since


def idle(people: People, created: Ints, part: Part, rng: np.random.Generator) -> Sessions:
    """Return the idle reading of all leads: heavy-tailed, and unrelated to any stage."""
    n = len(created)
    rate = np.where(people.flooded, _FLOOD_RATE, _IDLE_RATE[people.kind]) * rng.gamma(0.6, 1 / 0.6, n)
    usual = np.where(people.flooded, _FLOOD_REPEATS, _IDLE_REPEATS[people.kind]) * rng.lognormal(-0.3, 0.8, n)
    person, second = _at_random(rate, created, part.weeks, rng)
    repeats = 1 + rng.poisson(usual[person] * rng.exponential(1.0, len(person)))
    mix = np.full(len(person), Mix.OTHER_IDLE)
    return Sessions(people.account[person], person, second, mix, np.minimum(repeats, 400))


def mailed(people: People, created: Ints, part: Part, rng: np.random.Generator) -> Sessions:
    """Return our newsletters and their opens: now and then by people, in floods by mail gateways."""
    rate = np.full(len(created), part.parameters.newsletter)
    person, second = _at_random(rate, created, part.weeks, rng)
    n = len(person)
    account, once = people.account[person], np.ones(n, dtype=np.int64)
    bot = people.bot[person]
    repeats = np.where(bot, 1 + rng.geometric(1 / _BOT_REPEATS, n), 1)
    sent = Sessions(account, person, second, np.full(n, Mix.NEWSLETTER), once)
    opens = Sessions(account, person, second, np.full(n, Mix.OPENING), repeats)
    return joined([sent, opens.where(bot | (rng.random(n) < 0.12))])


def selling(
    people: People, created: Ints, stages: Stages, neglected: Bools, part: Part, rng: np.random.Generator
) -> Sessions:
    """Return what our sales people do: mostly in open deals, so that it would give them away."""
    now = stages[:, : part.weeks]
    left = neglected[:, None] & (np.arange(part.weeks) >= part.parameters.neglected_from)
    chance = np.where(in_deal(now), 0.5, np.where((now == UNBORN) | left, 0.0, 0.012))
    account, week = np.nonzero(rng.random(now.shape) < chance)
    n = len(account)
    person = people.first[account] + (rng.random(n) * people.count[account]).astype(np.int64)
    second = within_week(week, rng)
    sessions = Sessions(account, person, second, np.full(n, Mix.SELLING), np.ones(n, dtype=np.int64))
    return sessions.where(created[person] < second)


def _at_random(rate: Floats, created: Ints, weeks: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return persons and seconds of Poisson processes of `rate` a week since each person was created."""
    begin = np.maximum(created, 0)
    lived = np.where(created == NEVER, 0.0, weeks - begin / WEEK)
    person = np.repeat(np.arange(len(created)), rng.poisson(rate * lived))
    week = begin[person] // WEEK
    week = week + (rng.random(len(person)) * (weeks - week)).astype(np.int64)
    return person, np.maximum(within_week(week, rng), created[person])
