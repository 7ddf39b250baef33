"""Own features: those declared in the file that the configuration names, checked by the leak guard."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.leak_guard import DEAL_STATE, LeakGuard, suspicions_of_values
from pipelines.progress import Say
from scoring.cells.cells import column_key
from scoring.columns.roles import of_person
from scoring.entity import Entity
from scoring.features.attribute_histories.histories import complete_histories, values_before_outcomes
from scoring.features.facts import TITLE_ATTRIBUTES, Facts, MarketFacts
from scoring.features.feature_expressions import derived
from scoring.features.own import Undeclarable, with_own
from scoring.features.spec import DEAL_STATE as STATE_OF_DEALS
from scoring.features.spec import Attribute, Feature, Listed, Ratio, SourceColumn
from scoring.knowledge import NOT_TRACED
from scoring.leaks.guard import Suspicion
from scoring.tables import Keep, Tables


def add_own_features(
    features: list[Feature],
    facts: MarketFacts,
    entity: Entity,
    as_of: int,
    config: Config,
    leak_guard: LeakGuard,
    tables: Tables,
    *,
    keep: Keep,
    say: Say,
) -> tuple[list[Feature], LeakGuard]:
    """The features to learn from with own features added, and the leak guard with those that it holds back added.

    Parameters
    ----------
    features : list of Feature
        The features that closedwon declares.
    facts : MarketFacts
    entity : {"account", "lead"}
    as_of : int
        Day number.
    config : Config
        Its sections ``features`` and ``attributes`` are used.
    leak_guard : LeakGuard
        What is held back so far.
    tables : Tables
        For the attributes that only the other entity has.
    keep : callable
        Computes a table that several expressions read.
    say : callable
        Takes each note.

    Raises
    ------
    UsageError
        If a feature reads an attribute that does not exist, or has the name of another feature.
    """
    own = config.features.declared
    if not own:
        return features, leak_guard
    found = suspected_features(own, facts, entity, as_of, config, leak_guard, keep)
    leak_guard = replace(leak_guard, suspected=(*leak_guard.suspected, *found))
    admitted = [feature for feature in own if not leak_guard.held_back(feature.name)]
    columns = {column for table in (tables.accounts, tables.leads) if table is not None for column in table.columns}
    columns |= set(TITLE_ATTRIBUTES) if tables.leads is not None else set()
    try:
        added = with_own(features, admitted, facts, entity, elsewhere=columns - set(NOT_TRACED))
    except Undeclarable as error:
        raise UsageError(f"{config.features.file}: {error}" if config.features.file else str(error)) from error
    for note in added.notes:
        say(note)
    return added.features, leak_guard


def suspected_features(
    own: Sequence[Feature],
    facts: MarketFacts,
    entity: Entity,
    as_of: int,
    config: Config,
    leak_guard: LeakGuard,
    keep: Keep,
) -> list[Suspicion]:
    """The suspicions against own features: those that read an attribute that is held back, or are leaks themselves.

    `[attributes] trust` may name a feature as well as an attribute.

    Parameters
    ----------
    own : sequence of Feature
    facts : MarketFacts
    entity : {"account", "lead"}
    as_of : int
        Day number.
    config : Config
        Its section ``attributes`` is used.
    leak_guard : LeakGuard
        What is held back so far.
    keep : callable
        Computes a table that several expressions read.
    """
    trusted = {column_key(name) for name in config.attributes.trust}
    held = leak_guard.columns(entity)
    found: list[Suspicion] = []
    unchecked: list[Feature] = []
    for feature in own:
        # For leads it is made at both levels, and one that reads a suspect at either is left out.
        reads = {*feature.made_from(entity), *replace(feature, scope="account").made_from(entity)}
        quarantined = sorted(_shown_name(column) for column in reads if column in held)
        if feature.name in trusted or leak_guard.held_back(feature.name):
            continue
        personal = [
            (name, role) for name in sorted({_shown_name(c) for c in reads} - trusted) if (role := of_person(name))
        ]
        if personal:
            name, role = personal[0]
            found.append(Suspicion(feature.name, role.name, f"it reads {name}, {role.why}", {}))
        elif quarantined:
            why = f"it reads {quarantined[0]}, which is held back"
            found.append(Suspicion(feature.name, "reads_quarantined", why, {}))
        elif not {_shown_name(column) for column in reads} <= trusted:
            unchecked.append(feature)
    for part, kinds in ((facts.own, leak_guard.own.kinds), (facts.account, leak_guard.account.kinds)):
        known = {suspicion.attribute for suspicion in found}
        if part is not None:
            found += [
                s for s in _suspected_by_values(unchecked, part, set(kinds), as_of, keep) if s.attribute not in known
            ]
    return found


def _shown_name(column: SourceColumn) -> str:
    """A column as suspicions and `[attributes] trust` name it."""
    return DEAL_STATE if column == STATE_OF_DEALS else column.name


def _suspected_by_values(
    own: Sequence[Feature], facts: Facts, checked: set[str], as_of: int, keep: Keep
) -> list[Suspicion]:
    """The suspicions from the values of own features; an attribute that was `checked` is not checked again."""
    table = facts.attributes
    if table is None:
        return []
    features = [f for f in own if f.sources and all(source.column in table.columns for source in f.sources)]
    features = [f for f in features if not (isinstance(f, Attribute) and f.column in checked)]
    columns = {source.column for feature in features for source in feature.sources}
    complete = complete_histories(facts, columns)
    features = [f for f in features if not {source.column for source in f.sources} <= complete]
    if not features:
        return []
    table = values_before_outcomes(facts, sorted(columns - complete)).attributes
    assert table is not None
    sources = {source.name: table[source.column] for feature in features for source in feature.sources}
    read = table.select("unit", **sources)
    values = {f.name: derived(f, read) for f in features if isinstance(f, Listed | Ratio)}
    values |= {f.name: read[f.name] for f in features if isinstance(f, Attribute)}
    return suspicions_of_values(facts, keep(read.select("unit", **values)), as_of)
