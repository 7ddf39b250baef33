"""The contracts of the nine CRM tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.contracts import cells
from scoring.contracts.contract import AS_EXPORTED, UNKNOWN, Contract, Field, Remark, Rule, as_exported
from scoring.contracts.words import DIRECTIONS, STATUSES, TYPES, VOCABULARIES, direction_of, extended, meaning
from scoring.timeline import day_of


def _text(required: bool = False) -> Field:
    return Field(cells.text, dt.string, required=required)


def _past(required: bool = False) -> Field:
    return Field(cells.time, cells.TIME, required=required, past=True)


def _word(vocabulary: Mapping[str, str], required: bool = False, default: str | None = None) -> Field:
    values = tuple(dict.fromkeys(vocabulary.values()))
    return Field(lambda cell: meaning(cell, vocabulary), dt.string, required, values=values, default=default)


def _flag() -> Field:
    return Field(cells.flag, dt.boolean)


def _number() -> Field:
    return Field(cells.number, dt.float64)


def _names_known(table: ibis.Table) -> ir.BooleanValue:
    return table.lead_id.notnull() | table.account_id.notnull()


#: A row must name a lead, an account or both, and at least one of them must be known.
LEAD_OR_ACCOUNT = (
    Rule(
        "no_lead_or_account",
        lambda table: as_exported(table, "lead_id").notnull() | as_exported(table, "account_id").notnull(),
        ("lead_id", "account_id"),
    ),
    Rule(
        "unknown_lead",
        lambda table: _names_known(table) | as_exported(table, "lead_id").isnull(),
        ("lead_id", "account_id"),
    ),
    Rule("unknown_account", _names_known, ("account_id",)),
)


def _open_again(table: ibis.Table) -> ibis.Table:
    """Leave out the close date of an open deal: it is an expectation, not an event."""
    is_open = (table.status == "open").fill_null(False)
    written = as_exported(table, "closed_at")
    columns = {"closed_at": ibis.ifelse(is_open, ibis.null(cells.TIME), table.closed_at)}
    if "closed_at" + AS_EXPORTED in table.columns:
        columns["closed_at" + AS_EXPORTED] = ibis.ifelse(is_open, ibis.null("string"), written)
    return table.mutate(**columns, __expected_close=is_open & written.notnull())


def _entered_late(table: ibis.Table) -> ir.BooleanValue:
    """Whether a deal closed on an earlier day than it was entered on.

    A date names a day of somebody's calendar, which may begin or end a day away from the day in UTC: where either side
    is a date, one day of difference is none.
    """
    a_date = (table.closed_at == table.closed_at.truncate("D")) | (table.created_at == table.created_at.truncate("D"))
    return day_of(table.closed_at) + a_date.cast("int64") < day_of(table.created_at)


def _opened(table: ibis.Table) -> ibis.Table:
    """A deal was opened on the day on which it closed at the latest, and is known no earlier than it was entered."""
    both = table.mutate(**_known_from("created_at"))
    return both.mutate(created_at=ibis.least(both.created_at, ibis.coalesce(both.closed_at, both.created_at)))


def _known_from(event: str) -> dict[str, ibis.Deferred]:
    """The time at which a row was known: not before the event itself."""
    known_at = ibis.coalesce(ibis._.known_at, ibis._[event])
    return {"known_at": ibis.greatest(ibis._[event], known_at)}


def _unknown(table: ibis.Table, column: str) -> ir.BooleanValue:
    return table[column].isnull() & as_exported(table, column).notnull()


def _directed(table: ibis.Table, latest: datetime) -> ibis.Table:
    """The direction of an activity that has none, or one in an unknown word: by its type, where that says who acts.

    Where the type says nothing, an empty direction is inbound. An unknown word is outbound then: our own touches must
    change no score, and a touch that is left out changes none.
    """
    unknown = _unknown(table, "direction")
    by_type = ibis.coalesce(direction_of(table.activity_type), ibis.ifelse(unknown, "outbound", "inbound"))
    direction = ibis.ifelse(table.direction.isnull(), by_type, table.direction)
    return table.mutate(direction=direction, **{UNKNOWN + "direction": unknown})


def _deals(table: ibis.Table, latest: datetime) -> ibis.Table:
    """Deals with a status and a type where these are in an unknown word, and without a close date where they are open.

    An unknown status is open where the deal has no close date, or one that is still to come. An unknown type is
    existing business: if the deal is won, its account is a customer, and nothing is learned from it.
    """
    stage, kind = _unknown(table, "status"), _unknown(table, "opportunity_type")
    planned = as_exported(table, "closed_at").isnull() | (table.closed_at > ibis.literal(latest, type=cells.TIME))
    return _open_again(
        table.mutate(
            status=ibis.ifelse(stage & planned.fill_null(False), "open", table.status),
            opportunity_type=ibis.ifelse(kind, "expansion", table.opportunity_type),
            **{UNKNOWN + "status": stage, UNKNOWN + "opportunity_type": kind},
        )
    )


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


ACCOUNTS = Contract(
    "accounts",
    {
        "account_id": _text(required=True),
        "domain": Field(cells.domain, dt.string),
        "created_at": _past(),
    },
    key="account_id",
    unique=True,
    dates=("created_at",),
    attributes=True,
)

LEADS = Contract(
    "leads",
    {
        "lead_id": _text(required=True),
        "account_id": _text(),
        "created_at": _past(),
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
        "opportunity_id": _text(required=True),
        "account_id": _text(),
        "lead_id": _text(),
        "created_at": _past(required=True),
        "closed_at": _past(),
        "status": _word(STATUSES, required=True),
        "amount": _number(),
        "opportunity_type": _word(TYPES, default="new_business"),
        "known_at": _past(),
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
    prepare=_deals,
    remarks=(
        Remark("an expected close date of an open deal, left out", lambda table: table["__expected_close"]),
        Remark("a deal that closed before it was entered, known from its entry", _entered_late),
    ),
    settle=_opened,
    dates=("known_at", "closed_at"),
)

ACTIVITIES = Contract(
    "activities",
    {
        "activity_id": _text(),
        "lead_id": _text(),
        "account_id": _text(),
        "activity_type": _text(required=True),
        "occurred_at": _past(required=True),
        "known_at": _past(),
        "direction": _word(DIRECTIONS),
    },
    references=("account_id", "lead_id"),
    rules=LEAD_OR_ACCOUNT,
    prepare=_directed,
    settle=lambda table: table.mutate(**_known_from("occurred_at")),
    dates=("known_at",),
)

ACCOUNT_HISTORY = Contract(
    "account_history",
    {"account_id": _text(required=True), "known_at": _past(required=True)},
    key="account_id",
    dates=("known_at",),
    attributes=True,
)

LEAD_HISTORY = Contract(
    "lead_history",
    {"lead_id": _text(required=True), "known_at": _past(required=True)},
    key="lead_id",
    dates=("known_at",),
    attributes=True,
)

OPPORTUNITY_HISTORY = Contract(
    "opportunity_history",
    {"opportunity_id": _text(required=True), "changed_at": _past(required=True), "stage": _text()},
    key="opportunity_id",
    dates=("changed_at",),
)

CONTACT_ROLES = Contract(
    "contact_roles",
    {
        "opportunity_id": _text(required=True),
        "lead_id": _text(required=True),
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
        "month": Field(cells.month, cells.TIME, required=True),
        "cost": Field(cells.number, dt.float64, required=True),
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
    ACCOUNTS,
    LEADS,
    OPPORTUNITIES,
    ACTIVITIES,
    ACCOUNT_HISTORY,
    LEAD_HISTORY,
    OPPORTUNITY_HISTORY,
    CONTACT_ROLES,
    SPEND,
)
