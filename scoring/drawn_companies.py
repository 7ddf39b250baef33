"""The rows of a share of the companies, drawn by a hash of their ids that every engine computes alike.

A company is an account with its leads, or a lead without an account. Whole companies are drawn, since features of a
lead read its account, and features of an account its leads.
"""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from scoring.entities import lone
from scoring.tables import Keep, Tables

#: A hash is the first digits of an MD5, as a number from 0 to this.
_DIGITS = 8
_HASHES = 16**_DIGITS


def is_drawn(ids: ir.StringValue, begin: float, end: float, salt: str) -> ir.BooleanValue:
    """Whether the hash of an id is within a part of all hashes.

    Parameters
    ----------
    ids : StringValue
    begin, end : float
        The part, from 0 to 1; `begin` is in it, `end` is not.
    salt : str
        Another one draws other ids.
    """
    # MD5 is the one hash that DuckDB, Spark and PostgreSQL share, and texts of hexadecimal digits sort as numbers do.
    found = (ibis.literal(f"{salt} ") + ids).hexdigest("md5").substr(0, _DIGITS)
    within = found >= _written(begin)
    return within & (found < _written(end)) if round(end * _HASHES) < _HASHES else within


def _written(share: float) -> str:
    return f"{round(share * _HASHES):0{_DIGITS}x}"


def of_drawn_companies(tables: Tables, share: float, salt: str, keep: Keep) -> Tables:
    """The rows of a share of the companies; who spends what, and who may be a customer, stay complete.

    Parameters
    ----------
    tables : Tables
    share : float
        Of the companies, above 0 and below 1.
    salt : str
        As in `is_drawn`.
    keep : callable
        Computes a table that several expressions read.
    """
    accounts, leads, deals, roles = tables.accounts, tables.leads, tables.opportunities, tables.contact_roles
    # Also where there is no table of accounts, leads and deals may name them.
    own = None if accounts is None else keep(accounts.filter(is_drawn(accounts.account_id, 0.0, share, salt)))
    people = None
    if leads is not None:
        people = keep(leads.filter(is_drawn(leads.account_id.fill_null(lone(leads.lead_id)), 0.0, share, salt)))
    named = [deals.filter(is_drawn(deals.account_id, 0.0, share, salt)).select("opportunity_id")]
    if people is not None:
        named.append(deals.semi_join(people, "lead_id").select("opportunity_id"))
        named += [] if roles is None else [roles.semi_join(people, "lead_id").select("opportunity_id")]
    ids = keep(ibis.union(*named, distinct=True) if len(named) > 1 else named[0].distinct())

    def of(table: ibis.Table | None, whose: ibis.Table | None, key: str) -> ibis.Table | None:
        return table if table is None or whose is None else table.semi_join(whose, key)

    return replace(
        tables,
        accounts=own,
        leads=people,
        activities=None if tables.activities is None else _by_whom(tables.activities, people, share, salt),
        opportunities=deals.semi_join(ids, "opportunity_id"),
        opportunity_history=of(tables.opportunity_history, ids, "opportunity_id"),
        opportunity_versions=of(tables.opportunity_versions, ids, "opportunity_id"),
        open_deals=of(tables.open_deals, ids, "opportunity_id"),
        contact_roles=of(roles, ids, "opportunity_id"),
        account_history=of(tables.account_history, own, "account_id"),
        lead_history=of(tables.lead_history, people, "lead_id"),
    )


def _by_whom(activities: ibis.Table, people: ibis.Table | None, share: float, salt: str) -> ibis.Table:
    """The activities of drawn leads, and those without a lead of drawn accounts; as `engagement.who` assigns them."""
    of_account = activities.filter(is_drawn(activities.account_id, 0.0, share, salt))
    if people is None:
        return of_account
    return activities.semi_join(people, "lead_id").union(of_account.filter(of_account.lead_id.isnull()))
