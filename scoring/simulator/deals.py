"""Opportunities: what the hidden stages leave behind in the CRM."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from scoring.simulator.accounts import Accounts
from scoring.simulator.cycles import NEGOTIATION, PROPOSAL, WON, Stages, in_deal
from scoring.simulator.draws import DAY, NEVER, WEEK, Ints, ids, labels, stamps, within_week
from scoring.simulator.parameters import Part
from scoring.simulator.people import MANAGER, People
from scoring.simulator.plans import Moves, plan_history

_OPEN, _WON, _LOST = range(3)
_NEW, _EXPANSION, _RENEWAL = range(3)
_ROLES = ("economic buyer", "champion", "user", "user")  # by kind of person
_HISTORY = ("Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")


@dataclass(frozen=True)
class Deals:
    """Deals of a part: position of the account, seconds (`NEVER`: not reached), codes of status and type."""

    account: Ints
    created: Ints
    proposed: Ints
    negotiated: Ints
    closed: Ints
    status: Ints
    type: Ints

    def won_at(self, accounts: int) -> Ints:
        """Return the second of the first new business of each account, `NEVER` without one."""
        first = np.full(accounts, NEVER)
        new = (self.status == _WON) & (self.type == _NEW)
        np.minimum.at(first, self.account[new], self.closed[new])
        return first


def follow(stages: Stages, rng: np.random.Generator, *, more: bool = True) -> Deals:
    """Return the deals of the stages and, with `more`, the renewals and expansions of the customers they make.

    A deal is created in the week before the boundary that first shows it, and closed in the last week that
    does.
    """
    weeks = stages.shape[1] - 1
    now, then = in_deal(stages[:, :-1]), in_deal(stages[:, 1:])
    account, week = np.nonzero(~now & then)
    # Of the weeks, counted through all accounts, that ended a deal: the first after this one was created.
    left = np.append(np.flatnonzero(now & ~then), NEVER)
    leaves = left[np.searchsorted(left, account * weeks + week)]
    closes = leaves // weeks == account
    last = np.where(closes, leaves % weeks, weeks)
    won = closes & (stages[account, np.minimum(last + 1, weeks)] == WON)

    boundary = np.arange(weeks + 1)
    during = (boundary > week[:, None]) & (boundary <= last[:, None])

    def reached(stage: int) -> Ints:
        passed = during & (stages[account] >= stage)
        return np.where(passed.any(axis=1), within_week(passed.argmax(axis=1) - 1, rng), NEVER)

    new = Deals(
        account=account,
        created=within_week(week, rng),
        proposed=reached(PROPOSAL),
        negotiated=reached(NEGOTIATION),
        closed=np.where(closes, within_week(last, rng), NEVER),
        status=np.where(closes, np.where(won, _WON, _LOST), _OPEN),
        type=np.full(len(account), _NEW),
    )
    return _with_more(new, weeks, rng) if more else new


def _with_more(new: Deals, weeks: int, rng: np.random.Generator) -> Deals:
    """Return `new` and the further business of customers: a renewal for each of three years, an expansion."""
    wins = np.flatnonzero(new.status == _WON)
    win = np.repeat(wins, 4)
    n = len(win)
    year = np.tile([1, 2, 3, 0], len(wins))
    renews = year > 0
    wait = np.where(renews, (365 * year - 30) * DAY, rng.integers(60 * DAY, 500 * DAY, n))
    created = new.closed[win] + wait
    closed = created + rng.integers(5 * DAY, 40 * DAY, n)
    happens = rng.random(n) < np.where(renews, 0.85 ** (year - 1), 0.4)
    keep = happens & (created < weeks * WEEK)
    won = rng.random(n) < np.where(renews, 0.85, 0.5)
    over = closed < weeks * WEEK
    more = Deals(
        account=new.account[win],
        created=created,
        proposed=np.full(n, NEVER),
        negotiated=np.full(n, NEVER),
        closed=np.where(over, closed, NEVER),
        status=np.where(over, np.where(won, _WON, _LOST), _OPEN),
        type=np.where(renews, _RENEWAL, _EXPANSION),
    )
    names = [field.name for field in fields(Deals)]
    return Deals(*(np.append(getattr(new, name), getattr(more, name)[keep]) for name in names))


def tables(
    deals: Deals, accounts: Accounts, people: People, leads_since: Ints, part: Part, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Return `opportunities`, `opportunity_history` and `contact_roles`, of what was entered by the end.

    Lost deals keep an estimate, a zero or nothing as amount; open ones have none, but their history does.
    """
    (plans,) = rng.spawn(1)  # so that what is planned changes nothing else
    n, parameters = len(deals.account), part.parameters
    names = ids("D", part.first * 32 + np.arange(n), 8)
    amount = np.exp(accounts.log_amount[deals.account] + rng.normal(0, parameters.amount_noise, n))
    amount = np.where(deals.type == _NEW, amount, amount * rng.uniform(0.2, 1.1, n)).round(2)
    pilot = rng.random(n) < parameters.pilot_share
    fate = rng.random(n)
    lost = np.where(fate < 0.4, amount, np.where(fate < 0.7, 0.0, np.nan))
    amounts = [np.full(n, np.nan), np.where(pilot, 0.0, amount), lost]
    late = rng.random(n) < parameters.late_deals
    entered = deals.created + np.where(late, rng.integers(3 * DAY, 21 * DAY, n), 0)
    known = np.maximum(np.minimum(entered, deals.closed - 1), deals.created)
    shown = known < part.weeks * WEEK

    primary, deal, lead = _contacts(deals, people, leads_since, part, rng)
    moves = np.stack([deals.created, deals.proposed, deals.negotiated, deals.closed, deals.closed], axis=1)
    moves[deals.status != _WON, 3] = NEVER
    moves[deals.status != _LOST, 4] = NEVER
    moved, stage = np.nonzero(moves != NEVER)
    order = np.lexsort((stage, moves[moved, stage], moved))
    moved, stage = moved[order], stage[order]
    with np.errstate(divide="ignore"):
        log_amount = np.log(amount)
    history = plan_history(
        Moves(moved, moves[moved, stage], stage), deals.created, deals.closed, log_amount, part, plans
    )
    found = {
        "opportunities": pd.DataFrame(
            {
                "opportunity_id": names,
                "account_id": labels(accounts.ids, deals.account),
                "lead_id": labels(people.ids, primary),
                "created_at": stamps(part.start, deals.created),
                "closed_at": stamps(part.start, deals.closed),
                "status": labels(("open", "won", "lost"), deals.status),
                "amount": np.choose(deals.status, amounts),
                "opportunity_type": labels(("new_business", "expansion", "renewal"), deals.type),
                "known_at": stamps(part.start, known),
            }
        )[shown],
        "opportunity_history": pd.DataFrame(
            {
                "opportunity_id": names.take(history["deal"].to_numpy()),
                "changed_at": stamps(part.start, history["second"].to_numpy()),
                "stage": labels(_HISTORY, history["stage"].to_numpy()),
                "amount": history["amount"],
                "close_date": history["close_date"],
            }
        )[shown[history["deal"]]],
        "contact_roles": pd.DataFrame(
            {
                "opportunity_id": names.take(deal),
                "lead_id": labels(people.ids, lead),
                "role": labels(_ROLES, people.kind[lead]),
                "is_primary": primary[deal] == lead,
            }
        )[shown[deal]],
    }
    return {name: table.reset_index(drop=True) for name, table in found.items()}


def _contacts(
    deals: Deals, people: People, leads_since: Ints, part: Part, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Return the primary contact of each deal (-1 for none), and deal and lead of each contact role.

    Contacts were leads when the deal was created, and who joins does not depend on how it ends.
    """
    n = len(deals.account)
    slot = np.arange(people.count.max(initial=1))
    roster = np.minimum(people.first[deals.account][:, None] + slot, len(people.account) - 1)
    is_lead = slot < people.count[deals.account][:, None]
    is_lead &= leads_since[roster] < deals.created[:, None]
    leading = is_lead * (rng.random(roster.shape) + 0.6 * (people.kind[roster] <= MANAGER))
    row, best = np.arange(n), leading.argmax(axis=1)
    named = is_lead[row, best] & (rng.random(n) < part.parameters.primary_share)
    joins = is_lead & (rng.random(roster.shape) < 0.4) & (rng.random((n, 1)) < 0.85)
    joins[row, best] |= named
    deal, position = np.nonzero(joins)
    return np.where(named, roster[row, best], -1), deal, roster[deal, position]
