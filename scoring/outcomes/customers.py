"""Who is a customer: a unit that won a deal of any type. It is not at risk of a first win from then on.

One dated example, as of 2026-03-01:

    won new business on 2026-02-10              a customer from 2026-02-11 on; its win is an outcome before
    won a renewal on 2026-02-10                 a customer likewise, but the renewal is no win to learn from: what is
                                                observed of it ends on that day
    won new business again on 2026-02-20        a repeat win of a customer: no outcome
    won, by a row that was set aside            a customer from the best date of that row; where it has none, always
    closed in a status that nobody knows        perhaps a customer: not at risk from then on, and no win
"""

import ibis

from scoring import entities
from scoring.entity import OPPORTUNITY, Entity
from scoring.question import asked
from scoring.tables import Tables
from scoring.timeline import day_of, known

#: How it is known that a unit is a customer: by a deal, by a row that was set aside, or not for sure.
DEAL, SET_ASIDE, UNCLEAR = "deal", "set aside", "unclear"
#: The day of a win that nobody dated.
ALWAYS = -(2**30)
#: The day on which such a deal is looked at to see whose it was: all leads of its account were known by then.
_EVER = 2**30


def won_deals(tables: Tables, people: ibis.Table | None, entity: Entity) -> ibis.Table:
    """The won deals of each unit, of any type, and of rows that intake had to set aside those that are or may be won.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `entities.people` gives them.
    entity : {"account", "lead"}
        Whose deals.

    Returns
    -------
    Table
        `unit`, `opportunity_id`, `known_day`, `closed_day` (`ALWAYS` where nobody knows), `asked` (whether it is a
        win to learn from: of a type that is predicted), `amount` and `named_by` (`DEAL`, `SET_ASIDE` or `UNCLEAR`).
    """
    won = tables.opportunities.filter(tables.opportunities.status == "won")
    facts = won.select(
        "opportunity_id",
        "account_id",
        "lead_id",
        known_day=day_of(won.known_at),
        closed_day=day_of(won.closed_at),
        asked=asked(won.opportunity_type, "any" if entity == OPPORTUNITY else tables.win),
        amount=won.amount,
        named_by=ibis.literal(DEAL),
    )
    if tables.won_aside is not None:
        named = tables.won_aside
        since = day_of(named.since).cast("int64")
        aside = named.select(
            "opportunity_id",
            "account_id",
            "lead_id",
            known_day=since.fill_null(_EVER),
            closed_day=since.fill_null(ALWAYS),
            asked=ibis.literal(False),
            amount=ibis.null("float64"),
            named_by=ibis.ifelse(named.unclear, UNCLEAR, SET_ASIDE),
        )
        facts = facts.mutate(known_day=facts.known_day.cast("int64"), closed_day=facts.closed_day.cast("int64"))
        facts = facts.union(aside)
    found = entities.of_units(facts, tables, people, entity)
    if tables.won_aside is None:
        return found
    return found.mutate(known_day=ibis.ifelse(found.closed_day == ALWAYS, ALWAYS, found.known_day))


def customers(won_deals: ibis.Table) -> ibis.Table:
    """The units that won, and from when that is known: `unit`, `won_day`."""
    return won_deals.group_by("unit").agg(won_day=ibis.greatest(won_deals.closed_day, won_deals.known_day).min())


def surely_won(won_deals: ibis.Table) -> ibis.Table:
    """The won deals without those of which nobody knows that they are."""
    return won_deals.filter(won_deals.named_by != UNCLEAR)


def first_wins(won_deals: ibis.Table) -> ibis.Table:
    """The first win of each unit.

    Columns: `unit`, `won_day`, `asked` (whether a deal of a type that is predicted is among what was won on that day)
    and `amount` (of such deals, added up).
    """
    days = won_deals.group_by("unit").agg(won_day=won_deals.closed_day.min())
    first = won_deals.inner_join(days, ["unit", won_deals.closed_day == days.won_day])
    return first.group_by("unit").agg(
        won_day=first.won_day.min(),
        asked=first.asked.any(),
        amount=first.amount.sum(where=first.asked),
    )


def next_wins(won_deals: ibis.Table, snapshots: ibis.Table) -> ibis.Table:
    """For each snapshot the first win that is still to come, whether or not the unit is a customer.

    Parameters
    ----------
    won_deals : Table
        As `won_deals` gives them.
    snapshots : Table
        `unit` and `as_of`.

    Returns
    -------
    Table
        `unit`, `as_of` and the columns of `first_wins`, for the snapshots that have one.
    """
    dated = won_deals.filter(won_deals.closed_day != ALWAYS)
    days = dated.group_by("unit", won_day="closed_day").agg(
        asked=dated.asked.any(), amount=dated.amount.sum(where=dated.asked)
    )
    so_far = ibis.window(group_by="unit", order_by="won_day")
    days = days.mutate(before=days.won_day.lag().over(so_far).fill_null(ALWAYS)).rename(winner="unit")
    found = snapshots.inner_join(days, snapshots.unit == days.winner)
    # Of a unit's wins, each snapshot sees one: the win before is on one side of it, and its own day on the other.
    found = found.filter(known(found.before, found.as_of) & ~known(found.won_day, found.as_of))
    return found.select("unit", "as_of", "won_day", "asked", "amount")
