"""One's own features at work: read from the file that the configuration names, held to the leak guard, offered."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.leak_guard import DEAL_STATE, LeakGuard, suspected_of, traced
from pipelines.progress import Say
from scoring.contracts.cells import column_key
from scoring.entity import Entity
from scoring.features.build import derived
from scoring.features.facts import TITLE_ATTRIBUTES, Facts, Market
from scoring.features.own import Undeclarable, with_own
from scoring.features.spec import Attribute, Deal, Feature, Listed, Ratio
from scoring.knowledge import NOT_TRACED
from scoring.leaks import Suspicion
from scoring.tables import Keep, Tables


def offered(
    features: list[Feature],
    facts: Market,
    entity: Entity,
    as_of: int,
    config: Config,
    guarded: LeakGuard,
    tables: Tables,
    *,
    keep: Keep,
    say: Say,
) -> tuple[list[Feature], LeakGuard]:
    """The features to learn from, with one's own among them, and the guard with what it holds back of these.

    Parameters
    ----------
    features : list of Feature
        closedwon's own.
    facts : Market
    guarded : LeakGuard
        What the leak guard holds back so far.
    tables : Tables
        For the attributes that only others than `entity` have.

    Raises
    ------
    UsageError
        If a feature reads an attribute that is not there, or has a name that is taken.
    """
    own = config.features.declared
    if not own:
        return features, guarded
    guarded = replace(guarded, suspected=(*guarded.suspected, *suspected(own, facts, as_of, config, guarded, keep)))
    free = [feature for feature in own if not guarded.held_back(feature.name)]
    columns = {column for table in (tables.accounts, tables.leads) if table is not None for column in table.columns}
    columns |= set(TITLE_ATTRIBUTES) if tables.leads is not None else set()
    try:
        found = with_own(features, free, facts, entity, elsewhere=columns - set(NOT_TRACED))
    except Undeclarable as error:
        raise UsageError(f"{config.features.file}: {error}" if config.features.file else str(error)) from error
    for note in found.notes:
        say(note)
    return found.features, guarded


def suspected(
    own: Sequence[Feature], facts: Market, as_of: int, config: Config, guarded: LeakGuard, keep: Keep
) -> list[Suspicion]:
    """Which of one's own features to hold back: those that read what is quarantined, or tell the past themselves.

    `[attributes] trust` may name a feature, as it may an attribute.
    """
    trusted = {column_key(name) for name in config.attributes.trust}
    found: list[Suspicion] = []
    open_: list[Feature] = []
    for feature in own:
        reads = {source.column for source in feature.sources} | ({DEAL_STATE} if isinstance(feature, Deal) else set())
        quarantined = sorted(name for name in reads if guarded.held_back(name))
        if feature.name in trusted or guarded.held_back(feature.name):
            continue
        if quarantined:
            why = f"it reads {quarantined[0]}, which is quarantined"
            found.append(Suspicion(feature.name, "reads_quarantined", why, {}))
        elif not reads <= trusted:
            open_.append(feature)
    for level, kinds in ((facts.own, guarded.own.kinds), (facts.account, guarded.theirs.kinds)):
        known = {suspicion.attribute for suspicion in found}
        if level is not None:
            found += [s for s in _of_level(open_, level, set(kinds), as_of, keep) if s.attribute not in known]
    return found


def _of_level(own: Sequence[Feature], facts: Facts, judged: set[str], as_of: int, keep: Keep) -> list[Suspicion]:
    """What the values of one's own features tell of known outcomes; as an attribute's do, where it was not judged."""
    table = facts.attributes
    if table is None:
        return []
    here = [f for f in own if f.sources and all(source.column in table.columns for source in f.sources)]
    here = [f for f in here if not (isinstance(f, Attribute) and f.column in judged)]
    columns = {source.column for feature in here for source in feature.sources}
    whole = traced(facts, sorted(columns)) if columns else set()
    here = [f for f in here if not {source.column for source in f.sources} <= whole]
    if not here:
        return []
    sources = {source.name: table[source.column] for feature in here for source in feature.sources}
    read = table.select("unit", **sources)
    values = {f.name: derived(f, read) for f in here if isinstance(f, Listed | Ratio)}
    values |= {f.name: read[f.name] for f in here if isinstance(f, Attribute)}
    return suspected_of(facts, keep(read.select("unit", **values)), as_of)
