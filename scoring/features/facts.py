"""The facts that features are made from: units, deals, people and engagement days of one level, each made once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import ibis

from scoring import engagement, entities
from scoring.engagement import Engagements, Reduced
from scoring.entity import OPPORTUNITY, Entity
from scoring.features.attribute_histories.kept import Kept
from scoring.features.deals.deal_stages import STAGES, deal_stages
from scoring.features.spec import Attribute, Deal, DealPlan, Engaged, Feature, Group
from scoring.features.trained_types import as_trained
from scoring.kept import kept_since
from scoring.outcomes import customers
from scoring.question import Win
from scoring.scorecard.parts import Encoding
from scoring.tables import LINKED_AT, Keep, Log, Tables

#: The attributes read from a lead's title.
TITLE_ATTRIBUTES = ("seniority", "department")


#: Columns of the tables that an export may lack at scoring though a scorecard was trained with them.
DAYS = {"actor": "string", "kind": "string", "day": "int64", "known_day": "int64"}
ACTORS = {"actor": "string", "lead_id": "string", "account_id": "string"}
PEOPLE = {
    "unit": "string",
    "lead_id": "string",
    "known_day": "int64",
    "decision_maker": "boolean",
    "department": "string",
    "source": "string",
    "campaign": "string",
}


@dataclass(frozen=True)
class Facts:
    """The facts of the units of one level (`unit` in every table, days as day numbers).

    `attributes` has one row a unit; `history` one for each (`unit`, `known_at`); `stages` one for each change of
    a deal's stage or of what is planned of it; `kept` what nights kept of attributes without a `history`. A table that
    the export does not have is None. `deals` are of the types that are predicted, `other_deals` of the others,
    `won_deals` of any type (see `customers.won_deals`).
    """

    units: ibis.Table
    deals: ibis.Table
    won_deals: ibis.Table
    people: ibis.Table | None = None
    engagements: Engagements | None = None
    attributes: ibis.Table | None = None
    history: ibis.Table | None = None
    stages: ibis.Table | None = None
    other_deals: ibis.Table | None = None
    win: Win = "new_business"
    entity: Entity = "lead"
    kept: Kept | None = None

    def among(self, units: ibis.Table, keep: Keep) -> "Facts":
        """The facts of some units only (column `unit`); no feature of a unit is made from rows of another."""

        def only(table: ibis.Table | None) -> ibis.Table | None:
            return None if table is None else keep(table.semi_join(units, "unit"))

        names = ("units", "deals", "won_deals", "people", "attributes", "history", "stages", "other_deals")
        found: dict[str, Any] = {name: only(getattr(self, name)) for name in names}
        engagements = None if self.engagements is None else self.engagements.among(units)
        kept = None if self.kept is None else replace(self.kept, rows=keep(self.kept.of_units(units).rows))
        return replace(self, **found, engagements=engagements, kept=kept)


@dataclass(frozen=True)
class MarketFacts:
    """The facts for an entity's model.

    Attributes
    ----------
    own : Facts
        Of the entity.
    account : Facts, optional
        Of the accounts of leads; None if no lead has one.
    leads : Facts, optional
        Of the leads of accounts, for the leak guard: without their engagement.
    """

    own: Facts
    account: Facts | None = None
    leads: Facts | None = None

    def conformed(
        self, features: Sequence[Feature], encodings: Mapping[str, Encoding]
    ) -> tuple["MarketFacts", list[str]]:
        """The same facts with every column and table that `features` read, in the types that `encodings` expect.

        Columns and tables that were missing are empty; their names are given too.
        """
        own, missing = _conformed(self.own, [f for f in features if f.scope == "own"], encodings)
        of_account = [f for f in features if f.scope == "account"]
        account, more = self.account, list[str]()
        if of_account:
            account, more = _conformed(self.account or self.own, of_account, encodings)
        return MarketFacts(own, account), sorted({*missing, *more})


def _conformed(facts: Facts, features: Sequence[Feature], encodings: Mapping[str, Encoding]) -> tuple[Facts, list[str]]:
    wanted = {f.column: f for f in features if isinstance(f, Attribute)}
    table = facts.units.select("unit") if facts.attributes is None else facts.attributes
    missing = sorted({source.column for f in features for source in f.sources} - set(table.columns))
    table = table.mutate(**{name: ibis.null("string") for name in missing})

    def trained(table: ibis.Table) -> ibis.Table:
        columns = {name: table[name] for name in wanted if name in table.columns}
        return table.mutate(
            **{name: as_trained(column, encodings[wanted[name].name]) for name, column in columns.items()}
        )

    table = trained(table)
    history = None if facts.history is None else trained(facts.history)
    engaged = any(isinstance(f, Engaged) for f in features)
    empty: dict[str, Any] = {}
    if facts.engagements is None and engaged:
        missing.append("activities")
        nothing = Log(_nothing(DAYS), _nothing(ACTORS))
        empty["engagements"] = Engagements(
            Reduced(nothing, None, lambda table: table), engagement.actor_units(nothing, None, "account")
        )
    if facts.people is None and any(isinstance(f, Group) for f in features):
        missing.append("leads")
        empty["people"] = _nothing(PEOPLE)
    if facts.stages is None and any(_of_history(f) for f in features):
        missing.append("opportunity_history")
        empty["stages"] = _nothing(STAGES)
    return replace(facts, attributes=table, history=history, kept=None, **empty), missing  # the day's values are there


def _of_history(feature: Feature) -> bool:
    """Whether a feature is made from the opportunity history."""
    return isinstance(feature, DealPlan) or (isinstance(feature, Deal) and feature.of.startswith("stage"))


def _nothing(columns: dict[str, str]) -> ibis.Table:
    return ibis.memtable(ibis.schema(columns).to_pyarrow().empty_table())


def market(tables: Tables, entity: Entity, *, keep: Keep) -> MarketFacts:
    """The facts for training or scoring `entity` at any day up to the tables' end: see `Markets`."""
    return Markets(tables, keep, lone=entity != "account").of(entity)


