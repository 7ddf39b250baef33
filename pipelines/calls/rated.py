"""What is known of a week: who is open, how the champion rates them, what is new, and who may be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis

from pipelines.calls import call_lists, experiments
from pipelines.calls.call_lists import KeptList
from pipelines.calls.candidates import RatedUnits, with_policy, with_triggers, within_capacity
from pipelines.calls.open_units import open_units
from pipelines.calls.past_days import past_grid
from pipelines.calls.touches import PastTouches
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export, entities
from pipelines.progress import Say
from pipelines.store import registry
from pipelines.store.store import Store
from scoring.calls.trigger_events import events
from scoring.calls.triggers import BY_NAME
from scoring.entity import Entity
from scoring.features.facts import Facts
from scoring.features.spec import Attribute
from scoring.question import Win
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Grid

#: Conversations and wins are looked for after so many days of history at most.
HISTORY_DAYS = 700


@dataclass(frozen=True)
class RatedWeek:
    """A week before its lists are made.

    Attributes
    ----------
    entity : {"account", "lead"}
    scorecard : Scorecard
    version : str
    facts : Facts
    triggers : tuple of str
        Names of those that are looked for.
    happened : Table
        Their events.
    grid : Grid or None
        The past days on which it is learned what came after them.
    touches : PastTouches
    past : tuple of KeptList
    found : RatedUnits
    """

    entity: Entity
    scorecard: Scorecard
    version: str
    facts: Facts
    triggers: tuple[str, ...]
    happened: ibis.Table
    grid: Grid | None
    touches: PastTouches
    past: tuple[KeptList, ...]
    found: RatedUnits


def rated(export: Export, store: Store, config: Config, *, asked: str | None, learn: bool, say: Say) -> RatedWeek:
    """Rate everybody who is open; the parameters are those of `calls.calls`."""
    entity = _entity(export, store, asked)
    scorecard, version = registry.load_scorecard(store, entity)
    facts = _facts(export, scorecard_attributes=_attributes(scorecard.features), entity=entity, win=scorecard.win)
    say(f"Scoring {entity}s with version {version}")
    units = open_units(export, facts, scorecard, str(version), say)
    names = tuple(config.calls.triggers or BY_NAME)
    grid = past_grid(facts, export.day, config.sources.conversation_days) if learn else None
    since = export.day - (HISTORY_DAYS if grid else 60)
    happened = events(facts, names, since=since, as_of=export.day, months=config.calls.lost_months, keep=export.keep)
    touches = PastTouches.of(export, entity, config.training.worked_by, scorecard.win)
    past, damaged = call_lists.kept_lists(store.calls, entity)
    past = [one for one in past if one.week < export.as_of]
    for line in damaged:
        say(f"  {line}")
    units = with_triggers(units, happened, export)
    drawn = experiments.drawn_weeks(store.experiments, entity, export.as_of)
    units = with_policy(units, export, store, config, touches, past, drawn)
    found = within_capacity(units, export, store, config, entity, scorecard.horizon_days)
    return RatedWeek(
        *(entity, scorecard, str(version), facts, names, happened, grid, touches, tuple(past)), found=found
    )


def _entity(export: Export, store: Store, asked: str | None) -> Entity:
    """Who is called: the first that has a champion and a table."""
    possible = entities(export.tables, asked)
    for entity in possible:
        if registry.champion(store, entity) is not None:
            return entity
    raise UsageError(
        f"there is no champion for the entity {' or '.join(possible)} in {store.location}: run `closedwon train`, "
        "then `closedwon promote`"
    )


def _attributes(features: Sequence[object]) -> list[str]:
    """The attributes that a scorecard reads: the leak guard has held back all others."""
    return sorted({feature.column for feature in features if isinstance(feature, Attribute) and feature.scope == "own"})


def _facts(export: Export, *, scorecard_attributes: Sequence[str], entity: Entity, win: Win) -> Facts:
    own = export.markets(win).of(entity).own
    if own.attributes is None:
        return own
    names = [name for name in scorecard_attributes if name in own.attributes.columns]
    return replace(own, attributes=own.attributes.select("unit", *names))
