"""The selection of attributes: by their names, by what outcomes say of their values, and by how much they tell."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pipelines.config import Config
from scoring.cells.cells import column_key
from scoring.columns.behaviour import suspected_by_values
from scoring.columns.roles import RECORD, Role, names_an_id, role_of
from scoring.features.attribute_histories.histories import faults_of_histories, outcome_days, values_before_outcomes
from scoring.features.candidates import DROPPED, Columns, columns
from scoring.features.facts import Facts
from scoring.leaks.guard import SafeLater, Suspicion, informative, surely_filled, suspicions
from scoring.outcomes.customers import surely_won
from scoring.tables import Keep

#: The fewest wins since nights keep an attribute from which they tell that it is no leak.
ENOUGH_WINS = 30
#: A column that is named like an id holds ids if it has more different values, and more than a quarter of its cells.
FEW_CODES = 20


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
    overridden : list of Suspicion
        Those that look like leaks, or like nothing to learn from, and are trusted all the same.
    late : tuple of str
        Those whose history is not complete: see `scoring.features.attribute_histories.histories`.
    why_late : dict of str
        Why the history of each of them is not complete, in words.
    safe_later : dict of SafeLater
        By attribute, why it is not used before the day from which nights kept it.
    """

    kinds: dict[str, str]
    suspected: list[Suspicion]
    left_out: dict[str, str]
    overridden: list[Suspicion] = field(default_factory=list)
    late: tuple[str, ...] = ()
    why_late: dict[str, str] = field(default_factory=dict)
    safe_later: dict[str, SafeLater] = field(default_factory=dict)


def select_attributes(facts: Facts, as_of: int, config: Config, keep: Keep, *, of_accounts: bool) -> AttributeSelection:
    """The attributes of accounts or of leads that may become features.

    An attribute that `[attributes] trust` names is used in any case. One with a complete history
    cannot leak, unless those who win have it before and hardly anyone else ever does.

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
    of_accounts : bool
        Whether they are of accounts, of which less is a trait of somebody.
    """
    if facts.attributes is None:
        return AttributeSelection({}, [], {})
    facts = replace(facts, attributes=keep(facts.attributes))  # there may be thousands, and they are read often
    found: Columns = columns(facts, config.attributes.drop)
    trusted = {column_key(name) for name in config.attributes.trust}
    named = _roles(found, of_accounts=of_accounts)
    left_out = found.left_out | {
        name: role.why
        for name, role in named.items()
        if name not in trusted and not (role.leaks and name in found.kinds)
    }
    suspected = [Suspicion(name, role.name, role.why, {}) for name, role in named.items() if name in found.kinds]
    overridden = [suspicion for suspicion in suspected if suspicion.attribute in trusted]
    suspected = [s for s in suspected if s.attribute not in trusted and named[s.attribute].leaks]
    names = [name for name in found.kinds if name in trusted or name not in named]
    if not names:
        return AttributeSelection({}, suspected, left_out, overridden)
    faults = faults_of_histories(facts, names)
    why_late = {name: why for name, why in faults.items() if why}
    late = tuple(name for name in names if name in why_late)
    complete = sorted(faults.keys() - why_late.keys())
    then = _as_kept(values_before_outcomes(facts, late), keep)
    values, outcomes = _outcomes(then, names, as_of)
    looked_at = values[[name for name in values.columns if name not in complete]]
    others = {suspicion.attribute for suspicion in overridden}
    leaks = [s for s in suspicions(looked_at, *outcomes) if s.attribute not in others]
    leaks = [_against_history(s, why_late.get(s.attribute, "")) for s in leaks]
    safe_later = _safe_later(then, leaks, as_of, trusted)
    leaks = [s for s in leaks if s.attribute not in safe_later]
    if complete:
        before, _ = _outcomes(values_before_outcomes(facts, complete), complete, as_of)
        leaks += [s for s in surely_filled(before, *outcomes) if s.attribute not in others]
    others |= {suspicion.attribute for suspicion in leaks}
    looked_at = values[[name for name in values.columns if name not in others]]
    leaks += _by_values(facts, looked_at, outcomes[3], of_accounts=of_accounts)
    suspected += [suspicion for suspicion in leaks if suspicion.attribute not in trusted]
    overridden += [suspicion for suspicion in leaks if suspicion.attribute in trusted]
    held_back = {s.attribute for s in suspected}
    usable = values[[name for name in values.columns if name not in held_back]]
    kept = informative(usable, outcomes[0], config.attributes.max_attributes)
    left_out |= {
        name: f"says less about wins than the {config.attributes.max_attributes} attributes used"
        for name in usable.columns
        if name not in kept
    }
    kinds = {name: found.kinds[name] for name in kept}
    late = tuple(name for name in late if name in kinds)
    safe_later = {name: suspicion for name, suspicion in safe_later.items() if name in kinds}
    return AttributeSelection(kinds, suspected, left_out, overridden, late, why_late, safe_later)


def _as_kept(facts: Facts, keep: Keep) -> Facts:
    """The facts with the values that were known before each unit's outcome, where nights kept them."""
    if facts.kept is None or facts.attributes is None:
        return facts
    return replace(facts, attributes=keep(facts.kept.before(facts.attributes, outcome_days(facts))))


