"""The people of an account: who could engage, and who became a lead, when."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.simulator.accounts import CHANNELS, Accounts
from scoring.simulator.draws import DAY, NEVER, WEEK, Bools, Ints, Strings, ids, labels, pick, stamps
from scoring.simulator.parameters import Part

DECIDER, MANAGER, SPECIALIST, BYSTANDER = range(4)
"""Kinds of people: who signs, who champions, who uses, who only reads."""

_FUNCTIONS = ("Sales", "Marketing", "Operations", "Finance", "IT", "Data", "Revenue", "Customer Success")
_CHIEFS = ("Chief Executive Officer", "Chief Financial Officer", "Chief Revenue Officer", "CEO", "CFO", "COO")
_HEADS = ("VP", "Vice President of", "SVP", "Head of", "Director", "Director of")
_PUPILS = ("Intern", "Student", "Working Student", "PhD Student", "Assistant", "Trainee", "Market Researcher")
_TITLES = {
    DECIDER: (
        *_CHIEFS,
        *("CMO", "CTO", "Founder & CEO", "Owner", "Managing Director", "President"),
        *(f"{rank} {name}" for rank in _HEADS for name in _FUNCTIONS),
    ),
    MANAGER: (
        *(f"{name} Manager" for name in _FUNCTIONS),
        *(f"Senior Manager {name}" for name in _FUNCTIONS),
        *(f"{name} Team Lead" for name in _FUNCTIONS),
        *("Product Manager", "Project Manager", "Sales Operations Manager"),
    ),
    SPECIALIST: (
        *(f"{name} Analyst" for name in _FUNCTIONS),
        *(f"{name} Specialist" for name in _FUNCTIONS),
        *("Software Engineer", "Account Executive", "Consultant", "Accountant", "Data Engineer"),
    ),
    BYSTANDER: (*(f"{name} Intern" for name in _FUNCTIONS), *_PUPILS),
}
_SOURCES = (*CHANNELS, "webinar", "content")
_CAMPAIGNS = [name for source in _SOURCES for name in (f"{source}-a", f"{source}-b", f"{source}-c")]
_FLOOD_CAMPAIGN = "social-boost"
_FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de")


@dataclass(frozen=True)
class People:
    """The roster of a part, ordered by account and, within it, by kind: deciders first.

    One entry per person: `account` is the position of the account (-1 for strays, at the end), `planned` the
    second at which a person becomes a lead without engaging (`NEVER` for most deciders). One entry per
    account: `first` person, `count` of people, `deciders` and `managers` among them.
    """

    number: Ints
    account: Ints
    kind: Ints
    planned: Ints
    flooded: Bools
    bot: Bools
    unlinked: Bools
    first: Ints
    count: Ints
    deciders: Ints
    managers: Ints

    @property
    def ids(self) -> Strings:
        """The lead ids, also of those who never become one."""
        return ids("L", self.number, 9)


def draw(accounts: Accounts, part: Part, rng: np.random.Generator) -> People:
    """Return one to eleven people an account, more for large ones, and a few strays.

    The first contact of an account is there when it is created; others turn up at a fair or with a form
    later. The flood brings juniors, all within a month.
    """
    n, end, parameters = len(accounts), part.weeks * WEEK, part.parameters
    size = np.clip(np.log(accounts.employees) - 3, 0.0, 5.0)
    usual = np.stack(
        [
            np.minimum(1 + rng.poisson(0.3 + 0.25 * size), 4),
            np.minimum(rng.poisson(0.5 + 0.15 * size), 2),
            np.minimum(rng.poisson(0.6 + 0.2 * size), 3),
            np.minimum(rng.poisson(0.6, n), 2),
        ],
        axis=1,
    )
    juniors = np.minimum(1 + rng.poisson([0.6, 0.8], (n, 2)), 3)
    flood = np.column_stack([rng.random(n) < 0.08, rng.random(n) < 0.2, juniors])
    counts = np.where(accounts.flooded[:, None], flood, usual)
    strays = rng.poisson(parameters.stray_share * counts.sum())
    stray_kinds = rng.choice(4, strays, p=[0.1, 0.15, 0.3, 0.45])
    account = np.append(np.repeat(np.arange(n), counts.sum(axis=1)), np.full(strays, -1))
    kind = np.append(np.repeat(np.tile(np.arange(4), n), counts.ravel()), stray_kinds)
    count = counts.sum(axis=1)
    first = np.cumsum(count) - count

    people = len(account)
    stray = account < 0
    flooded = accounts.flooded[account] & ~stray
    since = np.where(stray, rng.integers(0, end, people), accounts.created[account])
    later = np.maximum(since, 0) + (rng.random(people) * (end - np.maximum(since, 0))).astype(np.int64)
    soon = since + rng.integers(0, 30 * DAY, people)
    turns_up = flooded | (rng.random(people) < np.array([0.2, 0.4, 0.7, 0.9])[kind])
    planned = np.where(flooded, soon, np.where(turns_up, later, NEVER))
    planned = np.where(planned < end, planned, NEVER)
    planned = np.where(stray, since, planned)
    planned[first + (rng.random(n) * count).astype(np.int64)] = accounts.created
    return People(
        number=part.first * 16 + np.arange(people),
        account=account,
        kind=kind,
        planned=planned,
        flooded=flooded,
        bot=rng.random(people) < parameters.bot_share,
        unlinked=(rng.random(people) < parameters.unlinked_share) | stray,
        first=first,
        count=count,
        deciders=counts[:, DECIDER],
        managers=counts[:, MANAGER],
    )


def table(people: People, created: Ints, accounts: Accounts, part: Part, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `leads` table: everybody with a `created` second; who is unlinked has no account id."""
    n = len(people.account)
    titles = [title for titles in _TITLES.values() for title in titles]
    sizes = np.array([len(titles) for titles in _TITLES.values()])
    title = (np.cumsum(sizes) - sizes + rng.random((n, 1)) * sizes)[np.arange(n), people.kind].astype(np.int64)

    # A lead often comes the way its account came, one of the flood nearly always.
    stray = people.account < 0
    mix = np.array([[*(share for share, _ in CHANNELS.values()), 0.15, 0.15]])
    follows = ~stray & (rng.random(n) < np.where(people.flooded, 0.97, 0.45))
    own = pick(mix, np.zeros(n, dtype=np.int64), rng)
    source = np.where(follows, accounts.channel[people.account], own)
    campaign = np.where(rng.random(n) < 0.1, -1, 3 * source + rng.integers(0, 3, n))
    campaign = np.where(people.flooded & follows, len(_CAMPAIGNS), campaign)

    private = rng.random(n) < np.where(stray, 0.6, np.where(people.unlinked, 0.3, 0.05))
    domain = pd.Series(accounts.domains.take(people.account))
    domain = domain.mask(stray, "private" + pd.Series(people.number).astype("str") + ".example")
    domain = domain.mask(private, pd.Series(labels(_FREE_MAIL, rng.integers(0, len(_FREE_MAIL), n))))
    everybody = pd.DataFrame(
        {
            "lead_id": people.ids,
            "account_id": labels(accounts.ids, np.where(people.unlinked, -1, people.account)),
            "email": "p" + pd.Series(people.number).astype("str") + "@" + domain,
            "created_at": stamps(part.start, created),
            "title": labels(titles, np.where(rng.random(n) < 0.04, -1, title)),
            "source": labels(_SOURCES, source),
            "campaign": labels([*_CAMPAIGNS, _FLOOD_CAMPAIGN], campaign),
        }
    )
    return everybody[created != NEVER].reset_index(drop=True)
