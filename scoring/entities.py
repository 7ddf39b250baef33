"""Who is scored (accounts or leads), the people behind them, and the deals that decide.

A *unit* is one entity at one level: at account level the account, at lead level the lead. A lead without an
account stands alone: it is its own account, under the key `lead:<lead_id>`. So does, until then, a lead whose
account becomes known later: CRMs make the account when they convert the lead.
"""

import ibis
import ibis.expr.types as ir

from scoring.entity import Entity
from scoring.tables import Tables
from scoring.timeline import day_of
from scoring.titles import decides, department, seniority


def people(tables: Tables) -> ibis.Table | None:
    """The leads as people of their accounts.

    Columns: `lead_id`, `account_key`, `account_id` (null where unknown), `known_day` (null where the lead has no
    date), `linked_day` (when its account was known; null if always), `seniority`, `department`, `decision_maker`,
    `source`, `campaign`. None without a leads table.
    """
    if tables.leads is None:
        return None
    leads = tables.leads.select("lead_id", "account_id", "created_at", "title", "source", "campaign")
    titles = leads.select("title").distinct()
    titles = titles.mutate(seniority=seniority(titles.title), department=department(titles.title))
    read = leads.left_join(titles, "title").drop("title_right")
    if tables.accounts is None:
        read = read.mutate(linked_day=ibis.null("int64"))
    else:
        dates = tables.accounts.select("account_id", linked_day=day_of(tables.accounts.created_at))
        read = read.left_join(dates, "account_id").drop("account_id_right")
    return read.select(
        "lead_id",
        "account_id",
        "linked_day",
        "seniority",
        "department",
        "source",
        "campaign",
        account_key=read.account_id.fill_null(lone(read.lead_id)),
        known_day=day_of(read.created_at),
        decision_maker=decides(read.seniority),
    )


def lone(lead_id: ir.StringValue) -> ir.StringValue:
    """The account key of a lead that stands alone."""
    return ibis.literal("lead:") + lead_id


def with_lone(crowd: ibis.Table) -> ibis.Table:
    """The people, and once more those who were known before their account was: as standing alone.

    What looks at one of them on an earlier day (`build.snapshots`) asks for the one or the other by its key.
    """
    early = crowd.filter(crowd.known_day.fill_null(0) < crowd.linked_day)
    return crowd.union(early.mutate(account_key=lone(early.lead_id)))


def deals(tables: Tables, crowd: ibis.Table | None, level: Entity) -> ibis.Table:
    """New-business deals of each unit.

    Columns: `unit`, `opportunity_id`, `opened_day`, `known_day`, `closed_day`, `status`, `amount`.

    At account level a deal is the account's. At lead level it is that of the lead it names, of the leads its
    contact roles name, or, where it names none, of every lead of its account that was known when it opened.
    """
    opportunities = tables.opportunities.filter(tables.opportunities.opportunity_type == "new_business")
    facts = opportunities.select(
        "opportunity_id",
        "account_id",
        "lead_id",
        "status",
        "amount",
        opened_day=day_of(opportunities.created_at),
        known_day=day_of(opportunities.known_at),
        closed_day=day_of(opportunities.closed_at),
    )
    if crowd is None:
        return _of(facts.mutate(unit=facts.account_id))
    if level == "account":
        keys = crowd.select("lead_id", unit="account_key", lead_account="account_id", lead_day="known_day")
        found = facts.inner_join(keys, "lead_id")
        # Without an account the deal is its lead's account's; so it is before that account is known.
        alone = (found.account_id == found.lead_account) & (found.unit != found.lead_account)
        found = found.filter(found.account_id.isnull() | alone)
        found = found.mutate(known_day=ibis.greatest(found.known_day, found.lead_day))
        return _of(facts.mutate(unit=facts.account_id)).union(_of(found))
    return _of(_leads_of(facts, crowd, tables.contact_roles))


def _leads_of(facts: ibis.Table, crowd: ibis.Table, roles: ibis.Table | None) -> ibis.Table:
    named = facts.filter(facts.lead_id.notnull()).mutate(unit=ibis._.lead_id)
    unnamed = facts.filter(facts.lead_id.isnull())
    parts = [named]
    if roles is not None:
        pairs = roles.filter(roles.lead_id.notnull()).select("opportunity_id", unit=roles.lead_id).distinct()
        parts.append(unnamed.inner_join(pairs, "opportunity_id"))
        unnamed = unnamed.anti_join(pairs, "opportunity_id")
    keys = crowd.select("linked_day", unit=crowd.lead_id, account_id=crowd.account_id, lead_day=crowd.known_day)
    everyone = unnamed.inner_join(keys, "account_id")
    everyone = everyone.filter(everyone.lead_day.isnull() | (everyone.lead_day <= everyone.known_day))
    parts.append(everyone.mutate(known_day=ibis.greatest(everyone.known_day, everyone.linked_day)))
    return ibis.union(*[part.select("unit", *facts.columns) for part in parts])


def _of(deals_of_units: ibis.Table) -> ibis.Table:
    kept = deals_of_units.filter(deals_of_units.unit.notnull())
    return kept.select("unit", "opportunity_id", "opened_day", "known_day", "closed_day", "status", "amount")


def units(tables: Tables, crowd: ibis.Table | None, level: Entity) -> ibis.Table:
    """Every unit of a level.

    Columns: `unit`, `account_key`, `account_id`, `created_day` (null where the export has no date), `linked_day`
    (when a lead's account was known; null if always).
    """
    if level == "lead":
        if crowd is None:
            raise ValueError("Leads were asked for, but there is no leads table. Give one, or score accounts.")
        return crowd.select("account_key", "account_id", "linked_day", unit=crowd.lead_id, created_day=crowd.known_day)
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


def account_units(tables: Tables, crowd: ibis.Table | None) -> ibis.Table:
    """Every account key that leads or an accounts table know: `unit`, `created_day` (or its first lead's)."""
    parts = []
    if tables.accounts is not None:
        parts.append(units(tables, crowd, "account").select("unit", "created_day"))
    if crowd is not None:
        first = crowd.group_by(unit=crowd.account_key).agg(created_day=crowd.known_day.min())
        if parts:
            first = first.anti_join(parts[0], "unit")
        parts.append(first)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
