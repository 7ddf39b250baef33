"""Whom a won deal is shared among: each of the leads that brought it gets an equal share of its amount.

A deal is won once, so the amounts of leads must add up to it. One dated example, as of 2026-03-01, of a deal of 12,000
that was created on 2026-04-10 and won later:

    names lead L1                           L1: 12,000, and who else has a role in it nothing: it is no win of theirs
    names none, has roles of L1 and L2      L1, L2: 6,000 each
    has no roles either; of the leads of its account, L1, L2 and L3 engaged in the year before 2026-04-10
                                            L1, L2, L3: 4,000 each, and L4, who did not, nothing
    nobody engaged                          L1, L2, L3, L4: 3,000 each
    L3 came on 2026-03-20                   it is not among those who were looked at on 2026-03-01: L1, L2 6,000 each
    names L3, who came on 2026-03-20        L1, L2, L4: 4,000 each, though it is no win of theirs: nobody who was looked
                                            at on 2026-03-01 brought it, and their account brings it all the same

So the amounts of an account's leads add up to the account's, as long as it has a lead. Who engaged on a day counts once
however often, and our own touches do not count. Whether a deal is a win of a lead does not depend on its share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from scoring import entities
from scoring.outcomes.customers import won_deals
from scoring.question import asked
from scoring.tables import Keep, Tables
from scoring.timeline import Window, day_of, known

#: Who engaged within so many days before a deal was created is taken for one who brought it.
BEFORE_THE_DEAL = Window(365)
#: The day since which a lead without a date is known.
_ALWAYS = -(2**30)


@dataclass(frozen=True)
class Sharing:
    """What the sharing of won deals among leads is made from.

    Attributes
    ----------
    shares : Table
        As `deal_shares` gives them.
    people : Table
        As `entities.people` gives them: all, also where snapshots are of some leads.
    of_accounts : Table
        As `customers.won_deals` gives them for accounts.
    """

    shares: ibis.Table
    people: ibis.Table
    of_accounts: ibis.Table

    @classmethod
    def of(
        cls,
        tables: Tables,
        people: ibis.Table | None,
        keep: Keep,
        usual: Callable[[ibis.Table], ibis.Table] = lambda won: won,
    ) -> Sharing:
        """Of some tables.

        Parameters
        ----------
        tables : Tables
        people : Table, optional
            As `entities.people` gives them.
        keep : callable
            Computes a table that several expressions read.
        usual : callable
            What is done to the amounts of won deals.
        """
        shares = keep(deal_shares(tables, people))
        assert people is not None, "without people there are no shares"
        return cls(shares, people, keep(usual(won_deals(tables, people, "account"))))


def deal_shares(tables: Tables, people: ibis.Table | None) -> ibis.Table:
    """The leads of each won deal of the types that are predicted.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `entities.people` gives them.

    Returns
    -------
    Table
        `opportunity_id`, `lead_id`, `since` (the day on which the lead became known) and `brought` (whether the deal
        names it, has it in a role, or it engaged in the year before), one row for each deal and lead.
    """
    if people is None:
        raise ValueError("The shares of leads were asked for, but there is no leads table. Give one.")
    deals = tables.opportunities
    won = deals.filter((deals.status == "won") & asked(deals.opportunity_type, tables.win))
    facts = won.select(
        "opportunity_id",
        "account_id",
        "lead_id",
        known_day=day_of(won.known_at),
        opened_day=day_of(won.created_at),
        named=won.lead_id.notnull(),
    )
    if tables.contact_roles is None:
        facts = facts.mutate(by_role=ibis.literal(False))
    else:
        of_leads = tables.contact_roles.filter(tables.contact_roles.lead_id.notnull())
        roles = of_leads.select(has_roles=of_leads.opportunity_id).distinct()
        facts = facts.left_join(roles, facts.opportunity_id == roles.has_roles)
        facts = facts.mutate(by_role=facts.has_roles.notnull()).drop("has_roles")
    found = entities.of_units(facts, tables, people, "lead")
    days = people.select(person="lead_id", since=people.known_day.fill_null(_ALWAYS))
    found = found.inner_join(days, found.unit == days.person)  # a role may be of somebody who is no lead
    pairs = found.select(
        "opportunity_id", "opened_day", "since", lead_id=found.unit, certain=found.named | found.by_role
    )
    engaged = _engaged(tables, pairs.filter(~pairs.certain))
    if engaged is None:
        return pairs.select("opportunity_id", "lead_id", "since", brought="certain")
    joined = pairs.left_join(engaged, (pairs.opportunity_id == engaged.of_deal) & (pairs.lead_id == engaged.by_lead))
    return joined.select("opportunity_id", "lead_id", "since", brought=joined.certain | joined.by_lead.notnull())


def _engaged(tables: Tables, pairs: ibis.Table) -> ibis.Table | None:
    """Of deals and leads, those whose lead engaged in the year before the deal, as it was known then."""
    wanted = pairs.select(of_deal="opportunity_id", by_lead="lead_id", deal_day="opened_day")
    if tables.log is not None:
        actors = tables.log.actors.select(its="actor", who="lead_id")
        of_actors = wanted.inner_join(actors, wanted.by_lead == actors.who)
        both = of_actors.inner_join(tables.log.days, of_actors.its == tables.log.days.actor)
    elif tables.activities is not None:
        inbound = tables.activities.filter(tables.activities.direction == "inbound")
        days = inbound.select(who=inbound.lead_id, day=day_of(inbound.occurred_at), known_day=day_of(inbound.known_at))
        both = wanted.inner_join(days, wanted.by_lead == days.who)
    else:
        return None
    both = both.filter(BEFORE_THE_DEAL.covers(both.day, both.deal_day) & known(both.known_day, both.deal_day))
    return both.select("of_deal", "by_lead").distinct()


def shared_amounts(wins: ibis.Table, won_deals: ibis.Table, shares: ibis.Table) -> ibis.Table:
    """What each lead's first win brings it, as looked at on a day: its share among those who were known by then.

    Parameters
    ----------
    wins : Table
        `unit` (the lead), `as_of` and `won_day`: one row for each lead and day.
    won_deals : Table
        As `customers.won_deals` gives them.
    shares : Table
        As `deal_shares` gives them.

    Returns
    -------
    Table
        `unit`, `as_of` and `amount` (null where no amount is known).
    """
    deals = won_deals.filter(won_deals.asked)
    deals = deals.select("opportunity_id", "amount", winner="unit", day="closed_day")
    won = wins.inner_join(deals, [wins.unit == deals.winner, wins.won_day == deals.day])
    won = won.select("unit", "as_of", "opportunity_id", "amount")
    snapshots = won.select("as_of", of_deal="opportunity_id").distinct()
    among = snapshots.inner_join(shares, snapshots.of_deal == shares.opportunity_id)
    among = among.filter(known(among.since, among.as_of))
    counts = among.group_by(of_deal="of_deal", at="as_of").agg(
        bringing=among.brought.cast("int64").sum(), there=among.count()
    )
    own = shares.select("brought", its_deal="opportunity_id", its_lead="lead_id")
    won = won.inner_join(own, [won.opportunity_id == own.its_deal, won.unit == own.its_lead])
    won = won.inner_join(counts, [won.opportunity_id == counts.of_deal, won.as_of == counts["at"]])
    return won.group_by("unit", "as_of").agg(amount=(won.amount * _share(won)).sum())


def _share(won: ibis.Table) -> ir.FloatingValue:
    of_bringing = ibis.ifelse(won.brought, 1.0 / won.bringing.nullif(0), 0.0)
    return ibis.ifelse(won.bringing > 0, of_bringing, 1.0 / won.there)


def left_amounts(snapshots: ibis.Table, wins: ibis.Table, sharing: Sharing) -> ibis.Table:
    """What the win of their account brings the leads that were known, where none of them brought it.

    Parameters
    ----------
    snapshots : Table
        `unit` (the lead), `as_of`.
    wins : Table
        `unit` (the account), `as_of`, `won_day`: the wins that count, of accounts.
    sharing : Sharing

    Returns
    -------
    Table
        `unit`, `as_of` and `amount`.
    """
    deals = sharing.of_accounts.filter(sharing.of_accounts.asked & sharing.of_accounts.amount.notnull())
    deals = deals.select("opportunity_id", "amount", winner="unit", day="closed_day")
    won = wins.inner_join(deals, [wins.unit == deals.winner, wins.won_day == deals.day])
    brought = sharing.shares.select("since", of_deal="opportunity_id")
    won = won.left_join(brought, won.opportunity_id == brought.of_deal)
    then = (won.of_deal.notnull() & known(won.since, won.as_of)).cast("int64")
    left = won.group_by("opportunity_id", "as_of", account="unit").agg(amount=won.amount.max(), there=then.sum())
    left = left.filter(left.there == 0).group_by("account", "as_of").agg(amount=ibis._.amount.sum())
    people = sharing.people.select("account_key", who="lead_id", since=sharing.people.known_day.fill_null(_ALWAYS))
    among = left.inner_join(people, left.account == people.account_key)
    among = among.filter(known(among.since, among.as_of))
    each = among.mutate(amount=among.amount / among.count().over(ibis.window(group_by=["account", "as_of"])))
    each = each.select("amount", its="who", at="as_of")
    found = snapshots.inner_join(each, [snapshots.unit == each.its, snapshots.as_of == each["at"]])
    return found.select("unit", "as_of", "amount")


def snapshots_of_accounts(snapshots: ibis.Table, people: ibis.Table) -> ibis.Table:
    """The accounts of the leads that were looked at, `unit` and `as_of`, as far as they were known by then."""
    of = people.filter(people.account_id.notnull()).select("account_key", "linked_day", who="lead_id")
    found = snapshots.inner_join(of, snapshots.unit == of.who)
    found = found.filter(found.linked_day.isnull() | known(found.linked_day, found.as_of))
    return found.select("as_of", unit="account_key").distinct()
