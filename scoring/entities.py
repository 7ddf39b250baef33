"""Who is scored (accounts or leads), the people behind them, and the deals that decide.

A *unit* is one entity at one level: at account level the account, at lead level the lead. A lead without an
account stands alone: it is its own account, under the key `lead:<lead_id>`.
"""

from typing import Literal

import ibis

from scoring.tables import Tables
from scoring.timeline import day_of
from scoring.titles import decides, department, seniority

Entity = Literal["account", "lead"]

ID_COLUMN: dict[str, str] = {"account": "account_id", "lead": "lead_id"}


def people(tables: Tables) -> ibis.Table | None:
    """The leads as people of their accounts.

    Columns: `lead_id`, `account_key`, `account_id` (null where unknown), `known_day` (null where the lead has no
    date), `seniority`, `department`, `decision_maker`, `source`, `campaign`. None without a leads table.
    """
    leads = tables.leads
    if leads is None:
        return None
    titles = leads.select("title").distinct()
    titles = titles.mutate(seniority=seniority(titles.title), department=department(titles.title))
    read = leads.left_join(titles, "title")
    return read.select(
        "lead_id",
        "account_id",
        "seniority",
        "department",
        "source",
        "campaign",
        account_key=read.account_id.fill_null(ibis.literal("lead:") + read.lead_id),
        known_day=day_of(read.created_at),
        decision_maker=decides(read.seniority),
    )


def deals(tables: Tables, crowd: ibis.Table | None, level: Entity) -> ibis.Table:
    """New-business deals of each unit: `unit`, `opportunity_id`, `opened_day`, `known_day`, `closed_day`, `status`, `amount`.

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
        keys = crowd.select(lead_id=crowd.lead_id, lead_account=crowd.account_key)
        linked = facts.left_join(keys, "lead_id")
        return _of(linked.mutate(unit=ibis.coalesce(linked.account_id, linked.lead_account)))
    return _of(_leads_of(facts, crowd, tables.contact_roles))


def _leads_of(facts: ibis.Table, crowd: ibis.Table, roles: ibis.Table | None) -> ibis.Table:
    named = facts.filter(facts.lead_id.notnull()).mutate(unit=ibis._.lead_id)
    unnamed = facts.filter(facts.lead_id.isnull())
    parts = [named]
    if roles is not None:
        pairs = roles.filter(roles.lead_id.notnull()).select("opportunity_id", unit=roles.lead_id).distinct()
        parts.append(unnamed.inner_join(pairs, "opportunity_id"))
        unnamed = unnamed.anti_join(pairs, "opportunity_id")
    keys = crowd.select(unit=crowd.lead_id, crowd_account=crowd.account_id, crowd_day=crowd.known_day)
    everyone = unnamed.inner_join(keys, unnamed.account_id == keys.crowd_account)
    everyone = everyone.filter(everyone.crowd_day.isnull() | (everyone.crowd_day <= everyone.known_day))
    parts.append(everyone.drop("crowd_account", "crowd_day"))
    return ibis.union(*[part.select("unit", *facts.columns) for part in parts])


def _of(deals_of_units: ibis.Table) -> ibis.Table:
    kept = deals_of_units.filter(deals_of_units.unit.notnull())
    return kept.select("unit", "opportunity_id", "opened_day", "known_day", "closed_day", "status", "amount")


def units(tables: Tables, crowd: ibis.Table | None, level: Entity) -> ibis.Table:
    """Every unit of a level: `unit`, `account_key`, `account_id`, `created_day` (null where the export has no date)."""
    if level == "lead":
        if crowd is None:
            raise ValueError(
                "Leads were asked for, but there is no leads table. Give one, or score accounts."
            )
        return crowd.select("account_key", "account_id", unit=crowd.lead_id, created_day=crowd.known_day)
    if tables.accounts is None:
        raise ValueError("Accounts were asked for, but there is no accounts table. Give one, or score leads.")
    accounts = tables.accounts
    return accounts.select(
        "account_id",
        unit=accounts.account_id,
        account_key=accounts.account_id,
        created_day=day_of(accounts.created_at),
    )


def account_units(tables: Tables, crowd: ibis.Table | None) -> ibis.Table:
    """Every account key that leads or an accounts table know: `unit`, `created_day` (the account's, or its first lead's)."""
    parts = []
    if tables.accounts is not None:
        parts.append(units(tables, crowd, "account").select("unit", "created_day"))
    if crowd is not None:
        first = crowd.group_by(unit=crowd.account_key).agg(created_day=crowd.known_day.min())
        if parts:
            first = first.anti_join(parts[0], "unit")
        parts.append(first)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
