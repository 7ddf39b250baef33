"""The units that are scored, the people of each account, and the deals of each unit.

A *unit* is one record of the entity that is scored: an account or a lead. A lead without an account is alone: it counts
as its own account, under the key `lead:<lead_id>`. A lead whose account becomes known later is alone until then, since
a CRM creates the account when it converts the lead. Or a unit is one deal, whose account is found in the same way.
"""

import ibis
import ibis.expr.types as ir

from scoring.buying_groups.titles import decides, department, position, seniority
from scoring.entity import OPPORTUNITY, Entity
from scoring.question import asked
from scoring.tables import LINKED_AT, Tables
from scoring.timeline import day_of

#: What the account of a deal is called that names neither an account nor a lead.
NOBODYS = "opportunity:"


def people(tables: Tables) -> ibis.Table | None:
    """The leads, as the people of their accounts.

    Columns: `lead_id`, `account_key`, `account_id` (null where unknown), `known_day` (null where the lead has no
    date), `linked_day` (when its account became known; null if always), `seniority`, `department`, `position` (both as
    one number, see `titles.position`), `decision_maker`, `source`, `campaign`. None without a leads table.
    """
    if tables.leads is None:
        return None
    dated = [LINKED_AT] if LINKED_AT in tables.leads.columns else []
    leads = tables.leads.select("lead_id", "account_id", "created_at", "title", "source", "campaign", *dated)
    titles = leads.select("title").distinct()
    titles = titles.mutate(seniority=seniority(titles.title), department=department(titles.title))
    titles = titles.mutate(position=position(titles.seniority, titles.department))
    read = leads.left_join(titles, "title").drop("title_right")
    if tables.accounts is None:
        read = read.mutate(linked_day=ibis.null("int64"))
    else:
        dates = tables.accounts.select("account_id", linked_day=day_of(tables.accounts.created_at))
        read = read.left_join(dates, "account_id").drop("account_id_right")
    if dated:
        read = read.mutate(linked_day=_latest(read.linked_day, day_of(read[LINKED_AT])))
    return read.select(
        "lead_id",
        "account_id",
        "linked_day",
        "seniority",
        "department",
        "position",
        "source",
        "campaign",
        account_key=read.account_id.fill_null(lone(read.lead_id)),
        known_day=day_of(read.created_at),
        decision_maker=decides(read.seniority),
    )


def _latest(day: ir.IntegerValue, other: ir.IntegerValue) -> ir.IntegerValue:
    """The later of two days; null only if both are."""
    return ibis.greatest(ibis.coalesce(day, other), ibis.coalesce(other, day))


def lone(lead_id: ir.StringValue) -> ir.StringValue:
    """The account key of a lead without an account."""
    return ibis.literal("lead:") + lead_id


def with_lone(people: ibis.Table) -> ibis.Table:
    """The people, with a second row for those who were known before their account was: as a lead alone.

    A snapshot of an earlier day (`snapshots.snapshots`) takes the one row or the other, by its account key.
    """
    early = people.filter(people.known_day.fill_null(0) < people.linked_day)
    return people.union(early.mutate(account_key=lone(early.lead_id)))


def with_company(rows: ibis.Table, people: ibis.Table | None) -> ibis.Table:
    """Rows that name a lead or an account, with `company`: the account of the lead, or else the one that they name.

    Parameters
    ----------
    rows : Table
        With `lead_id` and `account_id`.
    people : Table, optional
        As `people` gives them.
    """
    if people is None:
        return rows.mutate(company=rows.account_id)
    keys = people.select("account_key", person="lead_id")
    met = rows.left_join(keys, rows.lead_id == keys.person)
    return met.mutate(company=ibis.coalesce(met.account_key, met.account_id)).drop("account_key", "person")


def deals(tables: Tables, people: ibis.Table | None, entity: Entity) -> ibis.Table:
    """The deals of each unit of the types that are predicted: `deals_of_units` without the others.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `people` gives them.
    entity : {"account", "lead"}
        Whose deals.
    """
    return of_question(deals_of_units(tables, people, entity))[0]


