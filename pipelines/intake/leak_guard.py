"""The leak guard on an export: which attributes may become features, and which are held back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from scoring.contracts.cells import column_key
from scoring.features.candidates import Columns, columns, deals_tell_only_winners
from scoring.features.facts import Facts, Market
from scoring.leaks import Suspicion, informative, suspicions
from scoring.tables import Keep

#: The feature that tells whether a deal is open, under which the state of deals is held back.
DEAL_STATE = "open_deal_days"
#: The link from a lead to its account, as an attribute of the lead.
ACCOUNT_LINK = "account_id"
#: Share of the units with a value for which the history must hold one, so that the leak guard is not needed.
COMPLETE_HISTORY = 0.95


@dataclass(frozen=True)
class AttributeSelection:
    """The attributes of accounts or of leads, as the leak guard selected them.

    Attributes
    ----------
    kinds : dict of str
        The kind of each attribute that may become a feature.
    suspected : list of Suspicion
        Those that look like leaks.
    left_out : dict of str
        Why each other attribute is not used.
    """

    kinds: dict[str, str]
    suspected: list[Suspicion]
    left_out: dict[str, str]


def select_attributes(facts: Facts, as_of: int, config: Config, keep: Keep) -> AttributeSelection:
    """The attributes of accounts or of leads that may become features.

    An attribute that `[attributes] trust` names is used in any case. One with a complete history cannot leak.

    Parameters
    ----------
    facts : Facts
        Of accounts or of leads.
    as_of : int
        Day number.
    config : Config
        Its section ``attributes`` is used.
    keep : callable
        Computes a table that several expressions read.
    """
    if facts.attributes is None:
        return AttributeSelection({}, [], {})
    facts = replace(facts, attributes=keep(facts.attributes))  # there may be thousands, and they are read often
    found: Columns = columns(facts, config.attributes.drop)
    if not found.kinds:
        return AttributeSelection({}, [], found.left_out)
    values, is_won, is_lost, days_since_won = _outcomes_of(facts, list(found.kinds), as_of)
    complete, trusted = (
        with_complete_history(facts, list(found.kinds)),
        {column_key(name) for name in config.attributes.trust},
    )
    without_history = values[[name for name in values.columns if name not in complete]]
    suspected = [s for s in suspicions(without_history, is_won, is_lost, days_since_won) if s.attribute not in trusted]
    held_back = {s.attribute for s in suspected}
    usable = values[[name for name in values.columns if name not in held_back]]
    kept = informative(usable, is_won, config.attributes.max_attributes)
    left_out = found.left_out | {
        name: f"says less about wins than the {config.attributes.max_attributes} attributes used"
        for name in usable.columns
        if name not in kept
    }
    return AttributeSelection({name: found.kinds[name] for name in kept}, suspected, left_out)


def with_complete_history(facts: Facts, names: list[str]) -> set[str]:
    """The attributes whose history is complete: nearly every unit with a value has one in the history.

    The few units without one keep their current value for all of the past, so a history with few units would not help.

    Parameters
    ----------
    facts : Facts
        Of accounts or of leads.
    names : list of str
        The attributes to look at.
    """
    history, table = facts.history, facts.attributes
    if history is None or table is None:
        return set()
    complete = set()
    for name in set(names) & set(history.columns):
        filled = table.filter(table[name].notnull())
        in_history = filled.semi_join(history.filter(history[name].notnull()), "unit")
        if in_history.count().execute() >= COMPLETE_HISTORY * filled.count().execute():
            complete.add(name)
    return complete


def suspected_link(facts: Facts, as_of: int, config: Config) -> list[Suspicion]:
    """The suspicion that leads are linked to accounts because of their outcome; then no fact of the account is safe.

    Parameters
    ----------
    facts : Facts
        Of leads.
    as_of : int
        Day number.
    config : Config
        Its section ``attributes`` is used.
    """
    if ACCOUNT_LINK in config.attributes.trust:
        return []
    linked = facts.units.select(
        "unit", account_id=facts.units.account_id.notnull().ifelse("linked", ibis.null("string"))
    )
    return suspicions_of_values(facts, linked, as_of)


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
    return suspicions(*_outcomes_of(replace(facts, attributes=values), names, as_of))


def _outcomes_of(facts: Facts, names: list[str], as_of: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """For each unit its current attributes, whether it won any deal, whether it only lost, and days since it won."""
    assert facts.attributes is not None
    won = facts.won_deals.group_by("unit").agg(day=ibis._.closed_day.min()).execute()
    lost = facts.deals.filter(facts.deals.status == "lost").select("unit").distinct().execute()
    frame = facts.attributes.select("unit", *names).execute().sort_values("unit", ignore_index=True)
    # Not as a join: there may be thousands of attributes, with any names.
    won_day = frame["unit"].map(won.set_index("unit")["day"]).to_numpy(dtype="float64", na_value=np.nan)
    is_won = np.isfinite(won_day)
    return frame[names], is_won, frame["unit"].isin(lost["unit"]).to_numpy() & ~is_won, as_of - won_day


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
    """

    own: AttributeSelection
    account: AttributeSelection
    suspected: tuple[Suspicion, ...]

    def held_back(self, name: str) -> bool:
        """Whether an attribute or a feature of this name is suspected."""
        return any(suspicion.attribute == name for suspicion in self.suspected)

    @property
    def left_out(self) -> dict[str, str]:
        """Why each attribute is left out that is not suspected."""
        return self.own.left_out | {f"account_{name}": why for name, why in self.account.left_out.items()}


def guard_attributes(
    facts: Market, as_of: int, config: Config, keep: Keep, suspected_today: Sequence[Suspicion] = ()
) -> LeakGuard:
    """Check all that an export offers for leaks: attributes, links from leads to accounts, and the state of deals.

    Parameters
    ----------
    facts : Market
    as_of : int
        Day number.
    config : Config
        Its section ``attributes`` is used.
    keep : callable
        Computes a table that several expressions read.
    suspected_today : sequence of Suspicion
        At a past cut-off, what is suspected today. A backtest reads today's attributes at past days, where a field
        that is filled after a win is already filled for those who will win later.
    """
    own = select_attributes(facts.own, as_of, config, keep)
    suspected = list(own.suspected)
    account = AttributeSelection({}, [], {})
    if facts.account is not None:
        account = select_attributes(facts.account, as_of, config, keep)
        suspected += suspected_link(facts.own, as_of, config) + account.suspected
    survivors = deals_tell_only_winners(facts.own.deals)
    if survivors and DEAL_STATE not in config.attributes.trust:
        suspected.append(Suspicion(DEAL_STATE, "only_winners_have_deals", survivors, {}))
    known = {suspicion.attribute for suspicion in suspected}
    suspected += [suspicion for suspicion in suspected_today if suspicion.attribute not in known]
    return LeakGuard(_without(own, suspected), _without(account, suspected), tuple(suspected))


def _without(selection: AttributeSelection, suspected: Sequence[Suspicion]) -> AttributeSelection:
    names = {suspicion.attribute for suspicion in suspected}
    return replace(selection, kinds={name: kind for name, kind in selection.kinds.items() if name not in names})
