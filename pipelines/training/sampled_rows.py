"""The rows of tables and facts that a sample of units needs."""

from dataclasses import replace
from typing import Any

import ibis

from scoring.entity import Entity
from scoring.features.facts import MarketFacts
from scoring.tables import Keep, Log, Tables


def tables_of_units(tables: Tables, entity: Entity, units: ibis.Table, keep: Keep) -> Tables:
    """The rows of the tables that the features of some units read: for a lead those of its whole account.

    Parameters
    ----------
    tables : Tables
    entity : {"account", "lead"}
    units : ibis.Table
        With `unit`.
    keep : callable
        Computes a table that several expressions read.
    """
    accounts, leads, activities = tables.accounts, tables.leads, tables.activities
    if entity == "account":
        ids = units.select(account_id="unit")
    else:
        assert leads is not None
        ids = leads.semi_join(units, leads.lead_id == units.unit).select("account_id")
        ids = keep(ids.filter(ids.account_id.notnull()).distinct())
    if leads is not None:
        wanted = leads.semi_join(ids, "account_id")
        if entity == "lead":
            alone = leads.filter(leads.account_id.isnull())
            wanted = wanted.union(alone.semi_join(units, alone.lead_id == units.unit))
        leads = keep(wanted)
    return replace(
        tables,
        accounts=None if accounts is None else keep(accounts.semi_join(ids, "account_id")),
        leads=leads,
        activities=None if activities is None or tables.log is not None else _by_whom(activities, ids, leads),
        log=None if tables.log is None else _log_of(tables.log, ids, leads, keep),
        **_deals_of(tables, ids, leads, keep),
        account_history=_semi(tables.account_history, ids, "account_id"),
        lead_history=None if leads is None else _semi(tables.lead_history, leads, "lead_id"),
        kept_accounts=_semi(tables.kept_accounts, ids, "account_id"),
        kept_leads=None if leads is None else _semi(tables.kept_leads, leads, "lead_id"),
    )


def _by_whom(table: ibis.Table, accounts: ibis.Table, leads: ibis.Table | None) -> ibis.Table:
    """The rows of these leads, and those without a lead of these accounts; as `engagement.who` assigns them."""
    if leads is None:
        return table.semi_join(accounts, "account_id")
    without_lead = table.filter(table.lead_id.isnull()).semi_join(accounts, "account_id")
    return table.semi_join(leads, "lead_id").union(without_lead)


def _log_of(log: Log, accounts: ibis.Table, leads: ibis.Table | None, keep: Keep) -> Log:
    actors = keep(_by_whom(log.actors, accounts, leads))
    return replace(log, actors=actors, days=keep(log.days.semi_join(actors, "actor")))


def _deals_of(tables: Tables, accounts: ibis.Table, leads: ibis.Table | None, keep: Keep) -> dict[str, Any]:
    """Every deal that names one of these accounts or leads, or has one of these leads in a role."""
    deals, roles = tables.opportunities, tables.contact_roles
    found = [deals.semi_join(accounts, "account_id").select("opportunity_id")]
    if leads is not None:
        found.append(deals.semi_join(leads, "lead_id").select("opportunity_id"))
        found += [] if roles is None else [roles.semi_join(leads, "lead_id").select("opportunity_id")]
    ids = keep(ibis.union(*found, distinct=True) if len(found) > 1 else found[0])
    return {
        "opportunities": keep(deals.semi_join(ids, "opportunity_id")),
        "opportunity_history": _semi(tables.opportunity_history, ids, "opportunity_id"),
    }


def _semi(table: ibis.Table | None, of: ibis.Table, key: str) -> ibis.Table | None:
    return None if table is None else table.semi_join(of, key)


def facts_of_units(facts: MarketFacts, units: ibis.Table, keep: Keep) -> MarketFacts:
    """The facts of some units; the facts of their accounts stay complete.

    Parameters
    ----------
    facts : MarketFacts
    units : ibis.Table
        With `unit`.
    keep : callable
        Computes a table that several expressions read.
    """
    return replace(facts, own=facts.own.among(units, keep))