def _safe_later(facts: Facts, leaks: list[Suspicion], as_of: int, trusted: set[str]) -> dict[str, SafeLater]:
    """Of suspected attributes those that outcomes clear which came after nights had begun to keep them.

    Enough wins must have come since, and nothing may look like a leak among those who were not decided before.
    """
    kept, table = facts.kept, facts.attributes
    asked = [s for s in leaks if kept is not None and s.attribute in kept.since and s.attribute not in trusted]
    if not asked or kept is None or table is None:
        return {}
    found: dict[str, SafeLater] = {}
    by_outcome = outcome_days(facts)
    for since in sorted({kept.since[s.attribute] for s in asked}):
        part = [s for s in asked if kept.since[s.attribute] == since]
        rest = replace(facts, attributes=kept.decided_later(table, by_outcome, since))
        values, outcomes = _outcomes(rest, [s.attribute for s in part], as_of)
        if outcomes[0].sum() < ENOUGH_WINS:
            continue
        guilty = {s.attribute for s in suspicions(values, *outcomes)}
        found |= {s.attribute: SafeLater(**vars(s)) for s in part if s.attribute not in guilty}
    return found


def _against_history(suspicion: Suspicion, why: str) -> Suspicion:
    """A suspicion that says why the history of the attribute does not speak for it."""
    return replace(suspicion, reason=f"{suspicion.reason}; its history {why}") if why else suspicion


def _roles(found: Columns, *, of_accounts: bool) -> dict[str, Role]:
    """The columns that by their names hold nothing to learn from; those that the configuration drops stay dropped."""
    dropped = {name for name, why in found.left_out.items() if why == DROPPED}
    roles: dict[str, Role] = {}
    for name in [*found.kinds, *(set(found.left_out) - dropped)]:
        role = role_of(name, numeric=found.kinds.get(name) == "numeric", of_accounts=of_accounts)
        if role is None and names_an_id(name) and found.named_by_codes(name, FEW_CODES):
            role = RECORD  # few different ones may be codes, as of an industry
        if role is not None:
            roles[name] = role
    return roles


def _by_values(facts: Facts, values: pd.DataFrame, with_deal: np.ndarray, *, of_accounts: bool) -> list[Suspicion]:
    """The suspicions against numbers that are row numbers, or count or date touches, and against names in doubt."""
    created = facts.units.select("unit", "created_day").execute().set_index("unit")["created_day"]
    created = created[~created.index.duplicated()].reindex(values.index).to_numpy(dtype="float64", na_value=np.nan)
    days = newest = None
    if facts.engagements is not None:
        log, whose = facts.engagements.reduced.log, facts.engagements.whose
        engaged = log.days.group_by("actor").agg(days=log.days.count(), newest=log.days.day.max())
        engaged = engaged.inner_join(whose.select("unit", "actor"), "actor")
        by_unit = engaged.group_by("unit").agg(days=engaged.days.sum(), newest=engaged.newest.max()).execute()
        by_unit = by_unit.set_index("unit").reindex(values.index)
        days = by_unit["days"].fillna(0).to_numpy(dtype="float64")
        newest = by_unit["newest"].to_numpy(dtype="float64", na_value=np.nan)
    return suspected_by_values(values, created, days, newest, with_deal, of_accounts=of_accounts)


def suspicions_by_outcomes(facts: Facts, names: list[str], as_of: int) -> list[Suspicion]:
    """The suspicions against attributes, from the outcomes known so far.

    Parameters
    ----------
    facts : Facts
    names : list of str
        The attributes.
    as_of : int
        Day number.
    """
    values, outcomes = _outcomes(facts, names, as_of)
    return suspicions(values, *outcomes)


#: Who won, who only lost, the days since the first win, and who has or had a deal.
Known = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _outcomes(facts: Facts, names: list[str], as_of: int) -> tuple[pd.DataFrame, Known]:
    """For each unit its attributes, whether it won (any type) or only lost, the days since, and if it has a deal."""
    assert facts.attributes is not None
    sure = surely_won(facts.won_deals)
    won = sure.group_by("unit").agg(day=sure.closed_day.min()).execute().set_index("unit")
    deals = facts.deals.group_by("unit").agg(lost=(facts.deals.status == "lost").any())
    deal_states = deals.execute().set_index("unit")
    frame = facts.attributes.select("unit", *names).execute().sort_values("unit", ignore_index=True)
    # Not as a join: there may be thousands of attributes, with any names.
    won_day = frame["unit"].map(won["day"]).to_numpy(dtype="float64", na_value=np.nan)
    is_won = np.isfinite(won_day)
    lost = deal_states.index[deal_states["lost"].to_numpy(dtype=bool, na_value=False)]
    is_lost = frame["unit"].isin(lost).to_numpy() & ~is_won
    has_deal = frame["unit"].isin(deal_states.index).to_numpy() | is_won
    return frame.set_index("unit")[names], (is_won, is_lost, as_of - won_day, has_deal)