def of_question(deals: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
    """Of `deals_of_units` those of the types that are predicted, and the others."""
    return deals.filter(deals.asked).drop("asked"), deals.filter(~deals.asked).drop("asked")


def deals_of_units(tables: Tables, people: ibis.Table | None, entity: Entity) -> ibis.Table:
    """The deals of each unit, of any type. A deal is that of its own unit where deals are scored.

    A deal belongs to its account. If leads are scored, it belongs to the lead that it names, or to the leads of its
    contact roles, or, where it names none, to every lead of its account that was known when the deal was. Its amount
    is theirs together: see `deal_shares`.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `people` gives them.
    entity : {"account", "lead"}
        Whose deals.

    Returns
    -------
    Table
        `unit`, `opportunity_id`, `opened_day`, `known_day`, `closed_day`, `status`, `amount` and `asked`: whether the
        deal is of a type that is predicted (see `question.asked`).
    """
    opportunities = tables.opportunities
    facts = opportunities.select(
        "opportunity_id",
        "account_id",
        "lead_id",
        opened_day=day_of(opportunities.created_at),
        known_day=day_of(opportunities.known_at),
        closed_day=day_of(opportunities.closed_at),
        status=opportunities.status,
        amount=opportunities.amount,
        asked=asked(opportunities.opportunity_type, "any" if entity == OPPORTUNITY else tables.win),
    )
    return of_units(facts, tables, people, entity)


def of_units(facts: ibis.Table, tables: Tables, people: ibis.Table | None, entity: Entity) -> ibis.Table:
    """Deals with the units that they belong to: see `deals`.

    Parameters
    ----------
    facts : Table
        `opportunity_id`, `account_id`, `lead_id`, `known_day`, and columns that are kept.
    tables : Tables
    people : Table, optional
        As `people` gives them.
    entity : {"account", "lead"}
        Whose deals.

    Returns
    -------
    Table
        `unit` and the columns of `facts`, without the ids of accounts and leads.
    """
    if entity == OPPORTUNITY:
        return _with_unit(facts.mutate(unit=facts.opportunity_id), facts)
    if people is None:
        return _with_unit(facts.mutate(unit=facts.account_id), facts)
    if entity == "account":
        linked = people.known_day
        if tables.leads is not None and LINKED_AT in tables.leads.columns:
            # What a lead without a date of its link did belongs to its account always; else from that day on.
            dates = tables.leads.select("lead_id", link_day=day_of(tables.leads[LINKED_AT]))
            people = people.left_join(dates, "lead_id").drop("lead_id_right")
            linked = _latest(people.known_day, people.link_day)
        keys = people.select("lead_id", unit="account_key", lead_account="account_id", lead_day=linked)
        found = facts.inner_join(keys, "lead_id")
        # A deal without an account belongs to the account of its lead, as it does before that account is known.
        alone = (found.account_id == found.lead_account) & (found.unit != found.lead_account)
        found = found.filter(found.account_id.isnull() | alone)
        found = found.mutate(known_day=ibis.greatest(found.known_day, found.lead_day))
        return _with_unit(facts.mutate(unit=facts.account_id), facts).union(_with_unit(found, facts))
    return _with_unit(_deals_of_leads(facts, people, tables.contact_roles), facts)


def _deals_of_leads(facts: ibis.Table, people: ibis.Table, roles: ibis.Table | None) -> ibis.Table:
    named = facts.filter(facts.lead_id.notnull()).mutate(unit=ibis._.lead_id)
    unnamed = facts.filter(facts.lead_id.isnull())
    parts = [named]
    if roles is not None:
        pairs = roles.filter(roles.lead_id.notnull()).select("opportunity_id", unit=roles.lead_id).distinct()
        parts.append(unnamed.inner_join(pairs, "opportunity_id"))
        unnamed = unnamed.anti_join(pairs, "opportunity_id")
    keys = people.select("linked_day", unit=people.lead_id, account_id=people.account_id, lead_day=people.known_day)
    all_leads = unnamed.inner_join(keys, "account_id")
    all_leads = all_leads.filter(all_leads.lead_day.isnull() | (all_leads.lead_day <= all_leads.known_day))
    parts.append(all_leads.mutate(known_day=ibis.greatest(all_leads.known_day, all_leads.linked_day)))
    return ibis.union(*[part.select("unit", *facts.columns) for part in parts])


def _with_unit(deals_of_units: ibis.Table, facts: ibis.Table) -> ibis.Table:
    kept = deals_of_units.filter(deals_of_units.unit.notnull())
    return kept.select("unit", *[column for column in facts.columns if column not in ("account_id", "lead_id")])


def units(tables: Tables, people: ibis.Table | None, entity: Entity) -> ibis.Table:
    """All units of an entity.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `people` gives them.
    entity : {"account", "lead"}

    Returns
    -------
    Table
        `unit`, `account_key`, `account_id`, `created_day` (null where the export has no date), `linked_day` (when the
        account of a lead became known; null if always). Of deals, `created_day` is from when on they are known, and
        there are `closed_day` and `alone_key`, the account key until `linked_day`. A deal that names no account is of
        that of its lead.
    """
    if entity == OPPORTUNITY:
        return _of_deals(tables, people)
    if entity == "lead":
        if people is None:
            raise ValueError("Leads were asked for, but there is no leads table. Give one, or score accounts.")
        return people.select(
            "account_key", "account_id", "linked_day", unit=people.lead_id, created_day=people.known_day
        )
    if tables.accounts is None:
        raise ValueError("Accounts were asked for, but there is no accounts table. Give one, or score leads.")
    accounts = tables.accounts
    return accounts.select(
        "account_id",
        unit=accounts.account_id,
        account_key=accounts.account_id,
        created_day=day_of(accounts.created_at),
        linked_day=ibis.null("int64"),
    )


def _of_deals(tables: Tables, people: ibis.Table | None) -> ibis.Table:
    """All deals as units, of any type: see `units`."""
    deals = tables.opportunities
    found = deals.select(
        "account_id",
        "lead_id",
        unit=deals.opportunity_id,
        created_day=day_of(deals.known_at),
        closed_day=day_of(deals.closed_at),
    )
    found = found.mutate(alone_key=ibis.coalesce(lone(found.lead_id), ibis.literal(NOBODYS) + found.unit))
    if people is None:
        known = found.mutate(account_key=found.account_id.fill_null(found.alone_key), linked_day=ibis.null("int64"))
        return known.drop("lead_id")
    leads = people.select("account_key", "linked_day", person="lead_id", persons_account="account_id")
    both = found.left_join(leads, found.lead_id == leads.person)
    return both.select(
        *("unit", "created_day", "closed_day", "alone_key"),
        account_id=both.account_id.fill_null(both.persons_account),
        account_key=ibis.coalesce(both.account_id, both.account_key, both.alone_key),
        linked_day=ibis.ifelse(both.account_id.notnull(), ibis.null("int64"), both.linked_day),
    )


def account_units(tables: Tables, people: ibis.Table | None) -> ibis.Table:
    """All account keys, of the accounts table and of leads without an account.

    Parameters
    ----------
    tables : Tables
    people : Table, optional
        As `people` gives them.

    Returns
    -------
    Table
        `unit`, `created_day` (of the account, or of its first lead).
    """
    parts = []
    if tables.accounts is not None:
        parts.append(units(tables, people, "account").select("unit", "created_day"))
    if people is not None:
        first = people.group_by(unit=people.account_key).agg(created_day=people.known_day.min())
        if parts:
            first = first.anti_join(parts[0], "unit")
        parts.append(first)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
