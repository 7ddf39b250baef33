"""The leak guard on an export: which attributes may become features, and which are held back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis

from pipelines.config import Config
from pipelines.intake.attribute_selection import AttributeSelection, select_attributes, suspicions_by_outcomes
from scoring.cells.cells import column_key
from scoring.entity import Entity, plural
from scoring.features.attribute_histories.histories import LATE, from_first_row, values_before_outcomes
from scoring.features.candidates import deals_tell_only_winners
from scoring.features.facts import Facts, MarketFacts
from scoring.features.spec import DEAL_STATE as STATE_OF_DEALS
from scoring.features.spec import Feature, SourceColumn
from scoring.leaks.guard import SafeLater, Suspicion
from scoring.tables import Keep
from scoring.timeline import calendar_date

#: The feature that tells whether a deal is open, under which the state of deals is held back.
DEAL_STATE = "open_deal_days"
#: The link from a lead to its account, as an attribute of the lead.
ACCOUNT_LINK = "account_id"
#: The columns of leads that features of their accounts are made from.
OF_PEOPLE = ("source", "campaign", "seniority", "department")


def suspected_link(facts: Facts, as_of: int) -> list[Suspicion]:
    """The suspicion that leads are linked to accounts because of their outcome; then no fact of the account is safe.

    Parameters
    ----------
    facts : Facts
        Of leads.
    as_of : int
        Day number.
    """
    linked = facts.units.select(
        "unit", account_id=facts.units.account_id.notnull().ifelse("linked", ibis.null("string"))
    )
    return suspicions_of_values(facts, linked, as_of)


def suspected_of_people(market: MarketFacts, as_of: int, keep: Keep) -> list[Suspicion]:
    """The suspicions against what accounts are told by their leads: the columns of `OF_PEOPLE`.

    They are checked twice: by the deals of each lead, as for the scores of leads, and, as accounts are told them, by
    the first source and campaign of those who were known before the account's first win.

    Parameters
    ----------
    market : MarketFacts
        Of accounts.
    as_of : int
        Day number.
    keep : callable
        Computes a table that several expressions read.
    """
    leads, own = market.leads, market.own
    if leads is None or leads.attributes is None or own.people is None:
        return []
    names = [name for name in OF_PEOPLE if name in leads.attributes.columns]
    attributes = keep(leads.attributes.select("unit", *names))
    leads = replace(leads, deals=keep(leads.deals), won_deals=keep(leads.won_deals), attributes=attributes)
    late = sorted(set(names) & set(() if leads.history is None else leads.history.columns))
    found = suspicions_by_outcomes(values_before_outcomes(leads, late), names, as_of)
    won = own.won_deals.group_by("unit").agg(won_day=own.won_deals.closed_day.min())
    met = own.people.left_join(won, "unit").drop("unit_right")
    met = met.filter(met.won_day.isnull() | (met.known_day.fill_null(0) < met.won_day))
    arrival = met.known_day.fill_null(0).cast("string").lpad(8, "0") + met.lead_id
    first = met.group_by("unit").agg(
        **{name: met[name].argmin(arrival, where=met[name].notnull()) for name in ("source", "campaign")}
    )
    units = own.units.select("unit")
    found += suspicions_of_values(own, first.semi_join(units, "unit"), as_of)
    by_name = {suspicion.attribute: replace(suspicion, table="leads") for suspicion in reversed(found)}
    return [by_name[name] for name in names if name in by_name]


def suspicions_of_values(facts: Facts, values: ibis.Table, as_of: int) -> list[Suspicion]:
    """The suspicions against columns of values, from the outcomes known so far.

    Parameters
    ----------
    facts : Facts
        With the deals.
    values : ibis.Table
        One row for each `unit`.
    as_of : int
        Day number.
    """
    names = [name for name in values.columns if name != "unit"]
    return suspicions_by_outcomes(replace(facts, attributes=values), names, as_of)


@dataclass(frozen=True)
class LeakGuard:
    """The attributes of a market that may be used, and the suspicions against others.

    Attributes
    ----------
    own : AttributeSelection
        Of the entity that is scored.
    account : AttributeSelection
        Of the accounts of leads; empty where accounts are scored.
    suspected : tuple of Suspicion
        All that is held back.
    overridden : tuple of Suspicion
        All that would be, were it not trusted.
    kept_own, kept_account : mapping of int
        By attribute, the day number from which nights kept it.
    """

    own: AttributeSelection
    account: AttributeSelection
    suspected: tuple[Suspicion, ...]
    overridden: tuple[Suspicion, ...] = ()
    kept_own: Mapping[str, int] = field(default_factory=dict)
    kept_account: Mapping[str, int] = field(default_factory=dict)

    def held_back(self, name: str) -> bool:
        """Whether an attribute of the entity, or a feature of this name, is suspected."""
        return any(suspicion.attribute == name and not suspicion.table for suspicion in self.suspected)

    def columns(self, entity: Entity) -> dict[SourceColumn, Suspicion]:
        """The columns whose values are held back, and why.

        Parameters
        ----------
        entity : {"account", "lead"}
            The entity that is scored.
        """
        own = plural(entity)
        found = {SourceColumn(s.table or own, s.attribute): s for s in reversed(self.suspected)}
        return {
            STATE_OF_DEALS if column.name == DEAL_STATE else column: suspicion for column, suspicion in found.items()
        }

    def admitted(self, features: Iterable[Feature], entity: Entity) -> list[Feature]:
        """The features that are made from nothing that is held back.

        Parameters
        ----------
        features : iterable of Feature
        entity : {"account", "lead"}
            The entity that is scored.
        """
        held = self.columns(entity)
        return [feature for feature in features if held.keys().isdisjoint(feature.made_from(entity))]

    def opened(self, facts: MarketFacts) -> MarketFacts:
        """The facts with histories opened that begin too late, and attributes that count since nights kept them."""
        account = None if facts.account is None else _opened(facts.account, self.account)
        return replace(facts, own=_opened(facts.own, self.own), account=account)

    @property
    def suspected_before(self) -> tuple[Suspicion, ...]:
        """What a past cut-off must hold back: what is suspected, and what is safe since nights kept it."""
        of_account = [replace(one, table="accounts") for one in self.account.safe_later.values()]
        return (*self.suspected, *self.own.safe_later.values(), *of_account)

    @property
    def left_out(self) -> dict[str, str]:
        """Why each attribute is left out that is not suspected."""
        return self.own.left_out | {f"account_{name}": why for name, why in self.account.left_out.items()}

    @property
    def notes(self) -> list[str]:
        """What a user must know of the attributes that are used, in sentences."""
        late: dict[str, list[str]] = {}
        for selection, prefix in ((self.own, ""), (self.account, "account_")):
            for name in selection.late:
                late.setdefault(selection.why_late.get(name, LATE), []).append(f"{prefix}{name}")
        found = [
            f"the history of {', '.join(names)} {why}: before that, the first value of each record is used, "
            "and the leak guard treats the column as if it had no history"
            for why, names in late.items()
        ]
        for selection, prefix, facts in ((self.own, "", self.kept_own), (self.account, "account_", self.kept_account)):
            found += [
                f"{prefix}{name} is used from {calendar_date(facts[name])} on, since when closedwon keeps its changes; "
                f"before it looks like a leak: {one.reason}"
                for name, one in sorted(selection.safe_later.items())
            ]
        return found + [f"{s.attribute} is trusted and used, although: {s.reason}" for s in self.overridden]


def guard_attributes(
    facts: MarketFacts, as_of: int, config: Config, keep: Keep, suspected_today: Sequence[Suspicion] = ()
) -> LeakGuard:
    """Check all that an export offers for leaks: attributes, links from leads to accounts, and the state of deals.

    Parameters
    ----------
    facts : MarketFacts
    as_of : int
        Day number.
    config : Config
        Its section ``attributes`` is used.
    keep : callable
        Computes a table that several expressions read.
    suspected_today : sequence of Suspicion
        At a past cut-off, what is suspected today (`suspected_before`). A backtest reads today's attributes at past
        days, where a field that is filled after a win is already filled for those who will win later.
    """
    own = select_attributes(facts.own, as_of, config, keep, of_accounts=facts.own.entity == "account")
    account = AttributeSelection({}, [], {})
    more = suspected_of_people(facts, as_of, keep)
    if facts.account is not None:
        account = select_attributes(facts.account, as_of, config, keep, of_accounts=True)
        more += suspected_link(facts.own, as_of)
        more += [replace(suspicion, table="accounts") for suspicion in account.suspected]
    survivors = deals_tell_only_winners(facts.own.deals)
    if survivors:
        more.append(Suspicion(DEAL_STATE, "only_winners_have_deals", survivors, {}))
    trusted = {column_key(name) for name in config.attributes.trust}
    suspected = own.suspected + [suspicion for suspicion in more if suspicion.attribute not in trusted]
    known = {(suspicion.table, suspicion.attribute) for suspicion in suspected}
    safe = {("", name) for name in own.safe_later} | {("accounts", name) for name in account.safe_later}
    for one in suspected_today:
        at = (one.table, one.attribute)
        if at not in known and not (isinstance(one, SafeLater) and at in safe):
            suspected.append(one)
    overridden = own.overridden + [suspicion for suspicion in more if suspicion.attribute in trusted]
    overridden += [replace(suspicion, table="accounts") for suspicion in account.overridden]
    return LeakGuard(
        _without(own, suspected, ""),
        _without(account, suspected, "accounts"),
        tuple(suspected),
        tuple(overridden),
        {} if facts.own.kept is None else facts.own.kept.since,
        {} if facts.account is None or facts.account.kept is None else facts.account.kept.since,
    )


def _opened(facts: Facts, selection: AttributeSelection) -> Facts:
    facts = from_first_row(facts, selection.late)
    return facts if facts.kept is None else replace(facts, kept=facts.kept.counting_from_begin(selection.safe_later))


def _without(selection: AttributeSelection, suspected: Sequence[Suspicion], table: str) -> AttributeSelection:
    names = {suspicion.attribute for suspicion in suspected if suspicion.table == table}
    kinds = {name: kind for name, kind in selection.kinds.items() if name not in names}
    late = tuple(name for name in selection.late if name in kinds)
    safe_later = {name: one for name, one in selection.safe_later.items() if name in kinds}
    return replace(selection, kinds=kinds, late=late, safe_later=safe_later)
