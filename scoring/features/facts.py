"""What the features of one level are made from: units, deals, people and engagement days, each made once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import ibis

from scoring import engagement, entities
from scoring.entities import Entity
from scoring.features.spec import Attribute, Breadth, Deal, Feature, Group, Momentum, Recency
from scoring.tables import Tables
from scoring.timeline import day_of

#: Columns of leads that are features though the contract names them.
LEAD_ATTRIBUTES = ("source", "campaign")
#: What is read from a lead's title.
TITLE_ATTRIBUTES = ("seniority", "department")


#: Columns of the tables that an export may lack at scoring though a scorecard was trained with them.
ENGAGEMENTS = {
    "unit": "string",
    "lead_id": "string",
    "kind": "string",
    "day": "int64",
    "known_day": "int64",
    "decision_maker": "boolean",
    "department": "string",
    "new_kind": "boolean",
    "new_person": "boolean",
    "returned": "boolean",
}
PEOPLE = {
    "unit": "string",
    "lead_id": "string",
    "known_day": "int64",
    "decision_maker": "boolean",
    "department": "string",
    "source": "string",
    "campaign": "string",
}
STAGES = {
    "unit": "string",
    "closed_day": "int64",
    "stage": "string",
    "changed_at": "timestamp",
    "changed_day": "int64",
}


@dataclass(frozen=True)
class Facts:
    """The facts of the units of one level (`unit` in every table, days as day numbers).

    `attributes` has one row a unit; `history` one for each (`unit`, `known_at`); `stages` one for each change of
    a deal's stage. What the export lacks is None.
    """

    units: ibis.Table
    deals: ibis.Table
    people: ibis.Table | None = None
    engagements: ibis.Table | None = None
    attributes: ibis.Table | None = None
    history: ibis.Table | None = None
    stages: ibis.Table | None = None


@dataclass(frozen=True)
class Market:
    """The facts an entity's model sees: its own and, for a lead, its account's (None where no lead has one)."""

    own: Facts
    account: Facts | None = None

    def conformed(self, features: Sequence[Feature]) -> tuple["Market", list[str]]:
        """The same facts with every column and table that `features` read; what was absent is empty, and is named."""
        own, missing = _conformed(self.own, [f for f in features if f.scope == "own"])
        theirs = [f for f in features if f.scope == "account"]
        account, more = _conformed(self.account or self.own, theirs) if theirs else (self.account, [])
        return Market(own, account), sorted({*missing, *more})


def _conformed(facts: Facts, features: Sequence[Feature]) -> tuple[Facts, list[str]]:
    wanted = {f.column: f.values for f in features if isinstance(f, Attribute)}
    table = facts.units.select("unit") if facts.attributes is None else facts.attributes
    missing = sorted(set(wanted) - set(table.columns))
    numbers = {name for name, values in wanted.items() if values == "numeric"}
    table = table.mutate(**{n: ibis.null("float64" if n in numbers else "string") for n in missing})
    # A column that was numbers in training may come as text tonight: what is no number is unknown.
    table = table.mutate(**{n: table[n].try_cast("float64") for n in numbers if table[n].type().is_string()})
    engaged = any(isinstance(f, Recency | Breadth | Momentum) for f in features)
    empty = {}
    if facts.engagements is None and engaged:
        missing.append("activities")
        empty["engagements"] = _nothing(ENGAGEMENTS)
    if facts.people is None and any(isinstance(f, Group) for f in features):
        missing.append("leads")
        empty["people"] = _nothing(PEOPLE)
    if facts.stages is None and any(isinstance(f, Deal) and f.of.startswith("stage") for f in features):
        missing.append("opportunity_history")
        empty["stages"] = _nothing(STAGES)
    return replace(facts, attributes=table, **empty), missing


def _nothing(columns: dict[str, str]) -> ibis.Table:
    return ibis.memtable({name: [] for name in columns}, schema=columns)


def market(tables: Tables, entity: Entity, *, keep: Callable[[ibis.Table], ibis.Table]) -> Market:
    """The facts for scoring or training `entity`.

    Parameters
    ----------
    tables : Tables
        Already cut at `as_of` by `knowledge.upto`.
    entity : {"account", "lead"}
    keep : callable
        Materialises a table that several expressions read (DuckDB: a temporary table); may return it unchanged.
    """
    crowd = entities.people(tables)
    crowd = None if crowd is None else keep(crowd)
    days = engagement.engagement_days(tables, crowd)
    days = None if days is None else keep(days)
    if entity == "account":
        return Market(own=_account_facts(tables, crowd, days, keep, entities.units(tables, crowd, "account")))
    own = _lead_facts(tables, crowd, days, keep)
    assert crowd is not None  # units() has refused leads without a leads table
    if crowd.filter(crowd.account_id.notnull()).count().execute() == 0:
        return Market(own=own)
    return Market(
        own=own, account=_account_facts(tables, crowd, days, keep, entities.account_units(tables, crowd))
    )


def _account_facts(
    tables: Tables,
    crowd: ibis.Table | None,
    days: ibis.Table | None,
    keep: Callable[[ibis.Table], ibis.Table],
    units: ibis.Table,
) -> Facts:
    deals = keep(entities.deals(tables, crowd, "account"))
    accounts, history = tables.accounts, tables.account_history
    return Facts(
        units=keep(_dated(units, deals, days, "account_key")),
        deals=deals,
        people=None if crowd is None else crowd.mutate(unit=crowd.account_key),
        engagements=None if days is None else keep(engagement.marked(days, "account")),
        attributes=None
        if accounts is None
        else accounts.rename(unit="account_id").drop("domain", "created_at"),
        history=None if history is None else history.rename(unit="account_id"),
        stages=_stages(tables, deals),
    )


def _lead_facts(
    tables: Tables,
    crowd: ibis.Table | None,
    days: ibis.Table | None,
    keep: Callable[[ibis.Table], ibis.Table],
) -> Facts:
    deals = keep(entities.deals(tables, crowd, "lead"))
    units = entities.units(tables, crowd, "lead")
    assert crowd is not None and tables.leads is not None
    titles = crowd.select("lead_id", *TITLE_ATTRIBUTES)
    attributes = tables.leads.drop("account_id", "created_at", "title", *_clashes(tables.leads))
    history = tables.lead_history
    return Facts(
        units=keep(_dated(units, deals, days, "lead_id")),
        deals=deals,
        engagements=None if days is None else keep(engagement.marked(days, "lead")),
        attributes=attributes.inner_join(titles, "lead_id").rename(unit="lead_id"),
        history=None if history is None else history.rename(unit="lead_id"),
        stages=_stages(tables, deals),
    )


def _clashes(leads: ibis.Table) -> list[str]:
    return [column for column in TITLE_ATTRIBUTES if column in leads.columns]


def _dated(units: ibis.Table, deals: ibis.Table, days: ibis.Table | None, key: str) -> ibis.Table:
    """Adds `known_day`: when the unit was created or, undated, when something of it was first known."""
    first_deal = deals.group_by(first_of="unit").agg(deal_day=deals.known_day.min())
    dated = units.left_join(first_deal, units.unit == first_deal.first_of).drop("first_of")
    first = dated.deal_day
    if days is not None:
        first_touch = days.group_by(first_of=key).agg(touch_day=days.known_day.min())
        dated = dated.left_join(first_touch, dated.unit == first_touch.first_of).drop("first_of")
        first = ibis.least(dated.deal_day, dated.touch_day)
    columns = [column for column in dated.columns if column not in ("deal_day", "touch_day")]
    return dated.select(*columns, known_day=ibis.coalesce(dated.created_day, first, 0))


def _stages(tables: Tables, deals: ibis.Table) -> ibis.Table | None:
    changes = tables.opportunity_history
    if changes is None:
        return None
    ours = deals.select("unit", "opportunity_id", "closed_day")
    return ours.inner_join(changes, "opportunity_id").select(
        "unit", "closed_day", "stage", "changed_at", changed_day=day_of(changes.changed_at)
    )
