"""The contracts of the CRM tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import ibis
import ibis.expr.datatypes as dt

from scoring.cells import cells, currencies, ids
from scoring.cells.words import DIRECTIONS, STATUSES, TYPES, VOCABULARIES, direction_of, extended, meaning
from scoring.contracts.contract import UNKNOWN, Contract, Field, Remark, Rule
from scoring.contracts.customers import CUSTOMERS
from scoring.contracts.deals import (
    EXPECTED_CLOSE,
    contradicted,
    entered_late,
    is_unknown,
    known_from,
    opened_by_close,
    read_deals,
)
from scoring.contracts.plans import PLANNED_CLOSE
from scoring.contracts.sales import HANDOFFS, LEAD_OR_ACCOUNT, OVERRIDES


def _text(required: bool = False) -> Field:
    return Field(cells.text, dt.string, required=required)


def _key() -> Field:
    return Field(ids.read_id, dt.string, required=True)


def _reference(required: bool = False) -> Field:
    return Field(ids.written_of, dt.string, required=required)


def _past(required: bool = False, null_dates: bool = False) -> Field:
    return Field(cells.time, cells.TIME, required=required, past=True, null_dates=null_dates)


def _word(vocabulary: Mapping[str, str], required: bool = False, default: str | None = None) -> Field:
    values = tuple(dict.fromkeys(vocabulary.values()))
    return Field(lambda cell: meaning(cell, vocabulary), dt.string, required, values=values, default=default)


def _flag() -> Field:
    return Field(cells.flag, dt.boolean)


def _number() -> Field:
    return Field(cells.number, dt.float64)


def _currency(required: bool = False) -> Field:
    return Field(currencies.read_currency, dt.string, required=required)


def _directed(table: ibis.Table, latest: datetime) -> ibis.Table:
    """The direction of an activity that has none, or one in an unknown word: by its type, where that says who acts.

    Where the type says nothing, an empty direction is inbound. An unknown word is outbound then: our own touches must
    change no score, and a touch that is left out changes none.
    """
    unknown = is_unknown(table, "direction")
    by_type = ibis.coalesce(direction_of(table.activity_type), ibis.ifelse(unknown, "outbound", "inbound"))
    direction = ibis.ifelse(table.direction.isnull(), by_type, table.direction)
    return table.mutate(direction=direction, **{UNKNOWN + "direction": unknown})


def with_words(contract: Contract, own: Mapping[str, Mapping[str, str]]) -> Contract:
    """A contract that also knows the user's own words.

    Parameters
    ----------
    contract : Contract
    own : mapping of mapping of str
        By field, the meaning of each word.
    """
    fields = {
        name: _word(extended(VOCABULARIES[name], own[name]), field.required, field.default)
        for name, field in contract.fields.items()
        if own.get(name)
    }
    return replace(contract, fields={**contract.fields, **fields}) if fields else contract


CURRENCIES = Contract(
    "currencies",
    {
        "currency": _currency(required=True),
        "rate": Field(cells.number, dt.float64, required=True),
        "from": Field(cells.time, cells.TIME),
    },
    rules=(Rule("rate_not_above_0", lambda table: table.rate > 0, ("currency", "rate")),),
)

ACCOUNTS = Contract(
    "accounts",
    {
        "account_id": _key(),
        "domain": Field(cells.domains, dt.string),
        "created_at": _past(null_dates=True),
    },
    key="account_id",
    unique=True,
    dates=("created_at",),
    attributes=True,
)

MATCHES = Contract(
    "matches",
    {
        "lead_id": _reference(required=True),
        "account_id": _reference(required=True),
        "known_at": _past(null_dates=True),
        "accepted": _flag(),
    },
    key="lead_id",
)

LEADS = Contract(
    "leads",
    {
        "lead_id": _key(),
        "account_id": _reference(),
        "created_at": _past(null_dates=True),
        "title": _text(),
        "source": _text(),
        "campaign": _text(),
    },
    key="lead_id",
    unique=True,
    references=("account_id",),
    dates=("created_at",),
    attributes=True,
)

OPPORTUNITIES = Contract(
    "opportunities",
    {
        "opportunity_id": _key(),
        "account_id": _reference(),
        "lead_id": _reference(),
        "created_at": _past(required=True, null_dates=True),
        "closed_at": _past(null_dates=True),
        "status": _word(STATUSES, required=True),
        "amount": _number(),
        "opportunity_type": _word(TYPES, default="new_business"),
        "known_at": _past(null_dates=True),
        "currency": _currency(),
    },
    key="opportunity_id",
    unique=True,
    references=("account_id", "lead_id"),
    rules=(
        Rule(
            "closed_without_date",
            lambda table: (table.status == "open") | table.closed_at.notnull(),
            ("status", "closed_at"),
        ),
        Rule("negative_amount", lambda table: table.amount >= 0, ("amount",)),
        *LEAD_OR_ACCOUNT,
    ),
    prepare=read_deals,
    remarks=(
        Remark("an expected close date of an open deal, left out", lambda table: table[EXPECTED_CLOSE]),
        Remark("a deal that closed before it was entered, known from its entry", entered_late),
        Remark(
            "a close date in the future of a closed deal, read as the day on which it became known",
            lambda table: table[PLANNED_CLOSE],
        ),
        Remark("a status that the flags of the CRM (IsClosed, IsWon) contradict: the status counts", contradicted),
    ),
    settle=opened_by_close,
    dates=("known_at", "closed_at"),
)

ACTIVITIES = Contract(
    "activities",
    {
        "activity_id": _text(),
        "lead_id": _reference(),
        "account_id": _reference(),
        "activity_type": _text(required=True),
        "occurred_at": _past(required=True),
        "known_at": _past(null_dates=True),
        "direction": _word(DIRECTIONS),
    },
    references=("account_id", "lead_id"),
    rules=LEAD_OR_ACCOUNT,
    prepare=_directed,
    settle=lambda table: table.mutate(**known_from("occurred_at")),
    dates=("known_at",),
    plan="occurred_at",
)

ACCOUNT_HISTORY = Contract(
    "account_history",
    {"account_id": _reference(required=True), "known_at": _past(required=True)},
    key="account_id",
    dates=("known_at",),
    attributes=True,
)

LEAD_HISTORY = Contract(
    "lead_history",
    {"lead_id": _reference(required=True), "known_at": _past(required=True)},
    key="lead_id",
    dates=("known_at",),
    attributes=True,
)

OPPORTUNITY_HISTORY = Contract(
    "opportunity_history",
    {
        "opportunity_id": _reference(required=True),
        "changed_at": _past(required=True),
        "stage": _text(),
        "amount": _number(),
        "close_date": Field(cells.time, cells.TIME, null_dates=True),
        "probability": _number(),
    },
    key="opportunity_id",
    dates=("changed_at",),
)

CONTACT_ROLES = Contract(
    "contact_roles",
    {
        "opportunity_id": _reference(required=True),
        "lead_id": _reference(required=True),
        "role": _text(),
        "is_primary": _flag(),
    },
    key="opportunity_id",
)

SPEND = Contract(
    "spend",
    {
        "source": _text(),
        "campaign": _text(),
        "month": Field(cells.month_of_cell, cells.TIME, required=True),
        "cost": Field(cells.number, dt.float64, required=True),
        "currency": _currency(),
    },
    rules=(
        Rule("negative_cost", lambda table: table.cost >= 0, ("cost",)),
        Rule(
            "no_source_or_campaign",
            lambda table: table.source.notnull() | table.campaign.notnull(),
            ("source", "campaign"),
        ),
    ),
)

#: In the order in which they are read: a table comes after those that it refers to.
CONTRACTS = (
    CURRENCIES,
    ACCOUNTS,
    MATCHES,
    LEADS,
    OPPORTUNITIES,
    ACTIVITIES,
    ACCOUNT_HISTORY,
    LEAD_HISTORY,
    OPPORTUNITY_HISTORY,
    CONTACT_ROLES,
    SPEND,
    HANDOFFS,
    OVERRIDES,
    CUSTOMERS,
)
