"""The leak guard at work: which attributes of an export may become features, and which are held back."""

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

DEAL_STATE = "open_deal_days"
ACCOUNT_LINK = "account_id"
#: Share of the units with a value that a history must know for the leak guard to stand down.
WHOLE_HISTORY = 0.95


@dataclass(frozen=True)
class AdmittedAttributes:
    """The attributes of one level after the leak guard: what to use, what is suspected, what was left out and why."""

    kinds: dict[str, str]
    suspected: list[Suspicion]
    left_out: dict[str, str]


def guarded(facts: Facts, as_of: int, config: Config, keep: Keep) -> AdmittedAttributes:
    """The attributes of one level that may become features.

    Those that `[attributes] trust` names are used whatever the guard says; those whose history is whole need no
    guard.
    """
    if facts.attributes is None:
        return AdmittedAttributes({}, [], {})
    facts = replace(facts, attributes=keep(facts.attributes))  # they may be thousands, and are read often
    found: Columns = columns(facts, config.attributes.drop)
    if not found.kinds:
        return AdmittedAttributes({}, [], found.left_out)
    values, is_won, is_lost, days_since_won = _outcomes_of(facts, list(found.kinds), as_of)
    whole, trusted = traced(facts, list(found.kinds)), {column_key(name) for name in config.attributes.trust}
    untraced = values[[name for name in values.columns if name not in whole]]
    suspected = [s for s in suspicions(untraced, is_won, is_lost, days_since_won) if s.attribute not in trusted]
    held_back = {s.attribute for s in suspected}
    usable = values[[name for name in values.columns if name not in held_back]]
    kept = informative(usable, is_won, config.attributes.max_attributes)
    left_out = found.left_out | {
        name: f"tells less of wins than the {config.attributes.max_attributes} attributes used"
        for name in usable.columns
        if name not in kept
    }
    return AdmittedAttributes({name: found.kinds[name] for name in kept}, suspected, left_out)


def traced(facts: Facts, names: list[str]) -> set[str]:
    """The attributes whose history is whole: nearly every unit with a value has it from the history.

    The few without keep their current value for all of the past, so a history of nobody would cure nothing.
    """
    history, table = facts.history, facts.attributes
    if history is None or table is None:
        return set()
    whole = set()
    for name in set(names) & set(history.columns):
        filled = table.filter(table[name].notnull())
        told = filled.semi_join(history.filter(history[name].notnull()), "unit")
        if told.count().execute() >= WHOLE_HISTORY * filled.count().execute():
            whole.add(name)
    return whole


def suspected_link(facts: Facts, as_of: int, config: Config) -> list[Suspicion]:
    """Whether a lead's very link to an account was made by its outcome: then its account tells nothing safely."""
    if ACCOUNT_LINK in config.attributes.trust:
        return []
    linked = facts.units.select(
        "unit", account_id=facts.units.account_id.notnull().ifelse("linked", ibis.null("string"))
    )
    return suspected_of(facts, linked, as_of)


def suspected_of(facts: Facts, values: ibis.Table, as_of: int) -> list[Suspicion]:
    """What columns of values, one row a `unit`, tell of the outcomes known so far."""
    names = [name for name in values.columns if name != "unit"]
    return suspicions(*_outcomes_of(replace(facts, attributes=values), names, as_of))


def _outcomes_of(facts: Facts, names: list[str], as_of: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Current attributes of each unit; whether it won; whether it lost and did not win; days since its first win."""
    assert facts.attributes is not None
    won = facts.deals.filter(facts.deals.status == "won").group_by("unit").agg(day=ibis._.closed_day.min()).execute()
    lost = facts.deals.filter(facts.deals.status == "lost").select("unit").distinct().execute()
    frame = facts.attributes.select("unit", *names).execute().sort_values("unit", ignore_index=True)
    # Not as a join: attributes may be thousands, and called anything.
    won_day = frame["unit"].map(won.set_index("unit")["day"]).to_numpy(dtype="float64", na_value=np.nan)
    is_won = np.isfinite(won_day)
    return frame[names], is_won, frame["unit"].isin(lost["unit"]).to_numpy() & ~is_won, as_of - won_day


@dataclass(frozen=True)
class LeakGuard:
    """What may be used of a whole market, and what is suspected."""

    own: AdmittedAttributes
    theirs: AdmittedAttributes
    suspected: tuple[Suspicion, ...]

    def held_back(self, name: str) -> bool:
        """Whether something of this name is suspected."""
        return any(suspicion.attribute == name for suspicion in self.suspected)

    @property
    def left_out(self) -> dict[str, str]:
        """Attributes that are no features, and why."""
        return self.own.left_out | {f"account_{name}": why for name, why in self.theirs.left_out.items()}


def guard_attributes(
    facts: Market, as_of: int, config: Config, keep: Keep, later: Sequence[Suspicion] = ()
) -> LeakGuard:
    """Look at all that an export offers: attributes of both levels, the link between them, the state of deals.

    `later` is what a later look at the same market suspects: a backtest reads today's attributes into the past,
    where a field that wins fill is filled for those who are still to win.
    """
    own = guarded(facts.own, as_of, config, keep)
    suspected = list(own.suspected)
    theirs = AdmittedAttributes({}, [], {})
    if facts.account is not None:
        theirs = guarded(facts.account, as_of, config, keep)
        suspected += suspected_link(facts.own, as_of, config) + theirs.suspected
    survivors = deals_tell_only_winners(facts.own.deals)
    if survivors and DEAL_STATE not in config.attributes.trust:
        suspected.append(Suspicion(DEAL_STATE, "only_winners_have_deals", survivors, {}))
    known = {suspicion.attribute for suspicion in suspected}
    suspected += [suspicion for suspicion in later if suspicion.attribute not in known]
    return LeakGuard(_without(own, suspected), _without(theirs, suspected), tuple(suspected))


def _without(level: AdmittedAttributes, suspected: Sequence[Suspicion]) -> AdmittedAttributes:
    names = {suspicion.attribute for suspicion in suspected}
    return replace(level, kinds={name: kind for name, kind in level.kinds.items() if name not in names})