class Markets:
    """The facts of a set of tables for both entities, each made once, when it is first asked for.

    Parameters
    ----------
    tables : Tables
        Already cut at `as_of` by `knowledge.upto`.
    keep : callable
        Materialises a table that several expressions read (DuckDB: a temporary table); may return it unchanged.
    lone : bool
        Whether leads are looked at on days before their account was known: they stand alone then. On the last day
        of the tables none does.
    """

    def __init__(self, tables: Tables, keep: Keep, *, lone: bool) -> None:
        # These are read more than once, and cutting them at a day looks up whom they name.
        roles = tables.contact_roles
        self.tables = replace(
            tables,
            opportunities=keep(tables.opportunities),
            contact_roles=None if roles is None else keep(roles),
        )
        self.keep, self.lone = keep, lone

    def of(self, entity: Entity) -> MarketFacts:
        """The facts that the model of an entity sees."""
        if entity == OPPORTUNITY:
            return MarketFacts(own=self._opportunities(), account=self._of_accounts())
        units = entities.units(self.tables, self.people, entity)  # refuses what has no table
        if entity == "account":
            leads = None if self.people is None else self._leads(self.people, self.people.select(unit="lead_id"))
            return MarketFacts(own=replace(self.accounts, units=self.keep(units)), leads=leads)
        people = self.people
        assert people is not None
        own = self._leads(people, self.keep(units), self.keep)
        own = replace(own, engagements=self._engagements(people, "lead"))
        if people.filter(people.account_id.notnull()).count().execute() == 0:
            return MarketFacts(own=own)
        return MarketFacts(own=own, account=self._of_accounts())

    def _of_accounts(self) -> Facts:
        return replace(self.accounts, units=self.keep(entities.account_units(self.tables, self.everyone)))

    def _opportunities(self) -> Facts:
        deals = self.keep(entities.deals(self.tables, self.people, OPPORTUNITY))
        return Facts(
            units=self.keep(entities.units(self.tables, self.people, OPPORTUNITY)),
            deals=deals,
            won_deals=self.keep(customers.won_deals(self.tables, self.people, OPPORTUNITY)),
            stages=deal_stages(self.tables, deals),
            win=self.tables.win,
            entity=OPPORTUNITY,
        )

    @cached_property
    def people(self) -> ibis.Table | None:
        """The people, one row a lead."""
        people = entities.people(self.tables)
        return None if people is None else self.keep(people)

    @cached_property
    def everyone(self) -> ibis.Table | None:
        """The people, and those who stood alone once more."""
        return self.keep(entities.with_lone(self.people)) if self.lone and self.people is not None else self.people

    @cached_property
    def reduced(self) -> Reduced | None:
        """The engagement log."""
        log = engagement.engagement_log(self.tables)
        if log is None:
            return None
        if self.tables.log is None:
            log = replace(log, days=self.keep(log.days), actors=self.keep(log.actors))
        return Reduced(log, self.people, self.keep, self.tables.known_before)

    @cached_property
    def accounts(self) -> Facts:
        """The facts of accounts, whichever entity asks; `units` are the entity's."""
        tables, everyone, accounts = self.tables, self.everyone, self.tables.accounts
        deals, other_deals = entities.of_question(self.keep(entities.deals_of_units(tables, everyone, "account")))
        return Facts(
            units=deals,
            deals=deals,
            won_deals=self.keep(customers.won_deals(tables, everyone, "account")),
            people=None if everyone is None else everyone.mutate(unit=everyone.account_key),
            engagements=self._engagements(everyone, "account"),
            attributes=None if accounts is None else _by_unit(accounts.drop("domain", "created_at"), "account_id"),
            history=None if tables.account_history is None else _by_unit(tables.account_history, "account_id"),
            stages=deal_stages(tables, deals),
            kept=_kept(tables, "accounts", tables.kept_accounts, "account_id"),
            other_deals=other_deals,
            win=tables.win,
            entity="account",
        )

    def _leads(self, people: ibis.Table, units: ibis.Table, keep: Keep = lambda table: table) -> Facts:
        tables = self.tables
        deals, other_deals = entities.of_question(keep(entities.deals_of_units(tables, people, "lead")))
        assert tables.leads is not None
        titles = people.select("lead_id", *TITLE_ATTRIBUTES)
        attributes = tables.leads.drop("account_id", "created_at", "title", *_clashes(tables.leads))
        history = tables.lead_history
        return Facts(
            units=units,
            deals=deals,
            won_deals=keep(customers.won_deals(tables, people, "lead")),
            attributes=_by_unit(attributes.inner_join(titles, "lead_id"), "lead_id"),
            history=None if history is None else _by_unit(history.drop(*_clashes(history)), "lead_id"),
            stages=deal_stages(tables, deals),
            kept=_kept(tables, "leads", tables.kept_leads, "lead_id"),
            other_deals=other_deals,
            win=tables.win,
        )

    def _engagements(self, people: ibis.Table | None, level: Literal["account", "lead"]) -> Engagements | None:
        if self.reduced is None:
            return None
        return Engagements(self.reduced, self.keep(engagement.actor_units(self.reduced.log, people, level)))


def _by_unit(table: ibis.Table, key: str) -> ibis.Table:
    """The table with its id as `unit`; an attribute of that name makes room."""
    renamed = {f"{column}_attribute": column for column in table.columns if column.lower() == "unit"}
    return table.rename(unit=key, **renamed)


def _kept(tables: Tables, table: str, rows: ibis.Table | None, key: str) -> Kept | None:
    """What nights kept of a table by the end of the tables; None where they kept nothing yet."""
    if rows is None:
        return None
    since = kept_since(tables.kept_since, table)
    names = [name for name in since if name.lower() not in ("unit", *TITLE_ATTRIBUTES) and name in rows.columns]
    if not names:
        return None
    return Kept(rows.select("known_at", *names, unit=key), {name: since[name] for name in names})


def _clashes(leads: ibis.Table) -> list[str]:
    """Columns that are called as what is read from the title is, for every CRM, or that date links."""
    return [column for column in leads.columns if column.lower() in (*TITLE_ATTRIBUTES, LINKED_AT)]
