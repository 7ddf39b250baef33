"""Who had engaged by each stage of the deals that are closed, counted by account: what `BuyingGroup` is learned from.

One dated example, of a deal that was opened on 2026-01-10, came to `Proposal` on 2026-02-03 and was won on 2026-03-01:
by the opening those have engaged whose engagement of the year before was known before 2026-01-11, by `Proposal` those
of before 2026-02-04. What happens on the day of the close or later does not count, nor does who became known later. Of
several deals of an account the first that was won counts, and the first that was lost.

Roles are those of titles, of won and lost deals alike: contact roles are entered when a deal is won, and would make
every role look typical. But they teach what titles mean (`taught_titles`).
"""

import ibis

from scoring import entities
from scoring.buying_groups.group import DAYS
from scoring.engagement import engagement_log
from scoring.tables import Keep, Tables
from scoring.timeline import Window, day_of, known


def closed_deals(tables: Tables, people: ibis.Table) -> ibis.Table:
    """The first won and the first lost deal of each account, of the types that are predicted.

    Columns: `unit`, `opportunity_id`, `status`, `known_day`, `closed_day`.

    Parameters
    ----------
    tables : Tables
        Cut at the day of the training.
    people : Table
        As `entities.people` gives them.
    """
    deals = entities.deals(tables, people, "account")
    closed = deals.filter(deals.status != "open")
    order = ibis.window(group_by=["unit", "status"], order_by=["closed_day", "opportunity_id"])
    closed = closed.mutate(nth=ibis.row_number().over(order))
    return closed.filter(closed.nth == 0).select("unit", "opportunity_id", "status", "known_day", "closed_day")


def moments(tables: Tables, closed: ibis.Table) -> ibis.Table:
    """The day after which each deal was in each stage: `unit`, `status`, `stage`, `day`, and `after` (days since then).

    Parameters
    ----------
    tables : Tables
    closed : Table
        As `closed_deals` gives them.

    Returns
    -------
    Table
        `stage` is null for the opening.
    """
    opened = closed.mutate(stage=ibis.null("string"), day=closed.known_day)
    columns = ("unit", "status", "stage", "day", "known_day", "closed_day")
    found = opened.select(*columns)
    if tables.opportunity_history is not None:
        changes = tables.opportunity_history
        changes = changes.filter(changes.stage.notnull())
        first = changes.group_by("stage", of_deal="opportunity_id").agg(changed_at=changes.changed_at.min())
        staged = closed.inner_join(first, closed.opportunity_id == first.of_deal)
        staged = staged.mutate(day=ibis.greatest(day_of(staged.changed_at), staged.known_day))
        found = found.union(staged.select(*columns))
    before = found.filter(found.day < found.closed_day)
    return before.select("unit", "status", "stage", day=before.day + 1, after=before.day - before.known_day)


def before_deals(tables: Tables, people: ibis.Table, closed: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
    """The accounts that won, on the day on which their deal was opened, and the accounts that have no deal.

    Returns
    -------
    tuple of two Tables
        `unit` and `day`, without accounts that were created with their deal; `unit` and `created_day`.
    """
    accounts = entities.units(tables, people, "account").select("unit", created_day=ibis._.created_day.fill_null(0))
    won = closed.filter(closed.status == "won").select("unit", day="known_day")
    known_before = won.inner_join(accounts, "unit").filter(ibis._.created_day < ibis._.day).select("unit", "day")
    without = accounts.anti_join(entities.deals_of_units(tables, people, "account"), "unit")
    return known_before, without


def engaged_by(tables: Tables, people: ibis.Table, moments: ibis.Table, role_of: ibis.Table, keep: Keep) -> ibis.Table:
    """How many accounts had somebody of a role engaged: `status`, `stage`, `role`, `accounts`.

    Parameters
    ----------
    tables : Tables
    people : Table
        As `entities.people` gives them.
    moments : Table
        As `moments` gives them.
    role_of : Table
        `of_position` and `role`: the role of each position that has one.
    keep : callable
        Computes a table that several expressions read.
    """
    log = engagement_log(tables)
    assert log is not None
    units = moments.select("unit").distinct()
    of_role = people.inner_join(role_of, people.position == role_of.of_position)
    of_role = of_role.semi_join(units, of_role.account_key == units.unit)
    persons = of_role.select("role", who="lead_id", whose="account_key", since=of_role.known_day.fill_null(0))
    actors = log.actors.inner_join(persons, log.actors.lead_id == persons.who).select(
        "role", "whose", "since", its="actor"
    )
    actors = keep(actors)
    days = log.days.inner_join(actors, log.days.actor == actors.its)
    days = days.select("role", "whose", "day", known_day=ibis.greatest(days.known_day, days.since))
    days = keep(days.distinct().rename(engaged_day="day"))
    met = moments.inner_join(days, moments.unit == days.whose)
    met = met.filter(Window(DAYS).covers(met.engaged_day, met.day) & known(met.known_day, met.day))
    return met.group_by("status", "stage", "role").agg(accounts=met.unit.nunique())


def named_roles(tables: Tables, people: ibis.Table, meaning: ibis.Table) -> ibis.Table:
    """What contact roles of closed deals say of titles: `position`, `role`, `accounts`.

    A contact role counts once its deal is closed, as far as was known: one that is entered for a deal that is won later
    teaches nothing before.

    Parameters
    ----------
    tables : Tables
        Cut at the day of the training.
    people : Table
        As `entities.people` gives them.
    meaning : Table
        `cell` (as it is written) and `meaning`, the role.
    """
    roles, deals = tables.contact_roles, tables.opportunities
    assert roles is not None
    closed = deals.filter(deals.status != "open")
    of_closed = roles.semi_join(closed, "opportunity_id")
    named = of_closed.inner_join(meaning, of_closed.role == meaning.cell)
    known_people = people.filter(people.position.notnull()).select("position", "account_key", person="lead_id")
    met = named.inner_join(known_people, named.lead_id == known_people.person)
    return met.group_by("position", role="meaning").agg(accounts=met.account_key.nunique())
